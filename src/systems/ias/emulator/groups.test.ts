import { expect, test } from 'vitest';
import { IAS_SCHEMA } from '../wire.ts';
import { HOST, robot, startTenant } from './tenant.fixture.ts';

test('a deleted group leaves its members without it, and its name free', async () => {
  const { scim } = await startTenant();
  const user = (await scim('POST', '/Users', robot())).body;
  const { body: group, headers } = await scim('POST', '/Groups', {
    displayName: 'Team',
    members: [{ value: user.id }],
  });
  expect(headers.get('location')).toBe(`https://${HOST}/scim/Groups/${group.id}`);
  const stale = await scim('DELETE', `/Groups/${group.id}`, undefined, { 'if-match': '"another"' });
  expect(stale.status).toBe(412);
  const deleted = await scim('DELETE', `/Groups/${group.id}`, undefined, { 'if-match': headers.get('etag') ?? '' });
  expect([deleted.status, deleted.body]).toEqual([204, undefined]);
  expect(deleted.headers.get('x-ids-id')).toMatch(/^[0-9A-F-]{36}$/);
  const gone = await scim('GET', `/Groups/${group.id}`);
  expect([gone.status, gone.headers.get('x-message-code')]).toEqual([404, 'IDS_EXCEPTION']);
  expect(gone.body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' });
  expect((await scim('DELETE', `/Groups/${group.id}`)).status).toBe(404);
  expect((await scim('GET', `/Users/${user.id}`)).body.groups ?? []).toEqual([]);
  expect((await scim('POST', '/Groups', { displayName: 'Team' })).status).toBe(201);
});

test('groups are found by their names, and unknown ones and members are refused', async () => {
  const { scim } = await startTenant();
  await scim('POST', '/Groups', { displayName: 'Team', [IAS_SCHEMA.customGroup]: { name: 'team', description: 'x' } });
  const found = await scim('GET', `/Groups?filter=${encodeURIComponent('displayName eq "team"')}`);
  expect(found.body).toMatchObject({
    totalResults: 1,
    Resources: [{ displayName: 'Team', [IAS_SCHEMA.customGroup]: { name: 'team' } }],
  });
  const nobody = await scim('POST', '/Groups', { displayName: 'Other', members: [{ value: 'nobody' }] });
  expect([nobody.status, nobody.body.scimType]).toEqual([400, 'invalidValue']);
  for (const method of ['GET', 'DELETE'] as const) {
    expect((await scim(method, '/Groups/nobody')).status, method).toBe(404);
  }
  expect((await scim('PUT', '/Groups/nobody', { displayName: 'x' })).status).toBe(404);
  expect((await scim('POST', '/Groups', { displayName: 7 })).status).toBe(400);
});
