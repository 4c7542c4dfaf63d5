import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { DoctorReport } from '../../src/kernel/doctor/doctor.ts';
import { type Acme, acmeSeed, openAcme } from '../fixtures/acme.ts';

const ROBOT = 'ctms-deploy';
const EMAIL = 'ctms-deploy@sap-test.de';
const API = 'https://api.cf.eu10-004.hana.ondemand.com';
const LOGIN = 'https://login.cf.eu10-004.hana.ondemand.com/oauth/token';
const SCIM = 'https://acme-platform.accounts.ondemand.com/scim/Users';

const archive = zipSync({
  'META-INF/mtad.yaml': strToU8(
    '_schema-version: "3.3"\nID: com.acme.shop\nversion: 1.0.0\nmodules: [{ name: web, type: nodejs }]\n',
  ),
});

/** A client of Cloud Transport Management by its service key, as pipelines are. */
async function transports(acme: Acme) {
  const { fetch, sleep } = acme.context;
  const key = JSON.parse(acme.landscape.credentials().ACME_TMS_SERVICE_KEY ?? '{}') as {
    uri: string;
    uaa: { url: string; clientid: string; clientsecret: string };
  };
  const basic = btoa(`${key.uaa.clientid}:${key.uaa.clientsecret}`);
  const { access_token: token } = (await (
    await fetch(`${key.uaa.url}/oauth/token?grant_type=client_credentials`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
    })
  ).json()) as { access_token: string };

  async function call<T>(method: string, path: string, body?: FormData | object): Promise<T> {
    const form = body instanceof FormData;
    const response = await fetch(`${key.uri}/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(form ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
    return (await response.json()) as T;
  }

  return {
    /** Puts the archive into the queue of a node; gives the transport request's id. */
    async upload(nodeName: string): Promise<number> {
      const form = new FormData();
      form.set('file', new Blob([Buffer.from(archive)]), 'shop.mtar');
      const { fileId } = await call<{ fileId: number }>('POST', '/files/upload', form);
      const request = { nodeName, contentType: 'MTA', storageType: 'FILE', description: 'shop' };
      const entries = [{ uri: String(fileId) }];
      return (await call<{ transportRequestId: number }>('POST', '/nodes/upload', { ...request, entries }))
        .transportRequestId;
    },
    /** Imports a request and waits for the end; gives the status and what the log says of the file. */
    async import(nodeName: string, id: number) {
      const { nodes } = await call<{ nodes: { id: number; name: string }[] }>('GET', '/nodes');
      const node = nodes.find(({ name }) => name === nodeName)?.id;
      const body = { transportRequests: [id] };
      const { actionId } = await call<{ actionId: number }>('POST', `/nodes/${node}/transportRequests/import`, body);
      for (;;) {
        const { status } = await call<{ status: string }>('GET', `/actions/${actionId}`);
        if (status === 'running') {
          await sleep(3000);
          continue;
        }
        const { logs } = await call<{ logs: { entities: { messages: { message: string }[] }[] }[] }>(
          'GET',
          `/actions/${actionId}/logs`,
        );
        return { status, told: logs[0]?.entities[0]?.messages[0]?.message };
      }
    },
  };
}

/** The landscape of acme, whose tenant has a policy by which passwords end after a month. */
async function applied(): Promise<Acme> {
  const seed = acmeSeed() as { readonly ias: { readonly tenants: readonly { readonly id: string }[] } };
  const tenants = seed.ias.tenants.map((tenant) =>
    tenant.id === 'acme-platform' ? { ...tenant, policies: [{ name: 'Monthly', maxAgeMonths: 1 }] } : tenant,
  );
  const acme = await openAcme({ seed: { ...seed, ias: { ...seed.ias, tenants } } });
  await acme.engine().apply({ why: 'scenario' });
  return acme;
}

test('a transport travels from dev over test to prod with the technical user', async () => {
  await using acme = await applied();
  const ctms = await transports(acme);
  const request = await ctms.upload('DEV');
  for (const node of ['DEV', 'TEST', 'PROD']) {
    expect([node, await ctms.import(node, request)]).toEqual([
      node,
      { status: 'succeeded', told: 'Deploy of file shop.mtar finished successfully' },
    ]);
  }
});

/** Changes the destination of dev behind Locum's back. */
async function tamper(acme: Acme, change: Readonly<Record<string, string>>): Promise<void> {
  const key = JSON.parse(acme.landscape.credentials().ACME_TMS_DESTINATION_KEY ?? '{}') as Record<string, string>;
  const granted = await acme.landscape.fetch(`${key.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: key.clientid ?? '',
      client_secret: key.clientsecret ?? '',
    }),
  });
  const { access_token } = (await granted.json()) as { access_token: string };
  const url = `${key.uri}/destination-configuration/v1/subaccountDestinations`;
  const headers = { authorization: `Bearer ${access_token}` };
  const stored = (await (await acme.landscape.fetch(`${url}/deploy-dev`, { headers })).json()) as object;
  await acme.landscape.fetch(url, { method: 'PUT', headers, body: JSON.stringify({ ...stored, ...change }) });
}

