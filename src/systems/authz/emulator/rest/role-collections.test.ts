import { expect, test } from 'vitest';
import { z } from 'zod';
import { APP, type AuthzLandscape, NORA, startAuthz } from '../../../../../test/fixtures/authz.ts';

const V2 = '/sap/rest/authorization/v2';
const COLLECTIONS = `${V2}/rolecollections`;
const role = (name: string) => ({ roleTemplateAppId: APP.appId, roleTemplateName: name, name });

const collections = z.array(z.looseObject({ name: z.string(), isReadOnly: z.boolean() }));

async function namesOf(landscape: AuthzLandscape, path: string): Promise<readonly string[]> {
  const response = await landscape.api('GET', path);
  expect(response.status, path).toBe(200);
  return collections.parse(await response.json()).map(({ name }) => name);
}

async function statusOf(landscape: AuthzLandscape, method: string, path: string, body?: unknown): Promise<number> {
  const response = await landscape.api(method, path, body);
  if (response.status >= 400) expect(await response.json()).toHaveProperty('error_description');
  return response.status;
}

test('role collections are listed by name, those of SAP too, and narrowed by name and who may change them', async () => {
  const landscape = await startAuthz();
  const all = await namesOf(landscape, COLLECTIONS);
  expect(all).toEqual([...all].sort());
  expect(all).toEqual(expect.arrayContaining(['Shop Editor', 'Shop Viewer', 'Subaccount Administrator']));
  expect(await namesOf(landscape, `${COLLECTIONS}?skip=1&top=2`)).toEqual(all.slice(1, 3));
  expect(await namesOf(landscape, `${COLLECTIONS}?name=Shop%20Viewer`)).toEqual(['Shop Viewer']);
  expect(await namesOf(landscape, `${COLLECTIONS}?readOnly=false`)).toEqual(['Shop Editor', 'Shop Viewer']);
  expect(await namesOf(landscape, `${COLLECTIONS}?readOnly=true`)).not.toContain('Shop Viewer');
  expect(await namesOf(landscape, `${COLLECTIONS}/pages`)).toEqual(all);
  expect(await namesOf(landscape, `${COLLECTIONS}/pages/1`)).toEqual(all);
  expect(await namesOf(landscape, `${COLLECTIONS}/pages/2`)).toEqual([]);
});

test('a list shows roles unless they are not wanted, and users and groups when they are', async () => {
  const landscape = await startAuthz();
  const user = `/sap/rest/user/origin/sap.custom/name/${NORA.email}`;
  await landscape.api('PUT', `${user}/rolecollections/Shop%20Viewer?createUserIfMissing=true`);
  const mapping = { roleCollectionName: 'Shop Viewer', attributeName: 'Groups', attributeValue: 'Viewers' };
  await landscape.api('POST', `${V2}/identity-providers/sap.custom/attributes`, mapping);
  const shown = async (query: string) => {
    const [found] = z
      .array(z.record(z.string(), z.unknown()))
      .parse(await (await landscape.api('GET', `${COLLECTIONS}/pages?name=Shop%20Viewer${query}`)).json());
    return found ?? {};
  };
  const plain = await shown('');
  expect(plain).toEqual({
    name: 'Shop Viewer',
    description: '',
    roleReferences: [{ ...role('Viewer'), description: 'Looks' }],
    isReadOnly: false,
  });
  expect(await shown('&showRoles=false')).not.toHaveProperty('roleReferences');
  expect(await shown('&showUsers=true&showGroups=true')).toMatchObject({
    userReferences: [{ username: NORA.email, origin: 'sap.custom' }],
    groupReferences: [{ attributeName: 'Groups', attributeValue: 'Viewers' }],
  });
  const one = await (await landscape.api('GET', `${COLLECTIONS}/Shop%20Viewer?withUsers=true&withRoles=false`)).json();
  expect(one).toMatchObject({ userReferences: [{ username: NORA.email }] });
  expect(one).not.toHaveProperty('roleReferences');
});

