import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Emulators } from '../../../../emulation/compose.ts';
import { hostOf } from '../landscapes.ts';
import {
  ADMIN,
  API,
  IAS,
  LOGIN,
  ORIGIN,
  passwordOf,
  postToken,
  ROBOT,
  startTestLandscape,
  UAA,
} from '../testing/landscape.ts';
import { murmur3, revocationSignature } from './hashes.ts';

const hint = (origin: string) => JSON.stringify({ origin });
const robotLogin = (emulators: Emulators, fields: Record<string, string> = {}) =>
  postToken(
    emulators,
    { grant_type: 'password', username: ROBOT, password: passwordOf(emulators, 'ROBOT_PASSWORD'), ...fields },
    { hint: hint(ORIGIN) },
  );
const rootLogin = (emulators: Emulators, password?: string) =>
  postToken(
    emulators,
    { grant_type: 'password', username: 'root', password: password ?? passwordOf(emulators, 'ROOT_PASSWORD') },
    { hint: hint('uaa') },
  );

interface TokenBody {
  access_token: string;
  id_token: string;
  refresh_token: string;
  expires_in: number;
  scope: string;
  jti: string;
}
const tokenOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return (await response.json()) as TokenBody;
};
const errorOf = async (response: Response) => [response.status, await response.json()];
const unauthorized = (text: string) => [401, { error: 'unauthorized', error_description: text }];
const invalidClient = (text: string) => [401, { error: 'invalid_client', error_description: text }];

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

