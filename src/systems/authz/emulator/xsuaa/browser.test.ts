import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  APP,
  type AuthzLandscape,
  claimsOf,
  DEV,
  IAS_HOST,
  NORA,
  startAuthz,
  tokensOf,
} from '../../../../../test/fixtures/authz.ts';

const verifier = 'a-verifier-that-is-as-long-as-it-has-to-be-0123456789';
const challenge = createHash('sha256').update(verifier).digest('base64url');

const request = (more: Readonly<Record<string, string>> = {}) =>
  `${DEV}/oauth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: APP.clientId,
    redirect_uri: APP.redirectUri,
    state: 'a-state',
    login_hint: '{"origin":"sap.custom"}',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  })}`;

/** A browser that keeps cookies by host, and stops at addresses of the application. */
function openBrowser({ fetch }: Pick<AuthzLandscape, 'fetch'>) {
  const jars = new Map<string, Map<string, string>>();
  async function go(address: string, form?: URLSearchParams): Promise<{ url: URL; status: number; text: string }> {
    const url = new URL(address);
    if (url.host === new URL(APP.redirectUri).host) return { url, status: 0, text: '' };
    const jar = jars.get(url.host) ?? new Map<string, string>();
    jars.set(url.host, jar);
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: [...jar].map((pair) => pair.join('=')).join('; ') },
      ...(form ? { body: form } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) return go(new URL(location, url).href);
    return { url, status: response.status, text: await response.text() };
  }
  return { go, jars };
}

/** Fills the sign-in form of IAS. */
async function signIn(browser: ReturnType<typeof openBrowser>, address: string, password: string) {
  const page = await browser.go(address);
  const hidden = [...page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => {
    const value = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
    return [value('name'), value('value').replaceAll('&amp;', '&')] as [string, string];
  });
  const action = /<form[^>]*action="([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const form = new URLSearchParams([...hidden, ['j_username', NORA.login], ['j_password', password]]);
  return browser.go(new URL(action, page.url).href, form);
}

const redeem = (landscape: AuthzLandscape, code: string, more: Readonly<Record<string, string>> = {}) =>
  landscape.token({
    grant_type: 'authorization_code',
    code,
    redirect_uri: APP.redirectUri,
    code_verifier: verifier,
    ...more,
  });

test('a person signs in at the identity provider of the subaccount, and the application gets a code', async () => {
  const landscape = await startAuthz();
  const browser = openBrowser(landscape);
  const { url } = await signIn(browser, request({ nonce: 'a-nonce' }), landscape.password(NORA.credential));
  expect(url.href.startsWith(APP.redirectUri)).toBe(true);
  expect(url.searchParams.get('state')).toBe('a-state');
  const answer = await redeem(landscape, url.searchParams.get('code') ?? '');
  expect(await claimsOf(answer)).toMatchObject({
    grant_type: 'authorization_code',
    user_name: NORA.email,
    origin: 'sap.custom',
    'xs.system.attributes': { 'xs.saml.groups': ['Viewers'] },
  });
  const { id_token } = await tokensOf(answer);
  expect(JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
    nonce: 'a-nonce',
    aud: [APP.clientId],
  });
});

test('a code is good once, for its client, its address and its verifier, and for five minutes', async () => {
  const landscape = await startAuthz();
  const browser = openBrowser(landscape);
  await signIn(browser, request(), landscape.password(NORA.credential));
  const code = async () => (await browser.go(request())).url.searchParams.get('code') ?? '';
  const errorOf = async (response: Response) => ((await response.json()) as { error: string }).error;
  const good = await code();
  expect((await redeem(landscape, good)).status).toBe(200);
  expect(await errorOf(await redeem(landscape, good))).toBe('invalid_grant');
  expect(await errorOf(await redeem(landscape, await code(), { code_verifier: 'wrong' }))).toBe('invalid_grant');
  const elsewhere = { redirect_uri: 'https://shop.example.com/other' };
  expect(await errorOf(await redeem(landscape, await code(), elsewhere))).toBe('redirect_uri_mismatch');
  const late = await code();
  landscape.advance(301_000);
  expect(await errorOf(await redeem(landscape, late))).toBe('invalid_grant');
});

test('without a hint the person chooses, and providers that are not offered are not shown', async () => {
  const landscape = await startAuthz();
  const browser = openBrowser(landscape);
  const page = await browser.go(request({ login_hint: '' }));
  expect(page.text).toContain('Default Identity Provider');
  expect(page.text).toContain(IAS_HOST);
  const hide = { availableForUserLogon: 'false' };
  await landscape.api('PATCH', '/sap/rest/identity-providers/btpcli/originKey/sap.default', hide);
  const straight = await browser.go(request({ login_hint: '' }));
  expect(straight.url.host).toBe(IAS_HOST);
});

test('addresses that are not the application’s get nothing', async () => {
  const landscape = await startAuthz();
  const browser = openBrowser(landscape);
  for (const address of ['https://evil.example.com/', 'https://shop.example.com.evil.example/', 'javascript:x', '']) {
    const page = await browser.go(request({ redirect_uri: address }));
    expect([page.status, page.url.host], address).toEqual([400, new URL(DEV).host]);
  }
  expect((await browser.go(request({ client_id: 'nobody' }))).status).toBe(401);
});

test('a sign-in comes back only to the browser that began it', async () => {
  const landscape = await startAuthz();
  const [victim, attacker] = [openBrowser(landscape), openBrowser(landscape)];
  // Stops where the identity provider would send the browser back.
  const started = await landscape.fetch(request(), { redirect: 'manual' });
  const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const back = `${DEV}/login/callback/sap.custom?state=${state}&code=stolen`;
  expect((await victim.go(back)).status).toBe(400);
  expect((await attacker.go(`${DEV}/login/callback/sap.custom?state=unknown&code=x`)).status).toBe(400);
});

test('who is signed in is not asked again until signing out; who is not is told so without a page', async () => {
  const landscape = await startAuthz();
  const browser = openBrowser(landscape);
  const silent = request({ prompt: 'none' });
  expect((await browser.go(silent)).url.searchParams.get('error')).toBe('login_required');
  await signIn(browser, request(), landscape.password(NORA.credential));
  expect((await browser.go(silent)).url.searchParams.has('code')).toBe(true);
  const out = `${DEV}/logout.do?${new URLSearchParams({ client_id: APP.clientId, redirect: APP.redirectUri })}`;
  expect((await browser.go(out)).url.href).toBe(APP.redirectUri);
  expect((await browser.go(silent)).url.searchParams.get('error')).toBe('login_required');
  // The identity provider asks for the password again, too.
  expect((await browser.go(request())).text).toContain('j_password');
});

test('A21: a person who is not there and may not be made gets the reason on a page', async () => {
  const landscape = await startAuthz();
  const none = { createShadowUsersDuringLogon: 'false' };
  await landscape.api('PATCH', '/sap/rest/identity-providers/btpcli/originKey/sap.custom', none);
  const page = await signIn(openBrowser(landscape), request(), landscape.password(NORA.credential));
  expect(page.status).toBe(401);
  expect(page.text).toContain('The user account must be pre-created.');
});
