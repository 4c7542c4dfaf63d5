import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { type Browser, createBrowser, type Page } from '../../testing/browser.ts';
import {
  ADMIN,
  IAS,
  LOGIN,
  ORIGIN,
  passwordOf,
  postToken,
  ROBOT,
  startTestLandscape,
} from '../../testing/landscape.ts';
import { errorOf, tokenOf, unauthorized } from '../../testing/uaa.ts';

const HINT = encodeURIComponent(JSON.stringify({ origin: ORIGIN }));
const internalHint = encodeURIComponent(JSON.stringify({ origin: 'uaa' }));

async function start(options: Parameters<typeof startTestLandscape>[0] = {}) {
  const emulators = await startTestLandscape(options);
  const browser = createBrowser(emulators);
  const signInAt = (page: Page, user: string, credential: string) =>
    browser.submit(page, { j_username: user, j_password: passwordOf(emulators, credential) });
  return { emulators, browser, signInAt };
}

const passcodeOn = (page: Page) => page.html.querySelector('#passcode')?.textContent ?? '';

describe('a person who wants a temporary authentication code', () => {
  test('types the origin key, signs in at the IAS tenant, and reads the code', async () => {
    const { emulators, browser, signInAt } = await start();
    const choice = await browser.open(`${LOGIN}/passcode`);
    expect(choice.url).toBe(`${LOGIN}/login`);
    expect(choice.text).toContain('Choose your identity provider');
    const ias = await browser.submit(choice, { login_hint: ORIGIN });
    const asked = new URL(ias.url);
    expect(asked.host).toBe(IAS);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: `${LOGIN}/login/callback/${ORIGIN}`,
      code_challenge_method: 'S256',
      scope: 'openid email profile',
    });
    const page = await signInAt(ias, ROBOT, 'ROBOT_PASSWORD');
    expect(page.url).toBe(`${LOGIN}/passcode`);
    expect(passcodeOn(page)).toMatch(/^[\w-]{32}$/);
    // What `cf login --sso-passcode` sends: no user name, no login_hint.
    const login = await postToken(emulators, { grant_type: 'password', passcode: passcodeOn(page) });
    expect(decodeJwt((await tokenOf(login)).access_token ?? '')).toMatchObject({ origin: ORIGIN, user_name: ROBOT });
  });

  test('with the button goes to the default identity provider, SAP ID service', async () => {
    const { browser, signInAt } = await start();
    const choice = await browser.open(`${LOGIN}/passcode`);
    const sapId = await browser.submit(choice, {});
    expect(new URL(sapId.url).host).toBe('accounts.sap.com');
    expect((await signInAt(sapId, ADMIN, 'ADMIN_PASSWORD')).url).toBe(`${LOGIN}/passcode`);
  });

  test('is sent on at once when the address names the origin', async () => {
    const { browser, signInAt } = await start();
    const ias = await browser.open(`${LOGIN}/passcode?login_hint=${HINT}`);
    expect(new URL(ias.url).host).toBe(IAS);
    expect(passcodeOn(await signInAt(ias, ROBOT, 'ROBOT_PASSWORD'))).toMatch(/^[\w-]{32}$/);
    // Signed in already: the second time there is nothing to type.
    expect(passcodeOn(await browser.open(`${LOGIN}/passcode`))).toMatch(/^[\w-]{32}$/);
  });

  test('is told of an origin that no identity provider has, whatever it looks like', async () => {
    const { browser } = await start();
    for (const key of ['nobody', '"><script>alert(1)</script>', 'ünbekannt \ud800']) {
      const page = await browser.submit(await browser.open(`${LOGIN}/login`), { login_hint: key });
      expect([page.status, page.text]).toEqual([200, expect.stringContaining('The origin provided in the login hint')]);
      expect(page.html.querySelector('script')).toBeNull();
    }
  });

  test('hears what the identity provider said against the sign-in', async () => {
    const { browser } = await start();
    const ias = await browser.open(`${LOGIN}/login?login_hint=${HINT}`);
    const page = await browser.submit(ias, { j_username: ROBOT, j_password: 'wrong' });
    expect([page.url, page.status]).toEqual([`${LOGIN}/oauth_error`, 400]);
    expect(page.text).toContain('There was an error when authenticating against the external identity provider');
  });

  test('A21: is refused where the trust creates no users and nobody has created this one', async () => {
    const strict = { originKey: 'strict-platform', host: 'strict.accounts.ondemand.com', createShadowUsers: false };
    const person = { host: strict.host, email: 'new@sap-test.de', password: 'NEW' };
    const { browser, signInAt } = await start({ double: { trusts: [strict], users: [person] } });
    const hint = encodeURIComponent(JSON.stringify({ origin: strict.originKey }));
    const page = await signInAt(await browser.open(`${LOGIN}/login?login_hint=${hint}`), person.email, 'NEW');
    expect(page.text).toContain('The user account must be pre-created');
  });
});