describe('a refused login says why', () => {
  test('A12: an origin that no identity provider has', async () => {
    const emulators = await startTestLandscape();
    const response = await postToken(
      emulators,
      { grant_type: 'password', username: ROBOT, password: passwordOf(emulators, 'ROBOT_PASSWORD') },
      { hint: hint('acme') },
    );
    const text =
      'The origin provided in the login_hint does not match an active Identity Provider, that supports password grant.';
    expect(response.headers.get('www-authenticate')).toBe(
      `Basic realm="UAA/client", error="unauthorized", error_description="${text}"`,
    );
    expect(await errorOf(response)).toEqual(unauthorized(text));
  });

  test('A14: without a hint SAP ID is asked, which does not know the user of an IAS tenant', async () => {
    const emulators = await startTestLandscape();
    const fields = { grant_type: 'password', username: ROBOT, password: passwordOf(emulators, 'ROBOT_PASSWORD') };
    const ias = '{"error":"invalid_grant","error_description":"User authentication failed."}';
    expect(await errorOf(await postToken(emulators, fields))).toEqual(invalidClient(ias));
    // A bare origin key is no JSON and therefore no hint.
    expect(await errorOf(await postToken(emulators, fields, { hint: ORIGIN }))).toEqual(invalidClient(ias));
  });

  test('A15: a plus sign that a client sent without encoding it arrives as a space', async () => {
    const plus = { host: IAS, email: 'ro+bot@sap-test.de', password: 'PLUS_PASSWORD' };
    const emulators = await startTestLandscape({ double: { users: [plus] } });
    const password = encodeURIComponent(passwordOf(emulators, 'PLUS_PASSWORD'));
    const send = (username: string) =>
      emulators.fetch(`${LOGIN}/oauth/token?login_hint=${encodeURIComponent(hint(ORIGIN))}`, {
        method: 'POST',
        headers: { authorization: 'Basic Y2Y6', 'content-type': 'application/x-www-form-urlencoded' },
        body: `grant_type=password&username=${username}&password=${password}`,
      });
    expect((await send('ro+bot@sap-test.de')).status).toBe(401);
    expect((await send('ro%2Bbot@sap-test.de')).status).toBe(200);
  });

  test('A16: landscapes in URI-encoding compatibility mode decode Basic only when the client says so', async () => {
    const client = { landscape: 'eu10-004', id: 'ci', secret: 'CI_SECRET', grantTypes: ['client_credentials'] };
    const uaaClients = [{ ...client, authorities: ['cloud_controller.read'] }];
    const emulators = await startTestLandscape({
      cf: { uaaClients },
      switches: { 'cf.uaaUriEncodingCompatibility': true },
    });
    const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const secret = passwordOf(emulators, 'CI_SECRET');
    const encoded = `%${secret.charCodeAt(0).toString(16)}${secret.slice(1)}`;
    const send = (text: string, headers: Record<string, string> = {}) =>
      postToken(emulators, { grant_type: 'client_credentials' }, { authorization: basic('ci', text), headers });
    expect((await send(encoded, { 'x-cf-encoded-credentials': 'true' })).status).toBe(200);
    expect(await errorOf(await send(encoded))).toEqual(invalidClient('Bad credentials'));
    expect((await send(secret)).status).toBe(200);
  });

  test('the identity provider: its body comes through raw, its code too', async () => {
    const locked = { host: IAS, email: 'locked@sap-test.de', password: 'LOCKED', refused: 'PASSWORD_LOCKED' };
    const emulators = await startTestLandscape({ double: { users: [locked] } });
    const response = await postToken(
      emulators,
      { grant_type: 'password', username: locked.email, password: 'x' },
      { hint: hint(ORIGIN) },
    );
    // The challenge says the same for every invalid_client.
    expect(response.headers.get('www-authenticate')).toContain('error_description="Bad credentials"');
    expect(await errorOf(response)).toEqual(
      invalidClient('{"error":"invalid_grant","error_description":"PASSWORD_LOCKED"}'),
    );
  });

  test('the identity provider gives no id_token', async () => {
    const mute = { host: IAS, email: 'mute@sap-test.de', password: 'MUTE', withoutIdToken: true };
    const emulators = await startTestLandscape({ double: { users: [mute] } });
    const fields = { grant_type: 'password', username: mute.email, password: passwordOf(emulators, 'MUTE') };
    expect(await errorOf(await postToken(emulators, fields, { hint: hint(ORIGIN) }))).toEqual(
      invalidClient('Could not obtain id_token from external OpenID Connect provider.'),
    );
  });

  test('A21: the trust creates no users at login', async () => {
    const strict = { originKey: 'strict-platform', host: 'strict.accounts.ondemand.com', createShadowUsers: false };
    const person = { host: strict.host, email: 'new@sap-test.de', password: 'NEW' };
    const emulators = await startTestLandscape({ double: { trusts: [strict], users: [person] } });
    const fields = { grant_type: 'password', username: person.email, password: passwordOf(emulators, 'NEW') };
    expect(await errorOf(await postToken(emulators, fields, { hint: hint(strict.originKey) }))).toEqual(
      unauthorized('The user account must be pre-created. Please contact your system administrator.'),
    );
  });

  test('a missing user name or password', async () => {
    const emulators = await startTestLandscape();
    const external = await postToken(emulators, { grant_type: 'password', username: ROBOT }, { hint: hint(ORIGIN) });
    expect(await errorOf(external)).toEqual(invalidClient('Request is missing username or password.'));
    const internal = await postToken(emulators, { grant_type: 'password', username: 'root' }, { hint: hint('uaa') });
    expect(await errorOf(internal)).toEqual(invalidClient('No password supplied'));
  });

  test('older builds called wrong credentials unauthorized', async () => {
    const emulators = await startTestLandscape({ switches: { 'uaa.legacyUnauthorized': true } });
    expect(await errorOf(await rootLogin(emulators, 'wrong'))).toEqual(unauthorized('Bad credentials'));
  });

  test.each([
    [{ verified: false }, [403, { error: 'access_denied', error_description: 'Account not verified' }]],
    [{ passwordChangeRequired: true }, unauthorized('password change required')],
    [{ active: false }, invalidClient('Bad credentials')],
  ])('an internal user with %o', async (state, expected) => {
    const user = { landscape: 'eu10-004', userName: 'inner', password: 'INNER', ...state };
    const emulators = await startTestLandscape({ cf: { uaaUsers: [user] } });
    const fields = { grant_type: 'password', username: 'inner', password: passwordOf(emulators, 'INNER') };
    expect(await errorOf(await postToken(emulators, fields, { hint: hint('uaa') }))).toEqual(expected);
  });

  test('a client that may use certain identity providers only', async () => {
    const base = { landscape: 'eu10-004', grantTypes: ['password'], scopes: ['openid'] };
    const uaaClients = [
      { ...base, id: 'one', secret: 'ONE', allowedProviders: ['uaa'] },
      { ...base, id: 'none', secret: 'NONE', allowedProviders: ['gone'] },
      { ...base, id: 'many', secret: 'MANY', allowedProviders: [ORIGIN, 'other-platform'] },
    ];
    const other = { originKey: 'other-platform', host: 'other.accounts.ondemand.com' };
    const emulators = await startTestLandscape({ cf: { uaaClients }, double: { trusts: [other] } });
    const login = (id: string, options: { hint?: string }) => {
      const authorization = `Basic ${Buffer.from(`${id}:${passwordOf(emulators, id.toUpperCase())}`).toString('base64')}`;
      return postToken(
        emulators,
        { grant_type: 'password', username: ROBOT, password: 'x' },
        { ...options, authorization },
      );
    };
    expect(await errorOf(await login('one', { hint: hint(ORIGIN) }))).toEqual(
      unauthorized("Client is not authorized for specified user's identity provider."),
    );
    expect(await errorOf(await login('none', {}))).toEqual(
      invalidClient('The client is not authorized for any identity provider that supports password grant.'),
    );
    expect(await errorOf(await login('many', {}))).toEqual(
      invalidClient(
        'The client is authorized for multiple identity providers that support password grant and could not determine which identity provider to use.',
      ),
    );
  });
});

