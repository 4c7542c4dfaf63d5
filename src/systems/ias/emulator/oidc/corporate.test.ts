import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { JWT_BEARER } from '../rows/application-settings.ts';
import { HOST } from '../tenant.fixture.ts';
import { CALLBACK, type Provider, type ProviderOptions, startProvider } from './provider.fixture.ts';

const CORPORATE = 'corp.accounts.ondemand.com';

/** Users of corp.example are sent to a tenant that plays the corporate identity provider. */
function start(options: ProviderOptions & { readonly provider?: object; readonly conditional?: object } = {}) {
  const { provider = {}, conditional, ...rest } = options;
  const rules = [{ emailDomain: 'corp.example', identityProvider: 'corp' }];
  return startProvider({
    ...rest,
    app: { conditional: conditional ?? { rules }, ...rest.app },
    user: { email: 'joe@corp.example', ...rest.user },
    tenant: { corporateProviders: [{ name: 'corp', tenant: 'corp', ...provider }], ...rest.tenant },
    tenants: [
      {
        id: 'corp',
        users: [
          { userName: 'joe', email: 'joe@corp.example', givenName: 'Joseph', credential: 'CORP_JOE' },
          { userName: 'zoe', email: 'zoe@corp.example', givenName: 'Zoe', credential: 'CORP_ZOE' },
        ],
      },
    ],
  });
}

async function idTokenOf(provider: Provider, url: URL) {
  const fields = { grant_type: 'authorization_code', code: url.searchParams.get('code') ?? '', redirect_uri: CALLBACK };
  return decodeJwt((await provider.grant(fields)).body.id_token ?? '');
}

test('a browser is sent to the corporate provider by what the user types, and comes back signed in', async () => {
  const provider = await start();
  const browser = provider.browser();
  const first = await browser.open(provider.authorizePath({ state: 's' }));
  expect(first.form).not.toHaveProperty('j_password');
  const there = await browser.submit(first, { j_username: 'joe@corp.example' });
  expect([there.url.host, there.form.j_username]).toEqual([CORPORATE, 'joe@corp.example']);
  const end = await browser.submit(there, { j_password: provider.credential('CORP_JOE') });
  expect(end.url.searchParams.get('state')).toBe('s');
  // The tenant's own user of the same address.
  expect(await idTokenOf(provider, end.url)).toMatchObject({ preferred_username: 'jdoe', amr: ['ext'] });
});

test('everybody else is asked for the password here', async () => {
  const provider = await start();
  const browser = provider.browser();
  const first = await browser.open(provider.authorizePath());
  const second = await browser.submit(first, { j_username: 'rosa' });
  expect([second.url.host, second.form.j_username]).toEqual([HOST, 'rosa']);
  const end = await browser.submit(second, { j_password: provider.credential('ROSA') });
  expect(end.url.origin + end.url.pathname).toBe(CALLBACK);
});

test('whoever is sent to a corporate provider cannot use a password of the tenant', async () => {
  const provider = await start();
  const browser = provider.browser();
  const page = await browser.open(provider.authorizePath());
  const sent = await browser.submit(page, { j_username: 'jdoe', j_password: provider.credential('JDOE') });
  expect(sent.url.host).toBe(CORPORATE);
});

test('whom the tenant does not know has the claims of the corporate provider', async () => {
  const provider = await start();
  const browser = provider.browser();
  const there = await browser.submit(await browser.open(provider.authorizePath()), { j_username: 'zoe@corp.example' });
  const end = await browser.submit(there, { j_password: provider.credential('CORP_ZOE') });
  expect(await idTokenOf(provider, end.url)).toMatchObject({ email: 'zoe@corp.example', given_name: 'Zoe' });
  // The next application does not ask again.
  expect((await browser.open(provider.authorizePath())).url.searchParams.get('code')).toBeTruthy();
});

test('without the user store of the tenant, tokens say what the corporate provider said', async () => {
  const provider = await start({ provider: { useLocalUsers: false } });
  const browser = provider.browser();
  const there = await browser.submit(await browser.open(provider.authorizePath()), { j_username: 'jdoe' });
  const end = await browser.submit(there, { j_username: 'joe', j_password: provider.credential('CORP_JOE') });
  expect(await idTokenOf(provider, end.url)).toMatchObject({ given_name: 'Joseph', preferred_username: 'joe' });
});

