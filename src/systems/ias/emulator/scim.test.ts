import { expect, test } from 'vitest';
import { IAS_SCHEMA } from '../wire.ts';
import { HOST, patchOp, robot, startTenant } from './tenant.fixture.ts';

const SAP = IAS_SCHEMA.sap;
const JDOE = { userName: 'jdoe', email: 'joe.doe@acme.example', givenName: 'Joe', familyName: 'Doe' };

test('creates a user in the recorded shape', async () => {
  const tenant = await startTenant();
  const created = await tenant.scim('POST', '/Users/', {
    schemas: [IAS_SCHEMA.user, SAP],
    userName: 'jane',
    name: { familyName: 'Doe', givenName: 'Jane', honorificPrefix: 'Ms.' },
    displayName: 'Jane Doe',
    userType: 'employee',
    emails: [{ value: 'jane.doe@test.com', type: 'work', primary: true }],
    [SAP]: { status: 'new' },
  });
  const { id, meta } = created.body;
  expect(created.status).toBe(201);
  expect(created.headers.get('location')).toBe(`https://${HOST}/scim/Users/${id}`);
  expect(created.headers.get('etag')).toBe(`"${meta.version}"`);
  expect(created.headers.get('x-ids-namespace')).toBe('ias');
  expect(created.body).toEqual({
    schemas: [IAS_SCHEMA.user, SAP],
    id,
    meta: {
      created: '2026-11-21T00:00:00Z',
      lastModified: '2026-11-21T00:00:00Z',
      location: `https://${HOST}/scim/Users/${id}`,
      resourceType: 'User',
      version: meta.version,
    },
    userName: 'jane',
    name: { familyName: 'Doe', givenName: 'Jane', honorificPrefix: 'Ms.' },
    displayName: 'Jane Doe',
    userType: 'employee',
    active: false,
    emails: [{ value: 'jane.doe@test.com', type: 'work', primary: true }],
    [SAP]: {
      emails: [{ verified: false, type: 'work', value: 'jane.doe@test.com', primary: true }],
      userUuid: id,
      mailVerified: false,
      userId: 'P000002',
      status: 'new',
    },
  });
});

test.each([
  ['the same login name', { userName: 'JDOE', emails: [{ value: 'x@sap-test.de' }] }],
  ['the same e-mail', { emails: [{ value: 'Joe.Doe@acme.example' }] }],
  ['a login name that is another user’s e-mail', { userName: 'joe.doe@acme.example' }],
  ['an e-mail that another user logs in with', { emails: [{ value: 'Boss@acme.example' }] }],
])('A11: refuses %s', async (_case, overrides) => {
  const tenant = await startTenant({
    tenant: { users: [JDOE, { userName: 'boss@acme.example', email: 'chief@acme.example', familyName: 'Boss' }] },
  });
  const refused = await tenant.scim('POST', '/Users', robot(overrides));
  expect(refused).toMatchObject({ status: 409, body: { status: '409', scimType: 'uniqueness' } });
  expect(refused.headers.get('x-message-code')).toBe('IDS_EXCEPTION');
});

test('couples active and status, and the verification with its address', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot({ active: true, password: undefined }));
  const after = async (...operations: object[]) => {
    expect((await tenant.scim('PATCH', `/Users/${body.id}`, patchOp(...operations))).status).toBe(204);
    return (await tenant.scim('GET', `/Users/${body.id}`)).body;
  };
  expect(body).toMatchObject({ active: true, [SAP]: { status: 'active', mailVerified: true } });
  expect(await after({ op: 'replace', path: 'active', value: false })).toMatchObject({ [SAP]: { status: 'inactive' } });
  expect(await after({ op: 'replace', path: `${SAP}:status`, value: 'active' })).toMatchObject({ active: true });
  expect(await after({ op: 'replace', path: 'emails', value: [{ value: 'new@sap-test.de' }] })).toMatchObject({
    emails: [{ value: 'new@sap-test.de', primary: true }],
    [SAP]: { mailVerified: false },
  });
  expect(await after({ op: 'replace', path: `${SAP}:mailVerified`, value: true })).toMatchObject({
    [SAP]: { mailVerified: true, emails: [{ verified: true, value: 'new@sap-test.de' }] },
  });
});

