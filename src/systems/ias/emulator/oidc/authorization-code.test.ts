import * as oidc from 'openid-client';
import { expect, test } from 'vitest';
import { HOST } from '../tenant.fixture.ts';
import { CALLBACK, ISSUER, MINUTE, type Provider, startProvider } from './provider.fixture.ts';

/** The foreign judge of the flow: nothing of ours but the network. */
async function discover(provider: Provider): Promise<oidc.Configuration> {
  const { id, secret } = provider.client();
  const fetch: oidc.CustomFetch = (url, options) => provider.fetch(url, options as RequestInit);
  // The landscape's clock is not ours.
  const metadata = { [oidc.clockSkew]: Math.round((provider.now() - Date.now()) / 1000) };
  const config = await oidc.discovery(new URL(ISSUER), id, metadata, oidc.ClientSecretBasic(secret), {
    [oidc.customFetch]: fetch,
  });
  oidc.enableNonRepudiationChecks(config);
  return config;
}

test('openid-client signs a user in with code, PKCE, state and nonce, refreshes, introspects and revokes', async () => {
  const provider = await startProvider({ app: { tokenPolicy: { accessTokenFormat: 'jwt' } } });
  const config = await discover(provider);
  const verifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid email',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  });
  const end = await provider.browser().signIn(url.pathname + url.search, 'jdoe', provider.credential('JDOE'));
  const tokens = await oidc.authorizationCodeGrant(config, end.url, {
    pkceCodeVerifier: verifier,
    expectedState,
    expectedNonce,
  });
  expect(tokens.claims()).toMatchObject({ email: 'joe.doe@acme.example', azp: provider.client().id });
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
  expect(fresh.refresh_token).not.toBe(tokens.refresh_token);
  expect((await oidc.tokenIntrospection(config, fresh.access_token)).active).toBe(true);
  expect(await oidc.fetchUserInfo(config, fresh.access_token, tokens.claims()?.sub ?? '')).toMatchObject({
    mail: 'joe.doe@acme.example',
  });
  await oidc.tokenRevocation(config, fresh.refresh_token ?? '');
  expect((await oidc.tokenIntrospection(config, fresh.access_token)).active).toBe(false);
});

async function codeOf(provider: Provider, fields: Record<string, string> = {}): Promise<string> {
  const path = provider.authorizePath(fields);
  const { url } = await provider.browser().signIn(path, 'jdoe', provider.credential('JDOE'));
  return url.searchParams.get('code') ?? '';
}

const redeem = (provider: Provider, code: string, fields: Record<string, string> = {}) =>
  provider.grant({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...fields });

test('an authorization request may come as a form, and is the same one (OpenID Connect Core §3.1.2.1)', async () => {
  const provider = await startProvider();
  const query = new URL(provider.authorizePath({ state: 'from-a-form', login_hint: 'jdoe' }), ISSUER);
  const form = { status: 200, url: query, title: '', text: '', form: {}, action: '/oauth2/authorize' };
  const browser = provider.browser();
  const page = await browser.submit(form, Object.fromEntries(query.searchParams));
  expect([page.title, page.form.j_username]).toEqual(['Sign in', 'jdoe']);
  const { url } = await browser.submit(page, { j_password: provider.credential('JDOE') });
  expect(url.searchParams.get('state')).toBe('from-a-form');
  expect((await redeem(provider, url.searchParams.get('code') ?? '')).status).toBe(200);
  const wrong = { ...Object.fromEntries(query.searchParams), redirect_uri: 'https://evil.example/' };
  const refused = await browser.submit(form, wrong);
  expect([refused.status, refused.url.host]).toEqual([400, HOST]);
});