describe('the token endpoint', () => {
  test.each([
    [{ grant_type: 'password' }, 'Basic Y2Y6eA==', invalidClient('Bad credentials')],
    [{ grant_type: 'password' }, `Basic ${btoa('nobody:')}`, invalidClient('Bad credentials')],
    [
      { grant_type: 'password', client_id: 'other' },
      'Basic Y2Y6',
      invalidClient('Given client ID does not match authenticated client'),
    ],
    [{ grant_type: 'password' }, '', unauthorized('An Authentication object was not found in the SecurityContext')],
    [{}, 'Basic Y2Y6', [400, { error: 'invalid_request', error_description: 'Missing grant type' }]],
    [
      { grant_type: 'magic' },
      'Basic Y2Y6',
      [400, { error: 'unsupported_grant_type', error_description: 'Unsupported grant type' }],
    ],
    [{ grant_type: 'client_credentials' }, 'Basic Y2Y6', invalidClient('Unauthorized grant type')],
    [{ grant_type: 'password', passcode: '' }, 'Basic Y2Y6', unauthorized('Passcode information is missing.')],
    [{ grant_type: 'password', passcode: 'x' }, 'Basic Y2Y6', unauthorized('Invalid passcode')],
    [
      { grant_type: 'refresh_token' },
      'Basic Y2Y6',
      [400, { error: 'invalid_request', error_description: 'refresh_token parameter not provided' }],
    ],
    [
      { grant_type: 'refresh_token', refresh_token: 'gone-r' },
      'Basic Y2Y6',
      [
        401,
        {
          error: 'invalid_token',
          error_description: 'The token expired, was revoked, or the token ID is incorrect.',
        },
      ],
    ],
  ])('answers %o with authorization "%s"', async (fields: Record<string, string>, authorization, expected) => {
    const emulators = await startTestLandscape();
    expect(await errorOf(await postToken(emulators, fields, { authorization }))).toEqual(expected);
  });

  test('takes POST only', async () => {
    const emulators = await startTestLandscape();
    expect(await errorOf(await emulators.fetch(`${UAA}/oauth/token`, { method: 'PUT' }))).toEqual([
      405,
      { error: 'method_not_allowed', error_description: "Request method 'PUT' not supported" },
    ]);
  });

  test('refuses scopes that the client or the user does not have', async () => {
    const emulators = await startTestLandscape();
    expect(await errorOf(await robotLogin(emulators, { scope: 'foo' }))).toEqual([
      400,
      { error: 'invalid_scope', error_description: 'foo is invalid. Please use a valid scope name in the request' },
    ]);
    expect(await errorOf(await robotLogin(emulators, { scope: 'scim.read' }))).toEqual([
      400,
      {
        error: 'invalid_scope',
        error_description: '[scim.read] is invalid. This user is not allowed any of the requested scopes',
      },
    ]);
  });

  test('gives a client its authorities, without refresh and id token', async () => {
    const uaaClients = [
      {
        landscape: 'eu10-004',
        id: 'ci',
        secret: 'CI_SECRET',
        grantTypes: ['client_credentials'],
        authorities: ['cloud_controller.read'],
      },
    ];
    const emulators = await startTestLandscape({ cf: { uaaClients } });
    const fields = { client_id: 'ci', client_secret: passwordOf(emulators, 'CI_SECRET') };
    const response = await emulators.fetch(`${UAA}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
    });
    const body = await tokenOf(response);
    expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'expires_in', 'scope', 'jti']);
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({ sub: 'ci', authorities: ['cloud_controller.read'] });
    expect(claims).not.toHaveProperty('client_auth_method');
  });
});

describe('a refresh', () => {
  const refresh = (emulators: Emulators, refresh_token: string, more: Record<string, string> = {}) =>
    postToken(emulators, { grant_type: 'refresh_token', refresh_token, ...more });

  test('keeps the refresh token, the original grant and the time of the login', async () => {
    const emulators = await startTestLandscape();
    const first = await tokenOf(await robotLogin(emulators));
    emulators.advance(1_100_000);
    const second = await tokenOf(await refresh(emulators, first.refresh_token));
    expect(second.refresh_token).toBe(first.refresh_token);
    const [before, after] = [decodeJwt(first.access_token), decodeJwt(second.access_token)];
    expect(after).toMatchObject({ grant_type: 'password', auth_time: before.auth_time });
    expect(Number(after.exp)).toBe(Number(before.exp) + 1100);
  });

  test('works as the cf CLI sends it: client in the body with an empty secret', async () => {
    const emulators = await startTestLandscape();
    const { refresh_token } = await tokenOf(await robotLogin(emulators));
    const body = new URLSearchParams({
      client_id: 'cf',
      client_secret: '',
      grant_type: 'refresh_token',
      refresh_token,
    });
    expect((await emulators.fetch(`${UAA}/oauth/token`, { method: 'POST', body })).status).toBe(200);
  });

  test('ends thirty days after the login, however often it was used', async () => {
    const emulators = await startTestLandscape();
    const { refresh_token } = await tokenOf(await robotLogin(emulators));
    emulators.advance(29 * 86_400_000);
    expect((await refresh(emulators, refresh_token)).status).toBe(200);
    emulators.advance(86_400_000);
    expect((await refresh(emulators, refresh_token)).status).toBe(401);
  });

  test('is refused with an access token, another client, or more scope', async () => {
    const uaaClients = [
      { landscape: 'eu10-004', id: 'ci', secret: 'CI_SECRET', grantTypes: ['refresh_token'], scopes: ['openid'] },
    ];
    const emulators = await startTestLandscape({ cf: { uaaClients } });
    const { access_token, refresh_token } = await tokenOf(await robotLogin(emulators));
    expect(await errorOf(await refresh(emulators, access_token))).toEqual([
      401,
      { error: 'invalid_token', error_description: 'Invalid refresh token.' },
    ]);
    const authorization = `Basic ${btoa(`ci:${passwordOf(emulators, 'CI_SECRET')}`)}`;
    const other = await postToken(emulators, { grant_type: 'refresh_token', refresh_token }, { authorization });
    expect(await errorOf(other)).toEqual([
      400,
      { error: 'invalid_grant', error_description: `Wrong client for this refresh token: ${refresh_token}` },
    ]);
    const more = await refresh(emulators, refresh_token, { scope: 'openid scim.read' });
    expect(await errorOf(more)).toMatchObject([400, { error: 'invalid_scope' }]);
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

test('trades an assertion of a trusted tenant for a token, whatever the hint says', async () => {
  const emulators = await startTestLandscape();
  const trust = emulators.world.use('trust').platformIdentityProviders()[0];
  const ias = await emulators.fetch(`https://${IAS}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${trust?.relyingPartyId}:${trust?.relyingPartySecret}`)}` },
    body: new URLSearchParams({
      grant_type: 'password',
      username: ROBOT,
      password: passwordOf(emulators, 'ROBOT_PASSWORD'),
    }),
  });
  const { id_token: assertion } = (await ias.json()) as { id_token: string };
  const exchange = (text: string) =>
    emulators.fetch(`${UAA}/oauth/token?login_hint=${encodeURIComponent(hint('dummy-origin'))}`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        client_id: 'cf',
        assertion: text,
      }),
    });
  expect(decodeJwt((await tokenOf(await exchange(assertion))).access_token)).toMatchObject({
    origin: ORIGIN,
    user_name: ROBOT,
  });
  expect(await errorOf(await exchange('nonsense'))).toEqual(unauthorized('Unable to decode expected id_token'));
  const forged = `${assertion.slice(0, -8)}AAAAAAAA`;
  expect(await errorOf(await exchange(forged))).toMatchObject([401, { error: 'invalid_token' }]);
  emulators.advance(600_000);
  expect(await errorOf(await exchange(assertion))).toMatchObject([401, { error: 'invalid_token' }]);
});

