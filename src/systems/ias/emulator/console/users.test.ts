import { expect, test } from 'vitest';
import { IAS_SCHEMA } from '../../wire.ts';
import { openBrowser } from '../browser.fixture.ts';
import type { StoredUser } from '../store.ts';
import { DAY, definitive, HOST, robot, startTenant } from '../tenant.fixture.ts';
import { type RunningConsole, startConsole } from './console.fixture.ts';

const ROBOT = { givenName: 'Ro', familyName: 'Bot', userName: 'robot', email: 'robot@sap-test.de' };

async function addRobot(running: RunningConsole, activation: string, more: object = {}) {
  const browser = await running.enter('rosa', '/admin/users/new');
  const page = await browser.press(browser.page, 'Add User', { ...ROBOT, activation, ...more });
  const password = page.document.querySelector('.once')?.text ?? '';
  return { ...browser, page, password };
}

test('leads who has to sign in to what was asked for', async () => {
  const running = await startConsole();
  const { page } = await running.enter('rosa', '/admin/users?search=rosa');
  expect(page.path).toBe('/admin/users?search=rosa');
  expect(page.text).toContain('rosa@acme.example');
  expect(page.text).not.toContain('uma@acme.example');
});

test('"Set initial password": active with a password that is shown once, cannot log on until the mail is verified', async () => {
  const running = await startConsole();
  const { press, open, page, password } = await addRobot(running, 'initial-password');
  expect((await running.token('robot', password)).code).toBeNull();
  expect((await open(page.path)).text).not.toContain(password);
  const list = await open('/admin/users?search=robot');
  const href = list.document.querySelector('tbody a')?.getAttribute('href') ?? '';
  await press(await open(href), 'Mark E-Mail as Verified');
  expect((await running.token('robot', password)).code).toBe('PASSWORD_CHANGE_REQUIRED');
});

test('"Send activation e-mail": new until the link was followed', async () => {
  const running = await startConsole();
  const { page } = await addRobot(running, 'mail');
  expect(page.document.querySelector('.badge')?.text).toBe('new');
  const mailbox = await openBrowser(running.fetch).open('/mailbox?to=robot@sap-test.de');
  expect(mailbox.text).toContain('Activate your account');
});

test('"Set status active": no password', async () => {
  const running = await startConsole();
  const { page } = await addRobot(running, 'active');
  expect(page.document.querySelector('.badge')?.text).toBe('active');
  expect(page.text).toContain('no password');
});

test('shows the form again, as it was filled, with the reason', async () => {
  const running = await startConsole();
  const { page } = await addRobot(running, 'active', { email: 'uma@acme.example' });
  expect(page.status).toBe(400);
  expect(page.document.querySelector('[role=alert]')?.text).toBe('User with uma@acme.example already exists');
  expect(page.document.querySelector('#userName')?.getAttribute('value')).toBe('robot');
});

const active = { ...definitive, status: 'active' };

async function openRobot(running: RunningConsole, administrator = 'rosa') {
  const { body } = await running.scim('POST', '/Users', robot({}, active));
  const browser = await running.enter(administrator, `/admin/users/${body.id}`);
  const shown = async () => (await running.scim('GET', `/Users/${body.id}`)).body;
  return { ...browser, id: body.id as string, shown };
}

test('unlocks a password', async () => {
  const running = await startConsole();
  const { press, open, id } = await openRobot(running);
  for (let attempt = 0; attempt < 5; attempt++) await running.token('robot', 'wrong');
  const page = await open(`/admin/users/${id}`);
  expect(page.text).toContain('locked');
  await press(page, 'Unlock Password');
  expect((await running.token('robot', 'Robot-2026-strong')).status).toBe(200);
});

test('unlocks passcodes that too many wrong ones locked', async () => {
  const running = await startConsole();
  const { press, open, id } = await openRobot(running);
  const users = running.state.collection<StoredUser>('ias/users');
  const totp = {
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    confirmedAt: running.now(),
    failedAttempts: 5,
    lockedAt: running.now(),
  };
  const stored = users.get(`acme-platform/${id}`);
  if (stored) users.set(`acme-platform/${id}`, { ...stored, totp });
  const page = await press(await open(`/admin/users/${id}`), 'Unlock Passcodes');
  expect(page.text).not.toContain('Unlock Passcodes');
  expect(users.get(`acme-platform/${id}`)?.totp).toMatchObject({ secret: totp.secret, failedAttempts: 0 });
});