describe('a passcode', () => {
  async function withPasscode() {
    const started = await start();
    const ias = await started.browser.open(`${LOGIN}/passcode?login_hint=${HINT}`);
    const page = await started.signInAt(ias, ROBOT, 'ROBOT_PASSWORD');
    const redeem = (passcode: string) => postToken(started.emulators, { grant_type: 'password', passcode });
    return { ...started, passcode: passcodeOn(page), redeem };
  }
  const invalid = unauthorized('Invalid passcode');

  test('is good once', async () => {
    const { passcode, redeem } = await withPasscode();
    expect((await redeem(passcode)).status).toBe(200);
    expect(await errorOf(await redeem(passcode))).toEqual(invalid);
  });

  test('is good for five minutes', async () => {
    const { emulators, passcode, redeem } = await withPasscode();
    emulators.advance(300_000);
    expect(await errorOf(await redeem(passcode))).toEqual(invalid);
  });

  test('is worth nothing as soon as there is a newer one', async () => {
    const { browser, passcode, redeem } = await withPasscode();
    const newer = passcodeOn(await browser.open(`${LOGIN}/passcode`));
    expect(await errorOf(await redeem(passcode))).toEqual(invalid);
    expect((await redeem(newer)).status).toBe(200);
  });

  test('comes as bare JSON text to a program that holds the session', async () => {
    const { emulators, browser } = await withPasscode();
    const cookie = [...browser.cookies(new URL(LOGIN).host)].map((pair) => pair.join('=')).join('; ');
    const response = await emulators.fetch(`${LOGIN}/passcode`, { headers: { cookie, accept: 'application/json' } });
    expect(await response.json()).toMatch(/^[\w-]{32}$/);
  });
});

