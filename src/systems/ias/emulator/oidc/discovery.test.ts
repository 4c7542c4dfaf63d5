import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { createTokenKeys } from '../../../protocols/oauth/emulator.ts';
import type { Tenant } from '../store.ts';
import { HOST } from '../tenant.fixture.ts';
import { ISSUER, type Provider, startProvider } from './provider.fixture.ts';

async function metadata(provider: Provider, query = ''): Promise<Record<string, unknown>> {
  return (await provider.send(`/.well-known/openid-configuration${query}`)).json() as never;
}

async function keys(provider: Provider): Promise<JSONWebKeySet> {
  return (await provider.send('/oauth2/certs')).json() as never;
}

const verify = async (provider: Provider, token: string | undefined) =>
  jwtVerify(token ?? '', createLocalJWKSet(await keys(provider)), { currentDate: new Date(provider.now()) });

test('the discovery document is the documented one', async () => {
  expect(await metadata(await startProvider())).toEqual({
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/oauth2/authorize`,
    token_endpoint: `${ISSUER}/oauth2/token`,
    userinfo_endpoint: `${ISSUER}/oauth2/userinfo`,
    end_session_endpoint: `${ISSUER}/oauth2/logout`,
    jwks_uri: `${ISSUER}/oauth2/certs`,
    introspection_endpoint: `${ISSUER}/oauth2/introspect`,
    revocation_endpoint: `${ISSUER}/oauth2/revoke`,
    response_types_supported: ['code', 'id_token', 'token'],
    grant_types_supported: [
      'password',
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile', 'offline_access'],
    token_endpoint_auth_methods_supported: [
      'tls_client_auth',
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
    ],
    claims_supported: expect.arrayContaining(['ias_iss', 'scim_id', 'app_tid', 'ias_apis', 'sap_id_type', 'sap_gtid']),
    code_challenge_methods_supported: ['plain', 'S256'],
    tls_client_certificate_bound_access_tokens: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    authorization_response_iss_parameter_supported: true,
  });
});

test('no endpoint of the document is missing', async () => {
  const provider = await startProvider();
  const document = await metadata(provider);
  for (const [name, url] of Object.entries(document)) {
    if (!name.endsWith('_endpoint') && name !== 'jwks_uri') continue;
    const method = /token_endpoint|introspection|revocation/.test(name) ? 'POST' : 'GET';
    expect([name, (await provider.send(new URL(String(url)).pathname, { method })).status]).not.toEqual([name, 501]);
  }
});

test('an issuer without https is given to whom it is not enforced on', async () => {
  const provider = await startProvider({
    tenant: { issuer: HOST },
    app: { compliantIssuer: true },
    applications: [{ name: 'Old' }],
  });
  expect((await metadata(provider)).issuer).toBe(HOST);
  expect((await metadata(provider, `?client_id=${provider.client('Old').id}`)).issuer).toBe(HOST);
  expect((await metadata(provider, `?client_id=${provider.client().id}`)).issuer).toBe(ISSUER);
  expect((await metadata(provider, `?appid=${provider.client().id}`)).issuer).toBe(ISSUER);
  const issuer = async (name: string) => {
    const { body } = await provider.password({}, { client: provider.client(name) });
    const { iss, ias_iss } = decodeJwt(body.id_token ?? '');
    return [iss, ias_iss];
  };
  expect(await issuer('App')).toEqual([ISSUER, ISSUER]);
  expect(await issuer('Old')).toEqual([HOST, ISSUER]);
});

test('A26: tokens have the new issuer of a tenant at once, whoever knows the old one', async () => {
  const provider = await startProvider();
  const tenants = provider.state.collection<Tenant>('ias/tenants');
  const tenant = tenants.get('acme-platform');
  if (!tenant) throw new Error('no tenant');
  tenants.set(tenant.id, { ...tenant, issuer: 'https://login.acme.example' });
  const { body } = await provider.password();
  expect(decodeJwt(body.id_token ?? '')).toMatchObject({ iss: 'https://login.acme.example', ias_iss: ISSUER });
  expect((await metadata(provider)).issuer).toBe('https://login.acme.example');
});

test('keys are rotated without breaking tokens; there are two at most', async () => {
  const provider = await startProvider();
  const rotate = () => createTokenKeys({ ...provider, aside: (work) => work() }, 'ias/acme-platform').rotate();
  const first = (await provider.password()).body.id_token;
  await rotate();
  const second = (await provider.password()).body.id_token;
  expect(decodeProtectedHeader(second ?? '').kid).not.toBe(decodeProtectedHeader(first ?? '').kid);
  await verify(provider, first);
  await verify(provider, second);
  await rotate();
  expect((await keys(provider)).keys).toHaveLength(2);
  await expect(verify(provider, first)).rejects.toThrow();
  expect((await provider.introspect(first ?? '')).active).toBe(false);
  expect((await provider.introspect(second ?? '')).active).toBe(true);
});

test('tokens say who is meant: a user, or an application', async () => {
  const provider = await startProvider();
  const user = decodeJwt((await provider.password()).body.id_token ?? '');
  const application = decodeJwt((await provider.grant({ grant_type: 'client_credentials' })).body.access_token ?? '');
  expect([user.sap_id_type, application.sap_id_type]).toEqual(['user', 'app']);
  expect(application).toMatchObject({
    sub: provider.client().id,
    azp: provider.client().id,
    aud: provider.client().id,
  });
  expect(user).toMatchObject({
    sid: expect.stringMatching(/^S-SP-/),
    scim_id: expect.any(String),
    auth_time: expect.any(Number),
  });
});
