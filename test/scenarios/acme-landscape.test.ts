import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../src/kernel/secret.ts';
import { createLandscape, createMemoryPersistence, type Landscape } from '../../src/landscape/index.ts';

const ADMIN = 'platform-admin@acme.example';
const API = 'https://api.cf.eu10-004.hana.ondemand.com';
const BTP = 'https://cli.btp.cloud.sap';

const persistence = createMemoryPersistence();
const open = () =>
  createLandscape({ seed: path.join(import.meta.dirname, '../../examples/acme/landscape.yaml'), persistence });

let landscape: Landscape;
beforeAll(async () => {
  landscape = await open();
});
afterAll(() => landscape[Symbol.asyncDispose]());

function credential(name: string): string {
  const value = landscape.credentials()[name];
  if (value === undefined) throw new Error(`no credential ${name}`);
  return value;
}

async function json<T>(schema: z.ZodType<T>, url: string, init?: RequestInit): Promise<T> {
  const response = await landscape.fetch(url, init);
  expect([url, response.status]).toEqual([url, 200]);
  return schema.parse(await response.json());
}

const link = z.object({ href: z.string() });
const named = z.object({ resources: z.array(z.object({ name: z.string() })) });

/** As `cf login` does: discovery at the API, prompts at the login server, password grant of the client `cf`. */
async function cfLogin(api: string): Promise<Record<string, string>> {
  const { links } = await json(z.object({ links: z.object({ login: link }) }), `${api}/`);
  const { prompts } = await json(
    z.object({ prompts: z.record(z.string(), z.array(z.string())) }),
    `${links.login.href}/login`,
    {
      headers: { accept: 'application/json' },
    },
  );
  expect(prompts.password).toBeDefined();
  const token = await json(
    z.object({ access_token: z.string(), token_type: z.string() }),
    `${links.login.href}/oauth/token`,
    {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('cf:')}`, accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'password',
        username: ADMIN,
        password: credential('ACME_ADMIN_PASSWORD'),
      }),
    },
  );
  return { authorization: `bearer ${token.access_token}` };
}

test.each([
  ['eu10-004', ['acme-dev', 'acme-test']],
  ['us20', ['acme-prod']],
])('the platform administrator logs in to Cloud Foundry %s and sees its orgs', async (name, orgs) => {
  const api = `https://api.cf.${name}.hana.ondemand.com`;
  const headers = await cfLogin(api);
  const { resources } = await json(named, `${api}/v3/organizations?order_by=name`, { headers });
  expect(resources.map((org) => org.name)).toEqual(orgs);
});

test('every org has the spaces app and shared', async () => {
  const headers = await cfLogin(API);
  const { resources } = await json(named, `${API}/v3/spaces?order_by=name`, { headers });
  expect(resources.map((space) => space.name)).toEqual(['app', 'app', 'shared', 'shared']);
});