test('a default provider, a rule on addresses alone and the parameter idp need no identifier', async () => {
  const byDefault = await start({ conditional: { defaultIdentityProvider: 'corp' } });
  expect((await byDefault.browser().open(byDefault.authorizePath())).url.host).toBe(CORPORATE);
  expect((await byDefault.browser().open(byDefault.authorizePath({ idp: 'local' }))).url.host).toBe(HOST);

  const byAddress = await start({ conditional: { rules: [{ ipRange: '10.0.0.0/8', identityProvider: 'corp' }] } });
  const inside = byAddress.browser({ address: '10.9.8.7', certificates: [] });
  expect((await inside.open(byAddress.authorizePath())).url.host).toBe(CORPORATE);
  expect((await byAddress.browser().open(byAddress.authorizePath())).url.host).toBe(HOST);

  const plain = await start({ conditional: {} });
  expect((await plain.browser().open(plain.authorizePath({ idp: 'corp' }))).url.host).toBe(CORPORATE);
});

test('an answer that no sign-in of this browser waits for is refused', async () => {
  const provider = await start();
  const mine = provider.browser();
  const there = await mine.submit(await mine.open(provider.authorizePath()), { j_username: 'joe@corp.example' });
  const authorization = new URL(`https://${CORPORATE}${there.form.target}`);
  const state = authorization.searchParams.get('state') ?? '';
  expect(state).not.toBe('');
  const attacker = provider.browser();
  await attacker.open(provider.authorizePath());
  const page = await attacker.open(`/oauth2/callback?code=stolen&state=${state}`);
  expect([page.status, page.title]).toEqual([400, 'Sign-In Failed']);
});

test('the password grant goes on to an OpenID provider, by rules on group and type too', async () => {
  const rules = [{ userType: 'partner', identityProvider: 'corp' }];
  const provider = await start({ conditional: { rules }, user: { userType: 'partner' } });
  const grant = (username: string, password: string) => provider.password({ username, password });
  expect((await grant('joe@corp.example', provider.credential('CORP_JOE'))).status).toBe(200);
  const { body } = await grant('joe@corp.example', provider.credential('CORP_JOE'));
  expect(decodeJwt(body.id_token ?? '').preferred_username).toBe('jdoe');
  expect(await grant('joe@corp.example', provider.credential('JDOE'))).toMatchObject({
    status: 401,
    body: { error: 'invalid_grant' },
  });
});

test.each([
  ['a SAML provider', { protocol: 'saml' }],
  ['an OpenID provider that takes no passwords', { passwordGrant: false }],
])('%s ends the password grant', async (_name, settings) => {
  const provider = await start({ provider: settings });
  const { status } = await provider.password({
    username: 'joe@corp.example',
    password: provider.credential('CORP_JOE'),
  });
  expect(status).toBe(401);
  expect((await provider.password({ username: 'rosa', password: provider.credential('ROSA') })).status).toBe(200);
});

test('a second factor at the corporate provider ends the password grant', async () => {
  const provider = await startProvider({
    app: { conditional: { defaultIdentityProvider: 'corp' } },
    tenant: { corporateProviders: [{ name: 'corp', tenant: 'corp' }] },
    tenants: [
      {
        id: 'corp',
        riskRules: { defaultAction: 'two-factor' },
        users: [{ userName: 'joe', email: 'joe@corp.example', credential: 'CORP_JOE' }],
      },
    ],
  });
  expect((await provider.password({ username: 'joe', password: provider.credential('CORP_JOE') })).status).toBe(401);
});

test('an ID token of the corporate provider is an assertion, if it is for us', async () => {
  const provider = await start({ conditional: {} });
  const corporate = provider.state.collection<{ clientId: string; clientSecret: string }>('ias/corporate-providers');
  const trust = [...corporate.values()][0];
  if (!trust) throw new Error('no provider');
  const client = { id: trust.clientId, secret: trust.clientSecret };
  const credentials = { username: 'joe', password: provider.credential('CORP_JOE') };
  const theirs = await provider.grant({ grant_type: 'password', ...credentials }, { client, host: CORPORATE });
  const { status, body } = await provider.grant({ grant_type: JWT_BEARER, assertion: theirs.body.id_token ?? '' });
  expect([status, decodeJwt(body.id_token ?? '').preferred_username]).toEqual([200, 'jdoe']);
  const tampered = `${theirs.body.id_token?.slice(0, -6)}AAAAAA`;
  expect((await provider.grant({ grant_type: JWT_BEARER, assertion: tampered })).body.error).toBe('invalid_grant');
});

test('a deactivated user of the tenant does not come back from the corporate provider', async () => {
  const provider = await start({ user: { status: 'inactive' } });
  const browser = provider.browser();
  const there = await browser.submit(await browser.open(provider.authorizePath()), { j_username: 'joe@corp.example' });
  const end = await browser.submit(there, { j_password: provider.credential('CORP_JOE') });
  expect(end.title).toBe('Sign-In Failed');
});
