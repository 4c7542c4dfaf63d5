import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { definitive, HOST, PASSWORD, robot, SAP_ID, startTenant } from './tenant.fixture.ts';

test('issues an id token that verifies with the published keys', async () => {
  const tenant = await startTenant();
  const { body: user } = await tenant.scim('POST', '/Users', robot({}, definitive));
  await tenant.scim('POST', '/Groups', { displayName: 'CI/CD', members: [{ value: user.id }] });
  const { body } = await tenant.token('robot@sap-test.de', PASSWORD);
  const discovery = (await (await tenant.fetch(`https://${HOST}/.well-known/openid-configuration`)).json()) as {
    issuer: string;
    jwks_uri: string;
  };
  const keys = (await (await tenant.fetch(discovery.jwks_uri)).json()) as JSONWebKeySet;
  expect(keys.keys[0]).not.toHaveProperty('value');
  const { payload } = await jwtVerify(body.id_token ?? '', createLocalJWKSet(keys), {
    issuer: discovery.issuer,
    audience: tenant.application().clientId,
    currentDate: new Date(tenant.now()),
  });
  expect(payload).toMatchObject({
    iss: `https://${HOST}`,
    sub: 'P000002',
    email: 'robot@sap-test.de',
    email_verified: true,
    family_name: 'Robot',
    groups: ['CI/CD'],
    sap_id_type: 'user',
    scim_id: user.id,
    user_uuid: user.id,
  });
  expect(body.expires_in).toBe(3600);
});

test('a user of the tenant is unknown to the SAP ID service', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, definitive));
  expect(await tenant.token('robot', PASSWORD, SAP_ID)).toMatchObject({
    status: 401,
    code: null,
    body: { error: 'invalid_grant' },
  });
});

test('two accounts with one e-mail can log on by user id only', async () => {
  const tenant = await startTenant();
  expect((await tenant.token('pat@acme.example', tenant.credential('PAT'), SAP_ID)).status).toBe(401);
  expect((await tenant.token('p2001234567', tenant.credential('PAT'), SAP_ID)).status).toBe(200);
  expect((await tenant.token('S0012345678', tenant.credential('PAT_S'), SAP_ID)).status).toBe(200);
  expect((await tenant.token('S0012345678', tenant.credential('PAT'), SAP_ID)).status).toBe(401);
  expect((await tenant.token('admin@acme.example', tenant.credential('ADMIN'), SAP_ID)).status).toBe(200);
});

test('the user id of an IAS user is no logon identifier', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, definitive));
  expect((await tenant.token('P000002', PASSWORD)).status).toBe(401);
});

test.each([
  ['no client', { grant_type: 'password' }, 401, 'invalid_client'],
  ['no grant type', {}, 400, 'invalid_request'],
  ['no user name', { grant_type: 'password' }, 400, 'invalid_request'],
  ['an unknown grant type', { grant_type: 'magic' }, 400, 'unsupported_grant_type'],
  ['a refresh token that nobody gave', { grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_grant'],
  ['a flow of another endpoint', { grant_type: 'implicit' }, 400, 'unsupported_grant_type'],
])('answers %s', async (name, fields, status, error) => {
  const tenant = await startTenant();
  const { clientId, clientSecret } = tenant.application();
  const headers: Record<string, string> =
    name === 'no client' ? {} : { authorization: tenant.basic(clientId, clientSecret) };
  const response = await tenant.fetch(`https://${HOST}/oauth2/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ ...fields }),
  });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error });
});

test('A15: a plus sign must be encoded in a form body', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({ password: 'Plus+2026+strong' }, definitive));
  const { clientId, clientSecret } = tenant.application();
  const login = (password: string) =>
    tenant.fetch(`https://${HOST}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: tenant.basic(clientId, clientSecret),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `grant_type=password&username=robot&password=${password}`,
    });
  expect((await login('Plus+2026+strong')).status).toBe(401);
  expect((await login('Plus%2B2026%2Bstrong')).status).toBe(200);
});

test('an application is found by its name when it is registered again', async () => {
  const tenant = await startTenant();
  expect(tenant.application()).toEqual(tenant.application());
  expect(tenant.application(SAP_ID).clientId).not.toBe(tenant.application().clientId);
  expect(tenant.world.use('identity').tenants()).toEqual([
    { id: 'acme-platform', host: HOST, default: false },
    { id: 'sap-id', host: SAP_ID, default: true },
  ]);
});
