import { expect, test } from 'vitest';
import { MINUTE, type Provider, type ProviderOptions, startProvider } from './provider.fixture.ts';

const certificate = { certificate: 'JDOE_CERT', key: 'JDOE_KEY' };
const twoFactor = { riskRules: { defaultAction: 'two-factor' } };

function start(pattern: string, names: object, options: ProviderOptions & { readonly source?: string } = {}) {
  const { source = 'distinguished-name', ...rest } = options;
  return startProvider({
    ...rest,
    tenant: {
      trustedCertificates: [{ name: 'own', pattern, source }],
      userCertificates: [{ ...names, ...certificate }],
      ...rest.tenant,
    },
  });
}

const peerOf = (provider: Provider, name = 'JDOE_CERT') => ({ certificates: [provider.credential(name)] });

async function passcode(provider: Provider, name?: string) {
  const response = await provider.send('/service/users/passcode', {}, peerOf(provider, name));
  return { status: response.status, body: (await response.json().catch(() => ({}))) as Record<string, string> };
}

test.each([
  ['login name', `CN=\${loginName},O=Acme`, { subject: 'CN=jdoe,O=Acme' }],
  ['e-mail', `CN=\${mail},O=Acme,C=DE`, { subject: 'C=DE,O=Acme,CN=joe.doe@acme.example' }],
  ['user id', `CN=\${uid}`, { subject: 'CN=P000001' }],
  ['the e-mail of this one user', `CN=\${mail:joe.doe@acme.example}`, { subject: 'CN=joe.doe@acme.example' }],
])('a certificate names its user by %s', async (_name, pattern, names) => {
  const provider = await start(pattern, names);
  const { status, body } = await passcode(provider);
  expect([status, body.expires_in]).toEqual([200, 300]);
  expect((await provider.password({ password: body.passcode ?? '' })).status).toBe(200);
});

test.each([
  ['san-email', `\${mail}`, { subject: 'CN=anything', email: 'joe.doe@acme.example' }],
  ['san-other-name', `\${loginName}`, { subject: 'CN=anything', otherName: 'jdoe' }],
])('a certificate names its user by %s', async (source, pattern, names) => {
  const provider = await start(pattern, names, { source });
  expect((await passcode(provider)).status).toBe(200);
});

test.each([
  ['another organization', `CN=\${loginName},O=Acme`, { subject: 'CN=jdoe,O=Evil' }],
  ['more than the pattern has', `CN=\${loginName}`, { subject: 'CN=jdoe,O=Acme' }],
  ['an unknown user', `CN=\${loginName}`, { subject: 'CN=nobody' }],
  ['a name where the address is wanted', `CN=\${mail}`, { subject: 'CN=jdoe' }],
  ['a user for whom the pattern is not', `CN=\${mail:rosa@acme.example}`, { subject: 'CN=joe.doe@acme.example' }],
])('a certificate with %s names nobody', async (_name, pattern, names) => {
  expect((await passcode(await start(pattern, names))).status).toBe(401);
});

test('a certificate of a stranger is worth nothing, nor is none or an expired one', async () => {
  const provider = await start(`CN=\${loginName}`, { subject: 'CN=jdoe' });
  const stranger = await start(`CN=\${loginName}`, { subject: 'CN=jdoe' });
  const foreign = { certificates: [stranger.credential('JDOE_CERT')] };
  expect((await provider.send('/service/users/passcode', {}, foreign)).status).toBe(401);
  expect((await provider.send('/service/users/passcode')).status).toBe(401);
  provider.advance(366 * 24 * 60 * MINUTE);
  expect((await passcode(provider)).status).toBe(401);
});

test('a certificate for APIs is none for users', async () => {
  const provider = await startProvider({
    app: { name: 'jdoe', certificate: { certificate: 'APP_CERT', key: 'APP_KEY' } },
    tenant: { trustedCertificates: [{ name: 'own', pattern: `CN=\${loginName}` }] },
  });
  expect((await passcode(provider, 'APP_CERT')).status).toBe(401);
});

test('A17: a passcode is a password once, for five minutes, and needs no code', async () => {
  const provider = await start(`CN=\${loginName}`, { subject: 'CN=jdoe' }, { app: twoFactor });
  const first = (await passcode(provider)).body.passcode ?? '';
  expect((await provider.password({ username: 'rosa', password: first })).status).toBe(401);
  expect((await provider.password({ password: first })).status).toBe(200);
  expect((await provider.password({ password: first })).status).toBe(401);
  const second = (await passcode(provider)).body.passcode ?? '';
  provider.advance(5 * MINUTE);
  expect((await provider.password({ password: second })).status).toBe(401);
});

test('a user without a password, or with an initial one, logs on by certificate', async () => {
  for (const user of [{ credential: undefined }, { password: 'initial' }]) {
    const provider = await start(`CN=\${loginName}`, { subject: 'CN=jdoe' }, { user });
    const { body } = await passcode(provider);
    expect((await provider.password({ password: body.passcode ?? '' })).status).toBe(200);
  }
});

test('a deactivated user gets no passcode', async () => {
  const provider = await start(`CN=\${loginName}`, { subject: 'CN=jdoe' }, { user: { status: 'inactive' } });
  expect((await passcode(provider)).status).toBe(401);
});

test('a browser with a certificate needs no password', async () => {
  const provider = await start(`CN=\${loginName}`, { subject: 'CN=jdoe' });
  const { url } = await provider.browser(peerOf(provider)).open(provider.authorizePath());
  const fields = { grant_type: 'authorization_code', code: url.searchParams.get('code') ?? '' };
  const { body } = await provider.grant({ ...fields, redirect_uri: 'https://app.acme.example/callback' });
  expect((await provider.introspect(body.access_token ?? '')).amr).toEqual(['x509']);
  const logons = [...provider.state.collection('ias/logons').values()];
  expect(logons).toMatchObject([{ identifier: 'jdoe', application: 'App', method: 'certificate' }]);
});
