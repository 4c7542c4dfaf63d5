import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Emulators, startEmulators } from '../../src/emulation/compose.ts';
import { emulators } from '../../src/systems/emulators.ts';
import { openBrowser } from '../../src/systems/ias/emulator/browser.fixture.ts';

const HOST = 'acme-platform.accounts.ondemand.com';
const ROBOT = 'robot@sap-test.de';
const ADMIN = 'admin@acme.example';
const ISSUER = 'https://login.acme.example';
const HOUR = 3_600_000;
const APP = { appId: 'shop!t17', clientId: 'sb-shop!t17', clientSecret: 'a-secret' } as const;

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
        users: [
          { userName: 'robot', email: ROBOT, credential: 'ROBOT' },
          { userName: 'rosa', email: 'rosa@acme.example', credential: 'ROSA' },
        ],
        administrators: [{ user: 'rosa' }],
      },
    ],
    sapId: { users: [{ id: 'P000001', email: ADMIN, credential: 'ADMIN' }] },
  },
  trust: {
    platform: [{ globalAccount: 'acme', host: HOST, originKey: 'acme-platform' }],
    application: [{ globalAccount: 'acme', subaccount: 'dev', host: HOST, originKey: 'sap.custom' }],
  },
  authz: {
    users: [
      {
        globalAccount: 'acme',
        in: 'global-account',
        userName: ADMIN,
        roleCollections: ['Global Account Administrator'],
      },
      {
        globalAccount: 'acme',
        in: { subaccounts: ['dev'] },
        userName: ADMIN,
        roleCollections: ['Subaccount Administrator'],
      },
    ],
  },
  cf: { landscapes: [{ name: 'eu10-004', region: 'eu10' }] },
};

async function start() {
  const landscape = await startEmulators({ emulators, seed });
  const dev = landscape.world.use('accounts').subaccountByName('acme', 'dev');
  if (!dev) throw new Error('the seed has no dev');
  const authorization = landscape.world.use('authorization');
  authorization.registerApplication({ zone: dev.guid, appId: APP.appId, roleTemplates: [], roleCollections: [] });
  authorization.registerClient({ zone: dev.guid, scopes: [], ...APP });
  const password = (name: string) => landscape.credentials.get(name) ?? '';
  const logOn = async (url: string, origin: string, client: Readonly<Record<string, string>>) => {
    const hint = encodeURIComponent(JSON.stringify({ origin }));
    const form = { grant_type: 'password', username: ROBOT, password: password('ROBOT'), ...client };
    const response = await landscape.fetch(`${url}?login_hint=${hint}`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return [response.status, await response.text()] as const;
  };
  return {
    landscape,
    dev,
    password,
    /** At UAA, by the trust of the global account. */
    platform: () =>
      logOn('https://login.cf.eu10-004.hana.ondemand.com/oauth/token', 'acme-platform', {
        client_id: 'cf',
        client_secret: '',
      }),
    /** At XSUAA, by the trust of the subaccount. */
    application: () =>
      logOn('https://acme-dev.authentication.eu10.hana.ondemand.com/oauth/token', 'sap.custom', {
        client_id: APP.clientId,
        client_secret: APP.clientSecret,
      }),
  };
}

async function changeIssuer(landscape: Emulators, password: string, issuer: string): Promise<void> {
  const rosa = openBrowser(landscape.fetch, HOST);
  const settings = await rosa.signIn('rosa', password, '/admin/settings');
  expect((await rosa.press(settings, 'Save', { issuer: 'no host' })).status).toBe(400);
  const saved = await rosa.press(settings, 'Save', { issuer });
  expect(saved.document.querySelector('input[name=issuer]')?.getAttribute('value')).toBe(issuer);
}

async function refresh(
  landscape: Emulators,
  password: string,
  scope: Readonly<Record<string, string>>,
  originKey: string,
) {
  const server = 'https://cli.btp.cloud.sap';
  const login = { customIdp: '', subdomain: 'acme', userName: ADMIN, password };
  const session = await landscape.fetch(`${server}/login/v2.106.1`, { method: 'POST', body: JSON.stringify(login) });
  const response = await landscape.fetch(`${server}/command/v2.106.1/security/trust?update`, {
    method: 'POST',
    headers: { 'x-cpcli-sessionid': session.headers.get('x-cpcli-sessionid') ?? '', 'x-cpcli-subdomain': 'acme' },
    body: JSON.stringify({ paramValues: { ...scope, originKey, refreshTrust: 'true' } }),
  });
  expect(response.headers.get('x-cpcli-backend-status')).toBe('200');
}

const errorText = z.object({ error_description: z.string() });

test('A26: a changed issuer of the tenant breaks every logon; a refresh mends it, and a day that of the global account alone', async () => {
  const { landscape, dev, password, platform, application } = await start();
  expect([(await platform())[0], (await application())[0]]).toEqual([200, 200]);
  await changeIssuer(landscape, password('ROSA'), ISSUER);
  const [status, text] = await platform();
  expect([status, errorText.parse(JSON.parse(text)).error_description]).toEqual([401, expect.stringContaining(ISSUER)]);
  const [refused, why] = await application();
  expect([refused, errorText.parse(JSON.parse(why)).error_description]).toEqual([401, expect.stringContaining(ISSUER)]);

  landscape.advance(25 * HOUR);
  await landscape.tick();
  expect([(await platform())[0], (await application())[0]]).toEqual([200, 401]);
  await refresh(landscape, password('ADMIN'), { subaccount: dev.guid }, 'sap.custom');
  expect((await application())[0]).toBe(200);

  // Back again, and this time nobody waits.
  await changeIssuer(landscape, password('ROSA'), `https://${HOST}`);
  expect((await platform())[0]).toBe(401);
  await refresh(landscape, password('ADMIN'), { globalAccount: 'acme' }, 'acme-platform');
  expect((await platform())[0]).toBe(200);
});
