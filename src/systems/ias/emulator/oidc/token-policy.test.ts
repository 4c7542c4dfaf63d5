import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { DAY } from '../tenant.fixture.ts';
import { HOUR, MINUTE, type Provider, startProvider } from './provider.fixture.ts';

const isJwt = (token: string | undefined) => token?.split('.').length === 3;
const refresh = (provider: Provider, token: string | undefined, fields: Record<string, string> = {}) =>
  provider.grant({ grant_type: 'refresh_token', refresh_token: token ?? '', ...fields });

test('access tokens are opaque or JWTs by the flow, unless the request wants otherwise', async () => {
  const provider = await startProvider();
  const { body } = await provider.password();
  expect([isJwt(body.access_token), isJwt(body.id_token), body.token_type]).toEqual([false, true, 'Bearer']);
  expect(isJwt((await provider.password({ token_format: 'jwt' })).body.access_token)).toBe(true);
  expect(isJwt((await provider.grant({ grant_type: 'client_credentials' })).body.access_token)).toBe(true);
  const opaque = await provider.grant({ grant_type: 'client_credentials', token_format: 'opaque' });
  expect(isJwt(opaque.body.access_token)).toBe(false);
  expect(isJwt((await refresh(provider, body.refresh_token)).body.access_token)).toBe(false);
});

test('a refreshed token has the format that was asked for before', async () => {
  const provider = await startProvider();
  const { body } = await provider.password({ token_format: 'jwt' });
  expect(isJwt((await refresh(provider, body.refresh_token)).body.access_token)).toBe(true);
});

test.each([
  ['jwt', true],
  ['opaque', false],
])('an application may have %s access tokens in all flows', async (accessTokenFormat, jwt) => {
  const provider = await startProvider({ app: { tokenPolicy: { accessTokenFormat } } });
  const tokens = [await provider.password(), await provider.grant({ grant_type: 'client_credentials' })];
  expect(tokens.map(({ body }) => isJwt(body.access_token))).toEqual([jwt, jwt]);
});

test('tokens live an hour, or as long as the application or the tenant says', async () => {
  const provider = await startProvider({
    tenant: { tokenPolicy: { jwtValidity: 5 } },
    app: { tokenPolicy: { jwtValidity: 720 } },
    applications: [{ name: 'Left alone' }],
  });
  expect((await provider.password()).body.expires_in).toBe(43_200);
  const { body } = await provider.password({}, { client: provider.client('Left alone') });
  expect(body.expires_in).toBe(300);
  expect((await (await startProvider()).password()).body.expires_in).toBe(3600);
  expect((await provider.introspect(body.access_token ?? '')).active).toBe(true);
  provider.advance(5 * MINUTE);
  expect(await provider.introspect(body.access_token ?? '')).toEqual({ active: false });
});

