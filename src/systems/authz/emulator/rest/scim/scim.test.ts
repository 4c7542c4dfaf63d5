import { expect, test } from 'vitest';
import { ADMIN, API, NORA, startAuthz } from '../../../../../../test/fixtures/authz.ts';

const noLimit = { switches: { 'xsuaa.rateLimit': false } };
const nora = {
  userName: NORA.email,
  origin: 'sap.custom',
  emails: [{ value: NORA.email }],
  name: { givenName: 'Nora', familyName: 'Clerk' },
};

async function start() {
  const landscape = await startAuthz(noLimit);
  const token = await landscape.apiToken();
  async function call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    const response = await landscape.fetch(`${API}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as Record<string, unknown>, headers: response.headers };
  }
  const made = await call('POST', '/Users', nora);
  return { landscape, call, made, id: String(made.body.id) };
}

const find = (filter: string) => `/Users?filter=${encodeURIComponent(filter)}`;

test('makes a shadow user, once per identity provider', async () => {
  const { call, made, landscape, id } = await start();
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    ...nora,
    emails: [{ value: NORA.email, primary: false }],
    groups: [],
    active: true,
    zoneId: landscape.dev.guid,
    meta: { version: 0 },
    schemas: ['urn:scim:schemas:core:1.0'],
  });
  expect(made.body).not.toHaveProperty('lastLogonTime');
  const again = await call('POST', '/Users', { ...nora, userName: NORA.email.toUpperCase() });
  expect(again).toMatchObject({ status: 409, body: { error: 'scim_resource_already_exists', user_id: id } });
  expect((await call('POST', '/Users', { ...nora, origin: 'sap.default' })).status).toBe(201);
  expect((await call('POST', '/Users', { ...nora, origin: 'nobody' })).status).toBe(400);
  expect((await call('POST', '/Users', { userName: 'x', emails: [] })).body.error).toBe('invalid_scim_resource');
});

test('finds users by filters of UAA, in lower-case list keys', async () => {
  const { call, id } = await start();
  const found = await call('GET', `${find(`userName eq "${NORA.email.toUpperCase()}" and origin eq "sap.custom"`)}`);
  expect(found.body).toMatchObject({ totalResults: 1, startIndex: 1, itemsPerPage: 100, resources: [{ id }] });
  const total = async (filter: string) => (await call('GET', find(filter))).body.totalResults;
  expect(await total('origin eq "sap.default"')).toBe(1);
  expect(await total(`id eq "${id}" or userName eq "${ADMIN}"`)).toBe(2);
  expect(await total('lastLogonTime pr')).toBe(0);
  expect(await total('emails.value co "acme"')).toBe(2);
  const refused = await call('GET', find('shoeSize eq 3'));
  expect(refused).toMatchObject({ status: 400, body: { error: 'scim' } });
  const paged = await call('GET', '/Users?startIndex=2&count=1&sortBy=userName&attributes=userName');
  expect(paged.body).toMatchObject({ totalResults: 2, itemsPerPage: 1, resources: [{ userName: NORA.email }] });
});

test('a user who has not logged on for long is found by the time of the last logon, and deleted for good', async () => {
  const { landscape, call, id } = await start();
  await landscape.logOn();
  const then = landscape.now();
  expect((await call('GET', `/Users/${id}`)).body).toMatchObject({ lastLogonTime: then });
  landscape.advance(40 * 86_400_000);
  const fresh = await landscape.apiToken();
  const headers = { authorization: `Bearer ${fresh}` };
  const idle = await call('GET', find(`lastLogonTime lt ${landscape.now() - 86_400_000}`), undefined, headers);
  expect(idle.body).toMatchObject({ resources: [{ id }] });
  expect((await call('DELETE', `/Users/${id}`, undefined, headers)).status).toBe(200);
  expect((await call('GET', `/Users/${id}`, undefined, headers)).body).toMatchObject({
    error: 'scim_resource_not_found',
    message: `User ${id} does not exist`,
  });
});

test('changes want the version that the client knows', async () => {
  const { call, id } = await start();
  const path = `/Users/${id}`;
  expect((await call('PUT', path, nora)).body).toMatchObject({ error: 'scim' });
  const changed = await call('PUT', path, { ...nora, name: { familyName: 'Clark' } }, { 'if-match': '"0"' });
  expect(changed.body).toMatchObject({ name: { familyName: 'Clark' }, meta: { version: 1 } });
  expect(changed.body.name).not.toHaveProperty('givenName');
  expect(changed.headers.get('etag')).toBe('"1"');
  expect((await call('PUT', path, nora, { 'if-match': '0' })).status).toBe(409);
  const patched = await call('PATCH', path, { name: { givenName: 'N.' } }, { 'if-match': '*' });
  expect(patched.body).toMatchObject({ name: { givenName: 'N.', familyName: 'Clark' } });
  expect((await call('PATCH', path, { origin: 'sap.default' }, { 'if-match': '*' })).status).toBe(400);
  expect((await call('PATCH', path, { userName: 'other@acme.example' }, { 'if-match': '*' })).status).toBe(200);
  expect((await call('GET', find(`userName eq "${NORA.email}"`))).body.totalResults).toBe(0);
});

test('who is not active does not get in', async () => {
  const { landscape, call, id } = await start();
  await call('PATCH', `/Users/${id}`, { active: false }, { 'if-match': '*' });
  expect((await landscape.logOn()).status).toBe(401);
  await call('PATCH', `/Users/${id}`, { active: true }, { 'if-match': '*' });
  expect((await landscape.logOn()).status).toBe(200);
});

test('groups are role collections, members their users', async () => {
  const { call, id } = await start();
  const member = { value: id, type: 'USER', origin: 'sap.custom' };
  const made = await call('POST', '/Groups', { displayName: 'Team', members: [member] });
  expect(made).toMatchObject({ status: 201, body: { id: 'Team', displayName: 'Team', members: [member] } });
  expect((await call('POST', '/Groups', { displayName: 'Team' })).status).toBe(409);
  expect((await call('GET', `/Users/${id}`)).body.groups).toEqual([{ value: 'Team', display: 'Team', type: 'DIRECT' }]);
  const any = { 'if-match': '*' };
  const viewer = '/Groups/Subaccount%20Viewer';
  expect((await call('PATCH', viewer, { members: [member] }, any)).body).toMatchObject({ members: [member] });
  const gone = { members: [{ ...member, operation: 'delete' }] };
  expect((await call('PATCH', viewer, gone, any)).body).toMatchObject({ members: [] });
  expect((await call('PUT', '/Groups/Team', { displayName: 'Team', members: [] }, any)).body.members).toEqual([]);
  expect((await call('PATCH', '/Groups/Team', { members: [{ value: 'nobody' }] }, any)).status).toBe(400);
  expect((await call('GET', '/Groups?filter=displayName%20eq%20%22team%22')).body.totalResults).toBe(1);
  expect((await call('DELETE', viewer)).status).toBe(400);
  expect((await call('DELETE', '/Groups/Team')).status).toBe(200);
  expect((await call('GET', '/Groups/Team')).status).toBe(404);
});
