import { expect, test } from 'vitest';
import { recordedService } from '../../../test/replay/scenarios/recorded-service.ts';
import { readRecordings } from '../../../test/replay/scenarios/recordings.ts';
import { Secret } from '../../kernel/secret.ts';
import { openbao } from './places/openbao.ts';
import { contextOn } from './testing/context.ts';

/** The place in OpenBao against what a real server answered, without the double. */

const { service, rows } = readRecordings('openbao');
const names = new Map([
  ['token', 's.token-of-a-login'],
  ['jwt', 'jwt-of-a-pipeline'],
  ['root', 's.root'],
]);
const url = 'https://bao.acme.example:8200';
const target = openbao.target.parse({ to: 'openbao', path: 'acme/robot' }) as never;
const delivery = { login: 'robot', secret: new Secret('made-up-1'), version: 1 };

/** The recorded calls of a scenario, without those that prepare it. */
async function on(scenario: string, login: object, before = 0) {
  const recorded = recordedService((rows.get(scenario) ?? []).slice(before), names);
  const ctx = await contextOn({
    fetch: recorded.fetch,
    connections: { openbao: { main: { url, ...login } } },
    secrets: { BAO_SECRET_ID: 'app-role-secret', CI_JWT: 'jwt-of-a-pipeline' },
    target: { to: 'openbao', path: 'acme/robot' },
  });
  return { recorded, ctx };
}

test(`a place with a neighbour is looked at, written and cleared as OpenBao ${service} takes it`, async () => {
  const appRole = { roleId: 'role-of-locum', secretId: 'env:BAO_SECRET_ID' };
  const { recorded, ctx } = await on('a place with a neighbour', { appRole }, 1);
  expect(await openbao.look(target, undefined as never, ctx)).toEqual({ is: 'absent' });
  expect(await openbao.write(target, delivery as never, ctx)).toEqual({ version: 2, written: true });
  const found = await openbao.look(target, undefined as never, ctx);
  expect(found).toMatchObject({ is: 'readable', login: 'robot' });
  expect(await openbao.remove?.(target, undefined as never, ctx)).toMatchObject({ versions: /older ones are kept/ });
  expect(recorded.left()).toEqual([]);
});

test(`a place of its own is written by JWT, and goes with all versions, as OpenBao ${service} takes it`, async () => {
  const jwt = { role: 'pipeline', token: 'env:CI_JWT' };
  const { recorded, ctx } = await on('a place of its own, by JWT', { jwt });
  expect(await openbao.look(target, undefined as never, ctx)).toEqual({ is: 'absent' });
  expect(await openbao.write(target, delivery as never, ctx)).toEqual({ version: 1, written: true });
  expect(await openbao.remove?.(target, undefined as never, ctx)).toMatchObject({ versions: 'destroyed' });
  expect(await openbao.look(target, undefined as never, ctx)).toEqual({ is: 'absent' });
  expect(recorded.left()).toEqual([]);
});
