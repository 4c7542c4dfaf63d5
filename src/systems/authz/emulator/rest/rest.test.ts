import { expect, test } from 'vitest';
import { ADMIN, API, APP, NORA, startAuthz } from '../../../../../test/fixtures/authz.ts';

const V2 = '/sap/rest/authorization/v2';
const viewer = `${V2}/rolecollections/Shop%20Viewer`;

test('wants a token of the zone with the scope for it', async () => {
  const landscape = await startAuthz();
  const anonymous = await landscape.fetch(`${API}/Users`);
  expect(anonymous.status).toBe(401);
  expect(await anonymous.json()).toEqual({
    error: 'unauthorized',
    error_description: 'Full authentication is required to access this resource',
    message: 'Full authentication is required to access this resource',
  });
  const readOnly = await landscape.apiToken(landscape.dev, true);
  expect((await landscape.api('GET', '/Users', undefined, readOnly)).status).toBe(200);
  const refused = await landscape.api('POST', '/Users', {}, readOnly);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toEqual({
    error: 'insufficient_scope',
    error_description: 'Insufficient scope for this resource',
    scope: 'xs_user.write',
  });
  const tampered = `${readOnly.slice(0, -8)}AAAAAAAA`;
  expect((await landscape.api('GET', '/Users', undefined, tampered)).status).toBe(401);
  expect((await landscape.api('GET', '/Users', undefined, 'nonsense')).status).toBe(401);
});

test('a token is for the zone that issued it, whatever is asked', async () => {
  const landscape = await startAuthz();
  const ofAccount = await landscape.apiToken(landscape.account);
  const users = await landscape.api('GET', `/sap/rest/user/origin/sap.default/name`, undefined, ofAccount);
  expect(await users.json()).toEqual([ADMIN]);
  expect((await landscape.api('GET', viewer, undefined, ofAccount)).status).toBe(404);
});

test('users are made, found, given role collections and deleted', async () => {
  const landscape = await startAuthz();
  const made = await landscape.api('POST', '/sap/rest/user', {
    username: NORA.email,
    email: NORA.email,
    origin: 'sap.custom',
    givenName: 'Nora',
    familyName: 'Clerk',
    roleCollections: ['Shop Viewer'],
  });
  const user = await made.json();
  expect(user).toMatchObject({ username: NORA.email, givenName: 'Nora', roleCollections: ['Shop Viewer'], version: 1 });
  const { id } = user as { id: string };
  const named = `/sap/rest/user/origin/sap.custom/name/${NORA.email}`;
  const status = async (method: string, path: string) => (await landscape.api(method, path)).status;
  expect(await status('PUT', `${named}/rolecollections/Shop%20Editor`)).toBe(200);
  expect(await status('PUT', `${named}/rolecollections/Shop%20Editor`)).toBe(200);
  expect(await status('PUT', `${named}/rolecollections/None`)).toBe(404);
  expect(await status('DELETE', `${named}/rolecollections/Shop%20Editor`)).toBe(200);
  expect(await status('DELETE', `${named}/rolecollections/Shop%20Editor`)).toBe(404);
  const held = await landscape.api('GET', `${V2}/users/${id}/rolecollections`);
  expect(await held.json()).toEqual({ roleCollections: ['Shop Viewer'], roleCollectionsBySamlAssignment: [] });
  expect(await (await landscape.api('GET', '/sap/rest/user/origin')).json()).toEqual(['sap.default', 'sap.custom']);
  expect(await status('GET', '/sap/rest/user/origin/nobody/name')).toBe(404);
  const update = { username: NORA.email, origin: 'sap.custom', familyName: 'Clark', roleCollections: [] };
  const changed = await landscape.api('PUT', '/sap/rest/user', update);
  expect(await changed.json()).toMatchObject({ familyName: 'Clark', roleCollections: [] });
  expect(await status('DELETE', `/sap/rest/user/id/${id}`)).toBe(200);
  expect(await status('GET', `/sap/rest/user/id/${id}`)).toBe(404);
  expect(await status('GET', named)).toBe(404);
});

test('many users are made with one call, or none of them', async () => {
  const landscape = await startAuthz();
  const path = '/sap/rest/user/bulk';
  const nora = { username: NORA.email, origin: 'sap.custom', roleCollections: ['Shop Viewer'] };
  const ghost = { username: 'ghost@acme.example', origin: 'sap.custom' };
  const names = async () => (await landscape.api('GET', '/sap/rest/user/origin/sap.custom/name')).json();
  expect((await landscape.api('POST', path, [nora, { ...ghost, origin: 'nobody' }])).status).toBe(400);
  expect((await landscape.api('POST', path, [nora, { ...ghost, roleCollections: ['None'] }])).status).toBe(404);
  expect((await landscape.api('POST', path, nora)).status).toBe(400);
  expect(await names()).toEqual([]);
  const made = await landscape.api('POST', path, [nora, ghost]);
  expect(made.status).toBe(200);
  expect(await made.json()).toMatchObject([
    { username: NORA.email, roleCollections: ['Shop Viewer'] },
    { username: 'ghost@acme.example', roleCollections: [] },
  ]);
  expect(await names()).toEqual(['ghost@acme.example', NORA.email]);
  const found = await landscape.api('GET', '/sap/rest/user/origin/sap.custom/name?filter=GHO&details=true');
  expect(await found.json()).toMatchObject([{ username: 'ghost@acme.example', origin: 'sap.custom' }]);
});