test('the platform administrator logs in to the BTP command-line server and sees the accounts', async () => {
  const login = await landscape.fetch(`${BTP}/login/v2.106.1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-cpcli-format': 'json' },
    body: JSON.stringify({
      customIdp: '',
      subdomain: 'acme',
      userName: ADMIN,
      password: credential('ACME_ADMIN_PASSWORD'),
    }),
  });
  expect([login.status, await login.json()]).toEqual([200, { issuer: 'accounts.sap.com', mail: ADMIN }]);
  const command = (group: string, paramValues: Record<string, string>) =>
    landscape.fetch(`${BTP}/command/v2.106.1/${group}?list`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-cpcli-format': 'json',
        'x-cpcli-sessionid': login.headers.get('x-cpcli-sessionid') ?? '',
        'x-cpcli-subdomain': 'acme',
        'x-cpcli-customidp': '',
      },
      body: JSON.stringify({ paramValues }),
    });
  const account = z.object({ value: z.array(z.object({ displayName: z.string(), region: z.string() })) });
  const subaccounts = await command('accounts/subaccount', { globalAccount: 'acme' });
  expect(subaccounts.headers.get('x-cpcli-backend-status')).toBe('200');
  const { value } = account.parse(await subaccounts.json());
  expect(value.map(({ displayName, region }) => `${displayName} in ${region}`).sort()).toEqual([
    'dev in eu10',
    'prod in us20',
    'test in eu10',
    'tms in eu10',
  ]);
});

test("the system administrator of the IAS tenant reads its users by SCIM, and not the other tenant's", async () => {
  const authorization = `Basic ${btoa(`${credential('ACME_IAS_CLIENT_ID')}:${credential('ACME_IAS_CLIENT_SECRET')}`)}`;
  const users = z.object({ Resources: z.array(z.object({ userName: z.string() })) });
  const headers = { authorization, accept: 'application/scim+json' };
  const { Resources } = await json(users, 'https://acme-platform.accounts.ondemand.com/scim/Users', { headers });
  expect(Resources.map(({ userName }) => userName).sort()).toEqual(['rosa', 'tariq']);
  const other = await landscape.fetch('https://acme-people.accounts.ondemand.com/scim/Users', { headers });
  expect(other.status).toBe(401);
});

test('a service key of the seed opens the Destination service of its subaccount', async () => {
  const key = z
    .object({ clientid: z.string(), clientsecret: z.string(), url: z.string(), uri: z.string() })
    .parse(JSON.parse(credential('ACME_TMS_DESTINATION_KEY')));
  const { access_token } = await json(z.object({ access_token: z.string() }), `${key.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${key.clientid}:${key.clientsecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const destinations = await json(
    z.array(z.object({ Name: z.string() })),
    `${key.uri}/destination-configuration/v1/subaccountDestinations`,
    { headers: { authorization: `Bearer ${access_token}` } },
  );
  expect(destinations.map(({ Name }) => Name)).toEqual(['deploy-old']);
});

test('an XSUAA instance in Cloud Foundry brings its application, and a key of it opens no more when it is deleted', async () => {
  const headers = { ...(await cfLogin(API)), 'content-type': 'application/json' };
  const guids = z.object({ resources: z.array(z.object({ guid: z.string() })) });
  const guidAt = async (path: string) => (await json(guids, `${API}${path}`, { headers })).resources[0]?.guid ?? '';
  const send = async (method: string, path: string, body?: object) => {
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await landscape.fetch(`${API}${path}`, init);
    expect([path, response.ok]).toEqual([path, true]);
  };
  const one = (guid: string) => ({ data: { guid } });
  const org = await guidAt('/v3/organizations?names=acme-dev');
  const space = await guidAt(`/v3/spaces?names=app&organization_guids=${org}`);
  const user = { data: { username: ADMIN, origin: 'sap.ids' } };
  await send('POST', '/v3/roles', { type: 'space_developer', relationships: { user, space: one(space) } });
  const plan = await guidAt('/v3/service_plans?names=application&service_offering_names=xsuaa');
  await send('POST', '/v3/service_instances', {
    type: 'managed',
    name: 'shop-xsuaa',
    parameters: {
      xsappname: 'shop',
      authorities: ['$XSAPPNAME.Callback'],
      'role-templates': [{ name: 'Buyer', 'scope-references': ['$XSAPPNAME.buy'] }],
    },
    relationships: { space: one(space), service_plan: one(plan) },
  });
  const instance = await guidAt('/v3/service_instances?names=shop-xsuaa');
  await send('POST', '/v3/service_credential_bindings', {
    type: 'key',
    name: 'key',
    relationships: { service_instance: one(instance) },
  });
  const key = await guidAt('/v3/service_credential_bindings?names=key');
  const common = z.object({ url: z.string(), clientid: z.string(), xsappname: z.string() });
  const details = z.object({ credentials: common.extend({ clientsecret: z.string() }) });
  const { credentials } = await json(details, `${API}/v3/service_credential_bindings/${key}/details`, { headers });
  const token = () =>
    landscape.fetch(`${credentials.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credentials.clientid,
        client_secret: credentials.clientsecret,
      }),
    });
  const { scope } = z.object({ scope: z.string() }).parse(await (await token()).json());
  expect(scope.split(' ')).toEqual(['uaa.resource', `${credentials.xsappname}.Callback`]);
  await send('DELETE', `/v3/service_credential_bindings/${key}`);
  expect((await token()).status).toBe(401);
  // One with a certificate in place of the secret.
  await send('POST', '/v3/service_credential_bindings', {
    type: 'key',
    name: 'certified',
    parameters: { 'credential-type': 'x509' },
    relationships: { service_instance: one(instance) },
  });
  const certified = await guidAt('/v3/service_credential_bindings?names=certified');
  const at = `${API}/v3/service_credential_bindings/${certified}/details`;
  const x509 = z.object({
    credentials: common.extend({ certificate: z.string(), key: z.string(), certurl: z.string() }),
  });
  const { clientid, certificate, key: pem, certurl } = (await json(x509, at, { headers })).credentials;
  const shown = await landscape.fetch(`${certurl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientid }),
    tls: { cert: certificate, key: new Secret(pem) },
  });
  expect(shown.status).toBe(200);
});

test('every credential of the seed has a value, and none is in the request log', () => {
  const credentials = landscape.credentials();
  expect(Object.keys(credentials).sort()).toEqual([
    'ACME_ADMIN_PASSWORD',
    'ACME_DEV_DESTINATION_KEY',
    'ACME_IAS_ADMIN_PASSWORD',
    'ACME_IAS_CLIENT_ID',
    'ACME_IAS_CLIENT_SECRET',
    'ACME_TMS_DESTINATION_KEY',
    'ACME_TMS_SERVICE_KEY',
  ]);
  const logged = JSON.stringify(landscape.requests.list());
  expect(logged).not.toContain(credentials.ACME_ADMIN_PASSWORD);
  expect(logged).not.toContain('eyJ');
});

test('after a restart everything is as it was: hosts, passwords, and tokens from before', async () => {
  const hosts = await landscape.hosts();
  const headers = await cfLogin(API);
  const before = await json(named, `${API}/v3/organizations?order_by=name`, { headers });
  await landscape[Symbol.asyncDispose]();
  landscape = await open();
  expect(await landscape.hosts()).toEqual(hosts);
  expect(await json(named, `${API}/v3/organizations?order_by=name`, { headers })).toEqual(before);
  await cfLogin(API);
});
