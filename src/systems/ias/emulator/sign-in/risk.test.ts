import { expect, test } from 'vitest';
import { CALLBACK, startProvider } from '../oidc/provider.fixture.ts';
import { patchOp } from '../tenant.fixture.ts';

const office = { address: '10.1.2.3', certificates: [] };
const street = { address: '203.0.113.9', certificates: [] };
const denyStreet = {
  riskRules: { rules: [{ ipRange: '10.0.0.0/8', action: 'allow' }], defaultAction: 'deny' },
};

test('A18: a rule denies by address in the browser', async () => {
  const provider = await startProvider({ app: denyStreet });
  const enter = (peer: typeof office) =>
    provider.browser(peer).signIn(provider.authorizePath(), 'jdoe', provider.credential('JDOE'));
  expect((await enter(office)).url.searchParams.get('code')).toBeTruthy();
  const denied = await enter(street);
  expect(denied.text).toContain('Sorry, but you are currently not authorized for access');
});

test.each([
  [true, 401, 'RBA_RULE_ACTION_DENY'],
  [false, 200, null],
])('A18: and in the password grant, if rules count there (%s)', async (counts, status, code) => {
  const provider = await startProvider({ app: denyStreet, switches: { 'ias.rbaAppliesToRopc': counts } });
  expect((await provider.password({}, { peer: office })).status).toBe(200);
  expect(await provider.password({}, { peer: street })).toMatchObject({ status, code });
});

test('a denied logon leaves no trace of a logon', async () => {
  const provider = await startProvider({ app: denyStreet });
  await provider.password({}, { peer: street });
  const { body } = await provider.scim('GET', '/Users?filter=userName%20eq%20%22jdoe%22');
  expect(JSON.stringify(body)).not.toContain('loginTime');
});

test('client credentials are no logon of anybody', async () => {
  const provider = await startProvider({ app: denyStreet });
  expect((await provider.grant({ grant_type: 'client_credentials' }, { peer: street })).status).toBe(200);
});

test('the first rule that fits wins', async () => {
  const rules = [
    { userType: 'partner', action: 'deny' },
    { group: 'Robots', action: 'allow' },
    { emailDomain: '*.example', action: 'deny' },
  ];
  const provider = await startProvider({
    app: { riskRules: { rules } },
    tenant: { groups: [{ displayName: 'Robots', members: ['jdoe', 'rosa'] }] },
  });
  expect((await provider.password()).status).toBe(200);
  expect((await provider.password({ username: 'rosa', password: provider.credential('ROSA') })).code).toBe(
    'RBA_RULE_ACTION_DENY',
  );
});

test.each([
  ['forwarded address', { forwardedIpRange: '192.0.2.0/24' }],
  ['IPv6 address', { ipRange: '2001:db8::/32' }],
  ['method', { method: 'password' }],
  ['domain', { emailDomain: 'acme.example' }],
])('a rule by %s', async (_name, condition) => {
  const provider = await startProvider({ app: { riskRules: { rules: [{ ...condition, action: 'deny' }] } } });
  const peer = { address: '2001:db8::1', certificates: [] };
  const headers = { 'x-forwarded-for': '192.0.2.7, 10.0.0.1' };
  expect((await provider.password({}, { peer, headers })).code).toBe('RBA_RULE_ACTION_DENY');
});

test('rules of the tenant are for the applications that have none, the password service too', async () => {
  const provider = await startProvider({
    tenant: { riskRules: { defaultAction: 'deny' } },
    applications: [{ name: 'Own', riskRules: { rules: [{ method: 'password', action: 'allow' }] } }],
  });
  expect((await provider.password()).code).toBe('RBA_RULE_ACTION_DENY');
  expect((await provider.password({}, { client: provider.client('Own') })).status).toBe(200);
  expect((await provider.probe('jdoe', provider.credential('JDOE'))).code).toBe('RBA_RULE_ACTION_DENY');
});

test('A6: where an application wants verified addresses, nobody else gets in', async () => {
  const provider = await startProvider({
    app: { emailVerification: true },
    applications: [{ name: 'Lax', redirectUris: [CALLBACK] }],
    user: { mailVerified: false },
    // Without the matrix of the removed reference the option of the application is all there is.
    switches: { 'ias.strictMailMatrix': false },
  });
  expect(await provider.password()).toMatchObject({ status: 401, body: { error: 'invalid_grant' } });
  expect((await provider.password({}, { client: provider.client('Lax') })).status).toBe(200);
  const page = await provider.browser().signIn(provider.authorizePath(), 'jdoe', provider.credential('JDOE'));
  expect(page.title).toBe('Verify Your E-Mail');

  const { body } = await provider.scim('GET', '/Users?filter=userName%20eq%20%22jdoe%22');
  const path = 'urn:ietf:params:scim:schemas:extension:sap:2.0:User:mailVerified';
  await provider.scim('PATCH', `/Users/${body.Resources[0].id}`, patchOp({ op: 'replace', path, value: true }));
  expect((await provider.password()).status).toBe(200);
});
