import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { IAS, LOGIN, ORIGIN, passwordOf, postToken, ROBOT, startTestLandscape, UAA } from '../testing/landscape.ts';

import { errorOf, hint, invalidClient, robotLogin, rootLogin, tokenOf, unauthorized } from '../testing/uaa.ts';

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

  test('A13: the origin of a trust over SAML, for programs as if it were not there', async () => {
    const saml = { originKey: 'old-platform', host: IAS, protocol: 'SAML' };
    const emulators = await startTestLandscape({ double: { trusts: [saml] } });
    const fields = { grant_type: 'password', username: ROBOT, password: passwordOf(emulators, 'ROBOT_PASSWORD') };
    expect(await errorOf(await postToken(emulators, fields, { hint: hint('old-platform') }))).toEqual(
      unauthorized(
        'The origin provided in the login_hint does not match an active Identity Provider, that supports password grant.',
      ),
    );
    expect((await postToken(emulators, fields, { hint: hint(ORIGIN) })).status).toBe(200);
  });

  test('A14: without a hint SAP ID is asked, which does not know the user of an IAS tenant', async () => {
    const emulators = await startTestLandscape();
    const fields = { grant_type: 'password', username: ROBOT, password: passwordOf(emulators, 'ROBOT_PASSWORD') };
    const ias = '{"error":"invalid_grant","error_description":"User authentication failed."}';
    const response = await postToken(emulators, fields);
    expect(response.headers.get('www-authenticate')).toContain('error_description="Bad credentials"');
    expect(await errorOf(response)).toEqual(invalidClient(ias));
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