const hint = (origin: string) => `${LOGIN}?login_hint=${encodeURIComponent(JSON.stringify({ origin }))}`;

function logIn(acme: Acme, username: string, password: string, origin: string): Promise<Response> {
  return acme.landscape.fetch(hint(origin), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('cf:')}` },
    body: new URLSearchParams({ grant_type: 'password', username, password }),
  });
}

async function takeRoleAway(acme: Acme): Promise<void> {
  const password = acme.landscape.credentials().ACME_ADMIN_PASSWORD ?? '';
  const granted = await logIn(acme, 'platform-admin@acme.example', password, 'sap.ids');
  const headers = { authorization: `Bearer ${((await granted.json()) as { access_token: string }).access_token}` };
  const space = acme.landscape;
  const spaces = await space.fetch(`${API}/v3/spaces?names=app&include=organization`, { headers });
  const found = (await spaces.json()) as {
    resources: { guid: string; relationships: { organization: { data: { guid: string } } } }[];
    included: { organizations: { guid: string; name: string }[] };
  };
  const org = found.included.organizations.find(({ name }) => name === 'acme-dev')?.guid;
  const dev = found.resources.find(({ relationships }) => relationships.organization.data.guid === org)?.guid;
  const roles = await space.fetch(`${API}/v3/roles?space_guids=${dev}&types=space_developer&include=user`, { headers });
  const held = (await roles.json()) as {
    resources: { guid: string; relationships: { user: { data: { guid: string } } } }[];
    included: { users: { guid: string; username: string }[] };
  };
  const user = held.included.users.find(({ username }) => username === EMAIL)?.guid;
  const role = held.resources.find(({ relationships }) => relationships.user.data.guid === user)?.guid;
  expect((await space.fetch(`${API}/v3/roles/${role}`, { method: 'DELETE', headers })).status).toBe(202);
}

async function lockUser(acme: Acme): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    expect((await logIn(acme, EMAIL, `Wrong-${attempt}`, 'acme-platform')).status).toBe(401);
  }
}

/** Puts the user under that policy, and lets forty days pass. People of SAP ID service keep theirs for ninety. */
async function expirePassword(acme: Acme): Promise<void> {
  const { ACME_IAS_CLIENT_ID: id, ACME_IAS_CLIENT_SECRET: secret } = acme.landscape.credentials();
  const headers = { authorization: `Basic ${btoa(`${id}:${secret}`)}`, 'content-type': 'application/scim+json' };
  const filter = encodeURIComponent(`userName eq "${ROBOT}"`);
  const found = await acme.landscape.fetch(`${SCIM}?filter=${filter}`, { headers });
  const { Resources } = (await found.json()) as { Resources: { id: string }[] };
  const extension = 'urn:ietf:params:scim:schemas:extension:sap:2.0:User';
  const patched = await acme.landscape.fetch(`${SCIM}/${Resources[0]?.id}`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [
        {
          op: 'replace',
          path: `${extension}:passwordDetails.policy`,
          value: 'https://accounts.sap.com/policy/passwords/acme-platform/Monthly/1.0',
        },
      ],
    }),
  });
  expect(patched.ok).toBe(true);
  await acme.context.sleep(40 * 24 * 3_600_000);
}

/** Hops of the technical user that are not green, by check; those about the destination of dev, and those about none. */
function badHops(report: DoctorReport): readonly string[] {
  const hops = report.users.find(({ user }) => user === ROBOT)?.hops ?? [];
  return hops
    .filter(({ status, title }) => status === 'failed' && !/deploy-(test|prod)/.test(title))
    .map(({ check, code }) => `${check} ${code}`);
}

const UNAUTHORIZED = 'Error during deployment initialization: Unauthorized';
const FORBIDDEN =
  "Exception during start of deployment for deploy type 'SLP_CTS': Error during client creation: Forbidden";

test.each<[string, (acme: Acme) => Promise<void>, string, string]>([
  [
    'a wrong origin',
    (acme) => tamper(acme, { origin: 'sap.ids' }),
    'destination/destination DESTINATION_ORIGIN',
    UNAUTHORIZED,
  ],
  [
    'a client secret that is not empty',
    (acme) => tamper(acme, { clientSecret: 'dummy' }),
    'destination/destination DESTINATION_CLIENT_SECRET',
    UNAUTHORIZED,
  ],
  ['a missing role', takeRoleAway, 'destination/consumer DESTINATION_SPACE_INVISIBLE', FORBIDDEN],
  ['a locked user', lockUser, 'ias/user IAS_PASSWORD_LOCKED', UNAUTHORIZED],
  ['an expired password', expirePassword, 'cf/token LOGIN_PASSWORD_CHANGE', UNAUTHORIZED],
])(
  '%s: the doctor names the cause before the transport is tried, and CTMS says what it says',
  async (_what, break_, cause, text) => {
    await using acme = await applied();
    await break_(acme);
    expect(badHops(await acme.engine().doctor())).toContain(cause);

    const ctms = await transports(acme);
    expect(await ctms.import('DEV', await ctms.upload('DEV'))).toEqual({ status: 'fatal', told: text });
  },
);
