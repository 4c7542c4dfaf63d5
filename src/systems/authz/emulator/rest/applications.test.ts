import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { APP, type AuthzLandscape, startAuthz } from '../../../../../test/fixtures/authz.ts';

const V2 = '/sap/rest/authorization/v2';
const OWN = `${V2}/apps/${encodeURIComponent(APP.appId)}`;

let landscape: AuthzLandscape;
beforeAll(async () => {
  landscape = await startAuthz();
});

async function get(path: string): Promise<unknown> {
  const response = await landscape.api('GET', path);
  expect(response.status, path).toBe(200);
  return response.json();
}

test('role templates of one application, and of all, have the scopes that they give', async () => {
  const own = [
    { name: 'Viewer', description: 'Looks', appId: APP.appId, 'scope-references': [`${APP.appId}.Display`] },
    {
      name: 'Editor',
      appId: APP.appId,
      'scope-references': [`${APP.appId}.Display`, `${APP.appId}.Edit`],
    },
  ];
  expect(await get(`${OWN}/roletemplates`)).toMatchObject(own);
  const all = z
    .array(z.looseObject({ name: z.string(), appId: z.string() }))
    .parse(await get(`${V2}/apps/roletemplates`));
  expect(all.filter(({ appId }) => appId === APP.appId)).toMatchObject(own);
  expect(new Set(all.map(({ appId }) => appId)).size).toBeGreaterThan(1);
  expect(all.some((template) => 'role-references' in template)).toBe(false);
  const withRoles = z
    .array(z.looseObject({ appId: z.string() }))
    .parse(await get(`${V2}/apps/roletemplates?showRoles=true`));
  expect(withRoles.find(({ appId }) => appId === APP.appId)).toMatchObject({ 'role-references': [{ name: 'Viewer' }] });
});

test('scopes of an application are each listed once, and found by name', async () => {
  const names = z
    .array(z.looseObject({ name: z.string() }))
    .parse(await get(`${OWN}/scopes`))
    .map(({ name }) => name);
  expect(names).toEqual([`${APP.appId}.Display`, `${APP.appId}.Edit`]);
  expect(await get(`${OWN}/scopes/${encodeURIComponent(`${APP.appId}.Edit`)}`)).toMatchObject({
    name: `${APP.appId}.Edit`,
  });
});

test('roles of an application are those of its templates and of one’s own', async () => {
  const own = {
    roleTemplateAppId: APP.appId,
    roleTemplateName: 'Viewer',
    name: 'Berlin',
    description: 'Looks at Berlin',
  };
  expect((await landscape.api('POST', `${V2}/apps/roles`, own)).status).toBe(201);
  const shown = { ...own, isReadOnly: false, appName: 'shop', scopes: [{ name: `${APP.appId}.Display` }] };
  expect(await get(`${OWN}/roles`)).toMatchObject([{ name: 'Viewer', isReadOnly: true }, { name: 'Editor' }, shown]);
  expect(await get(`${OWN}/roletemplates/Viewer/roles/Berlin`)).toMatchObject({ ...own, isReadOnly: false });
  expect(await get(`${OWN}/roletemplates/Viewer/roles/Viewer`)).toMatchObject({ name: 'Viewer', isReadOnly: true });
  expect(await get(`${V2}/roles`)).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'Berlin' })]));
});

test.for([
  ['GET', `${V2}/apps/none/scopes`],
  ['GET', `${OWN}/scopes/none`],
  ['GET', `${V2}/apps/none/authorities`],
  ['GET', `${V2}/apps/none/roles`],
  ['GET', `${V2}/apps/none/roletemplates`],
  ['GET', `${OWN}/roletemplates/none`],
  ['GET', `${OWN}/roletemplates/Viewer/roles/none`],
  ['PUT', `${OWN}/roletemplates/Viewer/roles/none`],
  ['PUT', `${OWN}/roletemplates/Viewer/roles/Viewer`],
  ['DELETE', `${OWN}/roletemplates/Viewer/roles/Viewer`],
] as const)('%s %s finds nothing and says so', async ([method, path]) => {
  const response = await landscape.api(method, path, method === 'PUT' ? { description: 'x' } : undefined);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: 'not_found' });
});

test('a role needs a template that is there, and a name', async () => {
  const path = `${V2}/apps/roles`;
  const role = { roleTemplateAppId: APP.appId, roleTemplateName: 'None', name: 'x' };
  expect((await landscape.api('POST', path, role)).status).toBe(404);
  expect((await landscape.api('POST', path, { ...role, name: '' })).status).toBe(400);
  expect((await landscape.api('POST', path, 'no JSON')).status).toBe(400);
});
