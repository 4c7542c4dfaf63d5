import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Emulators } from '../../../../../emulation/compose.ts';
import { API, passwordOf, postToken, startTestLandscape, UAA } from '../../testing/landscape.ts';
import {
  adminClient,
  basicOf,
  bearerCaller,
  callerOf,
  errorOf,
  hint,
  robotLogin,
  rootLogin,
  tokenOf,
  webClient,
} from '../../testing/uaa.ts';

const uaaClients = [adminClient, webClient];
const start = (switches?: Record<string, boolean>) =>
  startTestLandscape({ cf: { uaaClients }, ...(switches ? { switches } : {}) });

const gone = 'The token expired, was revoked, or the token ID is incorrect.';
const refresh = (emulators: Emulators, refresh_token: string, fields: Record<string, string> = {}) =>
  postToken(emulators, { grant_type: 'refresh_token', refresh_token, ...fields });
const userinfo = (emulators: Emulators, token: string) =>
  emulators.fetch(`${UAA}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
const inspect = (emulators: Emulators, path: string, token: string) =>
  emulators.fetch(`${UAA}${path}`, {
    method: 'POST',
    headers: { authorization: basicOf(emulators, adminClient) },
    body: new URLSearchParams({ token }),
  });

describe('an opaque token', () => {
  test('is the id of a token that UAA keeps, and counts where UAA is asked', async () => {
    const emulators = await start();
    const body = await tokenOf(await robotLogin(emulators, { token_format: 'opaque' }));
    expect(body.access_token).toBe(body.jti);
    expect(body.access_token).toMatch(/^[0-9a-f]{32}$/);
    expect((await userinfo(emulators, body.access_token)).status).toBe(200);
    const claims = await (await inspect(emulators, '/introspect', body.access_token)).json();
    expect(claims).toMatchObject({ active: true, revocable: true, jti: body.jti });
    // The Cloud Controller asks nobody: it cannot read it.
    const orgs = await emulators.fetch(`${API}/v3/organizations`, {
      headers: { authorization: `bearer ${body.access_token}` },
    });
    expect(orgs.status).toBe(401);
  });

  test('ends with its validity; its refresh token gives a JWT unless it is asked for an opaque one again', async () => {
    const emulators = await start();
    const { access_token, refresh_token } = await tokenOf(await robotLogin(emulators, { token_format: 'opaque' }));
    emulators.advance(1_200_000);
    expect(await errorOf(await userinfo(emulators, access_token))).toEqual([
      401,
      { error: 'invalid_token', error_description: gone },
    ]);
    const fresh = await tokenOf(await refresh(emulators, refresh_token));
    expect(decodeJwt(fresh.access_token)).toMatchObject({ jti: fresh.jti, revocable: true });
    expect(await errorOf(await refresh(emulators, fresh.access_token))).toEqual([
      401,
      { error: 'invalid_token', error_description: 'Invalid refresh token.' },
    ]);
  });

  test('can be revoked by its id: by its user, its client, or who may revoke', async () => {
    const emulators = await start();
    const login = async () => tokenOf(await robotLogin(emulators, { token_format: 'opaque' }));
    const [own, foreign] = [await login(), await login()];
    const robot = bearerCaller(emulators, own.access_token);
    const root = bearerCaller(emulators, (await tokenOf(await rootLogin(emulators))).access_token);
    const admin = await callerOf(emulators, adminClient);
    // The client is `cf` for both: what it got for one user, it may revoke as the other.
    expect((await root('DELETE', `/oauth/token/revoke/${foreign.jti}`)).status).toBe(200);
    expect((await admin('DELETE', `/oauth/token/revoke/${foreign.jti}`)).body).toEqual({
      error: 'invalid_token',
      error_description: 'Resource not found',
    });
    expect((await robot('DELETE', `/oauth/token/revoke/${own.refresh_token}`)).status).toBe(200);
    expect((await robot('DELETE', `/oauth/token/revoke/${own.jti}`)).status).toBe(200);
    expect(await errorOf(await userinfo(emulators, own.access_token))).toMatchObject([401, { error: 'invalid_token' }]);
    expect(await errorOf(await refresh(emulators, own.refresh_token))).toMatchObject([
      401,
      { error_description: gone },
    ]);
  });
});

test('where all access tokens are kept, JWTs say so and can be revoked as cf logout does it', async () => {
  const emulators = await start({ 'uaa.revocableTokens': true });
  const { access_token, refresh_token, jti } = await tokenOf(await robotLogin(emulators));
  expect(decodeJwt(access_token)).toMatchObject({ revocable: true, jti });
  const robot = bearerCaller(emulators, access_token);
  for (const id of [refresh_token, jti]) expect((await robot('DELETE', `/oauth/token/revoke/${id}`)).status).toBe(200);
  expect((await robot('GET', '/userinfo')).body).toEqual({
    error: 'invalid_token',
    error_description: `The token has been revoked: ${jti}`,
  });
});

describe('revoking everything', () => {
  test('of a user ends its JWTs and refresh tokens at UAA; the Cloud Controller goes on until they expire', async () => {
    const emulators = await start();
    const { access_token, refresh_token } = await tokenOf(await robotLogin(emulators));
    const { user_id } = decodeJwt(access_token);
    const robot = bearerCaller(emulators, access_token);
    expect((await robot('DELETE', '/oauth/token/revoke/user/somebody-else')).status).toBe(403);
    expect((await robot('GET', `/oauth/token/revoke/user/${user_id}`)).status).toBe(200);
    const mismatch = { error: 'invalid_token', error_description: 'revocable signature mismatch' };
    expect((await robot('GET', '/userinfo')).body).toEqual(mismatch);
    expect(await errorOf(await refresh(emulators, refresh_token))).toEqual([401, mismatch]);
    const headers = { authorization: `bearer ${access_token}` };
    expect((await emulators.fetch(`${API}/v3/organizations`, { headers })).status).toBe(200);
    expect((await robotLogin(emulators)).status).toBe(200);
  });

  test('of a client ends its own tokens and those of its users', async () => {
    const emulators = await start();
    const authorization = basicOf(emulators, webClient);
    const fields = { grant_type: 'password', username: 'root', password: passwordOf(emulators, 'ROOT_PASSWORD') };
    const { access_token } = await tokenOf(await postToken(emulators, fields, { authorization, hint: hint('uaa') }));
    const admin = await callerOf(emulators, adminClient);
    expect((await admin('DELETE', '/oauth/token/revoke/client/nobody')).status).toBe(404);
    expect((await admin('DELETE', '/oauth/token/revoke/client/web')).status).toBe(200);
    expect((await bearerCaller(emulators, access_token)('GET', '/userinfo')).status).toBe(401);
    expect((await bearerCaller(emulators, access_token)('DELETE', '/oauth/token/revoke/client/web')).status).toBe(401);
  });

  test('of a user at a client takes the tokens that are kept; a JWT that is not stays good', async () => {
    const emulators = await start();
    const jwt = await tokenOf(await robotLogin(emulators));
    const opaque = await tokenOf(await robotLogin(emulators, { token_format: 'opaque' }));
    const { user_id } = decodeJwt(jwt.access_token);
    const robot = bearerCaller(emulators, jwt.access_token);
    expect((await robot('DELETE', `/oauth/token/revoke/user/${user_id}/client/web`)).status).toBe(403);
    expect((await robot('DELETE', `/oauth/token/revoke/user/${user_id}/client/cf`)).status).toBe(200);
    expect((await userinfo(emulators, opaque.access_token)).status).toBe(401);
    expect((await userinfo(emulators, jwt.access_token)).status).toBe(200);
    expect((await refresh(emulators, jwt.refresh_token)).status).toBe(401);
  });
});

describe('the list of tokens', () => {
  test('shows who may see it the kept tokens of a user or client, without the tokens', async () => {
    const emulators = await start();
    const { access_token, jti, refresh_token } = await tokenOf(await robotLogin(emulators, { token_format: 'opaque' }));
    const claims = (await (await inspect(emulators, '/check_token', access_token)).json()) as { user_id: string };
    const admin = await callerOf(emulators, adminClient);
    const list = (await admin('GET', `/oauth/token/list/user/${claims.user_id}`)).body;
    expect(list).toMatchObject([
      { tokenId: jti, format: 'opaque', responseType: 'ACCESS_TOKEN', clientId: 'cf', value: null, zoneId: 'uaa' },
      { tokenId: refresh_token, format: 'opaque', responseType: 'REFRESH_TOKEN', value: null },
    ]);
    expect((await admin('GET', '/oauth/token/list/client/cf')).body).toEqual(list);
  });

  test('is closed to others, and without an owner to everybody', async () => {
    const emulators = await start();
    const robot = bearerCaller(emulators, (await tokenOf(await robotLogin(emulators))).access_token);
    expect((await robot('GET', '/oauth/token/list/user/me')).body).toEqual({
      error: 'insufficient_scope',
      error_description: 'Insufficient scope for this resource',
      scope: 'uaa.admin tokens.list',
    });
    const admin = await callerOf(emulators, adminClient);
    expect(await admin('GET', '/oauth/token/list')).toMatchObject({ status: 403, body: { error: 'access_denied' } });
  });
});

describe('tokens end at UAA when what they were signed for changes', () => {
  const mismatch = [401, { error: 'invalid_token', error_description: 'revocable signature mismatch' }];

  test('the password of an internal user', async () => {
    const emulators = await start();
    const { access_token, refresh_token } = await tokenOf(await rootLogin(emulators));
    const { user_id } = decodeJwt(access_token);
    const admin = await callerOf(emulators, adminClient);
    const changed = await admin('PUT', `/Users/${user_id}/password`, { password: 'another one' });
    expect(changed.body).toEqual({ status: 'ok', message: 'password updated' });
    expect(await errorOf(await refresh(emulators, refresh_token))).toEqual(mismatch);
  });

  test('the e-mail or name of a user', async () => {
    const emulators = await start();
    const admin = await callerOf(emulators, adminClient);
    for (const patch of [{ emails: [{ value: 'new@acme.example', primary: true }] }, { userName: 'groot' }]) {
      const { access_token, refresh_token } = await tokenOf(await robotLogin(emulators));
      const { user_id } = decodeJwt(access_token);
      await admin('PATCH', `/Users/${user_id}`, patch, { 'if-match': '*' });
      expect(await errorOf(await refresh(emulators, refresh_token))).toEqual(mismatch);
    }
  });

  test('the secret of the client, but not while both secrets are good', async () => {
    const emulators = await start();
    const secret = passwordOf(emulators, 'WEB');
    const as = (text: string) => ({ authorization: `Basic ${btoa(`web:${text}`)}`, hint: hint('uaa') });
    const fields = { grant_type: 'password', username: 'root', password: passwordOf(emulators, 'ROOT_PASSWORD') };
    const { refresh_token } = await tokenOf(await postToken(emulators, fields, as(secret)));
    const again = (text: string) => postToken(emulators, { grant_type: 'refresh_token', refresh_token }, as(text));
    const admin = await callerOf(emulators, adminClient);
    const change = (body: object) => admin('PUT', '/oauth/clients/web/secret', body);
    expect((await change({ secret: 'second', changeMode: 'ADD' })).body).toEqual({
      status: 'ok',
      message: 'Secret is added',
    });
    expect((await again(secret)).status).toBe(200);
    expect((await again('second')).status).toBe(200);
    expect((await change({ secret: 'third', changeMode: 'ADD' })).body).toEqual({
      error: 'invalid_client',
      error_description: 'client secret is either empty or client already has two secrets.',
    });
    expect((await change({ changeMode: 'DELETE' })).body).toEqual({ status: 'ok', message: 'Secret is deleted' });
    expect((await again(secret)).status).toBe(401);
    expect(await errorOf(await again('second'))).toEqual(mismatch);
  });

  test('a group that the user has lost, and a client or user that is gone', async () => {
    const emulators = await start();
    const admin = await callerOf(emulators, adminClient);
    const { access_token, refresh_token } = await tokenOf(await rootLogin(emulators));
    const { user_id } = decodeJwt(access_token);
    const groups = (await admin('GET', '/Groups?filter=displayName+eq+"cloud_controller.admin"')).body;
    const [group] = groups.resources as { id: string }[];
    expect((await admin('DELETE', `/Groups/${group?.id}/members/${user_id}`)).status).toBe(200);
    expect(await errorOf(await refresh(emulators, refresh_token))).toEqual([
      401,
      {
        error: 'invalid_token',
        error_description: 'Some required "granted_scopes" are missing: [cloud_controller.admin]',
      },
    ]);
    const other = await tokenOf(await robotLogin(emulators));
    const robot = decodeJwt(other.access_token).user_id;
    await admin('PATCH', `/Users/${robot}`, { active: false }, { 'if-match': '*' });
    expect(await errorOf(await refresh(emulators, other.refresh_token))).toEqual([
      401,
      { error: 'invalid_token', error_description: `Token bears a non-existent user ID: ${robot}` },
    ]);
  });
});
