import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { IAS, ORIGIN, passwordOf, postToken, startTestLandscape } from '../../testing/landscape.ts';
import { adminClient, callerOf, hint, rootLogin, tokenOf, type UaaAnswer } from '../../testing/uaa.ts';

async function start(options: Parameters<typeof startTestLandscape>[0] = {}) {
  const emulators = await startTestLandscape({ ...options, cf: { ...options.cf, uaaClients: [adminClient] } });
  const admin = await callerOf(emulators, adminClient);
  const root = decodeJwt((await tokenOf(await rootLogin(emulators))).access_token).user_id;
  const idOf = async (displayName: string) => {
    const filter = encodeURIComponent(`displayName eq "${displayName}"`);
    const { resources } = (await admin('GET', `/Groups?filter=${filter}`)).body as { resources: { id: string }[] };
    return resources[0]?.id;
  };
  return { emulators, admin, root, idOf };
}

const report = (error: string, text: string) => ({ error, message: text, error_description: text });
const ANY = { 'if-match': '*' };
const idIn = ({ body }: UaaAnswer) => String(body.id);

describe('a group', () => {
  test('is created with members, replaced, patched and deleted', async () => {
    const { admin, root } = await start();
    const created = await admin('POST', '/Groups', {
      displayName: 'ops',
      description: 'd',
      members: [{ value: root }],
    });
    expect(created).toMatchObject({
      status: 201,
      body: { displayName: 'ops', zoneId: 'uaa', members: [{ origin: 'uaa', type: 'USER', value: root }] },
    });
    expect(created.headers.get('etag')).toBe('"0"');
    const path = `/Groups/${idIn(created)}`;
    expect(await admin('POST', '/Groups', { displayName: 'OPS' })).toMatchObject({
      status: 409,
      body: report('scim_resource_already_exists', 'A group with displayName: OPS already exists.'),
    });
    expect(await admin('PUT', path, { displayName: 'ops' })).toMatchObject({ status: 400 });
    expect(await admin('PUT', path, { displayName: 'ops' }, { 'if-match': '7' })).toMatchObject({ status: 409 });
    expect((await admin('PUT', path, { displayName: 'ops2' }, ANY)).body).toMatchObject({
      members: [],
      // The refused one counts too.
      meta: { version: 2 },
    });
    const more = await admin('PATCH', path, { members: [{ value: root }], description: 'e' }, ANY);
    expect(more.body).toMatchObject({ displayName: 'ops2', description: 'e', members: [{ value: root }] });
    const less = await admin('PATCH', path, { members: [{ value: root, operation: 'delete' }] }, ANY);
    expect(less.body).toMatchObject({ members: [] });
    expect((await admin('DELETE', path)).status).toBe(200);
    expect(await admin('GET', path)).toMatchObject({ status: 404, body: { error: 'scim_resource_not_found' } });
  });

  test('is not made of members that do not exist', async () => {
    const { admin, idOf } = await start();
    expect(await admin('POST', '/Groups', { displayName: 'ops', members: [{ value: 'nobody' }] })).toMatchObject({
      status: 400,
      body: report('invalid_scim_resource', 'Invalid group member: nobody'),
    });
    expect(await idOf('ops')).toBeUndefined();
  });
});