describe('the sign-in', () => {
  test('of an internal user goes by the form, and counts failures like every login', async () => {
    const { emulators, browser } = await start();
    const form = () => browser.open(`${LOGIN}/login?login_hint=${internalHint}`);
    const submit = async (password: string) => browser.submit(await form(), { username: 'root', password });
    expect((await submit('wrong')).text).toContain('Provided credentials are invalid. Please try again.');
    for (let failure = 0; failure < 4; failure++) await submit('wrong');
    const right = passwordOf(emulators, 'ROOT_PASSWORD');
    expect((await submit(right)).text).toContain('Your account has been locked');
    emulators.advance(301_000);
    expect((await submit(right)).text).toContain('You are signed in as root (uaa)');
  });

  test('of who must change the password ends with a new one', async () => {
    const inner = { landscape: 'eu10-004', userName: 'inner', password: 'INNER', passwordChangeRequired: true };
    const { emulators, browser } = await start({ cf: { uaaUsers: [inner] } });
    const form = await browser.open(`${LOGIN}/login?login_hint=${internalHint}`);
    const change = await browser.submit(form, { username: 'inner', password: passwordOf(emulators, 'INNER') });
    expect(change.url).toBe(`${LOGIN}/force_password_change`);
    // Nothing else is open before.
    expect((await browser.open(`${LOGIN}/home`)).url).toBe(`${LOGIN}/force_password_change`);
    const set = (page: Page, password: string, password_confirmation = password) =>
      browser.submit(page, { password, password_confirmation });
    const differing = await set(change, 'One-1', 'Two-2');
    expect([differing.status, differing.text]).toEqual([422, expect.stringContaining('Passwords must match')]);
    const same = await set(differing, passwordOf(emulators, 'INNER'));
    expect(same.text).toContain('Your new password cannot be the same as the old password.');
    expect((await set(same, 'brand new')).text).toContain('You are signed in as inner (uaa)');
    const login = { grant_type: 'password', username: 'inner', password: 'brand new' };
    expect((await postToken(emulators, login, { hint: JSON.stringify({ origin: 'uaa' }) })).status).toBe(200);
  });

  test('gives the session another name, and forms without their token are not taken', async () => {
    const { emulators, browser, signInAt } = await start();
    const { host } = new URL(LOGIN);
    const ias = await browser.open(`${LOGIN}/login?login_hint=${HINT}`);
    const before = browser.cookies(host).get('JSESSIONID');
    await signInAt(ias, ROBOT, 'ROBOT_PASSWORD');
    expect(browser.cookies(host).get('JSESSIONID')).not.toBe(before);
    const forged = await emulators.fetch(`${LOGIN}/login.do`, {
      method: 'POST',
      headers: { cookie: 'X-Uaa-Csrf=aaaaaaaaaaaaaaaaaaaaaa' },
      body: new URLSearchParams({ username: 'root', password: passwordOf(emulators, 'ROOT_PASSWORD') }),
    });
    expect(forged.headers.get('location')).toBe(`${LOGIN}/login?error=invalid_login_request`);
  });

  test('is not taken from somebody else: the state must be the one of this browser', async () => {
    const { emulators, signInAt, browser } = await start();
    const ias = await browser.open(`${LOGIN}/login?login_hint=${HINT}`);
    const victim: Browser = createBrowser(emulators);
    await victim.open(`${LOGIN}/login?login_hint=${HINT}`);
    const { state } = Object.fromEntries(new URL(ias.url).searchParams);
    const page = await victim.open(`${LOGIN}/login/callback/${ORIGIN}?code=stolen&state=${state}`);
    expect(page.text).toContain('Invalid State Param in request.');
    expect((await signInAt(ias, ROBOT, 'ROBOT_PASSWORD')).status).toBe(200);
  });

  test('ends half an hour after the last use, and by signing out', async () => {
    const { emulators, browser, signInAt } = await start();
    const signIn = async () =>
      signInAt(await browser.open(`${LOGIN}/login?login_hint=${HINT}`), ROBOT, 'ROBOT_PASSWORD');
    await signIn();
    emulators.advance(1_801_000);
    expect((await browser.open(`${LOGIN}/home`)).url).toBe(`${LOGIN}/login`);
    await signIn();
    // By way of the identity provider, which ends its session too.
    const out = await browser.open(`${LOGIN}/logout.do`);
    expect(out.url).toBe(`${LOGIN}/login`);
    expect((await browser.open(`${LOGIN}/passcode`)).url).toBe(`${LOGIN}/login`);
  });

  test('leads nowhere else after signing out than to what the client has registered', async () => {
    const { emulators } = await start();
    const out = async (query: string) => (await emulators.fetch(`${LOGIN}/logout.do?${query}`)).headers.get('location');
    const elsewhere = encodeURIComponent('https://evil.example/');
    expect(await out(`redirect=${elsewhere}`)).toBe('/login');
    expect(await out(`redirect=${elsewhere}&client_id=cf`)).toBe('/login');
    const registered = 'https://uaa.cf.eu10-004.hana.ondemand.com/login';
    expect(await out(`client_id=cf&redirect=${encodeURIComponent(registered)}`)).toBe(registered);
  });
});

test('pages run no script, are not framed or kept, and say what they are', async () => {
  const { browser } = await start();
  for (const path of ['/login', `/login?login_hint=${internalHint}`, '/oauth_error']) {
    const page = await browser.open(`${LOGIN}${path}`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('cache-control')).toContain('no-store');
    expect(page.html.querySelectorAll('script, [style], [onclick]')).toHaveLength(0);
    expect(page.html.querySelector('html')?.getAttribute('lang')).toBe('en');
    expect(page.html.querySelectorAll('h1')).toHaveLength(1);
    for (const input of page.html.querySelectorAll('input:not([type=hidden])')) {
      expect(page.html.querySelector(`label[for="${input.getAttribute('id')}"]`)).not.toBeNull();
    }
  }
});

test('an identity provider that does not answer is told, not a crash', async () => {
  const broken = { originKey: 'broken-platform', host: 'broken.accounts.ondemand.com', broken: true };
  const { browser } = await start({ double: { trusts: [broken] } });
  const hint = encodeURIComponent(JSON.stringify({ origin: broken.originKey }));
  const page = await browser.open(`${LOGIN}/login?login_hint=${hint}`);
  expect([page.status, page.text]).toEqual([502, expect.stringContaining('broken-platform does not answer')]);
});