test('a code is good once', async () => {
  const provider = await startProvider();
  const code = await codeOf(provider);
  expect((await redeem(provider, code)).status).toBe(200);
  expect(await redeem(provider, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('a code is good for two minutes', async () => {
  const provider = await startProvider();
  const code = await codeOf(provider);
  provider.advance(2 * MINUTE);
  expect(await redeem(provider, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('a code is for the client and the redirect URI that it was made for', async () => {
  const provider = await startProvider({ applications: [{ name: 'Other', redirectUris: [CALLBACK] }] });
  const code = await codeOf(provider);
  const fields = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK };
  expect((await provider.grant(fields, { client: provider.client('Other') })).body.error).toBe('invalid_grant');
  expect((await redeem(provider, code, { redirect_uri: `${CALLBACK}/x` })).body.error).toBe('invalid_grant');
});

test.each([
  ['the right one', 'v'.repeat(43), 200],
  ['another one', 'w'.repeat(43), 400],
])('a plain challenge takes %s', async (_name, verifier, status) => {
  const provider = await startProvider();
  const code = await codeOf(provider, { code_challenge: 'v'.repeat(43) });
  expect((await redeem(provider, code, { code_verifier: verifier })).status).toBe(status);
});

test('a verifier is refused where there was no challenge, and its lack where there was one', async () => {
  const provider = await startProvider();
  expect((await redeem(provider, await codeOf(provider), { code_verifier: 'v'.repeat(43) })).status).toBe(400);
  const code = await codeOf(provider, { code_challenge: 'v'.repeat(43) });
  expect((await redeem(provider, code)).status).toBe(400);
});

test('an application that enforces PKCE wants S256', async () => {
  const provider = await startProvider({ app: { enforcePkce: true } });
  const refused = await provider.browser().open(provider.authorizePath({ code_challenge: 'v'.repeat(43), state: 's' }));
  expect(Object.fromEntries(refused.url.searchParams)).toEqual({
    error: 'invalid_request',
    error_description: expect.any(String),
    state: 's',
    iss: ISSUER,
  });
});

test('a public client needs PKCE and no secret', async () => {
  const provider = await startProvider({ app: { publicClient: true } });
  const without = await provider.browser().open(provider.authorizePath());
  expect(without.url.searchParams.get('error')).toBe('invalid_request');
  const code = await codeOf(provider, { code_challenge: 'v'.repeat(43) });
  const { id } = provider.client();
  const fields = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, client_id: id };
  const answer = await provider.grant({ ...fields, code_verifier: 'v'.repeat(43) }, { client: undefined });
  expect(answer.status).toBe(200);
  const alone = await provider.grant({ grant_type: 'client_credentials', client_id: id }, { client: undefined });
  expect(alone.body.error).toBe('unauthorized_client');
});

test('an unknown client or redirect URI leads nowhere', async () => {
  const provider = await startProvider();
  for (const [name, value] of [
    ['client_id', 'nobody'],
    ['redirect_uri', 'https://evil.example/callback'],
  ] as const) {
    const page = await provider.browser().open(provider.authorizePath({ [name]: value }));
    expect([page.status, page.title, page.url.host]).toEqual([400, 'Request Refused', HOST]);
  }
});

test.each([
  ['an unknown response type', { response_type: 'magic' }, 'unsupported_response_type'],
  ['tokens at once, which is not allowed', { response_type: 'token' }, 'unauthorized_client'],
  ['an unknown challenge method', { code_challenge: 'v'.repeat(43), code_challenge_method: 'S1' }, 'invalid_request'],
  ['a challenge that is too short', { code_challenge: 'v' }, 'invalid_request'],
  ['an age that is no number', { max_age: 'old' }, 'invalid_request'],
])('tells the client about %s', async (_name, fields, error) => {
  const provider = await startProvider();
  const { url } = await provider.browser().open(provider.authorizePath(fields));
  const told = url.hash === '' ? url.searchParams : new URLSearchParams(url.hash.slice(1));
  expect([url.origin + url.pathname, told.get('error')]).toEqual([CALLBACK, error]);
});

test('gives tokens in the fragment where the application allows the implicit flow', async () => {
  const provider = await startProvider({ app: { grantTypes: ['implicit'] } });
  const path = provider.authorizePath({ response_type: 'id_token', nonce: 'n', state: 's' });
  const { url } = await provider.browser().signIn(path, 'jdoe', provider.credential('JDOE'));
  const told = new URLSearchParams(url.hash.slice(1));
  expect([told.get('state'), told.get('code')]).toEqual(['s', null]);
  expect(JSON.parse(Buffer.from(told.get('id_token')?.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
    nonce: 'n',
    sub: 'P000001',
  });
});