describe('membership', () => {
  test('is added, shown and taken away one by one', async () => {
    const { admin, root, idOf } = await start();
    const path = `/Groups/${await idOf('scim.read')}/members`;
    const member = { origin: 'uaa', type: 'USER', value: root };
    expect(await admin('POST', path, member)).toMatchObject({ status: 201, body: member });
    expect(await admin('POST', path, member)).toMatchObject({ status: 409, body: { error: 'member_already_exists' } });
    expect((await admin('GET', path)).body).toEqual([member]);
    expect((await admin('GET', `${path}?returnEntities=true`)).body).toMatchObject([{ entity: { userName: 'root' } }]);
    expect((await admin('GET', `${path}/${root}`)).body).toEqual(member);
    expect((await admin('DELETE', `${path}/${root}`, member)).body).toEqual(member);
    expect(await admin('DELETE', `${path}/${root}`)).toMatchObject({
      status: 404,
      body: { error: 'member_not_found' },
    });
  });

  test('of a group in itself, in a default group, or of nobody is refused', async () => {
    const { admin, root, idOf } = await start();
    const [read, openid] = [await idOf('scim.read'), await idOf('openid')];
    const add = (group: unknown, body: object) => admin('POST', `/Groups/${group}/members`, body);
    expect((await add(read, { value: read, type: 'GROUP' })).body.message).toBe(
      'trying to nest group within itself, aborting',
    );
    expect((await add(openid, { value: root })).body.message).toBe('Trying to add member to default group');
    expect((await add(read, { value: 'nobody' })).body.message).toBe('User nobody does not exist');
    expect((await add('nothing', { value: root })).body.message).toBe('Group nothing does not exist');
    expect((await add(read, {})).body.message).toBe('group-id, member-id, origin and member-type must be non-empty');
  });

  test('in a group within a group counts, also where they contain each other', async () => {
    const { emulators, admin, root, idOf } = await start();
    const [read, write] = [await idOf('scim.read'), await idOf('scim.write')];
    const nest = (outer: unknown, inner: unknown) =>
      admin('POST', `/Groups/${outer}/members`, { value: inner, type: 'GROUP' });
    await nest(read, write);
    await nest(write, read);
    await admin('POST', `/Groups/${write}/members`, { value: root });
    const { groups } = (await admin('GET', `/Users/${root}`)).body as { groups: { display: string; type: string }[] };
    expect(groups).toContainEqual(expect.objectContaining({ display: 'scim.write', type: 'DIRECT' }));
    expect(groups).toContainEqual(expect.objectContaining({ display: 'scim.read', type: 'INDIRECT' }));
    expect((await tokenOf(await rootLogin(emulators))).scope.split(' ')).toContain('scim.read');
  });
});

describe('groups of an identity provider', () => {
  const person = { host: IAS, email: 'ops@sap-test.de', password: 'OPS', groups: ['Operators', 'Others'] };

  async function withPerson() {
    const started = await start({ double: { users: [person] } });
    const fields = { grant_type: 'password', username: person.email, password: passwordOf(started.emulators, 'OPS') };
    const scopes = async () => {
      const response = await postToken(started.emulators, fields, { hint: hint(ORIGIN) });
      return (await tokenOf(response)).scope.split(' ');
    };
    return { ...started, scopes };
  }

  test('stand for groups here as far as they are mapped, from login to login', async () => {
    const { admin, idOf, scopes } = await withPerson();
    expect(await scopes()).not.toContain('scim.read');
    const mapping = { displayName: 'scim.read', externalGroup: 'operators', origin: ORIGIN };
    const groupId = await idOf('scim.read');
    expect(await admin('POST', '/Groups/External', mapping)).toMatchObject({
      status: 201,
      body: { ...mapping, groupId },
    });
    expect((await admin('GET', `/Groups/External?origin=${ORIGIN}`)).body).toMatchObject({
      resources: [{ ...mapping, groupId }],
      itemsPerPage: 1,
      totalResults: 1,
    });
    expect((await admin('GET', '/Groups/External?origin=other')).body).toMatchObject({ totalResults: 0 });
    expect(await scopes()).toContain('scim.read');
    const path = `/Groups/External/groupId/${groupId}/externalGroup/Operators/origin/${ORIGIN}`;
    expect((await admin('DELETE', path)).body).toMatchObject(mapping);
    expect((await admin('DELETE', path)).status).toBe(404);
    // The membership that the mapping gave ends with the next login.
    expect(await scopes()).not.toContain('scim.read');
  });

  test('do not touch what an administrator gave', async () => {
    const { admin, idOf, scopes } = await withPerson();
    await scopes();
    const filter = encodeURIComponent(`userName eq "${person.email}"`);
    const users = (await admin('GET', `/Users?filter=${filter}`)).body.resources as { id: string }[];
    await admin('POST', `/Groups/${await idOf('scim.write')}/members`, { value: users[0]?.id });
    expect(await scopes()).toContain('scim.write');
    expect(await scopes()).toContain('scim.write');
  });

  test('are refused without a group on either side', async () => {
    const { admin } = await start();
    const post = async (body: object) => {
      const answer = await admin('POST', '/Groups/External', body);
      return [answer.status, answer.body.message];
    };
    expect(await post({ externalGroup: 'x' })).toEqual([404, 'Group not found, not name provided']);
    expect(await post({ displayName: 'no', externalGroup: 'x' })).toEqual([404, 'Group not found:no']);
    expect(await post({ displayName: 'scim.read' })).toEqual([
      412,
      'external group must not be null when mapping an external group',
    ]);
    expect(
      (await admin('POST', '/Groups/External', { displayName: 'scim.read', externalGroup: 'x' })).body.origin,
    ).toBe('ldap');
  });
});
