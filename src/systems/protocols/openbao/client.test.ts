import { expect, test } from 'vitest';
import { RemoteError } from '../../../kernel/errors.ts';
import { Secret } from '../../../kernel/secret.ts';
import { context } from '../../../kernel/testing.ts';
import { type OpenbaoConnection, openSession } from './client.ts';
import { loginEnd } from './login-end.ts';
import { createBaoServer, ROOT_TOKEN } from './testing/server.ts';
import { aSetup } from './testing/setup.ts';

const AT = Date.UTC(2026, 10, 21);
const url = 'https://bao.acme.example:8200/';
const write = { operation: 'write secret', method: 'POST', url: 'secret/data/acme/robot', body: '{"data":{}}' };

/** References are the secrets themselves, or names that the setup knows. */
async function aServer() {
  const { setup, names } = await aSetup(AT);
  const server = createBaoServer(setup, () => AT);
  const calls: string[] = [];
  const ctx = {
    ...context(),
    secret: async (ref: string) => new Secret(names.get(ref) ?? ref),
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      calls.push(`${request.method} ${new URL(request.url).pathname}`);
      return server.fetch(request);
    },
  };
  return { server, calls, ctx, on: (login: Omit<OpenbaoConnection, 'url'>) => openSession({ url, ...login }, ctx) };
}

const appRole = (roleId: string, secretId: string) => ({ appRole: { mount: 'approle', roleId, secretId } });
const jwt = (token: string) => ({ jwt: { mount: 'jwt', role: 'pipeline', token } });
const failed = (sent: Promise<unknown>) =>
  sent.then(
    () => undefined,
    (error: unknown) => error as RemoteError,
  );

test('a token that was given and has ended is told as that, and nothing is tried again', async () => {
  const { on, calls } = await aServer();
  const error = await failed(on({ token: 's.ended' }).send(write));
  expect(error).toMatchObject({
    code: 'ERR_REMOTE_CREDENTIALS',
    remedy: 'the token has ended or was revoked: give a new one, or log on by AppRole or JWT',
  });
  expect(calls).toEqual(['POST /v1/secret/data/acme/robot', 'GET /v1/auth/token/lookup-self']);
});

test.each([
  ['a wrong secret ID', appRole('role-of-locum', 'wrong-one'), /secret ID \(ended, used up/],
  ['a mount that is not there', { appRole: { mount: 'nowhere', roleId: 'r', secretId: 's' } }, /the mount/],
  [
    'a namespace that is not there',
    { namespace: 'nobody', ...appRole('role-of-locum', 'app-role-secret') },
    /namespace/,
  ],
  ['a JWT that is over', jwt('jwt-expired'), /JWT is a fresh one/],
  ['a JWT for another', jwt('jwt-elsewhere'), /issuer, audience and subject/],
])('%s is told when logging on, with what to check', async (_what, login, remedy) => {
  const { on } = await aServer();
  const error = await failed(on(login).send(write));
  expect(error).toMatchObject({
    code: 'ERR_REMOTE_CREDENTIALS',
    outcome: 'refused',
    operation: expect.stringMatching(/^log on at auth\//),
    remedy: expect.stringMatching(remedy),
  });
  expect(String(error)).not.toContain('wrong-one');
});

test('a write whose login met a sealed server was not sent: its outcome is known', async () => {
  const { on, server } = await aServer();
  const headers = { 'x-vault-token': ROOT_TOKEN };
  await server.fetch(`${url}v1/sys/seal`, { method: 'POST', headers });
  const error = await failed(on(appRole('role-of-locum', 'app-role-secret')).send(write));
  expect(error).toBeInstanceOf(RemoteError);
  expect(error).toMatchObject({ status: 503, outcome: 'refused' });
});

test('a login by JWT is renewed with what its reference gives by then', async () => {
  const { on, server, calls } = await aServer();
  const { send } = on(jwt('jwt'));
  await send(write);
  server.revokeAll();
  await send(write);
  expect(calls.filter((call) => call.endsWith('/login'))).toHaveLength(2);
});

test.each([
  ['never ends', appRole('role-of-lookups', 'secret-of-lookups'), { kind: 'never' }],
  ['ends', appRole('role-of-lookups', 'secret-for-an-hour'), { kind: 'at', at: AT + 3_600_000 }],
  ['may not be looked up', appRole('role-of-locum', 'app-role-secret'), { kind: 'unknown' }],
])('a secret ID that %s is told so', async (_what, login, end) => {
  const { ctx, on } = await aServer();
  const found = await loginEnd({ url, ...login }, on(login), ctx);
  expect(found).toMatchObject({ title: 'secret ID', end });
  if (end.kind === 'unknown') {
    expect(found?.remedy).toBe('give the login a policy with update on auth/approle/role/locum/secret-id/lookup');
  }
});

test('a JWT has no end worth telling: it is new each time', async () => {
  const { ctx, on } = await aServer();
  expect(await loginEnd({ url, ...jwt('jwt') }, on(jwt('jwt')), ctx)).toBeUndefined();
});
