import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Emulators } from '../../../../../emulation/compose.ts';
import { LOGIN, postToken, startTestLandscape, UAA } from '../../testing/landscape.ts';
import { adminClient, basicOf, bearerCaller, callerOf, robotLogin, tokenOf, webClient } from '../../testing/uaa.ts';

const start = () => startTestLandscape({ cf: { uaaClients: [adminClient, webClient] } });
const METHODS = ['GET', 'DELETE', 'POST'] as const;

async function robotTokens(emulators: Emulators) {
  const jwt = await tokenOf(await robotLogin(emulators));
  const opaque = await tokenOf(await robotLogin(emulators, { token_format: 'opaque' }));
  const status = async (token: string) => (await bearerCaller(emulators, token)('GET', '/userinfo')).status;
  const refreshed = async () =>
    (await postToken(emulators, { grant_type: 'refresh_token', refresh_token: jwt.refresh_token })).status;
  return {
    user: String(decodeJwt(jwt.access_token).user_id),
    jwt: () => status(jwt.access_token),
    opaque: () => status(opaque.access_token),
    refreshed,
  };
}

describe('all tokens are revoked with GET, DELETE and POST alike', () => {
  test.for(METHODS)('of a user: %s', async (method) => {
    const emulators = await start();
    const robot = await robotTokens(emulators);
    const path = `/oauth/token/revoke/user/${robot.user}`;
    expect((await emulators.fetch(`${UAA}${path}`, { method })).status).toBe(401);
    const admin = await callerOf(emulators, adminClient);
    expect((await admin(method, path.replace(robot.user, 'nobody'))).status).toBe(404);
    expect([await robot.jwt(), await robot.opaque()]).toEqual([200, 200]);
    expect(await admin(method, path)).toMatchObject({ status: 200, body: {} });
    expect([await robot.jwt(), await robot.opaque(), await robot.refreshed()]).toEqual([401, 401, 401]);
  });

  test.for(METHODS)('of a client: %s', async (method) => {
    const emulators = await start();
    const robot = await robotTokens(emulators);
    const path = '/oauth/token/revoke/client/cf';
    expect((await emulators.fetch(`${UAA}${path}`, { method })).status).toBe(401);
    const admin = await callerOf(emulators, adminClient);
    expect((await admin(method, path.replace('cf', 'nobody'))).status).toBe(404);
    expect(await admin(method, path)).toMatchObject({ status: 200, body: {} });
    expect([await robot.jwt(), await robot.opaque(), await robot.refreshed()]).toEqual([401, 401, 401]);
  });

  test.for(METHODS)('of a user at a client, as far as they are kept: %s', async (method) => {
    const emulators = await start();
    const robot = await robotTokens(emulators);
    const path = `/oauth/token/revoke/user/${robot.user}/client/cf`;
    expect((await emulators.fetch(`${UAA}${path}`, { method })).status).toBe(401);
    const admin = await callerOf(emulators, adminClient);
    expect((await admin(method, path.replace('client/cf', 'client/web'))).status).toBe(200);
    expect([await robot.jwt(), await robot.opaque()]).toEqual([200, 200]);
    expect(await admin(method, path)).toMatchObject({ status: 200, body: {} });
    expect([await robot.jwt(), await robot.opaque(), await robot.refreshed()]).toEqual([200, 401, 401]);
  });

  test.for(METHODS)('by nobody who may not: %s', async (method) => {
    const emulators = await start();
    const { access_token } = await tokenOf(await robotLogin(emulators));
    const robot = bearerCaller(emulators, access_token);
    for (const path of ['user/somebody', 'client/web', 'user/somebody/client/cf']) {
      const refused = await robot(method, `/oauth/token/revoke/${path}`);
      expect([refused.status, refused.body.error], path).toEqual([403, expect.stringMatching(/scope|denied/)]);
    }
  });
});

test.for(['GET', 'PUT', 'DELETE', 'PATCH'])('looking into tokens with %s is not allowed', async (method) => {
  const emulators = await start();
  const { access_token } = await tokenOf(await robotLogin(emulators));
  const headers = { authorization: basicOf(emulators, adminClient) };
  const refused = await emulators.fetch(`${UAA}/introspect?token=${access_token}`, { method, headers });
  expect(refused.status).toBe(405);
  expect(await refused.json()).toMatchObject({ error: 'method_not_allowed' });
});

test('userinfo answers to a POST as to a GET', async () => {
  const emulators = await start();
  const { access_token } = await tokenOf(await robotLogin(emulators));
  const robot = bearerCaller(emulators, access_token);
  const [got, posted] = [await robot('GET', '/userinfo'), await robot('POST', '/userinfo')];
  expect(posted).toMatchObject({ status: 200, body: got.body });
  expect((await emulators.fetch(`${UAA}/userinfo`, { method: 'POST' })).status).toBe(401);
  const client = await callerOf(emulators, adminClient);
  expect((await client('POST', '/userinfo')).status).toBe(403);
});

test('the discovery document stands below the issuer, too, and names the host that was asked', async () => {
  const emulators = await start();
  for (const host of [UAA, LOGIN]) {
    const below = await emulators.fetch(`${host}/oauth/token/.well-known/openid-configuration`);
    expect(below.status).toBe(200);
    const document = await below.json();
    expect(document).toMatchObject({ issuer: `${UAA}/oauth/token`, jwks_uri: `${host}/token_keys` });
    expect(await (await emulators.fetch(`${host}/.well-known/openid-configuration`)).json()).toEqual(document);
  }
});

test.for(['/token_keys', '/token_key'])('%s is for reading, and for nothing else', async (path) => {
  const emulators = await start();
  expect((await emulators.fetch(`${UAA}${path}`)).status).toBe(200);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    expect((await emulators.fetch(`${UAA}${path}`, { method })).status, method).toBe(405);
  }
});

test('whoever watches UAA is told that it is there', async () => {
  const emulators = await start();
  const health = await emulators.fetch(`${UAA}/healthz`);
  expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
  expect(health.headers.get('content-type')).toContain('text/plain');
});
