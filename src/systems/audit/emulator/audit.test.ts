import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Emulators, startEmulators } from '../../../emulation/compose.ts';
import { accountsEmulator } from '../../accounts/emulator/index.ts';
import { authzEmulator } from '../../authz/emulator/index.ts';
import { iasEmulator } from '../../ias/emulator/index.ts';
import { btpCliEmulator } from '../../protocols/btp-cli/emulator/index.ts';
import { ACME, acmeSeed, cloudFoundryDouble } from '../../protocols/btp-cli/emulator/testing/acme.ts';
import { trustEmulator } from '../../trust/emulator/index.ts';
import { auditEmulator } from './index.ts';

const LOGS = 'https://auditlog-management.cfapps.eu10.hana.ondemand.com/auditlog/v2/auditlogrecords';

const record = z.looseObject({
  user: z.string(),
  category: z.string(),
  tenant: z.string(),
  message: z.looseObject({ data: z.string() }),
});
type Record = z.infer<typeof record>;

async function start(options: { readonly switches?: { readonly [name: string]: boolean }; custom?: boolean } = {}) {
  const at = { globalAccount: 'acme', subaccount: 'dev' };
  // Nobody administers `dev` but by the emergency path.
  const users = acmeSeed.authz.users.map((user) =>
    user.in === 'global-account' ? user : { ...user, in: { subaccounts: ['tms'] } },
  );
  const landscape = await startEmulators({
    emulators: [
      iasEmulator,
      accountsEmulator,
      trustEmulator,
      authzEmulator,
      btpCliEmulator,
      cloudFoundryDouble(),
      auditEmulator,
    ],
    seed: {
      ...acmeSeed,
      authz: { users: users.filter((user) => user.roleCollections !== undefined && !isDirectory(user)) },
      audit: {
        serviceKeys: [
          { ...at, credential: 'DEV_AUDIT_KEY' },
          { ...at, credential: 'CENTRAL_AUDIT_KEY', plan: 'central' },
        ],
        ...(options.custom ? { customRetention: [at] } : {}),
      },
    },
    ...(options.switches ? { switches: options.switches } : {}),
  });
  const dev = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid ?? '';
  return { landscape, dev, record: entryWriter(landscape, dev) };
}

const isDirectory = (user: object) => JSON.stringify(user).includes('Directory Administrator');

function entryWriter(landscape: Emulators, zone: string) {
  return (data: object, category: 'audit.security-events' | 'audit.data-access' = 'audit.security-events') =>
    landscape.world.use('audit').record({ zone, category, data: { ...data } });
}

const key = z.looseObject({ uaa: z.looseObject({ clientid: z.string(), clientsecret: z.string(), url: z.string() }) });

