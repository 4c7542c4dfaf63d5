import { expect, test } from 'vitest';
import { IAS_SCHEMA } from '../wire.ts';
import { HOST, patchOp, robot, startTenant } from './tenant.fixture.ts';

const schema = {
  id: 'urn:acme:schemas:Robot',
  name: 'Robot',
  attributes: [{ name: 'serial', type: 'string', mutability: 'readWrite' }],
};

test('every schema that users and groups have is listed, with the tenant’s own at the end', async () => {
  const { scim } = await startTenant();
  const ids = async (query = '') => {
    const { status, body } = await scim('GET', `/Schemas${query}`);
    expect(status).toBe(200);
    return { total: body.totalResults, ids: body.Resources.map((one: { id: string }) => one.id) };
  };
  const before = await ids();
  expect(before.ids).toEqual(
    expect.arrayContaining([
      IAS_SCHEMA.user,
      IAS_SCHEMA.group,
      IAS_SCHEMA.sap,
      IAS_SCHEMA.custom,
      IAS_SCHEMA.customGroup,
    ]),
  );
  expect(before.total).toBe(before.ids.length);
  await scim('POST', '/Schemas', schema);
  expect((await ids()).ids).toEqual([...before.ids, schema.id]);
  expect((await ids('?startIndex=2&count=1')).ids).toEqual([before.ids[1]]);
});

test('a schema says of each attribute what may be done with it', async () => {
  const { scim } = await startTenant();
  const { body } = await scim('GET', `/Schemas/${IAS_SCHEMA.user}`);
  expect(body).toMatchObject({
    id: IAS_SCHEMA.user,
    meta: { resourceType: 'Schema', location: `https://${HOST}/scim/Schemas/${encodeURIComponent(IAS_SCHEMA.user)}` },
  });
  const attribute = (name: string) => body.attributes.find((one: { name: string }) => one.name === name);
  expect(attribute('password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
  // It is unique all the same (ias 8b9fa88).
  expect(attribute('userName')).toMatchObject({ type: 'string', required: true, uniqueness: 'none' });
  expect(attribute('emails')).toMatchObject({ multiValued: true });
});

test('wants an administrator, whoever it is, and knows no other schema', async () => {
  const tenant = await startTenant();
  expect((await tenant.fetch(`https://${HOST}/scim/Schemas`)).status).toBe(401);
  const reader = { authorization: tenant.basic(tenant.credential('READ_ID'), tenant.credential('READ_SECRET')) };
  expect((await tenant.scim('GET', '/Schemas', undefined, reader)).status).toBe(200);
  expect((await tenant.scim('POST', '/Schemas', schema, reader)).status).toBe(403);
  expect((await tenant.scim('GET', '/Schemas/urn:none')).status).toBe(404);
  expect((await tenant.scim('DELETE', '/Schemas/urn:none')).status).toBe(404);
  expect((await tenant.scim('POST', '/Schemas', { ...schema, id: 'no URN' })).status).toBe(400);
});

test('a tenant defines schemas of its own, and its users have their attributes', async () => {
  const tenant = await startTenant();
  const urn = 'urn:acme:robots:1.0:User';
  const robots = {
    id: urn,
    name: 'Robots',
    description: 'Who is behind them',
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    attributes: [
      { name: 'owner', type: 'string', required: false, mutability: 'readWrite', returned: 'default' },
      { name: 'consumers', type: 'string', multivalued: true, canonicalValues: ['ctms', 'ci'] },
    ],
  };
  const owned = robot({ [urn]: { owner: 'olga', consumers: ['ctms'] } });
  expect((await tenant.scim('POST', '/Users', owned)).status).toBe(400);
  const created = await tenant.scim('POST', '/Schemas', robots);
  expect(created.status).toBe(201);
  expect(created.headers.get('location')).toBe(`https://${HOST}/scim/Schemas/${encodeURIComponent(urn)}`);
  expect(created.body.attributes[1]).toEqual({
    name: 'consumers',
    type: 'string',
    multiValued: true,
    required: false,
    canonicalValues: ['ctms', 'ci'],
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
  });
  expect((await tenant.scim('POST', '/Schemas', robots)).status).toBe(409);
  expect((await tenant.scim('GET', `/Schemas/${urn}`)).body).toEqual(created.body);
  const { body } = await tenant.scim('POST', '/Users', owned);
  expect(body).toMatchObject({
    schemas: [IAS_SCHEMA.user, urn, IAS_SCHEMA.sap],
    [urn]: { owner: 'olga', consumers: ['ctms'] },
  });
  const add = patchOp({ op: 'add', path: `${urn}:consumers`, value: ['ci'] });
  expect((await tenant.scim('PATCH', `/Users/${body.id}`, add)).status).toBe(204);
  const found = await tenant.scim('GET', `/Users?filter=${encodeURIComponent(`${urn}:consumers eq "ci"`)}`);
  expect(found.body.Resources[0]).toMatchObject({ id: body.id, [urn]: { consumers: ['ctms', 'ci'] } });
  expect((await tenant.scim('DELETE', `/Schemas/${urn}`)).status).toBe(204);
  expect((await tenant.scim('DELETE', `/Schemas/${IAS_SCHEMA.sap}`)).status).toBe(403);
});
