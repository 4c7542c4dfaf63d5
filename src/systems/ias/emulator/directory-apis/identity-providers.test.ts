import { expect, test } from 'vitest';
import { HOST } from '../tenant.fixture.ts';
import { AUTHENTICATION, startDirectory } from './directory.fixture.ts';

const CORPORATE = { id: 'corporate' };

/** C=DE, O=Acme, CN=signer; for a hundred years. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBsTCCAVegAwIBAgIUNNGYckcb2wHjZ+Y7PCq9LtObNkUwCgYIKoZIzj0EAwIw
LTELMAkGA1UEBhMCREUxDTALBgNVBAoMBEFjbWUxDzANBgNVBAMMBnNpZ25lcjAg
Fw0yNjExMjkyMjE2MDRaGA8yMTI2MTEwNTIyMTYwNFowLTELMAkGA1UEBhMCREUx
DTALBgNVBAoMBEFjbWUxDzANBgNVBAMMBnNpZ25lcjBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABP+38VIJtoPV2VTKGROFYHjGU6wBR/O5r7PZM73dgxnztQSJifd/
qvxBZtJioWv/GkHejPauXPM7vyz5JYockj6jUzBRMB0GA1UdDgQWBBS3CYgo58K8
3XzpRp46F9HSrmoA+zAfBgNVHSMEGDAWgBS3CYgo58K83XzpRp46F9HSrmoA+zAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDzJAXjz8ksG1O6fRFW
QpISMTvEapXqmF7BS/RO0RH8WwIgD8V3Ca0n6KI05nlp+ztGIrORK0xZNMs0P99f
cS56nT0=
-----END CERTIFICATE-----`;

test('a tenant without identity providers answers that there are none', async () => {
  const { call } = await startDirectory();
  expect(await call('GET', '/IdentityProviders/v1/')).toMatchObject({
    status: 404,
    body: { error: { code: 404, message: 'Unable to find identity providers.' } },
  });
});

test('an OpenID provider brings its metadata; its client secret is never shown', async () => {
  const { call, create } = await startDirectory([CORPORATE]);
  const discoveryUrl = 'https://corporate.accounts.ondemand.com';
  const id = await create('/IdentityProviders/v1/', {
    displayName: 'Corporate',
    name: 'corporate',
    type: 'openIdConnect',
    identityFederation: { useLocalUserStore: true, requiredGroups: ['Staff'] },
    oidcConfiguration: {
      discoveryUrl,
      clientId: 'us',
      clientSecret: 'secret of ours',
      tokenEndpointAuthMethod: 'clientSecretBasic',
    },
  });
  const { body } = await call('GET', `/IdentityProviders/v1/${id}`);
  expect(body).toMatchObject({
    id,
    meta: { location: `https://${HOST}/IdentityProviders/v1/${id}`, createdBy: 'Terraform' },
    name: 'corporate',
    displayName: 'Corporate',
    companyId: 'global',
    type: 'openIdConnect',
    automaticRedirect: true,
    identityFederation: { useLocalUserStore: true, allowLocalUsersOnly: false, requiredGroups: ['Staff'] },
    oidcConfiguration: {
      discoveryUrl,
      issuer: discoveryUrl,
      tokenEndpoint: `${discoveryUrl}/oauth2/token`,
      authorizationEndpoint: `${discoveryUrl}/oauth2/authorize`,
      clientId: 'us',
      isClientSecretConfigured: true,
      tokenEndpointAuthMethod: 'clientSecretBasic',
      scopes: ['openid'],
      pkceEnabled: false,
    },
  });
  expect(JSON.stringify(body)).not.toContain('secret of ours');
});

test('an OpenID provider that was made here authenticates, with the credentials in the header', async () => {
  const { call, create, fetch, basic, world, credential } = await startDirectory([
    { ...CORPORATE, users: [{ userName: 'pat', email: 'pat@corp.example', credential: 'PAT_CORP' }] },
  ]);
  const discoveryUrl = 'https://corporate.accounts.ondemand.com';
  const { clientId, clientSecret } = world
    .use('identity')
    .registerApplication('corporate.accounts.ondemand.com', { name: 'Acme' });
  const idp = await create('/IdentityProviders/v1/', {
    displayName: 'Corporate',
    name: 'corporate',
    type: 'openIdConnect',
    oidcConfiguration: { discoveryUrl, clientId, clientSecret, tokenEndpointAuthMethod: 'clientSecretBasic' },
  });
  const application = await create('/Applications/v1/', {
    name: 'app',
    [AUTHENTICATION]: { ssoType: 'openIdConnect', defaultAuthenticatingIdpId: idp },
  });
  const { secret, clientId: ours } = (await call('POST', `/Applications/v1/${application}/apiSecrets`, {})).body;
  const token = await fetch(`https://${HOST}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: basic(ours, secret) },
    body: new URLSearchParams({ grant_type: 'password', username: 'pat', password: credential('PAT_CORP') }),
  });
  expect(token.status).toBe(200);
});

test('a changed provider keeps its secret, and rules follow its new name', async () => {
  const { call, create } = await startDirectory();
  const id = await create('/IdentityProviders/v1/', {
    displayName: 'Corporate',
    name: 'corporate',
    type: 'openIdConnect',
    oidcConfiguration: { clientId: 'us', clientSecret: 'ours', issuer: 'https://idp.example' },
  });
  const application = await create('/Applications/v1/', {
    name: 'app',
    [AUTHENTICATION]: { conditionalAuthentication: [{ userType: 'employee', identityProviderId: id }] },
  });
  const rules = async () =>
    (await call('GET', `/Applications/v1/${application}`)).body[AUTHENTICATION].conditionalAuthentication;
  const before = await rules();
  const operations = [
    { op: 'replace', path: '/name', value: 'renamed' },
    { op: 'replace', path: '/oidcConfiguration/scopes', value: ['openid', 'email'] },
  ];
  expect(await call('PATCH', `/IdentityProviders/v1/${id}`, { operations })).toMatchObject({
    status: 200,
    body: undefined,
  });
  const { body } = await call('GET', `/IdentityProviders/v1/${id}`);
  expect(body).toMatchObject({
    name: 'renamed',
    meta: { modifiedBy: 'Terraform' },
    oidcConfiguration: { scopes: ['openid', 'email'], issuer: 'https://idp.example', isClientSecretConfigured: true },
  });
  expect(await rules()).toEqual(before);
  expect((await call('GET', '/IdentityProviders/v1/')).body).toMatchObject({
    totalResults: 1,
    identityProviders: [{ name: 'renamed' }],
  });

  expect(await call('DELETE', `/IdentityProviders/v1/${id}`), 'a rule names it').toMatchObject({ status: 409 });
  await call('DELETE', `/Applications/v1/${application}`);
  expect(await call('DELETE', `/IdentityProviders/v1/${id}`)).toMatchObject({ status: 200, body: undefined });
  expect(await call('GET', `/IdentityProviders/v1/${id}`)).toMatchObject({ status: 404 });
});

test('certificates tell whose they are and how long they are valid', async () => {
  const { call, create } = await startDirectory();
  const id = await create('/IdentityProviders/v1/', {
    displayName: 'Corporate',
    name: 'corporate',
    type: 'saml2',
    saml2Configuration: { certificatesForSigning: [{ base64Certificate: CERTIFICATE, isDefault: true }] },
  });
  const { saml2Configuration } = (await call('GET', `/IdentityProviders/v1/${id}`)).body;
  expect(saml2Configuration).toMatchObject({
    digestAlgorithm: 'sha256',
    certificatesForSigning: [
      {
        dn: 'CN=signer,O=Acme,C=DE',
        validFrom: expect.stringMatching(/Z$/),
        validTo: expect.stringMatching(/Z$/),
        isDefault: true,
      },
    ],
  });
});

test('only who manages identity providers gets in, and what is not valid is refused', async () => {
  const { call, create } = await startDirectory();
  expect(await call('GET', '/IdentityProviders/v1/', undefined, 'READ')).toMatchObject({ status: 403 });
  expect(await call('POST', '/IdentityProviders/v1/', { name: 'no display name' })).toMatchObject({
    status: 400,
    body: { error: { details: [{ target: '/displayName' }] } },
  });
  await create('/IdentityProviders/v1/', { displayName: 'one', name: 'one' });
  expect(await call('POST', '/IdentityProviders/v1/', { displayName: 'one', name: 'one' })).toMatchObject({
    status: 409,
  });
});
