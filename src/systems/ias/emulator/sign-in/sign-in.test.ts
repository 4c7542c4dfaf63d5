import { expect, test } from 'vitest';
import { IAS_SCHEMA, PASSWORD_POLICY } from '../../wire.ts';
import { CALLBACK, HOUR, type Provider, startProvider } from '../oidc/provider.fixture.ts';

const password = (provider: Provider) => provider.credential('JDOE');
const at = (url: URL) => url.origin + url.pathname;

test('the form knows who comes by login_hint, and shows markup as text', async () => {
  const provider = await startProvider();
  const page = await provider.browser().open(provider.authorizePath({ login_hint: '"><script>alert(1)</script>' }));
  expect(page.form.j_username).toBe('"><script>alert(1)</script>');
});

test('a second application is entered without signing in again', async () => {
  const provider = await startProvider({ applications: [{ name: 'Second', redirectUris: [CALLBACK] }] });
  const browser = provider.browser();
  const first = await browser.signIn(provider.authorizePath(), 'jdoe', password(provider));
  const second = await browser.open(provider.authorizePath({ client_id: provider.client('Second').id }));
  expect([at(first.url), at(second.url)]).toEqual([CALLBACK, CALLBACK]);
});

test('prompt none asks nobody', async () => {
  const provider = await startProvider();
  const browser = provider.browser();
  const silent = provider.authorizePath({ prompt: 'none', state: 's' });
  expect((await browser.open(silent)).url.searchParams.get('error')).toBe('login_required');
  await browser.signIn(provider.authorizePath(), 'jdoe', password(provider));
  expect((await browser.open(silent)).url.searchParams.get('code')).toBeTruthy();
});

test('prompt login asks in spite of a session, once', async () => {
  const provider = await startProvider();
  const browser = provider.browser();
  await browser.signIn(provider.authorizePath(), 'jdoe', password(provider));
  const page = await browser.open(provider.authorizePath({ prompt: 'login' }));
  expect(page.title).toBe('Sign in');
  const end = await browser.submit(page, { j_username: 'jdoe', j_password: password(provider) });
  expect(at(end.url)).toBe(CALLBACK);
});

test('max_age asks when the sign-in is too long ago', async () => {
  const provider = await startProvider();
  const browser = provider.browser();
  await browser.signIn(provider.authorizePath(), 'jdoe', password(provider));
  provider.advance(61_000);
  expect(at((await browser.open(provider.authorizePath({ max_age: '61' }))).url)).toBe(CALLBACK);
  expect((await browser.open(provider.authorizePath({ max_age: '60' }))).title).toBe('Sign in');
});

test('a session ends after 12 hours, or when the tenant says so', async () => {
  const provider = await startProvider();
  const short = await startProvider({ tenant: { sessionMinutes: 5 } });
  for (const [one, life] of [
    [provider, 12 * HOUR],
    [short, HOUR / 12],
  ] as const) {
    const browser = one.browser();
    await browser.signIn(one.authorizePath(), 'jdoe', password(one));
    one.advance(life - 1);
    expect(at((await browser.open(one.authorizePath())).url)).toBe(CALLBACK);
    one.advance(1);
    expect((await browser.open(one.authorizePath())).title).toBe('Sign in');
  }
});

test('the id of a session changes with the sign-in', async () => {
  const provider = await startProvider();
  const browser = provider.browser();
  const page = await browser.open(provider.authorizePath());
  const before = browser.cookies().get('IDS_SESSION');
  await browser.submit(page, { j_username: 'jdoe', j_password: password(provider) });
  expect(browser.cookies().get('IDS_SESSION')).not.toBe(before);
});

test('two pages of one browser both end where they began', async () => {
  const provider = await startProvider();
  const browser = provider.browser();
  const first = await browser.open(provider.authorizePath({ state: 'first' }));
  const second = await browser.open(provider.authorizePath({ state: 'second' }));
  const signIn = { j_username: 'jdoe', j_password: password(provider) };
  expect((await browser.submit(first, signIn)).url.searchParams.get('state')).toBe('first');
  // The form of the other page is of the session before; the page loaded anew is through.
  expect((await browser.open(second.url.pathname + second.url.search)).url.searchParams.get('state')).toBe('second');
});

test('a form cannot be made to lead elsewhere', async () => {
  const provider = await startProvider();
  for (const target of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
    const browser = provider.browser();
    const page = await browser.open(provider.authorizePath());
    const end = await browser.submit(page, { target, j_username: 'jdoe', j_password: password(provider) });
    expect(end.url.pathname).toBe('/ui/protected/profilemanagement');
  }
});

test('an initial password is changed on the way to an application, by the policy of that one', async () => {
  const provider = await startProvider({ user: { password: 'initial' } });
  const browser = provider.browser();
  const change = await browser.signIn(provider.authorizePath({ state: 's' }), 'jdoe', password(provider));
  expect(change.title).toBe('Change Your Password');
  const end = await browser.submit(change, {
    currentPassword: password(provider),
    newPassword: 'Changed-2026-strong',
    newPasswordConfirm: 'Changed-2026-strong',
  });
  expect([at(end.url), end.url.searchParams.get('state')]).toEqual([CALLBACK, 's']);
  const { body } = await provider.scim('GET', '/Users?filter=userName%20eq%20%22jdoe%22');
  expect(body.Resources[0][IAS_SCHEMA.sap].passwordDetails).toMatchObject({
    status: 'enabled',
    policy: PASSWORD_POLICY.standard,
  });
});

test('a deactivated user is out, whatever the session', async () => {
  const provider = await startProvider();
  const browser = provider.browser();
  await browser.signIn(provider.authorizePath(), 'jdoe', password(provider));
  const { body } = await provider.scim('GET', '/Users?filter=userName%20eq%20%22jdoe%22');
  await provider.scim('PATCH', `/Users/${body.Resources[0].id}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'active', value: false }],
  });
  expect((await browser.open(provider.authorizePath())).title).toBe('Sign in');
});

test('pages of the sign-in let forms lead back to applications, and run nothing', async () => {
  const provider = await startProvider();
  const { headers } = await provider.send(provider.authorizePath());
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("form-action 'self' https: http://localhost:*");
  expect(policy).toContain("default-src 'none'");
});
