import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actionOf } from './entries.ts';

const entry = (data: unknown, ip?: string) => ({
  time: '2026-11-21T08:00:00.000Z',
  message: { data: typeof data === 'string' ? data : JSON.stringify(data), ip },
});
const SENTENCE =
  'Caller robot@acme.example did action passwordCheck related to objectType user with unique identifier robot. The result of this action is state failed which is caused by cause passwordCheckFailure and the message is spName=XSUAA_dev, clientIp=10.0.0.7';

test('reads the sentence of SAP Help, with and without the back quotes, alone and as the message of an event', () => {
  const expected = {
    at: Date.UTC(2026, 10, 21, 8),
    caller: 'robot@acme.example',
    action: 'passwordCheck',
    objectType: 'user',
    objectId: 'robot',
    state: 'failed',
    cause: 'passwordCheckFailure',
    application: 'XSUAA_dev',
    address: '10.0.0.7',
  };
  expect(actionOf(entry({ message: SENTENCE }))).toEqual(expected);
  expect(actionOf(entry(SENTENCE))).toEqual(expected);
  const quoted = SENTENCE.replace('action passwordCheck', 'action `passwordCheck`').replace('robot.', '`robot`.');
  expect(actionOf(entry(quoted))).toMatchObject({ action: 'passwordCheck', objectId: 'robot', state: 'failed' });
});

test('reads key-value pairs; the address of the envelope counts where it is none of the machine itself', () => {
  const pairs = { caller: 'c', action: 'login', objectType: 'user', objectId: 'robot', state: 'successful' };
  expect(actionOf(entry(pairs, '10.1.1.1'))).toMatchObject({ state: 'successful', address: '10.1.1.1' });
  expect(actionOf(entry(pairs, '127.0.0.1'))).not.toHaveProperty('address');
});

test('an entry of another service is none, whatever it says', () => {
  expect(actionOf(entry({ object: { type: 'IdentityProvider' }, attributes: [] }))).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ maxLength: 5000, unit: 'binary' }), (text) => {
      expect(() => actionOf(entry(text))).not.toThrow();
      expect(actionOf(entry(`Caller ${text} did action `))).toBeUndefined();
    }),
  );
});
