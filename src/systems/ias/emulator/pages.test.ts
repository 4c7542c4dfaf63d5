import { parse } from 'node-html-parser';
import { expect, test } from 'vitest';
import { IAS_SCHEMA } from '../wire.ts';
import { DAY, definitive, HOST, PASSWORD, patchOp, robot, startTenant } from './tenant.fixture.ts';

const FINAL = 'Final-2026-strong';

type Running = Awaited<ReturnType<typeof startTenant>>;

/** A person in front of the tenant's pages. */
function browse(tenant: Running) {
  let cookie = '';
  async function open(
    path: string,
    fields?: Record<string, string>,
  ): Promise<{ title: string; text: string; form: Record<string, string> }> {
    const response = await tenant.fetch(`https://${HOST}${path}`, {
      method: fields ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie },
      ...(fields ? { body: new URLSearchParams(fields) } : {}),
    });
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    const location = response.headers.get('location');
    if (location !== null) return open(location);
    const page = parse(await response.text());
    const inputs = page
      .querySelectorAll('input')
      .map((input) => [input.getAttribute('name'), input.getAttribute('value') ?? '']);
    return { title: page.querySelector('h1')?.text ?? '', text: page.text, form: Object.fromEntries(inputs) };
  }
  const signIn = async (password: string) => {
    const { form } = await open('/');
    return open('/ui/signin', { ...form, j_username: 'robot', j_password: password });
  };
  return { open, signIn };
}

test('A3: changes an initial password in the browser and takes the enterprise policy with it', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot());
  const { open, signIn } = browse(tenant);
  const { title, form } = await signIn(PASSWORD);
  expect(title).toBe('Change Your Password');
  tenant.advance(1000);
  const change = { ...form, currentPassword: PASSWORD, newPassword: FINAL, newPasswordConfirm: FINAL };
  expect((await open('/ui/password/change', change)).title).toBe('Profile');
  expect((await tenant.scim('GET', `/Users/${body.id}`)).body).toMatchObject({
    active: true,
    [IAS_SCHEMA.sap]: {
      status: 'active',
      passwordDetails: {
        status: 'enabled',
        setTime: '2026-11-21T00:00:01Z',
        policy: expect.stringContaining('enterprise'),
      },
    },
  });
  expect((await tenant.token('robot', FINAL)).status).toBe(200);
});

test.each([
  ['a weak password', { newPassword: 'weak', newPasswordConfirm: 'weak' }, 'characters'],
  ['two different ones', { newPassword: FINAL, newPasswordConfirm: `${FINAL}2` }, 'differ'],
  ['the old one again', { newPassword: PASSWORD, newPasswordConfirm: PASSWORD }, 'differ'],
  ['a wrong current one', { currentPassword: 'no', newPassword: FINAL, newPasswordConfirm: FINAL }, 'wrong'],
])('refuses %s and asks again', async (_case, fields, message) => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot());
  const { open, signIn } = browse(tenant);
  const { form } = await signIn(PASSWORD);
  const answer = await open('/ui/password/change', { ...form, currentPassword: PASSWORD, ...fields });
  expect(answer.title).toBe('Change Your Password');
  expect(answer.text).toContain(message);
  expect((await tenant.token('robot', FINAL)).status).toBe(401);
});

test('refuses a form without the token of its session', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, definitive));
  const { open } = browse(tenant);
  await open('/');
  expect((await open('/ui/signin', { j_username: 'robot', j_password: PASSWORD })).title).toBe('Sign in');
});

test('tells a stranger nothing, and who is locked that it is', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, definitive));
  const { signIn } = browse(tenant);
  expect((await signIn('wrong')).text).toContain('Sorry, we could not authenticate you');
  for (let attempt = 0; attempt < 4; attempt++) await signIn('wrong');
  expect((await signIn(PASSWORD)).text).toContain('locked');
});

test('signs in, shows the profile and signs out', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, definitive));
  const { open, signIn } = browse(tenant);
  const profile = await signIn(PASSWORD);
  expect(profile.text).toContain('robot@sap-test.de');
  expect((await open('/')).title).toBe('Profile');
  expect((await open('/ui/signout', profile.form)).title).toBe('Sign in');
  expect((await open('/')).title).toBe('Sign in');
});

test('nothing but its own stylesheet runs on a page, which browsers keep as long as it stays the same', async () => {
  const tenant = await startTenant();
  const page = await tenant.fetch(`https://${HOST}/ui/password/forgot`);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; style-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  const href =
    parse(await page.text())
      .querySelector('link[rel=stylesheet]')
      ?.getAttribute('href') ?? '';
  expect(href).toMatch(/^\/ui\/style-[0-9a-f]{12}\.css$/);
  const style = await tenant.fetch(`https://${HOST}${href}`);
  expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  expect(style.headers.get('cache-control')).toContain('immutable');
  expect(await style.text()).toContain('{');
  expect((await tenant.fetch(`https://${HOST}/ui/style-000000000000.css`)).status).toBe(501);
});

test('the bare host leads to the profile', async () => {
  const tenant = await startTenant();
  const response = await tenant.fetch(`https://${HOST}/`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, '/ui/protected/profilemanagement']);
});

test('keeps the history of the enterprise policy when an administrator sets a password', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot({}, definitive));
  await browse(tenant).signIn(PASSWORD);
  const set = (value: string) =>
    tenant.scim('PATCH', `/Users/${body.id}`, patchOp({ op: 'replace', path: 'password', value }));
  tenant.advance(DAY);
  expect((await set(PASSWORD)).status).toBe(400);
  for (const value of [1, 2, 3, 4, 5].map((index) => `${FINAL}-${index}`)) expect((await set(value)).status).toBe(204);
  expect((await set(PASSWORD)).status).toBe(204);
});
