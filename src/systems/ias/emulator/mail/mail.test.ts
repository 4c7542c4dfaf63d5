import { expect, test } from 'vitest';
import { IAS_SCHEMA } from '../../wire.ts';
import { openBrowser } from '../browser.fixture.ts';
import { DAY, definitive, HOST, patchOp, robot, startTenant } from '../tenant.fixture.ts';

const FINAL = 'Final-2026-strong';
const HOUR = DAY / 24;
const ADDRESS = 'robot@sap-test.de';

type Running = Awaited<ReturnType<typeof startTenant>>;

interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly link?: string;
}

async function mailsTo(tenant: Running, to = ADDRESS): Promise<readonly Letter[]> {
  const response = await tenant.fetch(`https://${HOST}/mailbox?to=${to}`, { headers: { accept: 'application/json' } });
  return response.json() as Promise<Letter[]>;
}

const invited = { password: undefined };
const unverified = { sendMail: true, mailVerified: false };

test('a user who gets an activation mail chooses a password behind its link and logs on', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot(invited, unverified));
  const [mail] = await mailsTo(tenant);
  const browser = openBrowser(tenant.fetch);
  const page = await browser.open(mail?.link ?? '');
  expect(page.title).toBe('Activate Your Account');
  const weak = await browser.press(page, 'Activate', { newPassword: 'weak', newPasswordConfirm: 'weak' });
  expect(weak.text).toContain('8 to 255 characters');
  const done = await browser.press(weak, 'Activate', { newPassword: FINAL, newPasswordConfirm: FINAL });
  expect(done.title).toBe('Your Account Is Active');
  expect((await tenant.token('robot', FINAL)).status).toBe(200);
  expect((await tenant.scim('GET', `/Users/${body.id}`)).body[IAS_SCHEMA.sap]).toMatchObject({
    status: 'active',
    mailVerified: true,
  });
  expect((await browser.open(mail?.link ?? '')).title).toBe('Invalid Link');
});

test('sendMail true and mailVerified false: must follow the link first, then the password that was set works', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, { ...unverified, ...definitive }));
  expect((await tenant.token('robot', 'Robot-2026-strong')).status).toBe(401);
  const [mail] = await mailsTo(tenant);
  const browser = openBrowser(tenant.fetch);
  await browser.press(await browser.open(mail?.link ?? ''), 'Activate');
  expect((await tenant.token('robot', 'Robot-2026-strong')).status).toBe(200);
});

test('sendMail and mailVerified true: a mail without a link, and the logon works at once', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, { sendMail: true, mailVerified: true, ...definitive }));
  expect(await mailsTo(tenant)).toEqual([expect.not.objectContaining({ link: expect.anything() })]);
  expect((await tenant.token('robot', 'Robot-2026-strong')).status).toBe(200);
});

test('sendMail false: no mail', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot());
  expect(await mailsTo(tenant)).toEqual([]);
});

test('an invitation is valid for 14 days', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot(invited, unverified));
  const [mail] = await mailsTo(tenant);
  const browser = openBrowser(tenant.fetch);
  tenant.advance(14 * DAY - 1000);
  expect((await browser.open(mail?.link ?? '')).title).toBe('Activate Your Account');
  tenant.advance(1000);
  expect((await browser.open(mail?.link ?? '')).title).toBe('Invalid Link');
});

async function forget(tenant: Running, identifier: string) {
  const browser = openBrowser(tenant.fetch);
  return browser.press(await browser.open('/ui/password/forgot'), 'Send', { identifier });
}

test('a forgotten password is set anew behind a link that is valid for 2 hours', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, definitive));
  await forget(tenant, ADDRESS);
  const [mail] = await mailsTo(tenant);
  const browser = openBrowser(tenant.fetch);
  const page = await browser.open(mail?.link ?? '');
  expect(page.title).toBe('Reset Your Password');
  await browser.press(page, 'Save', { newPassword: FINAL, newPasswordConfirm: FINAL });
  expect((await tenant.token('robot', FINAL)).status).toBe(200);

  await forget(tenant, 'robot');
  const [later] = await mailsTo(tenant);
  tenant.advance(2 * HOUR);
  expect((await browser.open(later?.link ?? '')).title).toBe('Invalid Link');
});

test('the page tells strangers nothing about who exists', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, definitive));
  expect((await forget(tenant, 'nobody')).text).toBe((await forget(tenant, 'robot')).text);
});

test('A38: the fourth mail within 24 hours is not sent, the next day it is', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, definitive));
  for (let mail = 1; mail <= 4; mail++) await forget(tenant, 'robot');
  expect(await mailsTo(tenant)).toHaveLength(3);
  tenant.advance(DAY);
  await forget(tenant, 'robot');
  expect(await mailsTo(tenant)).toHaveLength(4);
});

async function forgetByApi(tenant: Running, identifier: string) {
  const response = await tenant.fetch(`https://${HOST}/service/users/forgotPassword`, {
    method: 'POST',
    headers: {
      authorization: tenant.basic(tenant.credential('IAS_ID'), tenant.credential('IAS_SECRET')),
      'content-type': 'application/json',
    },
    body: JSON.stringify({ identifier }),
  });
  return [response.status, response.headers.get('x-message-code')];
}

test('the API says why a user gets no mail, but not that there is no user', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot({}, definitive));
  expect(await forgetByApi(tenant, 'nobody')).toEqual([200, null]);
  expect(await forgetByApi(tenant, 'robot')).toEqual([200, null]);
  // The enterprise policy, which the profile leaves behind, wants a password to be a day old.
  await openBrowser(tenant.fetch).signIn('robot', 'Robot-2026-strong');
  expect(await forgetByApi(tenant, 'robot')).toEqual([400, 'PASSWORD_TOO_NEW']);
  await tenant.scim('PATCH', `/Users/${body.id}`, patchOp({ op: 'replace', path: 'active', value: false }));
  expect(await forgetByApi(tenant, 'robot')).toEqual([400, 'USER_INACTIVE']);
  const noPassword = robot({
    userName: 'proxy',
    active: true,
    emails: [{ value: 'p@sap-test.de' }],
    password: undefined,
  });
  await tenant.scim('POST', '/Users', { ...noPassword, [IAS_SCHEMA.sap]: { passwordDetails: { status: 'disabled' } } });
  expect(await forgetByApi(tenant, 'proxy')).toEqual([400, 'PASSWORD_DISABLED']);
});

test('the mailbox shows mails to a person, with their links', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot(invited, unverified));
  const page = await openBrowser(tenant.fetch).open('/mailbox');
  expect(page.text).toContain(ADDRESS);
  expect(page.document.querySelector('section a')?.getAttribute('href')).toContain('/ui/activation?token=');
});