test('removes an authenticator app that was lost: the password is enough to enrol another', async () => {
  const running = await startConsole();
  const { press, open, page, id } = await openRobot(running);
  expect(page.text).not.toContain('Remove Authenticator App');
  const users = running.state.collection<StoredUser>('ias/users');
  const stored = users.get(`acme-platform/${id}`);
  const totp = { secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', confirmedAt: running.now(), failedAttempts: 0 };
  if (stored) users.set(`acme-platform/${id}`, { ...stored, totp });
  const removed = await press(await open(`/admin/users/${id}`), 'Remove Authenticator App');
  expect(removed.path).toBe(`/admin/users/${id}?done=device`);
  expect(users.get(`acme-platform/${id}`)?.totp).toBeUndefined();
  const { page: log } = await running.enter('rosa', '/admin/changes?search=robot');
  expect(log.document.querySelector('tbody tr')?.text).toContain('update user robot');
});

test('deactivates and activates; an inactive user gets no initial password', async () => {
  const running = await startConsole();
  const { press, page } = await openRobot(running);
  const inactive = await press(page, 'Deactivate');
  expect((await running.probe('robot', 'Robot-2026-strong')).code).toBe('USER_INACTIVE');
  expect((await press(inactive, 'Set Initial Password')).text).toContain('Activate the user first');
  await press(inactive, 'Activate');
  expect((await running.probe('robot', 'Robot-2026-strong')).status).toBe(200);
});

test('changes data; another address starts unverified, the same one stays verified', async () => {
  const running = await startConsole();
  const { press, page, shown } = await openRobot(running);
  const saved = await press(page, 'Save', { familyName: 'Robbie', validTo: '2027-12-31T23:59:59Z' });
  expect(await shown()).toMatchObject({
    name: { familyName: 'Robbie' },
    [IAS_SCHEMA.sap]: { mailVerified: true, validTo: '2027-12-31T23:59:59Z' },
  });
  await press(saved, 'Save', { email: 'other@sap-test.de', validTo: '' });
  expect((await shown())[IAS_SCHEMA.sap]).toMatchObject({ mailVerified: false });
  expect((await shown())[IAS_SCHEMA.sap].validTo).toBeUndefined();
});

test('A38: after the counter is reset mails are sent again', async () => {
  const running = await startConsole();
  const { press, page } = await openRobot(running);
  let answer = page;
  for (let mail = 0; mail < 3; mail++) answer = await press(answer, 'Send Reset Password Mail');
  expect(answer.text).toContain('The mail is sent');
  answer = await press(answer, 'Send Reset Password Mail');
  expect(answer.text).toContain('No mail is sent');
  answer = await press(await press(answer, 'Reset Mail Counter'), 'Send Reset Password Mail');
  expect(answer.text).toContain('The mail is sent');
});

test('deletes a user, but not oneself', async () => {
  const running = await startConsole();
  const { press, page, open } = await openRobot(running);
  expect((await press(page, 'Delete')).path).toContain('/admin/users?');
  expect((await running.scim('GET', '/Users?filter=userName%20eq%20"robot"')).body.totalResults).toBe(0);
  const me = (await open('/admin/users?search=rosa')).document.querySelector('tbody a')?.getAttribute('href') ?? '';
  expect((await press(await open(me), 'Delete')).text).toContain('You cannot delete yourself');
});

test('who may only read users sees them without forms, and nothing else', async () => {
  const running = await startConsole();
  const { page, open } = await openRobot(running, 'reader');
  expect(page.text).toContain('robot@sap-test.de');
  expect(page.document.querySelectorAll('main form')).toHaveLength(0);
  expect((await open('/admin/users/new')).status).toBe(403);
  const administrators = await open('/admin/administrators');
  expect([administrators.status, administrators.text]).toEqual([
    403,
    expect.stringContaining('Manage Tenant Configuration'),
  ]);
});

test('initial passwords need Manage Tenant Configuration beside Manage Users', async () => {
  const running = await startConsole();
  const { page, open, press } = await openRobot(running, 'uma');
  expect(page.text).not.toContain('Set Initial Password');
  const refused = await press(await open('/admin/users/new'), 'Add User', {
    ...ROBOT,
    userName: 'r2',
    email: 'r2@sap-test.de',
    activation: 'initial-password',
  });
  expect(refused.text).toContain('Manage Tenant Configuration');
});

test('the mail of an administrator needs Manage Tenant Configuration', async () => {
  const running = await startConsole();
  const { page, open, press } = await running.enter('uma', '/admin/users?search=rosa');
  const rosa = await open(page.document.querySelector('tbody a')?.getAttribute('href') ?? '');
  expect((await press(rosa, 'Save', { email: 'mine@acme.example' })).status).toBe(400);
});

test('a user who is no administrator is told so', async () => {
  const running = await startConsole();
  const { page } = await running.enter('nobody');
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('You are not an administrator')]);
});

test('a form without the token of the session does nothing', async () => {
  const running = await startConsole();
  const { cookies, id, shown } = await openRobot(running);
  const response = await running.fetch(`https://${HOST}/admin/users/${id}/deactivate`, {
    method: 'POST',
    headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
    body: new URLSearchParams({ authenticity_token: 'forged' }),
  });
  expect(await response.text()).toContain('Sign in');
  expect(await shown()).toMatchObject({ active: true });
});

test('escapes what users are called', async () => {
  const running = await startConsole({
    users: [
      { userName: '<script>alert(1)</script>', email: 'x@acme.example', familyName: 'X' },
      { userName: 'rosa', email: 'rosa@acme.example', familyName: 'R', credential: 'ROSA' },
    ],
    administrators: [{ user: 'rosa' }],
    groups: [],
  });
  const { page } = await running.enter('rosa');
  expect(page.document.querySelectorAll('script')).toHaveLength(0);
  expect(page.document.toString()).toContain('&lt;script&gt;');
});

test('A8: a logon to the console moves an administrator to the enterprise policy', async () => {
  const running = await startConsole();
  await running.enter('rosa');
  const { body } = await running.scim('GET', '/Users?filter=userName%20eq%20"rosa"');
  expect(body.Resources[0][IAS_SCHEMA.sap].passwordDetails.policy).toContain('enterprise');
  running.advance(200 * DAY);
  expect((await running.token('rosa', running.credential('ROSA'))).code).toBe('PASSWORD_RESET_REQUIRED');
});

test('nobody administers the SAP ID service', async () => {
  const running = await startTenant();
  const response = await running.fetch('https://accounts.sap.com/admin/users');
  expect(response.status).toBe(404);
});
