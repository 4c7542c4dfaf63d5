import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLandscape, type Landscape } from '../../src/landscape/index.ts';
import { iasEmulator } from '../../src/systems/ias/emulator/index.ts';
import { totpCode } from '../../src/systems/ias/emulator/totp.ts';
import { noBrowser, openPerson, type Person } from './chromium.ts';

const SAP_ID = 'https://accounts.sap.com';
const TENANT = 'https://acme-platform.accounts.ondemand.com';
const FINAL = 'Final-2026-strong';

const seed = {
  ias: {
    tenants: [
      {
        id: 'acme-platform',
        administrators: [{ name: 'locum', clientId: 'IAS_ID', clientSecret: 'IAS_SECRET' }, { user: 'rosa' }],
        policyAuthorizations: true,
        users: [
          {
            userName: 'rosa',
            email: 'rosa.basis@acme.example',
            givenName: 'Rosa',
            familyName: 'Basis',
            credential: 'ROSA',
          },
          { userName: 'tariq', email: 'tariq.basis@acme.example', givenName: 'Tariq', familyName: 'Basis' },
          {
            userName: 'ctms-deploy',
            email: 'ctms-deploy@sap-test.de',
            familyName: 'ctms-deploy',
            credential: 'ROBOT',
            password: 'initial',
          },
        ],
        groups: [
          { displayName: 'technical_users - MANAGE_TECHNICAL_USERS', members: ['rosa'] },
          { displayName: 'BTP_Basis_Team', members: ['rosa', 'tariq'] },
        ],
        applications: [{ name: 'SAP Business Technology Platform', clientId: 'APP_ID', clientSecret: 'APP_SECRET' }],
      },
    ],
    sapId: {
      users: [
        { id: 'S0010000003', email: 'dana.developer@acme.example', givenName: 'Dana', familyName: 'Developer' },
        { id: 'P2000000002', email: 'dana.developer@acme.example', givenName: 'Dana', familyName: 'Developer' },
      ],
      universalIds: [{ email: 'dana.developer@acme.example', credential: 'DANA' }],
    },
  },
};

// A browser of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let landscape: Landscape;
let person: Person;

beforeAll(async () => {
  if (noBrowser !== undefined) return;
  landscape = await createLandscape({ seed, emulators: [iasEmulator], effort: 'least' });
  person = await openPerson(landscape);
});

afterAll(async () => {
  await person?.[Symbol.asyncDispose]();
  await landscape?.[Symbol.asyncDispose]();
});

const credential = (name: string) => landscape.credentials()[name] ?? '';

async function signIn(path: string, name: string, password: string, host = TENANT) {
  const { page } = person;
  await page.context().clearCookies();
  await page.goto(host + path);
  await page.getByLabel('E-Mail or Login Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Continue' }).click();
}

const title = () => person.page.getByRole('heading', { level: 1 }).textContent();

test.skipIf(noBrowser)(
  `a robot's first logon: sign-in, refusal, forced change, profile${noBrowser ? ` (${noBrowser})` : ''}`,
  async () => {
    const { page, look } = person;
    await page.goto(TENANT);
    expect(await look('sign-in')).toEqual([]);
    await signIn('/', 'ctms-deploy', 'wrong');
    expect(await look('sign-in-refused')).toEqual([]);
    await signIn('/', 'ctms-deploy', credential('ROBOT'));
    expect(await title()).toBe('Change Your Password');
    expect(await look('forced-change')).toEqual([]);
    await page.getByLabel('Current Password').fill(credential('ROBOT'));
    await page.getByLabel('New Password', { exact: true }).fill(FINAL);
    await page.getByLabel('Re-Enter New Password').fill(FINAL);
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await title()).toBe('Profile');
    expect(await look('profile')).toEqual([]);
  },
);

test.skipIf(noBrowser)('an authenticator app is set up with a code of it', async () => {
  const { page, look } = person;
  await page.getByRole('link', { name: 'Set Up Authenticator App' }).click();
  expect(await look('totp')).toEqual([]);
  const key = ((await page.locator('dd code').first().textContent()) ?? '').replaceAll(' ', '');
  await page.getByLabel('Passcode').fill(totpCode(key, landscape.clock.now()));
  await page.getByRole('button', { name: 'Activate' }).click();
  expect(await page.getByRole('status').textContent()).toBe('The authenticator app is active.');
  await page.getByRole('link', { name: 'Change Password' }).click();
  expect(await look('profile-password')).toEqual([]);
});

test.skipIf(noBrowser)('the administration console: users', async () => {
  const { page, look } = person;
  await signIn('/admin', 'rosa', credential('ROSA'));
  expect(await title()).toBe('User Management');
  expect(await look('console-users')).toEqual([]);
  await page.getByRole('link', { name: 'Add User' }).click();
  expect(await look('console-new-user')).toEqual([]);
  await page.getByLabel('Last Name').fill('Pipeline');
  await page.getByLabel('Login Name').fill('pipeline');
  await page.getByLabel('E-Mail', { exact: true }).fill('pipeline@sap-test.de');
  await page.getByLabel('Set initial password').check();
  await page.getByRole('button', { name: 'Add User' }).click();
  expect(await title()).toBe('Pipeline');
  expect(await look('console-user')).toEqual([]);
  await page.getByRole('button', { name: 'Mark E-Mail as Verified' }).click();
  expect(await page.getByRole('status').textContent()).toContain('verified');
  await page.getByLabel('E-Mail', { exact: true }).fill('rosa.basis@acme.example');
  await page.getByRole('button', { name: 'Save' }).click();
  expect(await page.evaluate('document.activeElement?.getAttribute("role")')).toBe('alert');
  expect(await look('console-refused')).toEqual([]);
});

