import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  ADMIN,
  API,
  LOGIN,
  ORIGIN,
  passwordOf,
  postToken,
  ROBOT,
  startTestLandscape,
  UAA,
} from '../../testing/landscape.ts';

import { errorOf, hint, robotLogin, rootLogin, tokenOf, unauthorized } from '../../testing/uaa.ts';

describe('a password login', () => {
  test('at an IAS origin gives a token with the claims and the five scopes of an ordinary user', async () => {
    const emulators = await startTestLandscape();
    const response = await robotLogin(emulators);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('application/json;charset=UTF-8');
    const body = await tokenOf(response);
    expect(Object.keys(body)).toEqual([
      'access_token',
      'token_type',
      'id_token',
      'refresh_token',
      'expires_in',
      'scope',
      'jti',
    ]);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 1199 });
    expect(body.refresh_token).toMatch(/^[0-9a-f]{32}-r$/);
    expect(body.scope.split(' ').sort()).toEqual([
      'cloud_controller.read',
      'cloud_controller.write',
      'openid',
      'password.write',
      'uaa.user',
    ]);
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({
      jti: body.jti,
      client_id: 'cf',
      cid: 'cf',
      azp: 'cf',
      grant_type: 'password',
      origin: ORIGIN,
      user_name: ROBOT,
      email: ROBOT,
      iss: `${UAA}/oauth/token`,
      zid: 'uaa',
      aud: ['cf', 'cloud_controller', 'openid', 'password', 'uaa'],
      client_auth_method: 'none',
    });
    expect(claims.sub).toBe(claims.user_id);
    expect(Number(claims.exp) - Number(claims.iat)).toBe(1200);
    expect(claims.rev_sig).toMatch(/^[0-9a-f]{1,8}$/);
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({
      alg: 'RS256',
      jku: `${UAA}/token_keys`,
      kid: 'key-1',
      typ: 'JWT',
    });
    expect(decodeJwt(body.id_token)).toMatchObject({ aud: ['cf'], scope: ['openid'], amr: ['ext', 'oauth'] });
  });

  test('is verified by the keys that UAA publishes', async () => {
    const emulators = await startTestLandscape();
    const { access_token } = await tokenOf(await robotLogin(emulators));
    const keys = (await (await emulators.fetch(`${UAA}/token_keys`)).json()) as JSONWebKeySet;
    await expect(
      jwtVerify(access_token, createLocalJWKSet(keys), { currentDate: new Date(emulators.now()) }),
    ).resolves.toBeDefined();
  });

  test('makes a shadow user once and finds it again', async () => {
    const emulators = await startTestLandscape();
    const first = decodeJwt((await tokenOf(await robotLogin(emulators))).access_token);
    const second = decodeJwt((await tokenOf(await robotLogin(emulators))).access_token);
    expect(second.user_id).toBe(first.user_id);
  });

  test('of the seeded administrator finds the user that the seed gave roles', async () => {
    const emulators = await startTestLandscape();
    const password = passwordOf(emulators, 'ADMIN_PASSWORD');
    const login = await postToken(emulators, { grant_type: 'password', username: ADMIN, password });
    const { access_token } = await tokenOf(login);
    const me = decodeJwt(access_token);
    const orgs = await emulators.fetch(`${API}/v3/organizations`, {
      headers: { authorization: `bearer ${access_token}` },
    });
    expect(me.origin).toBe('sap.ids');
    expect(await orgs.json()).toMatchObject({ resources: [{ name: 'acme-dev' }] });
  });

  test.each([
    ['in the body', false, hint(ORIGIN)],
    ['encoded once more', true, encodeURIComponent(hint(ORIGIN))],
  ])('takes the login_hint %s', async (_where, inQuery, text) => {
    const emulators = await startTestLandscape();
    const fields = { grant_type: 'password', username: ROBOT, password: passwordOf(emulators, 'ROBOT_PASSWORD') };
    const response = inQuery
      ? await postToken(emulators, fields, { hint: text })
      : await postToken(emulators, { ...fields, login_hint: text });
    expect(decodeJwt((await tokenOf(response)).access_token).origin).toBe(ORIGIN);
  });

  test('works on both hosts, with and without a slash at the end, and with the client in the body', async () => {
    const emulators = await startTestLandscape();
    const password = passwordOf(emulators, 'ROBOT_PASSWORD');
    for (const base of [UAA, LOGIN]) {
      for (const path of ['/oauth/token', '/oauth/token/']) {
        const response = await emulators.fetch(`${base}${path}`, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'password',
            client_id: 'cf',
            client_secret: '',
            username: ROBOT,
            password,
            login_hint: hint(ORIGIN),
          }),
        });
        expect(response.status).toBe(200);
      }
    }
  });
});

test('locks an internal user after five failures, for five minutes after the last one', async () => {
  const emulators = await startTestLandscape();
  for (let failure = 0; failure < 5; failure++) expect((await rootLogin(emulators, 'wrong')).status).toBe(401);
  const locked = unauthorized('Your account has been locked because of too many failed attempts to login.');
  expect(await errorOf(await rootLogin(emulators))).toEqual(locked);
  emulators.advance(299_000);
  // A refused login of a locked user is not counted: the lock does not get longer.
  expect(await errorOf(await rootLogin(emulators))).toEqual(locked);
  emulators.advance(2000);
  expect((await rootLogin(emulators)).status).toBe(200);
});
