import { expect, test } from 'vitest';
import { openBrowser } from '../browser.fixture.ts';
import { DAY, definitive, PASSWORD, robot, startTenant } from '../tenant.fixture.ts';
import { totpCode } from '../totp.ts';

const FINAL = 'Final-2026-strong';
const PROFILE = '/ui/protected/profilemanagement';

async function openProfile(path = PROFILE) {
  const running = await startTenant();
  await running.scim('POST', '/Users', robot({}, definitive));
  const browser = openBrowser(running.fetch);
  const page = await browser.signIn('robot', PASSWORD, path);
  return { running, ...browser, page };
}

test('leads through the sign-in to the page that was asked for', async () => {
  expect((await openProfile(`${PROFILE}/password`)).page.title).toBe('Change Password');
});

test('shows who one is', async () => {
  const { page } = await openProfile();
  expect(page.text).toContain('robot@sap-test.de');
  expect(page.text).toMatch(/P\d{6}/);
});

test('changes the password a day after the last change, and not sooner', async () => {
  const { running, page, press, open, signIn } = await openProfile(`${PROFILE}/password`);
  const fields = { currentPassword: PASSWORD, newPassword: FINAL, newPasswordConfirm: FINAL };
  expect((await press(page, 'Save', fields)).text).toContain('too recently');
  running.advance(DAY);
  await signIn('robot', PASSWORD, '/ui/signin');
  const done = await press(await open(`${PROFILE}/password`), 'Save', fields);
  expect(done.text).toContain('Your password has been changed.');
  expect((await running.token('robot', FINAL)).status).toBe(200);
});

test('says what a password must be like', async () => {
  const { page } = await openProfile(`${PROFILE}/password`);
  expect(page.text).toContain('8 to 255 characters, 3 of: lower case, upper case, digits, others.');
  expect(page.text).toContain('Not one of the last 5 passwords.');
});

async function openEnrolment() {
  const { page, ...rest } = await openProfile(`${PROFILE}/totp`);
  const key = page.document.querySelector('dd code')?.text.replaceAll(' ', '') ?? '';
  return { ...rest, page, key, code: () => totpCode(key, rest.running.now()) };
}

test('sets up an authenticator app with a code of it, and no other', async () => {
  const { running, page, press, code } = await openEnrolment();
  expect(page.document.querySelectorAll('svg[role=img] path')).toHaveLength(1);
  expect(page.text).toContain('otpauth://totp/');
  const wrong = await press(page, 'Activate', { passcode: '000000' });
  expect(wrong.text).toContain('The passcode is wrong');
  expect((await press(wrong, 'Activate', { passcode: code() })).text).toContain('is active');
  const [user] = running.state
    .collection<{ readonly totp?: object }>('ias/users')
    .by('identifier', 'acme-platform/robot');
  expect(user?.totp).toMatchObject({ confirmedAt: running.now() });
});

test('shows the same key until it is confirmed', async () => {
  const { page, open, key } = await openEnrolment();
  expect((await open(page.path)).text.replaceAll(' ', '')).toContain(key);
});

test('takes the app away with a code of it', async () => {
  const { page, press, open, code } = await openEnrolment();
  await press(page, 'Activate', { passcode: code() });
  const device = await open(`${PROFILE}/totp`);
  expect((await press(device, 'Remove', { passcode: '000000' })).text).toContain('wrong');
  expect((await press(device, 'Remove', { passcode: code() })).text).toContain('has been removed');
});

test('a profile without a session is the sign-in, also for forms', async () => {
  const running = await startTenant();
  const response = await running.fetch(`https://acme-platform.accounts.ondemand.com${PROFILE}/totp`, {
    method: 'POST',
    body: new URLSearchParams({ passcode: '123456' }),
  });
  expect(await response.text()).toContain('Sign in');
});
