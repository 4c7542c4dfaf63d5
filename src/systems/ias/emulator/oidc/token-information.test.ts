import { Hono } from 'hono';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import { iasEmulator } from '../index.ts';
import { patchOp } from '../tenant.fixture.ts';
import { CALLBACK, HOUR, ISSUER, type Provider, startProvider } from './provider.fixture.ts';

const OTHER = { name: 'Other', redirectUris: [CALLBACK] };

async function tokensInBrowser(provider: Provider, browser = provider.browser(), client = provider.client()) {
  const path = provider.authorizePath({ client_id: client.id, scope: 'openid' });
  const page = await browser.open(path);
  const end = page.form.j_username === undefined ? page : await browser.submit(page, jdoe(provider));
  const code = end.url.searchParams.get('code') ?? '';
  return (await provider.grant({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, { client })).body;
}

const jdoe = (provider: Provider) => ({ j_username: 'jdoe', j_password: provider.credential('JDOE') });
const active = async (provider: Provider, token: string | undefined) => (await provider.introspect(token ?? '')).active;

test('introspection tells of access, ID and refresh tokens', async () => {
  const provider = await startProvider();
  const { access_token, id_token, refresh_token } = (await provider.password({ scope: 'openid email' })).body;
  expect(await provider.introspect(access_token ?? '')).toMatchObject({
    active: true,
    aud: provider.client().id,
    sub: 'P000001',
    username: 'P000001',
    mail: 'joe.doe@acme.example',
    first_name: 'Joe',
    last_name: 'Doe',
    iss: ISSUER,
    scope: 'openid email',
    user_uuid: expect.any(String),
    jti: expect.any(String),
  });
  expect(await active(provider, id_token)).toBe(true);
  expect(await provider.introspect(refresh_token ?? '')).toMatchObject({ active: true, token_type: 'refresh_token' });
  for (const nonsense of ['', 'nonsense', `${id_token}x`, 'a.b.c']) {
    expect(await provider.introspect(nonsense)).toEqual({ active: false });
  }
});

test('another application may look into a token, a stranger may not', async () => {
  const provider = await startProvider({ applications: [OTHER] });
  const token = (await provider.password()).body.access_token ?? '';
  const asOther = await provider.post('/oauth2/introspect', { token }, { client: provider.client('Other') });
  expect(asOther.body.active).toBe(true);
  expect((await provider.post('/oauth2/introspect', { token })).status).toBe(401);
});

test('a token of another tenant is not active', async () => {
  const provider = await startProvider({
    tenants: [{ id: 'other', applications: [{ name: 'X', clientId: 'X_ID', clientSecret: 'X_SECRET' }] }],
  });
  const client = { id: provider.credential('X_ID'), secret: provider.credential('X_SECRET') };
  const { body } = await provider.password();
  for (const token of [body.access_token, body.id_token, body.refresh_token]) {
    const call = { client, host: 'other.accounts.ondemand.com' };
    expect((await provider.post('/oauth2/introspect', { token: token ?? '' }, call)).body).toEqual({ active: false });
  }
});

test('revocation ends all tokens of the client for the user and session, and no others', async () => {
  const provider = await startProvider({ applications: [OTHER] });
  const browser = provider.browser();
  const mine = await tokensInBrowser(provider, browser);
  const others = await tokensInBrowser(provider, browser, provider.client('Other'));
  const elsewhere = (await provider.password()).body;
  await provider.post('/oauth2/revoke', { token: mine.refresh_token ?? '' }, { client: provider.client() });
  for (const token of [mine.access_token, mine.id_token, mine.refresh_token]) {
    expect(await active(provider, token)).toBe(false);
  }
  expect(await active(provider, others.access_token)).toBe(true);
  expect(await active(provider, elsewhere.access_token)).toBe(true);
});

test('nobody revokes the tokens of another client, and an unknown token is no error', async () => {
  const provider = await startProvider({ applications: [OTHER] });
  const { access_token } = (await provider.password()).body;
  const client = provider.client('Other');
  for (const token of [access_token ?? '', 'nonsense']) {
    expect((await provider.post('/oauth2/revoke', { token }, { client })).status).toBe(200);
  }
  expect(await active(provider, access_token)).toBe(true);
  expect((await provider.post('/oauth2/revoke', { token: access_token ?? '' })).status).toBe(401);
});

test("a client's own token is revoked by itself", async () => {
  const provider = await startProvider();
  const token = async () => (await provider.grant({ grant_type: 'client_credentials' })).body.access_token ?? '';
  const [first, second] = [await token(), await token()];
  await provider.post('/oauth2/revoke', { token: first }, { client: provider.client() });
  expect([await active(provider, first), await active(provider, second)]).toEqual([false, true]);
});

test('userinfo is for access tokens of users', async () => {
  const provider = await startProvider();
  const ask = async (token: string | undefined, method = 'GET') => {
    const response = await provider.send('/oauth2/userinfo', { method, headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: await response.json() };
  };
  const { access_token, id_token } = (await provider.password()).body;
  const alone = (await provider.grant({ grant_type: 'client_credentials' })).body.access_token;
  expect(await ask(access_token)).toMatchObject({
    status: 200,
    body: { sub: 'P000001', email: 'joe.doe@acme.example', family_name: 'Doe', last_name: 'Doe' },
  });
  expect((await ask(access_token, 'POST')).status).toBe(200);
  expect(await ask(id_token)).toMatchObject({ status: 400, body: { error: 'invalid_token' } });
  expect(await ask(alone)).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
  provider.advance(HOUR);
  expect(await ask(access_token)).toMatchObject({ status: 400, body: { error: 'invalid_token' } });
});

test('tokens of a deactivated user are not active', async () => {
  const provider = await startProvider();
  const { access_token, refresh_token } = (await provider.password()).body;
  const { body } = await provider.scim('GET', '/Users?filter=userName%20eq%20%22jdoe%22');
  const deactivate = patchOp({ op: 'replace', path: 'active', value: false });
  await provider.scim('PATCH', `/Users/${body.Resources[0].id}`, deactivate);
  expect(await active(provider, access_token)).toBe(false);
  expect(await active(provider, refresh_token)).toBe(false);
  const refreshed = await provider.grant({ grant_type: 'refresh_token', refresh_token: refresh_token ?? '' });
  expect(refreshed.body.error).toBe('invalid_grant');
});

test('the sessions of a user are listed to an application that has a token', async () => {
  const provider = await startProvider({ applications: [OTHER] });
  await tokensInBrowser(provider, provider.browser(), provider.client('Other'));
  const token = (await provider.password()).body.access_token ?? '';
  const { body } = await provider.post('/oauth2/token/list', { token }, { client: provider.client() });
  expect(body).toMatchObject([
    { sp_name: 'Other', grant_type: 'AUTHORIZATION_CODE', client_auth_method: 'client_secret_basic' },
    { sp_name: 'App', grant_type: 'PASSWORD', client_id: provider.client().id },
  ]);
});

test('logout ends the session and its tokens, but for offline access', async () => {
  const provider = await startProvider({
    app: { postLogoutRedirectUris: ['https://app.acme.example/bye'] },
    applications: [OTHER],
  });
  const browser = provider.browser();
  const mine = await tokensInBrowser(provider, browser);
  const path = provider.authorizePath({ client_id: provider.client('Other').id, scope: 'openid offline_access' });
  const code = (await browser.open(path)).url.searchParams.get('code') ?? '';
  const call = { client: provider.client('Other') };
  const offline = (await provider.grant({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, call)).body;
  const query = new URLSearchParams({
    id_token_hint: mine.id_token ?? '',
    post_logout_redirect_uri: 'https://app.acme.example/bye',
    state: 's',
  });
  expect((await browser.open(`/oauth2/logout?${query}`)).url.href).toBe('https://app.acme.example/bye?state=s');
  expect((await browser.open(provider.authorizePath())).title).toBe('Sign in');
  expect(await active(provider, mine.refresh_token)).toBe(false);
  expect(await active(provider, offline.refresh_token)).toBe(true);
});

test('logout by a form ends the session, too (OpenID Connect RP-Initiated Logout 1.0)', async () => {
  const bye = 'https://app.acme.example/bye';
  const provider = await startProvider({ app: { postLogoutRedirectUris: [bye] } });
  const browser = provider.browser();
  const { id_token = '' } = await tokensInBrowser(provider, browser);
  const form = { status: 200, url: new URL(ISSUER), title: '', text: '', form: {}, action: '/oauth2/logout' };
  const refused = await browser.submit(form, { id_token_hint: 'forged', post_logout_redirect_uri: bye });
  expect([refused.status, refused.url.host]).toEqual([400, new URL(ISSUER).host]);
  const end = await browser.submit(form, { id_token_hint: id_token, post_logout_redirect_uri: bye, state: 's' });
  expect(end.url.href).toBe(`${bye}?state=s`);
  expect((await browser.open(provider.authorizePath())).title).toBe('Sign in');
});

test('logout leads to the profile, and nowhere that is not registered', async () => {
  const provider = await startProvider();
  const client = `client_id=${provider.client().id}`;
  const browser = provider.browser();
  expect((await browser.open('/oauth2/logout')).status).toBe(400);
  expect((await browser.open(`/oauth2/logout?${client}&post_logout_redirect_uri=https://evil.example/`)).status).toBe(
    400,
  );
  expect((await browser.open(`/oauth2/logout?${client}`)).url.pathname).toBe('/ui/protected/profilemanagement');
});

test('logout tells the other applications of the session by their front-channel pages', async () => {
  const front = 'https://other.acme.example/logged-out';
  const provider = await startProvider({ applications: [{ ...OTHER, frontChannelLogoutUris: [front] }] });
  const browser = provider.browser();
  const { id_token } = await tokensInBrowser(provider, browser);
  await tokensInBrowser(provider, browser, provider.client('Other'));
  const cookie = `IDS_SESSION=${browser.cookies().get('IDS_SESSION')}`;
  const response = await provider.send(`/oauth2/logout?id_token_hint=${id_token}`, { headers: { cookie } });
  const { sid } = decodeJwt(id_token ?? '');
  const query = new URLSearchParams({ iss: ISSUER, sid: String(sid) });
  expect(await response.text()).toContain(`${front}?${query}`.replaceAll('&', '&amp;'));
  expect(response.headers.get('content-security-policy')).toContain('frame-src https://other.acme.example');
});

test('logout tells the other applications of the session from server to server, if they want to know', async () => {
  const notices: string[] = [];
  const listener: EmulatorDefinition = {
    id: 'listener',
    create: () => {
      const app = new Hono<HostEnv>();
      app.post('/logout', async (c) => {
        notices.push(new URLSearchParams(await c.req.text()).get('logout_token') ?? '');
        return c.body(null, 204);
      });
      return { mounts: [mount('other.acme.example', () => ['other.acme.example'], app)], seed: async () => {} };
    },
  };
  const uris = ['https://other.acme.example/logout', 'https://gone.acme.example/logout'];
  const provider = await startProvider({
    emulators: [iasEmulator, listener],
    app: { backChannelLogoutUris: ['https://other.acme.example/logout'] },
    applications: [{ ...OTHER, backChannelLogoutUris: uris }],
  });
  const browser = provider.browser();
  const { id_token } = await tokensInBrowser(provider, browser);
  await tokensInBrowser(provider, browser, provider.client('Other'));
  await browser.open(`/oauth2/logout?id_token_hint=${id_token}`);
  expect(notices.map((notice) => decodeProtectedHeader(notice).typ)).toEqual(['logout+jwt']);
  expect(decodeJwt(notices[0] ?? '')).toMatchObject({
    iss: ISSUER,
    aud: provider.client('Other').id,
    sid: decodeJwt(id_token ?? '').sid,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  });
});