test('serves the documents that clients ask for before they log in', async () => {
  const emulators = await startTestLandscape();
  const json = { headers: { accept: 'application/json' } };
  expect(await (await emulators.fetch(`${LOGIN}/login`, json)).json()).toMatchObject({
    app: { version: '77.20.0' },
    prompts: {
      username: ['text', 'Email'],
      password: ['password', 'Password'],
      passcode: ['password', expect.any(String)],
    },
    defaultIdpName: 'sap.ids',
  });
  expect(await (await emulators.fetch(`${UAA}/info`)).json()).toMatchObject({ links: { login: LOGIN, uaa: UAA } });
  expect(await (await emulators.fetch(`${LOGIN}/.well-known/openid-configuration`)).json()).toMatchObject({
    issuer: `${UAA}/oauth/token`,
    token_endpoint: `${LOGIN}/oauth/token`,
  });
  // The login page itself is not emulated.
  expect((await emulators.fetch(`${LOGIN}/login`)).status).toBe(501);
});

test('tells who a token belongs to, and inspects tokens for clients that may', async () => {
  const uaaClients = [
    {
      landscape: 'eu10-004',
      id: 'rs',
      secret: 'RS',
      grantTypes: ['client_credentials'],
      authorities: ['uaa.resource'],
    },
  ];
  const emulators = await startTestLandscape({ cf: { uaaClients } });
  const { access_token: token } = await tokenOf(await robotLogin(emulators));
  const userinfo = await emulators.fetch(`${UAA}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
  expect(await userinfo.json()).toMatchObject({ user_name: ROBOT, email: ROBOT, email_verified: true });
  const inspect = (path: string, client: string, text: string) =>
    emulators.fetch(`${UAA}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(client)}` },
      body: new URLSearchParams({ token: text }),
    });
  const rs = `rs:${passwordOf(emulators, 'RS')}`;
  expect(await (await inspect('/check_token', rs, token)).json()).toMatchObject({ user_name: ROBOT });
  expect(await (await inspect('/introspect', rs, token)).json()).toMatchObject({ active: true });
  expect(await (await inspect('/introspect', rs, 'x')).json()).toEqual({ active: false });
  expect((await inspect('/check_token', 'cf:', token)).status).toBe(403);
  emulators.advance(1_201_000);
  expect(await errorOf(await inspect('/check_token', rs, token))).toEqual([
    400,
    { error: 'invalid_token', error_description: 'Token has expired' },
  ]);
});

test('signs revocations with Murmur3 as UAA does', () => {
  // Reference values of MurmurHash3_x86_32.
  expect(murmur3(Buffer.from('hello'), 0)).toBe(0x248bfa47);
  expect(murmur3(Buffer.from('hello, world'), 0)).toBe(0x149bbb7f);
  expect(murmur3(Buffer.from(''), 1)).toBe(0x514e28b7);
  expect(revocationSignature(['cf', undefined, 'x'])).toBe(revocationSignature(['cf', 'x']));
  expect(revocationSignature(['cf', 'x'])).not.toBe(revocationSignature(['cf', 'y']));
});

test('serves the hosts of its landscapes only', async () => {
  const emulators = await startTestLandscape();
  await expect(emulators.fetch(`https://${hostOf('uaa', 'us20')}/info`)).rejects.toThrow('fetch failed');
});
