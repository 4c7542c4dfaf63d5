import { expect, test } from 'vitest';
import { z } from 'zod';
import { IAS_HOST, startAuthz } from '../../../../../test/fixtures/authz.ts';

const PROVIDERS = '/sap/rest/identity-providers';
const VIEW = `${PROVIDERS}/btpcli/originKey/sap.custom`;
const views = z.array(z.looseObject({ originKey: z.string() }));

test('identity providers are shown as the command line shows them, changed in part, and deleted', async () => {
  const landscape = await startAuthz();
  const list = await landscape.api('GET', `${PROVIDERS}/btpcli/identity-providers`);
  expect(views.parse(await list.json()).map(({ originKey }) => originKey)).toEqual(['sap.default', 'sap.custom']);
  const one = await landscape.api('GET', VIEW);
  expect([one.status, one.headers.get('cache-control')]).toEqual([200, 'no-store']);
  const shown = { originKey: 'sap.custom', identityProvider: IAS_HOST, status: 'active', readOnly: false };
  expect(await one.json()).toMatchObject({ ...shown, createShadowUsersDuringLogon: 'true' });
  for (const [method, change] of [
    ['PUT', { createShadowUsersDuringLogon: 'false', name: 'renamed' }],
    ['PATCH', { status: 'inactive' }],
  ] as const) {
    expect((await landscape.api(method, VIEW, change)).status, method).toBe(200);
    expect(await (await landscape.api('GET', VIEW)).json()).toMatchObject(change);
  }
  expect(await (await landscape.api('GET', VIEW)).json()).toMatchObject({ createShadowUsersDuringLogon: 'false' });
  expect((await landscape.api('PUT', VIEW, { status: 'asleep' })).status).toBe(400);
  const other = `${PROVIDERS}/btpcli/originKey/other`;
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
    const body = method === 'PUT' || method === 'PATCH' ? {} : undefined;
    expect((await landscape.api(method, other, body)).status, method).toBe(404);
  }
  expect((await landscape.api('POST', other, { identityProvider: 'none.accounts.ondemand.com' })).status).toBe(404);
  expect((await landscape.api('DELETE', `${PROVIDERS}/originKey/sap.custom`)).status).toBe(200);
  expect((await landscape.api('GET', VIEW)).status).toBe(404);
  expect((await landscape.api('DELETE', `${PROVIDERS}/originKey/sap.custom`)).status).toBe(404);
});

test('a tenant that could be trusted is found by its host', async () => {
  const landscape = await startAuthz();
  const found = await landscape.api('GET', `${PROVIDERS}/ias/${IAS_HOST}`);
  expect(found.status).toBe(200);
  expect(await found.json()).toMatchObject({ host: IAS_HOST });
  expect((await landscape.api('GET', `${PROVIDERS}/ias/none.accounts.ondemand.com`)).status).toBe(404);
});

test('a platform identity provider is changed under the origin key that it keeps', async () => {
  const landscape = await startAuthz();
  const token = await landscape.apiToken(landscape.account);
  const path = `/sap/rest/globalaccount/${landscape.account.guid}/platform-identity-providers`;
  const call = (method: string, suffix = '', body?: unknown) => landscape.api(method, `${path}${suffix}`, body, token);
  expect((await call('PATCH', '/platform-platform', { name: 'y' })).status).toBe(404);
  await call('POST', '', { fromIasTenantUrl: 'platform.accounts.ondemand.com', name: 'x' });
  const changed = await call('PATCH', '/platform-platform', { name: 'y', domain: 'acme.example' });
  expect(changed.status).toBe(200);
  expect(await (await call('GET')).json()).toMatchObject([{ originKey: 'platform-platform', domain: 'acme.example' }]);
  const inherited = await landscape.api('GET', `${PROVIDERS}/btpcli/originKey/platform-platform`);
  expect(await inherited.json()).toMatchObject({ name: 'y', typeOfTrust: 'Platform' });
  expect((await call('PATCH', '/platform-platform', 'no JSON')).status).toBe(400);
  expect((await call('POST', '', {})).status).toBe(400);
  expect((await call('DELETE', '/other')).status).toBe(404);
});
