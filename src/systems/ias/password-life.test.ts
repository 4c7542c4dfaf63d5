import { expect, test } from 'vitest';
import { lockState, passwordLife } from './password-life.ts';
import { PASSWORD_POLICY } from './wire.ts';

const enterprise = { policy: PASSWORD_POLICY.enterprise };
const at = (iso: string) => Date.parse(iso);

test('knows no end under the standard policy and before the first logon', () => {
  expect(passwordLife({ policy: PASSWORD_POLICY.standard, setTime: '2020-01-01T00:00:00Z' }).kind).toBe('unlimited');
  expect(passwordLife({}).kind).toBe('unlimited');
});

test.each([
  ['2026-01-15T10:00:00Z', undefined, '2026-07-15T10:00:00Z', 'age'],
  ['2026-08-31T10:00:00Z', '2026-09-01T00:00:00Z', '2027-02-28T10:00:00Z', 'age'],
  ['2026-01-15T10:00:00Z', '2026-01-01T10:00:00Z', '2026-07-15T10:00:00Z', 'age'],
])('a password of the enterprise policy set %s and used %s ends %s', (setTime, loginTime, end, why) => {
  const life = passwordLife({ ...enterprise, setTime, ...(loginTime ? { loginTime } : {}) });
  expect(life).toEqual({ kind: 'ends', policy: 'enterprise', at: at(end), why });
});

test('leaves open what it cannot know', () => {
  expect(passwordLife({ ...enterprise }).kind).toBe('unknown');
  expect(passwordLife({ policy: 'https://accounts.sap.com/policy/passwords/acme/own/1.0' }).kind).toBe('unknown');
});

test('a lock ends after an hour, unless the policy is not known', () => {
  const lockedTime = '2026-11-21T00:00:00Z';
  expect(lockState({}, at(lockedTime))).toBe('free');
  expect(lockState({ lockedTime }, at('2026-11-21T00:59:59Z'))).toBe('locked');
  expect(lockState({ lockedTime }, at('2026-11-21T01:00:00Z'))).toBe('free');
  expect(lockState({ lockedTime, policy: 'own' }, at('2026-11-21T01:00:00Z'))).toBe('unknown');
});
