import { expect, test } from 'vitest';
import { API, startAuthz } from '../../../../test/fixtures/authz.ts';
import { createLimits } from './limits.ts';

test('A34: more than three SCIM requests a second stand in a queue, and then get 429', async () => {
  let now = 0;
  const waits: { readonly until: number; readonly wake: () => void }[] = [];
  const limits = createLimits({
    now: () => now,
    sleep: (ms) => new Promise((wake) => waits.push({ until: now + ms, wake })),
    switched: (_name, fallback) => fallback,
  });
  const request = () => limits.admit(new Request(`${API}/Users`), 'a zone', 'scim');
  const queued = Array.from({ length: 6 }, request);
  await Promise.all(queued.slice(0, 3));
  expect(waits.map(({ until }) => until)).toEqual([1000, 1000, 1000]);
  await expect(request()).rejects.toMatchObject({ status: 429, retryAfter: 2 });
  for (const { wake } of waits) wake();
  await Promise.all(queued);
  now = 2000;
  await request();
});

test('A34: who is refused is told when to come back', async () => {
  // All at the same moment: the clock stands still while they wait.
  const landscape = await startAuthz({ sleep: async () => {} });
  const token = await landscape.apiToken();
  const answers = await Promise.all(Array.from({ length: 20 }, () => landscape.api('GET', '/Users', undefined, token)));
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(await refused?.json()).toHaveProperty('error_description');
  landscape.advance(10_000);
  expect((await landscape.api('GET', '/Users', undefined, token)).status).toBe(200);
});

test('who waits is answered all the same', async () => {
  const landscape = await startAuthz();
  const token = await landscape.apiToken();
  const before = landscape.now();
  for (let calls = 0; calls < 4; calls++) {
    expect((await landscape.api('GET', '/Users', undefined, token)).status).toBe(200);
  }
  expect(landscape.now() - before).toBe(1000);
});

test('limits are the subaccount’s own, and each API’s', async () => {
  const landscape = await startAuthz();
  const [dev, account] = [await landscape.apiToken(), await landscape.apiToken(landscape.account)];
  const status = async (path: string, token: string) => (await landscape.api('GET', path, undefined, token)).status;
  await Promise.all(Array.from({ length: 6 }, () => status('/Groups', dev)));
  const before = landscape.now();
  expect(await status('/Groups', account)).toBe(200);
  expect(await status('/sap/rest/authorization/v2/roles', dev)).toBe(200);
  expect(landscape.now()).toBe(before);
});

test('without the switch nobody waits', async () => {
  const landscape = await startAuthz({ switches: { 'xsuaa.rateLimit': false } });
  const token = await landscape.apiToken();
  const before = landscape.now();
  await Promise.all(Array.from({ length: 20 }, () => landscape.api('GET', '/Users', undefined, token)));
  expect(landscape.now()).toBe(before);
});

test('the token endpoint gives sixty tokens a second at once', async () => {
  const landscape = await startAuthz();
  const before = landscape.now();
  const grant = () => landscape.token({ grant_type: 'client_credentials' });
  await Promise.all(Array.from({ length: 60 }, grant));
  expect(landscape.now()).toBe(before);
  expect((await grant()).status).toBe(200);
  expect(landscape.now()).toBe(before + 1000);
});

test('headers over 16 KB and bodies over 1 MB are refused', async () => {
  const landscape = await startAuthz();
  const headers = { 'x-large': 'x'.repeat(17_000) };
  expect((await landscape.token({ grant_type: 'client_credentials' }, { headers })).status).toBe(431);
  expect((await landscape.api('POST', '/Users', 'x'.repeat(1_100_000))).status).toBe(413);
  expect((await landscape.token({ grant_type: 'client_credentials', x: 'x'.repeat(1_100_000) })).status).toBe(413);
});
