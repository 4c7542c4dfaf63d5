import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { createLandscape, createMemoryPersistence, type Landscape } from '../../src/landscape/index.ts';
import { createBrowser } from '../../src/systems/cf/emulator/testing/browser.ts';
import { totpCode } from '../../src/systems/ias/emulator/totp.ts';

const HOST = 'acme-platform.accounts.ondemand.com';
const LOGIN = 'https://login.cf.eu10-004.hana.ondemand.com';
const ROBOT = 'robot@sap-test.de';
const HINT = JSON.stringify({ origin: 'acme-platform' });

const seed = {
  accounts: {
    globalAccounts: [
      {
        subdomain: 'acme',
        displayName: 'acme',
        region: 'eu10',
        subaccounts: [{ name: 'dev', subdomain: 'acme-dev', region: 'eu10' }],
      },
    ],
  },
  ias: {
    tenants: [
      {
        id: 'acme-platform',
        users: [{ userName: 'robot', email: ROBOT, credential: 'ROBOT', totp: 'ROBOT_TOTP', enforceMfa: true }],
      },
    ],
  },
  trust: { platform: [{ globalAccount: 'acme', host: HOST, originKey: 'acme-platform' }] },
  cf: { landscapes: [{ name: 'eu10-004', region: 'eu10' }] },
};

function logIn(landscape: Landscape, fields: Readonly<Record<string, string>>, hint = ''): Promise<Response> {
  return landscape.fetch(`${LOGIN}/oauth/token${hint && `?login_hint=${encodeURIComponent(hint)}`}`, {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams({ grant_type: 'password', ...fields }),
  });
}

test('A17: with a second factor a password alone is refused; with its code behind it, or by passcode, cf gets in', async () => {
  await using landscape = await createLandscape({ seed, persistence: createMemoryPersistence(), effort: 'least' });
  const { ROBOT: password = '', ROBOT_TOTP: secret = '' } = landscape.credentials();
  const byPassword = (text: string) => logIn(landscape, { username: ROBOT, password: text }, HINT);
  const alone = await byPassword(password);
  expect([alone.status, await alone.json()]).toMatchObject([401, { error: 'invalid_client' }]);
  const code = () => totpCode(secret, landscape.clock.now());
  expect((await byPassword(password + code())).status).toBe(200);
  await landscape.clock.advance(30_000);

  const browser = createBrowser(landscape);
  const form = await browser.open(`${LOGIN}/passcode?login_hint=${encodeURIComponent(HINT)}`);
  expect(new URL(form.url).host).toBe(HOST);
  const barrier = await browser.submit(form, { j_username: ROBOT, j_password: password });
  const page = await browser.submit(barrier, { j_otpcode: code() });
  expect(page.url).toContain(`${LOGIN}/passcode`);
  const passcode = page.html.querySelector('#passcode')?.textContent ?? '';
  const granted = await logIn(landscape, { passcode });
  expect(granted.status).toBe(200);
  const { access_token } = (await granted.json()) as { access_token: string };
  expect(decodeJwt(access_token)).toMatchObject({ origin: 'acme-platform', user_name: ROBOT });
  expect((await logIn(landscape, { passcode })).status).toBe(401);

  // Signing out at UAA ends the session of the tenant, too: the next passcode takes password and code again.
  const out = await browser.open(`${LOGIN}/logout.do`);
  expect([out.status, out.url]).toEqual([200, `${LOGIN}/login`]);
  const again = await browser.open(`${LOGIN}/passcode?login_hint=${encodeURIComponent(HINT)}`);
  expect([new URL(again.url).host, again.html.querySelector('#passcode')]).toEqual([HOST, null]);
  expect(again.html.querySelector('input[name=j_password]')).not.toBeNull();
});
