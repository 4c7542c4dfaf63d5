import { describe, expect, test } from 'vitest';
import { ORIGIN, startTestLandscape, UAA } from '../../testing/landscape.ts';
import { adminClient, bearerCaller, callerOf, robotLogin, tokenOf } from '../../testing/uaa.ts';

async function start() {
  const emulators = await startTestLandscape({ cf: { uaaClients: [adminClient] } });
  const admin = await callerOf(emulators, adminClient);
  const filter = encodeURIComponent('displayName eq "scim.read"');
  const { resources } = (await admin('GET', `/Groups?filter=${filter}`)).body as { resources: { id: string }[] };
  const robot = bearerCaller(emulators, (await tokenOf(await robotLogin(emulators))).access_token);
  return { emulators, admin, robot, groupId: resources[0]?.id ?? '' };
}

/** Where a mapping is removed: the group by id or by name, the origin named or not. */
const PATHS: readonly (readonly [what: string, origin: string | undefined, key: 'groupId' | 'displayName'])[] = [
  ['by id', undefined, 'groupId'],
  ['by id and origin', ORIGIN, 'groupId'],
  ['by name', undefined, 'displayName'],
  ['by name and origin', ORIGIN, 'displayName'],
];

describe('a mapping of a group of an identity provider', () => {
  test.for(PATHS)('is removed %s, and no other one', async ([, origin, key]) => {
    const { admin, robot, groupId } = await start();
    const mapping = { displayName: 'scim.read', externalGroup: 'operators' };
    await admin('POST', '/Groups/External', { ...mapping, origin: ORIGIN });
    // Without an origin it is that of LDAP.
    await admin('POST', '/Groups/External', mapping);
    const group = key === 'groupId' ? groupId : 'scim.read';
    const path = `/Groups/External/${key}/${group}/externalGroup/operators${origin === undefined ? '' : `/origin/${origin}`}`;
    expect((await robot('DELETE', path)).status).toBe(403);
    expect((await admin('DELETE', path.replace(group, 'nothing'))).status).toBe(404);
    expect((await admin('DELETE', path.replace('operators', 'others'))).status).toBe(404);
    expect(await admin('DELETE', path)).toMatchObject({
      status: 200,
      body: { groupId, externalGroup: 'operators', origin: origin ?? 'ldap' },
    });
    expect((await admin('DELETE', path)).status).toBe(404);
    const left = (await admin('GET', '/Groups/External')).body.resources;
    expect(left).toMatchObject([{ origin: origin === undefined ? ORIGIN : 'ldap' }]);
  });

  test('is in the list under its old address, too', async () => {
    const { admin, robot } = await start();
    await admin('POST', '/Groups/External', { displayName: 'scim.read', externalGroup: 'x', origin: ORIGIN });
    const list = await admin('GET', '/Groups/External/list');
    expect(list).toMatchObject({ status: 200, body: { totalResults: 1, resources: [{ externalGroup: 'x' }] } });
    expect(list.body).toEqual((await admin('GET', '/Groups/External')).body);
    expect((await admin('GET', '/Groups/External/list?origin=other')).body).toMatchObject({ totalResults: 0 });
    expect((await robot('GET', '/Groups/External/list')).status).toBe(403);
  });
});

test.for([
  ['PUT', '/Users'],
  ['DELETE', '/Users'],
  ['POST', '/Users/any'],
  ['POST', '/Users/any/status'],
  ['PUT', '/Groups'],
  ['DELETE', '/Groups'],
  ['PUT', '/Groups/any/members/any'],
  ['PUT', '/oauth/clients'],
  ['PATCH', '/oauth/clients/any/secret/any'],
  ['GET', '/oauth/token/revoke/any'],
] as const)('%s %s is denied to everybody', async ([method, path]) => {
  const { emulators, admin } = await start();
  expect(await admin(method, path, method === 'GET' ? undefined : {})).toMatchObject({
    status: 403,
    body: { error: 'access_denied' },
  });
  const anonymous = await emulators.fetch(`${UAA}${path}`, { method });
  expect(anonymous.status).toBe(401);
});

test.for(['POST', 'PUT', 'DELETE'])('ids of users are told to %s as to GET', async (method) => {
  const { emulators, admin, robot } = await start();
  const path = `/ids/Users?filter=${encodeURIComponent('userName eq "root"')}`;
  const read = await admin('GET', path);
  expect(read).toMatchObject({ status: 200, body: { totalResults: 1, resources: [{ userName: 'root' }] } });
  expect((await admin(method, path)).body).toEqual(read.body);
  expect((await admin(method, '/ids/Users')).status).toBe(400);
  expect((await robot(method, path)).status).toBe(403);
  expect((await emulators.fetch(`${UAA}${path}`, { method })).status).toBe(401);
});

test.for([
  ['GET', '/Users/any/password', 404],
  ['POST', '/Groups/any', 405],
] as const)('%s %s is nothing that UAA has, which only those are told who may ask', async ([method, path, status]) => {
  const { emulators, admin, robot } = await start();
  expect(await admin(method, path, method === 'GET' ? undefined : {})).toMatchObject({ status, body: {} });
  expect(await robot(method, path)).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
  expect((await emulators.fetch(`${UAA}${path}`, { method })).status).toBe(401);
});
