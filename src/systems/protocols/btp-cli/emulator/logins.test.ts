import { expect, test } from 'vitest';
import { start } from '../../../../../test/fixtures/accounts.ts';
import { createBrowser } from '../../../cf/emulator/testing/browser.ts';
import { ACME } from './testing/acme.ts';

const SERVER = 'https://cli.btp.cloud.sap';
const LOGIN = `${SERVER}/login/v2.106.1`;
type Landscape = Awaited<ReturnType<typeof start>>['landscape'];

function post(landscape: Landscape, url: string, body: unknown) {
  return landscape.fetch(url, { method: 'POST', body: JSON.stringify(body) });
}

async function outcomeOf(response: Response) {
  const text = await response.text();
  const session = response.headers.get('x-cpcli-sessionid');
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), session };
}

const loggedIn = { status: 200, body: { issuer: ACME.host, mail: ACME.robot }, session: expect.any(String) };

/** An id token for the application that the platform trust registered at the tenant. */
async function idToken(landscape: Landscape): Promise<string> {
  const [provider] = landscape.world.use('trust').platformIdentityProviders();
  const response = await landscape.fetch(`https://${ACME.host}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${provider?.relyingPartyId}:${provider?.relyingPartySecret}`)}` },
    body: new URLSearchParams({
      grant_type: 'password',
      username: ACME.robotLogin,
      password: landscape.credentials.get('ROBOT_PASSWORD') ?? '',
      scope: 'openid email',
    }),
  });
  return ((await response.json()) as { readonly id_token: string }).id_token;
}

test('a JWT of the trusted identity provider is as good as a password, and a forged one is not', async () => {
  const { landscape } = await start();
  const jwt = await idToken(landscape);
  const attempt = { customIdp: 'acme-platform', subdomain: 'acme', userName: '', password: '' };
  expect(await outcomeOf(await post(landscape, LOGIN, { ...attempt, jwt }))).toEqual(loggedIn);
  const forged = `${jwt.slice(0, -4)}AAAA`;
  expect((await post(landscape, LOGIN, { ...attempt, jwt: forged })).status).toBe(401);
  // The default identity provider did not issue it.
  expect((await post(landscape, LOGIN, { ...attempt, customIdp: '', jwt })).status).toBe(401);
});

test('an id token says itself whose it is; unreadable is 400, expired 401, without access 403', async () => {
  const { landscape } = await start();
  const token = await idToken(landscape);
  const login = (idToken: string, subdomain = 'acme') => post(landscape, `${LOGIN}/idtoken`, { subdomain, idToken });
  expect(await outcomeOf(await login(token))).toEqual(loggedIn);
  expect((await login('nonsense')).status).toBe(400);
  expect((await login(token, 'nowhere')).status).toBe(404);
  const stranger = await start({ roleCollections: [] });
  expect(
    (
      await post(stranger.landscape, `${LOGIN}/idtoken`, {
        subdomain: 'acme',
        idToken: await idToken(stranger.landscape),
      })
    ).status,
  ).toBe(403);
  landscape.advance(24 * 60 * 60_000);
  expect((await login(token)).status).toBe(401);
});

test('the command line waits until somebody has signed in with the browser', async () => {
  const { landscape } = await start();
  const asked = await landscape.fetch(`${LOGIN}/browser/idp/acme-platform`);
  const { loginId, subdomainRequired } = (await asked.json()) as {
    readonly loginId: string;
    readonly subdomainRequired: boolean;
  };
  expect(subdomainRequired).toBe(false);
  const waits = post(landscape, `${LOGIN}/browser/${loginId}`, { customIdp: 'acme-platform', subdomain: 'acme' });
  const browser = createBrowser(landscape);
  const page = await browser.open(`${LOGIN}/browser/${loginId}/idp/acme-platform`);
  expect(new URL(page.url).host).toBe(ACME.host);
  const done = await browser.submit(page, {
    j_username: ACME.robotLogin,
    j_password: landscape.credentials.get('ROBOT_PASSWORD') ?? '',
  });
  expect(done.text).toContain('You are logged in');
  expect(await outcomeOf(await waits)).toEqual(loggedIn);
  // It was for one login.
  expect((await post(landscape, `${LOGIN}/browser/${loginId}`, {})).status).toBe(401);
});

test('a browser login that is called off, or takes too long, is none', async () => {
  const { landscape } = await start();
  const begin = async () =>
    ((await (await landscape.fetch(`${LOGIN}/browser`)).json()) as { readonly loginId: string }).loginId;
  const called = await begin();
  const waits = post(landscape, `${LOGIN}/browser/${called}`, { customIdp: '', subdomain: '' });
  await landscape.fetch(`${LOGIN}/browser/${called}/cancel`);
  expect((await waits).status).toBe(401);
  const late = await begin();
  landscape.advance(11 * 60_000);
  expect((await landscape.fetch(`${LOGIN}/browser/${late}`)).status).toBe(404);
});