test('a user who is not there is made only by who says so', async () => {
  const landscape = await startAuthz();
  const assignment = '/sap/rest/user/origin/sap.custom/name/ghost@acme.example/rolecollections/Shop%20Viewer';
  expect((await landscape.api('PUT', assignment)).status).toBe(404);
  expect((await landscape.api('PUT', `${assignment}?createUserIfMissing=true`)).status).toBe(200);
});

test('role collections live from creation to deletion', async () => {
  const landscape = await startAuthz();
  const reference = { roleTemplateAppId: APP.appId, roleTemplateName: 'Viewer', name: 'Viewer' };
  const path = `${V2}/rolecollections`;
  const sent = { name: 'Look & see', description: 'x', roleReferences: [reference] };
  const made = await landscape.api('POST', path, sent);
  expect(made.status).toBe(201);
  expect(await made.json()).toMatchObject({ ...sent, isReadOnly: false });
  expect((await landscape.api('POST', path, sent)).status).toBe(409);
  const own = `${path}/${encodeURIComponent(sent.name)}`;
  const editor = `${own}/roles/${encodeURIComponent(APP.appId)}/Editor/Editor`;
  expect((await landscape.api('PUT', editor)).status).toBe(201);
  expect((await landscape.api('DELETE', `${own}/roles`, [reference])).status).toBe(200);
  expect((await landscape.api('PUT', own, { description: 'y' })).status).toBe(200);
  const found = await (await landscape.api('GET', own)).json();
  expect(found).toMatchObject({ description: 'y', roleReferences: [{ name: 'Editor' }] });
  const roles = await (await landscape.api('GET', `${own}/roles`)).json();
  expect(roles).toMatchObject([{ name: 'Editor', scopes: [{ name: `${APP.appId}.Display` }, {}] }]);
  const holding = await landscape.api('GET', `${path}/roles/${encodeURIComponent(APP.appId)}/Editor/Editor`);
  expect(((await holding.json()) as { name: string }[]).map(({ name }) => name)).toEqual(['Look & see', 'Shop Editor']);
  expect((await landscape.api('DELETE', own)).status).toBe(204);
  expect((await landscape.api('GET', own)).status).toBe(404);
  const predefined = await landscape.api('DELETE', `${path}/Subaccount%20Viewer`);
  expect(predefined.status).toBe(400);
});

test('shows applications, their role templates and roles, and takes roles of one’s own', async () => {
  const landscape = await startAuthz();
  const app = `${V2}/apps/${encodeURIComponent(APP.appId)}`;
  const get = async (path: string) => (await landscape.api('GET', path)).json();
  expect(await get(app)).toMatchObject({ appid: APP.appId, xsappname: 'shop', 'role-templates': [{}, {}] });
  expect(await get(`${app}/roletemplates/Viewer`)).toMatchObject({
    'scope-references': [`${APP.appId}.Display`],
    'role-references': [{ name: 'Viewer', isReadOnly: true }],
  });
  expect(await get(`${app}/authorities`)).toEqual([`${APP.appId}.Job`]);
  expect((await landscape.api('GET', `${V2}/apps/none`)).status).toBe(404);
  const role = { roleTemplateName: 'Viewer', roleTemplateAppId: APP.appId, name: 'Own', attributeList: [{ a: 1 }] };
  expect((await landscape.api('POST', `${V2}/apps/roles`, role)).status).toBe(201);
  expect((await landscape.api('POST', `${V2}/apps/roles`, role)).status).toBe(409);
  const own = `${app}/roletemplates/Viewer/roles/Own`;
  expect(await (await landscape.api('PUT', own, { description: 'Mine' })).json()).toMatchObject({
    description: 'Mine',
    attributeList: [{ a: 1 }],
  });
  expect((await landscape.api('DELETE', own)).status).toBe(200);
  expect((await landscape.api('DELETE', own)).status).toBe(404);
  const ids = ((await get(`${V2}/apps`)) as { appid: string }[]).map(({ appid }) => appid);
  expect(ids).toEqual(expect.arrayContaining([APP.appId, 'xsuaa!t1']));
});