test('keeps custom attributes and refuses ones that it does not have', async () => {
  const tenant = await startTenant();
  const attributes = [{ name: 'customAttribute10', value: 'locum:acme/robot' }];
  const created = await tenant.scim('POST', '/Users', robot({ [IAS_SCHEMA.custom]: { attributes } }));
  expect(created.body[IAS_SCHEMA.custom]).toEqual({ attributes });
  const path = `${IAS_SCHEMA.custom}:attributes`;
  for (const bad of [
    { name: 'customAttribute11', value: 'x' },
    { name: 'customAttribute1', value: 'x'.repeat(257) },
  ]) {
    const refused = await tenant.scim('PATCH', `/Users/${created.body.id}`, patchOp({ op: 'add', path, value: [bad] }));
    expect(refused.status).toBe(400);
  }
});

test('pages by index and by id', async () => {
  const tenant = await startTenant();
  for (let index = 0; index < 5; index++) {
    const user = robot({ userName: `r${index}`, password: undefined, emails: [{ value: `r${index}@sap-test.de` }] });
    await tenant.scim('POST', '/Users', user);
  }
  const page = await tenant.scim('GET', '/Users?startIndex=3&count=2');
  expect(page.body).toMatchObject({ totalResults: 6, itemsPerPage: 2, startIndex: 3 });
  expect(page.body.Resources.map((user: { userName: string }) => user.userName)).toEqual(['r1', 'r2']);
  expect(page.body.Resources[0].meta['groups.cnt']).toBe(0);
  expect((await tenant.scim('GET', '/Users?count=0')).body).toMatchObject({ totalResults: 6, Resources: [] });
  expect((await tenant.scim('GET', '/Users?startIndex=7')).body.Resources).toEqual([]);
  const seen: string[] = [];
  for (let startId = 'initial'; startId !== 'end'; ) {
    const { body } = await tenant.scim('GET', `/Users?count=4&startId=${startId}`);
    seen.push(...body.Resources.map((user: { id: string }) => user.id));
    startId = body.nextId;
  }
  expect(new Set(seen).size).toBe(6);
});

test('filters, projects and refuses what it does not support', async () => {
  const tenant = await startTenant();
  const filter = encodeURIComponent('userName eq "JDOE" or emails.value eq "nobody@x.de"');
  const found = await tenant.scim('GET', `/Users?filter=${filter}&attributes=userName,${SAP}:status`);
  expect(found.body.Resources[0]).toMatchObject({ userName: 'jdoe', [SAP]: { status: 'active' } });
  expect(found.body.Resources[0]).not.toHaveProperty('emails');
  expect((await tenant.scim('GET', '/Users?filter=userName sw "j"')).body).toMatchObject({ scimType: 'invalidFilter' });
});

test('answers unknown, unauthorized and forbidden calls with SCIM errors', async () => {
  const tenant = await startTenant();
  const missing = await tenant.scim('GET', '/Users/none');
  expect(missing.body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '404',
    detail: 'User none not found',
  });
  const wrong = { authorization: tenant.basic(tenant.credential('IAS_ID'), 'wrong') };
  expect((await tenant.scim('GET', '/Users', undefined, wrong)).status).toBe(401);
  const reader = { authorization: tenant.basic(tenant.credential('READ_ID'), tenant.credential('READ_SECRET')) };
  expect((await tenant.scim('GET', '/Users', undefined, reader)).status).toBe(200);
  expect((await tenant.scim('POST', '/Users', robot(), reader)).status).toBe(403);
  expect((await tenant.scim('POST', '/Users', robot(), { 'content-type': 'text/plain' })).status).toBe(415);
});