test.skipIf(noBrowser)('the administration console: technical users', async () => {
  const { page, look } = person;
  await page.goto(`${TENANT}/admin/technical-users/new`);
  expect(await look('console-new-technical-user')).toEqual([]);
  await page.getByLabel('Display Name').fill('Nightly extraction');
  await page.getByLabel('Last Name').fill('Owner');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByLabel('Description').fill('pipeline in Jenkins');
  await page.getByRole('button', { name: 'Add Secret' }).click();
  expect(await look('console-technical-user')).toEqual([]);
  await page.goto(`${TENANT}/admin/technical-users`);
  expect(await look('console-technical-users')).toEqual([]);
});

test.skipIf(noBrowser).each([
  ['groups', 'Groups'],
  ['administrators', 'Administrators'],
  ['applications', 'Applications'],
  ['policies', 'Password Policies'],
  ['settings', 'Tenant Settings'],
  ['changes', 'Change Log'],
  ['logons', 'Troubleshooting Logs'],
])('the administration console: %s', async (place, heading) => {
  await person.page.goto(`${TENANT}/admin/${place}`);
  expect(await title()).toBe(heading);
  expect(await person.look(`console-${place}`)).toEqual([]);
});

test.skipIf(noBrowser).each([
  ['groups', 'BTP_Basis_Team'],
  ['administrators', 'rosa'],
  ['administrators', 'locum'],
  ['applications', 'SAP Business Technology Platform'],
])('the administration console: %s, %s', async (place, name) => {
  await person.page.goto(`${TENANT}/admin/${place}`);
  await person.page.getByRole('main').getByRole('link', { name, exact: true }).click();
  expect(await title()).toBe(name);
  expect(await person.look(`console-${place}-${name.split(' ')[0]}`)).toEqual([]);
});

test.skipIf(noBrowser)('mails: a forgotten password, the mailbox, the link', async () => {
  const { page, look } = person;
  await page.goto(`${TENANT}/ui/password/forgot`);
  expect(await look('forgot-password')).toEqual([]);
  await page.getByLabel('E-Mail').fill('tariq');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.goto(`${TENANT}/mailbox`);
  expect(await look('mailbox')).toEqual([]);
  await page.getByRole('link', { name: '/ui/activation' }).first().click();
  await page.waitForURL('**/ui/activation**');
  expect(await look('reset-password')).toEqual([]);
});

test.skipIf(noBrowser)('the SAP ID service: registration, the mail, the activation', async () => {
  const { page, look } = person;
  await page.goto(SAP_ID);
  expect(await look('sap-id-sign-in')).toEqual([]);
  await page.getByRole('link', { name: 'Register' }).click();
  expect(await look('sap-id-registration')).toEqual([]);
  await page.getByLabel('Last Name').fill('New');
  await page.getByLabel('E-Mail').fill('nora.new@acme.example');
  await page.getByLabel('Password', { exact: true }).fill(FINAL);
  await page.getByLabel('Re-Enter Password').fill(FINAL);
  await page.getByRole('button', { name: 'Register' }).click();
  expect(await title()).toBe('Check Your Mail');
  await page.goto(`${SAP_ID}/mailbox`);
  await page.getByRole('link', { name: '/ui/activation' }).first().click();
  expect(await look('sap-id-activation')).toEqual([]);
  await page.getByRole('button', { name: 'Activate' }).click();
  expect(await title()).toBe('Your Account Is Active');
});

test.skipIf(noBrowser)('the SAP ID service: a Universal ID with two accounts', async () => {
  const { page, look } = person;
  await signIn('/', 'dana.developer@acme.example', credential('DANA'), SAP_ID);
  expect(await look('sap-id-accounts')).toEqual([]);
  await page.getByRole('button', { name: 'S0010000003' }).click();
  expect(await look('sap-id-profile')).toEqual([]);
  await page.getByRole('link', { name: 'Set Account Password' }).click();
  expect(await look('sap-id-account-password')).toEqual([]);
});

test.skipIf(noBrowser)('the keyboard reaches the content first and shows where it is', async () => {
  const { page } = person;
  await page.goto(TENANT);
  await page.keyboard.press('Tab');
  const focused = 'document.activeElement';
  expect(await page.evaluate(`${focused}.textContent`)).toBe('Skip to content');
  expect(await page.evaluate(`getComputedStyle(${focused}).outlineStyle`)).toBe('solid');
  expect(await page.evaluate(`${focused}.getBoundingClientRect().left`)).toBe(0);
});
