import { describe, expect, test } from 'vitest';
import { documentedPolicy } from '../../../../test/fixtures/openbao-policies.ts';
import { judgeBao } from '../../../../test/replay/openbao/judge.ts';
import { KNOWN_DIFFERENCES } from '../../../../test/replay/openbao/known-differences.ts';
import { unexpected } from '../../../../test/replay/scenarios/judge.ts';
import { recordedService } from '../../../../test/replay/scenarios/recorded-service.ts';
import { readRecordings } from '../../../../test/replay/scenarios/recordings.ts';
import { Secret } from '../../../kernel/secret.ts';
import { context } from '../../../kernel/testing.ts';
import { type OpenbaoConnection, openSession } from './client.ts';
import { loginEnd } from './login-end.ts';
import { createPayloads } from './payloads.ts';
import { PAYLOAD_POLICY, PLACE_POLICY } from './testing/setup.ts';

/** What a server of OpenBao answered to our own scenarios; how it was recorded is told in CONTRIBUTING.md. */

const { service, rows } = readRecordings('openbao');

describe(`the double answers as OpenBao ${service} did`, () => {
  test.each([...rows])('%s', async (_scenario, recorded) => {
    expect(unexpected(recorded, await judgeBao(recorded), KNOWN_DIFFERENCES)).toEqual([]);
  });
});

test('the policies that were recorded are those of the documents', () => {
  const rules = (policy: string) =>
    Object.fromEntries(
      [...policy.matchAll(/path "(.+?)"\s+\{ capabilities = (\[.*?\]) \}/g)].map(([, path = '', list = '']) => [
        path.replace('acme/pipeline', 'acme/*'),
        JSON.parse(list) as string[],
      ]),
    );
  expect(rules(documentedPolicy('docs/vault.md'))).toEqual(PAYLOAD_POLICY);
  expect(rules(documentedPolicy('docs/manifest.md'))).toEqual(PLACE_POLICY);
});

describe(`Locum's client takes what OpenBao ${service} answered`, () => {
  const names = new Map([
    ['token', 's.token-of-a-login'],
    ['other', 's.token-of-another-login'],
  ]);
  const url = 'https://bao.acme.example:8200/';
  const byAppRole = (roleId = 'role-of-locum', secretId = 'app-role-secret'): OpenbaoConnection => ({
    url,
    appRole: { mount: 'approle', roleId, secretId },
  });
  const on = (scenario: string) => {
    const recorded = recordedService(rows.get(scenario) ?? [], names, (text) =>
      text.replaceAll('<time>', '2026-12-01T00:00:00.123456789Z'),
    );
    const ctx = { ...context(), fetch: recorded.fetch, secret: async (ref: string) => new Secret(ref) };
    return { recorded, ctx };
  };
  const read = { operation: 'read secret', url: 'secret/data/acme/robot', expect: [404] };

  test('payloads are asked for, written, read, listed, removed', async () => {
    const { recorded, ctx } = on('payloads');
    const payloads = createPayloads({ connection: byAppRole(), mount: 'secret', prefix: 'locum' }, ctx);
    const sealed = Buffer.from('sealed');
    await payloads.ready();
    const reference = await payloads.put('f00/acme/a/1-aa', sealed);
    expect(reference.kv2).toMatchObject({ mount: 'secret', path: 'locum/f00/acme/a/1-aa', version: 1 });
    expect(await payloads.get(reference)).toEqual(sealed);
    expect(await payloads.list('f00')).toEqual([{ mount: 'secret', path: 'locum/f00/acme/a/1-aa' }]);
    await payloads.remove(reference.kv2);
    await expect(payloads.get(reference)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' });
    expect(await payloads.list('f00')).toEqual([]);
    expect(recorded.left()).toEqual([]);
  });

  test('a token that has ended is told from a right that is missing, and a login gives a new one', async () => {
    const { recorded, ctx } = on('a token that ends');
    const { send } = openSession(byAppRole(), ctx);
    await send(read);
    // Somebody revokes it.
    const headers = { 'x-vault-token': 's.token-of-a-login' };
    await recorded.fetch(`${url}v1/auth/token/revoke-self`, { method: 'POST', headers, body: '{}' });
    await send(read);
    expect(recorded.left()).toEqual([]);
  });

  test('a right that is missing is told by its path, and nobody logs on anew', async () => {
    const { recorded, ctx } = on('a right that is missing');
    const { send } = openSession(byAppRole(), ctx);
    await expect(send({ operation: 'read secret', url: 'secret/data/elsewhere' })).rejects.toMatchObject({
      code: 'ERR_REMOTE_FORBIDDEN',
      remedy: 'give the login a policy with read on secret/data/elsewhere',
    });
    expect(recorded.left()).toEqual([]);
  });

  test('the end of a secret ID is told where it may be looked up', async () => {
    const { recorded, ctx } = on('a secret ID with an end');
    const connection = byAppRole('role-of-lookups', 'secret-for-an-hour');
    expect(await loginEnd(connection, openSession(connection, ctx), ctx)).toMatchObject({
      title: 'secret ID',
      end: { kind: 'at', at: Date.parse('2026-12-01T00:00:00.123Z') },
    });
    expect(recorded.left()).toEqual([]);
  });
});