test('many role collections are made and deleted with one call each, until one is refused', async () => {
  const landscape = await startAuthz();
  const made = { roleCollections: [{ name: 'One', roleReferences: [role('Viewer')] }, { name: 'Two' }] };
  expect(await statusOf(landscape, 'POST', `${COLLECTIONS}/bulk`, made)).toBe(201);
  expect(await namesOf(landscape, `${COLLECTIONS}?readOnly=false`)).toEqual([
    'One',
    'Shop Editor',
    'Shop Viewer',
    'Two',
  ]);
  expect(await statusOf(landscape, 'POST', `${COLLECTIONS}/bulk`, made)).toBe(409);
  const unknown = { roleCollections: [{ name: 'Three', roleReferences: [role('None')] }] };
  expect(await statusOf(landscape, 'POST', `${COLLECTIONS}/bulk`, unknown)).toBe(404);
  expect(await statusOf(landscape, 'POST', `${COLLECTIONS}/bulk`, [])).toBe(400);
  const gone = await landscape.api('DELETE', `${COLLECTIONS}/bulk`, { roleCollections: ['One', 'Two'] });
  expect([gone.status, await gone.text()]).toEqual([204, '']);
  expect(await namesOf(landscape, `${COLLECTIONS}?readOnly=false`)).toEqual(['Shop Editor', 'Shop Viewer']);
  expect(await statusOf(landscape, 'DELETE', `${COLLECTIONS}/bulk`, { roleCollections: ['One'] })).toBe(404);
  expect(await statusOf(landscape, 'DELETE', `${COLLECTIONS}/bulk`, { roleCollections: ['Subaccount Viewer'] })).toBe(
    400,
  );
  expect(await statusOf(landscape, 'DELETE', `${COLLECTIONS}/bulk`, 'no JSON')).toBe(400);
});

test('roles are put beside those that a role collection has, and taken out one by one', async () => {
  const landscape = await startAuthz();
  const own = `${COLLECTIONS}/Shop%20Viewer`;
  const held = async () => {
    const answer = await (await landscape.api('GET', `${own}/roles`)).json();
    return collections.parse(answer).map(({ name }) => name);
  };
  expect(await statusOf(landscape, 'PUT', `${own}/roles`, [role('Editor')])).toBe(200);
  expect(await held()).toEqual(['Viewer', 'Editor']);
  expect(await statusOf(landscape, 'PUT', `${own}/roles`, [role('None')])).toBe(404);
  expect(await statusOf(landscape, 'PUT', `${own}/roles`, { name: 'Editor' })).toBe(400);
  expect(await statusOf(landscape, 'PUT', `${COLLECTIONS}/None/roles`, [role('Editor')])).toBe(404);
  expect(await statusOf(landscape, 'PUT', `${COLLECTIONS}/Subaccount%20Viewer/roles`, [role('Editor')])).toBe(400);
  const viewer = `${own}/roles/${encodeURIComponent(APP.appId)}/Viewer/Viewer`;
  expect(await statusOf(landscape, 'DELETE', viewer)).toBe(204);
  expect(await held()).toEqual(['Editor']);
  expect(await statusOf(landscape, 'DELETE', viewer.replace('Shop%20Viewer', 'None'))).toBe(404);
  expect(await statusOf(landscape, 'GET', `${COLLECTIONS}/None/roles`)).toBe(404);
});

test('two roles of one name from two templates are two', async () => {
  const landscape = await startAuthz();
  for (const template of ['Viewer', 'Editor']) {
    const made = { roleTemplateAppId: APP.appId, roleTemplateName: template, name: 'Berlin' };
    expect(await statusOf(landscape, 'POST', `${V2}/apps/roles`, made)).toBe(201);
  }
  const berlin = { ...role('Viewer'), name: 'Berlin' };
  await landscape.api('POST', COLLECTIONS, { name: 'Berlin', roleReferences: [berlin] });
  expect(await (await landscape.api('GET', `${COLLECTIONS}/Berlin/roles`)).json()).toMatchObject([berlin]);
});
