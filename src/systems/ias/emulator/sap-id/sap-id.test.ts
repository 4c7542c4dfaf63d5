import { expect, test } from 'vitest';
import { openBrowser } from '../browser.fixture.ts';
import { DAY, SAP_ID, startTenant } from '../tenant.fixture.ts';

type Running = Awaited<ReturnType<typeof startTenant>>;

const FINAL = 'Final-2026-strong';
const PERSON = { givenName: 'Nora', familyName: 'New', email: 'nora.new@acme.example' };

async function register(running: Running, more: object = {}) {
  const browser = openBrowser(running.fetch, SAP_ID);
  const page = await browser.press(await browser.open('/ui/register'), 'Register', {
    ...PERSON,
    newPassword: FINAL,
    newPasswordConfirm: FINAL,
    ...more,
  });
  return { ...browser, page };
}

async function linkTo(running: Running, to: string): Promise<string> {
  const answer = await running.fetch(`https://${SAP_ID}/mailbox?to=${to}`, { headers: { accept: 'application/json' } });
  const [mail] = (await answer.json()) as readonly { readonly link: string }[];
  return mail?.link ?? '';
}

test('a person registers, follows the link in the mail, and is a P-user', async () => {
  const running = await startTenant();
  const { page, open, press, signIn } = await register(running);
  expect(page.title).toBe('Check Your Mail');
  expect((await running.token(PERSON.email, FINAL, SAP_ID)).status).toBe(401);
  const done = await press(await open(await linkTo(running, PERSON.email)), 'Activate');
  const [id = ''] = /P\d{10}/.exec(done.text) ?? [];
  expect((await running.token(id, FINAL, SAP_ID)).status).toBe(200);
  expect((await signIn(PERSON.email, FINAL)).text).toContain(id);
});

test('an address that an S-user has is refused', async () => {
  const running = await startTenant();
  const { page } = await register(running, { email: 'pat@acme.example' });
  expect(page.document.querySelector('[role=alert]')?.text).toBe(
    'This e-mail address is already tied to another account.',
  );
  expect(page.document.querySelector('#familyName')?.getAttribute('value')).toBe('New');
});

test('two registrations have two numbers', async () => {
  const running = await startTenant();
  const numbers = [];
  for (const email of ['one@acme.example', 'two@acme.example']) {
    const { open } = await register(running, { email });
    numbers.push(/P\d{10}/.exec((await open(await linkTo(running, email))).text)?.[0]);
  }
  expect(new Set(numbers).size).toBe(2);
});

test('there is no registration at an IAS tenant', async () => {
  const running = await startTenant();
  expect((await openBrowser(running.fetch).open('/ui/register')).status).toBe(404);
});

test('a password must be changed after 90 days, by programs not at all, by a person in the browser', async () => {
  const running = await startTenant();
  running.advance(91 * DAY);
  expect(await running.token('P2007654321', running.credential('ADMIN'), SAP_ID)).toMatchObject({
    status: 401,
    code: 'PASSWORD_CHANGE_REQUIRED',
  });
  const browser = openBrowser(running.fetch, SAP_ID);
  const page = await browser.signIn('P2007654321', running.credential('ADMIN'));
  expect(page.title).toBe('Change Your Password');
  await browser.press(page, 'Save', {
    currentPassword: running.credential('ADMIN'),
    newPassword: FINAL,
    newPasswordConfirm: FINAL,
  });
  expect((await running.token('P2007654321', FINAL, SAP_ID)).status).toBe(200);
  running.advance(89 * DAY);
  expect((await running.token('P2007654321', FINAL, SAP_ID)).status).toBe(200);
});

test('the 90 days are reported by users only, and can be switched off', async () => {
  const running = await startTenant({ switches: { 'ias.sapIdPasswordAge': false } });
  running.advance(400 * DAY);
  expect((await running.token('P2007654321', running.credential('ADMIN'), SAP_ID)).status).toBe(200);
});

test('has no groups, and the profile shows none', async () => {
  const running = await startTenant();
  const page = await openBrowser(running.fetch, SAP_ID).signIn('P2007654321', running.credential('ADMIN'));
  expect(page.document.querySelectorAll('dt').map((one) => one.text)).not.toContain('Groups');
});

/** Pat puts a Universal ID in front of a P- and an S-user. */
async function convert(running: Running) {
  const browser = openBrowser(running.fetch, SAP_ID);
  await browser.signIn('P2001234567', running.credential('PAT'));
  const form = await browser.open('/ui/protected/profilemanagement/universal-id');
  return browser.press(form, 'Create', { newPassword: FINAL, newPasswordConfirm: FINAL });
}

test('a Universal ID signs in by e-mail and chooses among its accounts', async () => {
  const running = await startTenant();
  expect((await convert(running)).text).toContain('P2001234567, S0012345678');
  const browser = openBrowser(running.fetch, SAP_ID);
  const page = await browser.signIn('pat@acme.example', FINAL);
  expect(page.title).toBe('Choose Your Account');
  const profile = await browser.press(page, 'S0012345678, Pat S');
  expect(profile.text).toContain('S0012345678');
});

test('a Universal ID ends the logons of programs, until the account gets a password of its own', async () => {
  const running = await startTenant();
  await convert(running);
  expect((await running.token('S0012345678', running.credential('PAT_S'), SAP_ID)).code).toBe('PASSWORD_DISABLED');
  expect((await running.token('pat@acme.example', FINAL, SAP_ID)).status).toBe(401);
  const browser = openBrowser(running.fetch, SAP_ID);
  await browser.press(await browser.signIn('pat@acme.example', FINAL), 'S0012345678, Pat S');
  const form = await browser.open('/ui/protected/profilemanagement/account-password');
  const own = { newPassword: `${FINAL}-2`, newPasswordConfirm: `${FINAL}-2` };
  expect((await browser.press(form, 'Save', { ...own, currentPassword: 'wrong' })).text).toContain('is wrong');
  await browser.press(form, 'Save', { ...own, currentPassword: FINAL });
  expect((await running.token('S0012345678', `${FINAL}-2`, SAP_ID)).status).toBe(200);
});

test('nobody chooses an account without having proved its Universal ID', async () => {
  const running = await startTenant();
  await convert(running);
  const browser = openBrowser(running.fetch, SAP_ID);
  const page = await browser.open('/ui/register');
  const token = page.document.querySelector('[name=authenticity_token]')?.getAttribute('value') ?? '';
  const response = await running.fetch(`https://${SAP_ID}/ui/account`, {
    method: 'POST',
    headers: { cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; ') },
    body: new URLSearchParams({ authenticity_token: token, account: 'any' }),
  });
  expect(await response.text()).toContain('Sign in');
});