test('a refresh token is good once', async () => {
  const provider = await startProvider();
  const { body } = await provider.password();
  const next = await refresh(provider, body.refresh_token);
  expect(next.status).toBe(200);
  expect(await refresh(provider, body.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect((await refresh(provider, next.body.refresh_token)).status).toBe(200);
});

test('online: the old refresh token gives the same new one for five minutes, until the new one is used', async () => {
  const provider = await startProvider({ app: { tokenPolicy: { refreshTokenRotationScenario: 'online' } } });
  const { body } = await provider.password();
  const next = (await refresh(provider, body.refresh_token)).body.refresh_token;
  provider.advance(5 * MINUTE - 1);
  expect((await refresh(provider, body.refresh_token)).body.refresh_token).toBe(next);
  provider.advance(1);
  expect((await refresh(provider, body.refresh_token)).status).toBe(400);

  const other = (await provider.password()).body.refresh_token;
  const successor = (await refresh(provider, other)).body.refresh_token;
  expect((await refresh(provider, successor)).status).toBe(200);
  expect((await refresh(provider, other)).status).toBe(400);
});

test('mobile: the old refresh token is good as long as it would have been', async () => {
  const provider = await startProvider({ app: { tokenPolicy: { refreshTokenRotationScenario: 'mobile' } } });
  const { body } = await provider.password();
  const next = (await refresh(provider, body.refresh_token)).body.refresh_token;
  provider.advance(12 * HOUR - 1);
  expect((await refresh(provider, body.refresh_token)).body.refresh_token).toBe(next);
  provider.advance(1);
  expect((await refresh(provider, body.refresh_token)).status).toBe(400);
});

test('refresh tokens live 12 hours, or shorter if the request wants that, or there is none', async () => {
  const provider = await startProvider();
  const long = (await provider.password({ refresh_expiry: '999999999' })).body.refresh_token;
  const short = (await provider.password({ refresh_expiry: '60' })).body.refresh_token;
  expect((await provider.password({ refresh_expiry: '0' })).body).not.toHaveProperty('refresh_token');
  provider.advance(MINUTE);
  expect((await refresh(provider, short)).status).toBe(400);
  provider.advance(12 * HOUR - MINUTE);
  expect((await refresh(provider, long)).status).toBe(400);
});

test('an application that may not refresh gets no refresh token', async () => {
  const provider = await startProvider({ app: { grantTypes: ['password'] } });
  expect((await provider.password()).body).not.toHaveProperty('refresh_token');
  expect((await refresh(provider, 'x')).body.error).toBe('unauthorized_client');
});

test('after the exchange period the user must authenticate again, however often tokens were refreshed', async () => {
  const provider = await startProvider({ app: { tokenPolicy: { refreshValidity: 4320 } } });
  const shorter = (await provider.password({ max_exchange_period: '3600' })).body.refresh_token;
  let token = (await provider.password()).body.refresh_token;
  provider.advance(HOUR);
  expect((await refresh(provider, shorter)).status).toBe(400);
  for (let month = 0; month < 2; month++) {
    provider.advance(30 * DAY);
    token = (await refresh(provider, token)).body.refresh_token;
  }
  provider.advance(30 * DAY - HOUR);
  expect((await refresh(provider, token)).status).toBe(400);
});

test('so many refresh tokens of one session are good as the policy says', async () => {
  const provider = await startProvider({ app: { tokenPolicy: { refreshParallel: 2 } } });
  const browser = provider.browser();
  await browser.signIn(provider.authorizePath(), 'jdoe', provider.credential('JDOE'));
  const tokens: (string | undefined)[] = [];
  for (let count = 0; count < 3; count++) {
    const code = (await browser.open(provider.authorizePath())).url.searchParams.get('code') ?? '';
    const fields = { grant_type: 'authorization_code', code, redirect_uri: 'https://app.acme.example/callback' };
    tokens.push((await provider.grant(fields)).body.refresh_token);
  }
  const answers = [];
  for (const token of tokens) answers.push((await refresh(provider, token)).status);
  expect(answers).toEqual([400, 200, 200]);
});

test.each([
  ['token_format', 'saml'],
  ['refresh_expiry', 'soon'],
  ['max_exchange_period', '1'],
  ['max_exchange_period', '99999999'],
])('refuses %s=%s', async (name, value) => {
  const provider = await startProvider();
  expect(await provider.password({ [name]: value })).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
});

test('tokens of an application of many tenants say which one', async () => {
  const provider = await startProvider();
  const { body } = await provider.password({ app_tid: 'tenant-1', token_format: 'jwt' });
  expect(decodeJwt(body.access_token ?? '').app_tid).toBe('tenant-1');
  const refreshed = await refresh(provider, body.refresh_token);
  expect(decodeJwt(refreshed.body.id_token ?? '').app_tid).toBe('tenant-1');
  const alone = await provider.grant({ grant_type: 'client_credentials', app_tid: 'tenant-2' });
  expect(decodeJwt(alone.body.access_token ?? '').app_tid).toBe('tenant-2');
});

test.each([
  ['userId', 'P000001'],
  ['loginName', 'jdoe'],
  ['mail', 'joe.doe@acme.example'],
])('the subject may be the %s', async (subjectNameIdentifier, sub) => {
  const provider = await startProvider({ app: { subjectNameIdentifier } });
  expect(decodeJwt((await provider.password()).body.id_token ?? '').sub).toBe(sub);
});

test('claims may depend on the scope', async () => {
  const provider = await startProvider({ switches: { 'ias.claimsByScope': true } });
  const claims = async (scope: string) => decodeJwt((await provider.password({ scope })).body.id_token ?? '');
  expect(await claims('openid')).not.toHaveProperty('email');
  expect(await claims('openid email')).toHaveProperty('email', 'joe.doe@acme.example');
  expect(await claims('openid profile groups')).toMatchObject({ given_name: 'Joe', groups: [] });
});
