import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../rows/application-settings.ts';
import { CALLBACK, HOUR, MINUTE, type Provider, startProvider } from './provider.fixture.ts';

const TYPE = 'urn:ietf:params:oauth:token-type:';
const allowed = { grantTypes: ['password', 'authorization_code', 'refresh_token', TOKEN_EXCHANGE, JWT_BEARER] };
const bearer = (provider: Provider, assertion: string | undefined, fields: Record<string, string> = {}) =>
  provider.grant({ grant_type: JWT_BEARER, assertion: assertion ?? '', ...fields });
const exchange = (provider: Provider, token: string | undefined, type: string, fields: Record<string, string> = {}) =>
  provider.grant({
    grant_type: TOKEN_EXCHANGE,
    subject_token: token ?? '',
    subject_token_type: TYPE + type,
    scope: 'openid',
    ...fields,
  });

test('an ID token is exchanged for tokens of the same user and session', async () => {
  const provider = await startProvider();
  const { id_token } = (await provider.password()).body;
  const { status, body } = await bearer(provider, id_token);
  expect(status).toBe(200);
  const [before, after] = [decodeJwt(id_token ?? ''), decodeJwt(body.id_token ?? '')];
  expect([after.sub, after.sid, after.auth_time]).toEqual([before.sub, before.sid, before.auth_time]);
  expect(body.access_token?.split('.')).toHaveLength(1);
  expect(body.refresh_token).toBeDefined();
});

test.each([
  ['nonsense', () => 'nonsense'],
  ['a token that was tampered with', (token: string) => `${token.slice(0, -10)}AAAAAAAAAA`],
  ['a token without a signature', (token: string) => `${token.split('.').slice(0, 2).join('.')}.`],
  ['nothing', () => ''],
])('refuses %s as assertion', async (_name, from) => {
  const provider = await startProvider();
  const { id_token } = (await provider.password()).body;
  expect((await bearer(provider, from(id_token ?? ''))).status).toBe(400);
});

test('an expired or revoked ID token, or one for somebody else, is no assertion', async () => {
  const provider = await startProvider({ applications: [{ name: 'Other' }] });
  const others = (await provider.password({}, { client: provider.client('Other') })).body.id_token;
  expect((await bearer(provider, others)).body.error).toBe('invalid_grant');
  const revoked = (await provider.password()).body.id_token ?? '';
  await provider.post('/oauth2/revoke', { token: revoked }, { client: provider.client() });
  expect((await bearer(provider, revoked)).body.error).toBe('invalid_grant');
  const expired = (await provider.password()).body.id_token;
  provider.advance(HOUR);
  expect((await bearer(provider, expired)).body.error).toBe('invalid_grant');
});

test('token exchange must be allowed, and is not at first', async () => {
  const provider = await startProvider();
  const { access_token } = (await provider.password()).body;
  expect((await exchange(provider, access_token, 'access_token')).body.error).toBe('unauthorized_client');
});

test.each(['access_token', 'id_token', 'refresh_token'])('exchanges an %s', async (type) => {
  const provider = await startProvider({ app: allowed });
  const tokens = (await provider.password()).body;
  const { status, body } = await exchange(provider, tokens[type], type);
  expect(status).toBe(200);
  expect(body).toMatchObject({ issued_token_type: `${TYPE}access_token`, token_type: 'Bearer' });
  expect((await provider.introspect(body.access_token ?? '')).active).toBe(true);
});

test('a token is exchanged as what it is', async () => {
  const provider = await startProvider({ app: allowed });
  const tokens = (await provider.password({ token_format: 'jwt' })).body;
  expect((await exchange(provider, tokens.access_token, 'id_token')).body.error).toBe('invalid_grant');
  expect((await exchange(provider, tokens.id_token, 'access_token')).body.error).toBe('invalid_grant');
  expect((await exchange(provider, tokens.access_token, 'jwt')).status).toBe(200);
  expect((await exchange(provider, tokens.access_token, 'magic')).body.error).toBe('invalid_request');
});

test('an ID token may be asked for', async () => {
  const provider = await startProvider({ app: allowed });
  const tokens = (await provider.password()).body;
  const asked = { requested_token_type: `${TYPE}id_token` };
  const { body } = await exchange(provider, tokens.access_token, 'access_token', asked);
  expect(body.issued_token_type).toBe(`${TYPE}id_token`);
  expect(decodeJwt(body.access_token ?? '')).toHaveProperty('at_hash');
});

test('SAML is not emulated, and says so', async () => {
  const provider = await startProvider({ app: allowed });
  const tokens = (await provider.password()).body;
  const asked = { requested_token_type: `${TYPE}saml2` };
  expect((await exchange(provider, tokens.id_token, 'id_token', asked)).status).toBe(501);
});

test('a mobile application gets a token for five minutes that a web application looks into', async () => {
  const provider = await startProvider({ app: allowed });
  const tokens = (await provider.password()).body;
  const resource = { resource: 'urn:sap:identity:sso' };
  const { body } = await exchange(provider, tokens.refresh_token, 'refresh_token', resource);
  expect(body).toEqual({
    access_token: expect.stringMatching(/^[0-9a-f]{48}$/),
    issued_token_type: `${TYPE}access_token`,
    scope: 'openid',
    token_type: 'Bearer',
    expires_in: 300,
  });
  provider.advance(5 * MINUTE);
  expect((await provider.introspect(body.access_token ?? '')).active).toBe(false);
});

test("an application consumes another one's APIs by its dependency", async () => {
  const dependency = { name: 'orders', application: 'Orders', apis: ['read'] };
  const provider = await startProvider({
    app: { ...allowed, dependencies: [dependency] },
    applications: [{ name: 'Orders' }],
  });
  const tokens = (await provider.password()).body;
  const resource = { resource: 'urn:sap:identity:application:provider:name:orders', token_format: 'jwt' };
  const { body } = await exchange(provider, tokens.access_token, 'access_token', resource);
  expect(decodeJwt(body.access_token ?? '')).toMatchObject({
    aud: [provider.client('Orders').id, provider.client().id],
    ias_apis: ['read'],
  });
  const unknown = { resource: 'urn:sap:identity:application:provider:name:bills' };
  expect((await exchange(provider, tokens.access_token, 'access_token', unknown)).body.error).toBe('invalid_target');
});

test('after the exchange period nothing is exchanged', async () => {
  const policy = { jwtValidity: 720, maxExchangePeriod: 3600 };
  const provider = await startProvider({ app: { ...allowed, tokenPolicy: policy } });
  const tokens = (await provider.password()).body;
  provider.advance(HOUR);
  expect((await exchange(provider, tokens.access_token, 'access_token')).body.error).toBe('invalid_grant');
  expect((await bearer(provider, tokens.id_token)).body.error).toBe('invalid_grant');
});

test('an exchanged token ends with the session of the browser', async () => {
  const provider = await startProvider({ app: allowed });
  const browser = provider.browser();
  const { url } = await browser.signIn(provider.authorizePath(), 'jdoe', provider.credential('JDOE'));
  const code = url.searchParams.get('code') ?? '';
  const tokens = (await provider.grant({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK })).body;
  const exchanged = (await exchange(provider, tokens.access_token, 'access_token')).body.access_token ?? '';
  await browser.open(`/oauth2/logout?client_id=${provider.client().id}`);
  expect((await provider.introspect(exchanged)).active).toBe(false);
});