test('group mappings are listed by value and by role collection, and removed', async () => {
  const landscape = await startAuthz();
  const attributes = `${V2}/identity-providers/sap.custom/attributes`;
  const mapping = { roleCollectionName: 'Shop Viewer', attributeName: 'Groups', attributeValue: 'Viewers' };
  await landscape.api('POST', attributes, { ...mapping, operator: 'equals' });
  const byCollection = attributes.replace('attributes', 'rolecollections/Shop%20Viewer');
  const lists = [`${attributes}/Groups/rolecollections/Shop%20Viewer`, `${attributes}/rolecollections`, byCollection];
  for (const path of lists) {
    const found = await (await landscape.api('GET', path)).json();
    expect(found, path).toMatchObject([{ roleCollectionName: 'Shop Viewer', attributeValue: 'Viewers' }]);
    expect((await landscape.api('GET', path.replace('sap.custom', 'other'))).status, path).toBe(404);
  }
  expect(await (await landscape.api('GET', `${attributes}/Groups/Viewers`)).json()).toMatchObject([
    { name: 'Shop Viewer', roleReferences: [{ name: 'Viewer' }] },
  ]);
  expect(await (await landscape.api('GET', `${attributes}/Groups/viewers`)).json()).toEqual([]);
  expect(await (await landscape.api('GET', byCollection.replace('Viewer', 'Editor'))).json()).toEqual([]);
  const one = `${attributes}/Groups/equals/Viewers/rolecollections/Shop%20Viewer`;
  expect((await landscape.api('DELETE', one)).status).toBe(200);
  expect((await landscape.api('DELETE', one)).status).toBe(404);
  const missing = { ...mapping, roleCollectionName: 'None' };
  expect((await landscape.api('POST', attributes, missing)).status).toBe(404);
});

test('identity providers of the subaccount can be read, changed and deleted', async () => {
  const landscape = await startAuthz();
  const path = '/sap/rest/identity-providers';
  const list = (await (await landscape.api('GET', path)).json()) as { id: string; originKey: string }[];
  expect(list.map(({ originKey }) => originKey)).toEqual(['sap.default', 'sap.custom']);
  const id = list[1]?.id ?? '';
  expect(await (await landscape.api('GET', `${path}/${id}`)).json()).toMatchObject({
    type: 'oidc1.0',
    config: { addShadowUserOnLogin: true },
  });
  const config = { addShadowUserOnLogin: false };
  const changed = await landscape.api('PUT', `${path}/${id}`, { originKey: 'sap.custom', name: 'x', config });
  expect(await changed.json()).toMatchObject({ name: 'x', config: { addShadowUserOnLogin: false } });
  const taken = {
    originKey: 'sap.custom',
    name: 'y',
    type: 'oidc1.0',
    config: { iasTenant: { host: 'people.accounts.ondemand.com' } },
  };
  expect((await landscape.api('POST', path, taken)).status).toBe(409);
  expect((await landscape.api('DELETE', `${path}/${id}`)).status).toBe(200);
  expect((await landscape.api('GET', `${path}/${id}`)).status).toBe(404);
  const tenants = (await (await landscape.api('GET', `${path}/ias`)).json()) as unknown[];
  expect(tenants).toHaveLength(2);
});

test('a deleted trust takes its shadow users, their assignments and its mappings along', async () => {
  const landscape = await startAuthz();
  const user = `/sap/rest/user/origin/sap.custom/name/${NORA.email}`;
  await landscape.api('PUT', `${user}/rolecollections/Shop%20Viewer?createUserIfMissing=true`);
  const view = '/sap/rest/identity-providers/btpcli/originKey/sap.custom';
  expect((await landscape.api('DELETE', view)).status).toBe(200);
  const trust = { identityProvider: 'people.accounts.ondemand.com', name: 'again' };
  expect(await (await landscape.api('POST', view, trust)).json()).toMatchObject({ originKey: 'sap.custom' });
  expect((await landscape.api('GET', user)).status).toBe(404);
});

test('platform identity providers belong to the global account, three at most', async () => {
  const landscape = await startAuthz();
  const token = await landscape.apiToken(landscape.account);
  const path = `/sap/rest/globalaccount/${landscape.account.guid}/platform-identity-providers`;
  const call = (method: string, suffix = '', body?: unknown) => landscape.api(method, `${path}${suffix}`, body, token);
  expect(await (await call('GET', '/status')).json()).toEqual({ moreTrustsAllowed: true });
  const made = await call('POST', '', { fromIasTenantUrl: 'platform.accounts.ondemand.com', name: 'x' });
  expect(made.status).toBe(201);
  expect(await made.json()).toMatchObject({ originKey: 'platform-platform' });
  expect(await (await call('GET')).json()).toMatchObject([{ originKey: 'platform-platform' }]);
  expect((await call('POST', '', { fromIasTenantUrl: 'none.accounts.ondemand.com' })).status).toBe(404);
  expect((await call('DELETE', '/platform-platform')).status).toBe(200);
  expect((await landscape.api('GET', path)).status).toBe(404);
});

test('what no route has is said so', async () => {
  const landscape = await startAuthz();
  expect((await landscape.api('PUT', '/sap/rest/identity-providers/migrate/x')).status).toBe(501);
});