async function tokenOf(landscape: Emulators, credential = 'DEV_AUDIT_KEY'): Promise<string> {
  const { uaa } = key.parse(JSON.parse(landscape.credentials.get(credential) ?? '{}'));
  const response = await landscape.fetch(`${uaa.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: uaa.clientid,
      client_secret: uaa.clientsecret,
    }),
  });
  return z.looseObject({ access_token: z.string() }).parse(await response.json()).access_token;
}

async function read(landscape: Emulators, query = '', token?: string) {
  const headers = { authorization: `Bearer ${token ?? (await tokenOf(landscape))}` };
  const response = await landscape.fetch(`${LOGS}${query}`, { headers });
  const records = response.status === 200 ? z.array(record).parse(await response.clone().json()) : [];
  return { response, records, status: response.status };
}

const dataOf = ({ message }: Record): unknown => JSON.parse(message.data);

async function addMe(landscape: Emulators, subaccount: string) {
  const server = 'https://cli.btp.cloud.sap';
  const password = landscape.credentials.get('ADMIN_PASSWORD') ?? '';
  const login = { customIdp: '', subdomain: 'acme', userName: ACME.administrator, password };
  const session = await landscape.fetch(`${server}/login/v2.106.1`, { method: 'POST', body: JSON.stringify(login) });
  const response = await landscape.fetch(`${server}/command/v2.106.1/accounts/subaccount?update`, {
    method: 'POST',
    headers: { 'x-cpcli-sessionid': session.headers.get('x-cpcli-sessionid') ?? '', 'x-cpcli-subdomain': 'acme' },
    body: JSON.stringify({ paramValues: { globalAccount: 'acme', subaccount, addMeAsAdmin: 'true' } }),
  });
  return Number(response.headers.get('x-cpcli-backend-status'));
}

test('A35: an administrator of the global account adds himself to a subaccount, and the audit log tells', async () => {
  const { landscape, dev } = await start();
  const authorization = landscape.world.use('authorization');
  expect(authorization.roleCollections(dev, ACME.administrator, 'sap.default')).toEqual([]);
  expect(await addMe(landscape, dev)).toBe(200);
  expect(authorization.roleCollections(dev, ACME.administrator, 'sap.default')).toEqual(['Subaccount Administrator']);
  const { records } = await read(landscape, '?category=audit.security-events');
  const emergency = records.find(({ message }) =>
    message.data.includes('"crudType":"CREATE","type":"Subaccount Administrator assignment"'),
  );
  expect(emergency).toMatchObject({ user: ACME.administrator, tenant: dev });
});

test('A35: who has opted out cannot add himself', async () => {
  const { landscape, dev } = await start({ switches: { 'accounts.addMeAsAdmin': false } });
  expect(await addMe(landscape, dev)).toBe(403);
});

test('A36: more than 500 records come in pages, by the handle in a header', async () => {
  const { landscape, record } = await start({ switches: { 'audit.rateLimit': false } });
  for (let number = 0; number < 1203; number++) {
    if (number % 100 === 0) landscape.advance(1);
    record({ number });
  }
  const seen: unknown[] = [];
  let query = '';
  const sizes: number[] = [];
  for (let pages = 0; pages < 5; pages++) {
    const { response, records } = await read(landscape, query);
    seen.push(...records.map((one) => JSON.stringify(dataOf(one))));
    sizes.push(records.length);
    const handle = response.headers.get('paging');
    if (handle === null) break;
    query = `?handle=${encodeURIComponent(handle.replace('handle=', ''))}`;
  }
  expect(sizes).toEqual([500, 500, 203]);
  expect(new Set(seen).size).toBe(1203);
});

test('A36: with a retention period of one’s own there is no filter by category', async () => {
  const { landscape, record } = await start({ custom: true });
  record({});
  const refused = await read(landscape, '?category=audit.data-access');
  expect(refused.status).toBe(501);
  expect((await refused.response.json()) as object).toMatchObject({ error: { code: 'filter_category_not_supported' } });
  expect((await read(landscape)).records).toHaveLength(1);
});

test('records are found by time and category, of the last 30 days unless something else is asked', async () => {
  const { landscape, record } = await start();
  record({ when: 'long ago' });
  landscape.advance(40 * 86_400_000);
  record({ when: 'now' }, 'audit.data-access');
  expect((await read(landscape)).records.map(dataOf)).toEqual([{ when: 'now' }]);
  const then = '?time_from=2026-11-20T00:00:00&time_to=2026-11-22T00:00:00';
  expect((await read(landscape, then)).records.map(dataOf)).toEqual([{ when: 'long ago' }]);
  const both = '?time_from=2026-11-20T00:00:00&category=audit.data-access,audit.configuration';
  expect((await read(landscape, both)).records.map(dataOf)).toEqual([{ when: 'now' }]);
  expect((await read(landscape, '?category=audit.configuration')).status).toBe(204);
  for (const bad of [
    '?time_from=yesterday',
    '?category=gossip',
    '?handle=x',
    '?time_from=2027-01-01T00:00:00&time_to=2026-01-01T00:00:00',
  ]) {
    expect((await read(landscape, bad)).status, bad).toBe(400);
  }
});

test('a key reads its own account’s log and no other', async () => {
  const { landscape, record } = await start();
  record({ of: 'dev' });
  const central = await tokenOf(landscape, 'CENTRAL_AUDIT_KEY');
  const account = landscape.world.use('accounts').globalAccountBySubdomain('acme')?.guid ?? '';
  const ofAccount = (await read(landscape, '', central)).records;
  expect(ofAccount.every(({ tenant }) => tenant === account)).toBe(true);
  expect((await landscape.fetch(LOGS)).status).toBe(401);
  landscape.world.use('authorization').registerClient({ zone: account, clientId: 'x', clientSecret: 'y', scopes: [] });
  const token = await tokenOf(landscape);
  expect((await read(landscape, '', `${token.slice(0, -6)}AAAAAA`)).status).toBe(401);
  landscape.advance(3_601_000);
  expect((await read(landscape, '', token)).status).toBe(401);
});

test('more requests than a burst get 429', async () => {
  const { landscape, record } = await start();
  record({});
  const token = await tokenOf(landscape);
  const statuses: number[] = [];
  for (let calls = 0; calls < 41; calls++) statuses.push((await read(landscape, '', token)).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(40);
  expect(statuses.at(-1)).toBe(429);
  landscape.advance(1000);
  expect((await read(landscape, '', token)).status).toBe(200);
});