test('locks a client id for an hour after five wrong secrets', async () => {
  const tenant = await startTenant();
  const wrong = { authorization: tenant.basic(tenant.credential('IAS_ID'), 'wrong') };
  for (let attempt = 0; attempt < 5; attempt++) await tenant.scim('GET', '/Users', undefined, wrong);
  expect((await tenant.scim('GET', '/Users')).status).toBe(401);
  tenant.advance(3_600_000);
  expect((await tenant.scim('GET', '/Users')).status).toBe(200);
});

test('takes a bearer token of the client credentials grant, and no other', async () => {
  const tenant = await startTenant();
  const token = async (id: string, secret: string) => {
    const response = await tenant.fetch(`https://${HOST}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const admin = await token(tenant.credential('IAS_ID'), tenant.credential('IAS_SECRET'));
  expect((await tenant.scim('GET', '/Users', undefined, { authorization: `Bearer ${admin}` })).status).toBe(200);
  const { clientId, clientSecret } = tenant.application();
  const application = await token(clientId, clientSecret);
  expect((await tenant.scim('GET', '/Users', undefined, { authorization: `Bearer ${application}` })).status).toBe(401);
  tenant.advance(2 * 3_600_000);
  expect((await tenant.scim('GET', '/Users', undefined, { authorization: `Bearer ${admin}` })).status).toBe(401);
});

test('keeps groups, nested ones too, and forgets deleted members', async () => {
  const tenant = await startTenant();
  const user = (await tenant.scim('GET', '/Users')).body.Resources[0];
  const inner = (await tenant.scim('POST', '/Groups', { displayName: 'CI/CD', members: [{ value: user.id }] })).body;
  const outer = (await tenant.scim('POST', '/Groups', { displayName: 'All' })).body;
  await tenant.scim(
    'PATCH',
    `/Groups/${outer.id}`,
    patchOp({ op: 'add', path: 'members', value: [{ value: inner.id }] }),
  );
  expect((await tenant.scim('GET', `/Users/${user.id}`)).body.groups).toMatchObject([
    { display: 'CI/CD' },
    { display: 'All' },
  ]);
  expect((await tenant.scim('GET', '/Users?filter=groups.display eq "All"')).body.totalResults).toBe(1);
  expect((await tenant.scim('POST', '/Groups', { displayName: 'All' })).status).toBe(409);
  expect((await tenant.scim('DELETE', `/Users/${user.id}`)).status).toBe(204);
  expect((await tenant.scim('GET', `/Groups/${inner.id}`)).body).not.toHaveProperty('members');
});

test('honours If-Match when it is sent, unless the tenant does not look at it', async () => {
  const tenant = await startTenant();
  const user = (await tenant.scim('GET', '/Users')).body.Resources[0];
  const rename = patchOp({ op: 'replace', path: 'displayName', value: 'J' });
  const path = `/Users/${user.id}`;
  expect((await tenant.scim('PATCH', path, rename, { 'if-match': '"other"' })).status).toBe(412);
  expect((await tenant.scim('PATCH', path, rename, { 'if-match': `"${user.meta.version}"` })).status).toBe(204);
  expect((await tenant.scim('PATCH', path, rename, { 'if-match': '*' })).status).toBe(204);
  const blind = await startTenant({ switches: { 'ias.ifMatch': false } });
  expect((await blind.scim('PATCH', path, rename, { 'if-match': '"other"' })).status).toBe(204);
});

test('describes itself', async () => {
  const tenant = await startTenant();
  expect((await tenant.scim('GET', '/ServiceProviderConfig')).body).toMatchObject({ filter: { maxResults: 100 } });
  expect((await tenant.scim('GET', '/ResourceTypes')).body.totalResults).toBe(2);
  expect((await tenant.scim('GET', `/Schemas/${SAP}`)).body.name).toBe('User');
});

test('replaces a user and keeps its password', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot());
  const replaced = await tenant.scim('PUT', `/Users/${body.id}`, { ...body, displayName: 'Renamed' });
  expect(replaced).toMatchObject({ status: 200, body: { displayName: 'Renamed', id: body.id } });
  expect(replaced.body[SAP]).toMatchObject({ userId: body[SAP].userId, passwordDetails: { status: 'initial' } });
  expect(replaced.body.meta.version).not.toBe(body.meta.version);
});

test('keeps the order, the headers and the members that were recorded', async () => {
  const tenant = await startTenant();
  const emails = [
    { value: 'home@sap-test.de', type: 'home' },
    { value: 'work@sap-test.de', type: 'work', primary: true },
  ];
  const { body } = await tenant.scim('POST', '/Users', robot({ emails, password: undefined }));
  const addresses = async () =>
    (await tenant.scim('GET', `/Users/${body.id}`)).body.emails.map((email: { value: string }) => email.value);
  expect(await addresses()).toEqual(['home@sap-test.de', 'work@sap-test.de']);
  const value = [{ value: 'new@sap-test.de' }, { ...emails[1] }];
  await tenant.scim('PATCH', `/Users/${body.id}`, patchOp({ op: 'replace', path: 'emails', value }));
  expect(await addresses(), 'those that were there come first').toEqual(['work@sap-test.de', 'new@sap-test.de']);
  const read = await tenant.scim('GET', `/Users/${body.id}`);
  expect(read.headers.get('location')).toBe(body.meta.location);
  expect(read.headers.get('cache-control')).toBe('private,no-cache,no-store');
  const group = await tenant.scim('POST', '/Groups', { displayName: 'Team', members: [{ value: body.id }] });
  expect(group.body.members).toEqual([{ value: body.id, type: 'User', $ref: body.meta.location }]);
  const custom = group.body[IAS_SCHEMA.customGroup];
  expect(custom).toEqual({ name: 'Team', additionalId: expect.stringMatching(/^[0-9a-f]{24}$/) });
  const renamed = await tenant.scim('PUT', `/Groups/${group.body.id}`, { displayName: 'The Team' });
  expect(renamed.body[IAS_SCHEMA.customGroup]).toEqual(custom);
});

test.each([
  ['inactive without a password', { password: undefined }, {}, 'inactive'],
  ['new with a password', {}, {}, 'new'],
  ['what it says', { password: undefined }, { status: 'new' }, 'new'],
  ['active where it says so', { password: undefined, active: true }, {}, 'active'],
])('a user that is created with neither status nor activity is %s', async (_what, overrides, sap, status) => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot(overrides, sap));
  expect(body).toMatchObject({ active: status === 'active', [SAP]: { status } });
});

test('a Global User ID is unique, may be changed, and its past is kept', async () => {
  const tenant = await startTenant();
  const joe = (await tenant.scim('GET', '/Users')).body.Resources[0];
  const taken = { userUuid: joe[SAP].userUuid };
  expect((await tenant.scim('POST', '/Users', robot({ password: undefined }, taken))).status).toBe(409);
  const { body } = await tenant.scim('POST', '/Users', robot({ password: undefined }));
  const path = `/Users/${body.id}`;
  const change = (value: string) =>
    tenant.scim('PATCH', path, patchOp({ op: 'replace', path: `${SAP}:userUuid`, value }));
  expect((await change(joe[SAP].userUuid)).status).toBe(409);
  expect((await change('11111111-2222-4333-8444-555555555555')).status).toBe(204);
  expect((await tenant.scim('GET', path)).body).toMatchObject({ id: body.id, [SAP]: { userUuidHistory: [body.id] } });
  const kept = await tenant.scim('PUT', path, robot({ password: undefined }));
  expect(kept.body[SAP].userUuid).toBe('11111111-2222-4333-8444-555555555555');
  const again = robot({ userName: 'x', password: undefined, emails: [{ value: 'x@sap-test.de' }] });
  const same = { ...again, [SAP]: { userUuid: '11111111-2222-4333-8444-555555555555' } };
  expect((await tenant.scim('POST', '/Users', same)).status).toBe(409);
});
