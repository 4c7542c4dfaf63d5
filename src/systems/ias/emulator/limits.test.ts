import { expect, test } from 'vitest';
import { createOAuthLimit, createRateLimit } from './limits.ts';
import { HOST, startTenant } from './tenant.fixture.ts';

/** Calls that come all at the same moment; `delays` are what each of them waited. */
function burst(switched = true) {
  const delays: number[] = [];
  let now = 0;
  const limit = createRateLimit({
    now: () => now,
    sleep: async (ms) => {
      delays.push(ms);
    },
    switched: () => switched,
  });
  const send = async (calls: number) => {
    const admitted = await Promise.all(Array.from({ length: calls }, () => limit.admit('acme')));
    return admitted.filter((one) => one).length;
  };
  return {
    delays,
    send,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

test('A33: 200 calls a minute are smooth, 80 more are a second late, the next blocks the tenant for a minute', async () => {
  const { delays, send, advance } = burst();
  expect(await send(200)).toBe(200);
  expect(delays).toEqual([]);
  expect(await send(80)).toBe(80);
  expect(delays).toEqual(Array.from({ length: 80 }, () => 1000));
  expect(await send(1)).toBe(0);
  advance(59_999);
  expect(await send(1)).toBe(0);
  advance(1);
  expect(await send(1)).toBe(1);
});

test('A33: SCIM says 429 in its own words, to whoever calls that tenant, until the minute is over', async () => {
  const waits: number[] = [];
  const system = { name: 'Locum', clientId: 'OTHER_ID', clientSecret: 'OTHER_SECRET', permissions: ['Manage Users'] };
  const tenant = await startTenant({
    tenants: [{ id: 'other', administrators: [system] }],
    // The clock stands still while they wait.
    sleep: async (ms) => void waits.push(ms),
  });
  const call = (host = HOST, of = 'IAS') => {
    const authorization = tenant.basic(tenant.credential(`${of}_ID`), tenant.credential(`${of}_SECRET`));
    return tenant.fetch(`https://${host}/scim/ServiceProviderConfig`, { headers: { authorization } });
  };
  for (let count = 0; count < 280; count++) expect((await call()).status).toBe(200);
  expect(waits).toEqual(Array.from({ length: 80 }, () => 1000));
  const refused = await call();
  expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'application/scim+json']);
  expect(refused.headers.get('x-message-code')).toBe('IDS_EXCEPTION');
  expect(await refused.json()).toMatchObject({ status: '429' });
  expect((await call('other.accounts.ondemand.com', 'OTHER')).status).toBe(200);
  tenant.advance(60_000);
  expect((await call()).status).toBe(200);
});

test('can be switched off', async () => {
  expect(await burst(false).send(1000)).toBe(1000);
});

test('1000 calls of /oauth2 a minute and tenant are answered, the others refused until the minute is over', async () => {
  let now = 0;
  const limit = createOAuthLimit({ now: () => now, switched: (_name, fallback) => fallback });
  const admitted = await Promise.all(Array.from({ length: 1001 }, () => limit.admit('acme')));
  expect(admitted.filter((one) => !one)).toHaveLength(1);
  expect(await limit.admit('other')).toBe(true);
  now = 59_999;
  expect(await limit.admit('acme')).toBe(false);
  now = 60_000;
  expect(await limit.admit('acme')).toBe(true);
});
