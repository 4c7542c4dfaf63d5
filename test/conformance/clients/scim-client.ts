import assert from 'node:assert/strict';
import type { Client, Step } from '../client.ts';
import { type Resource, ScimClient } from '../scim.ts';
import { CREDENTIAL } from '../seed.ts';
import { IAS } from './openid-client-ias.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** A SCIM client by the RFCs at an IAS tenant: what general provisioning software does. */
export const scimClient: Client = {
  name: 'SCIM client of RFC 7643 and 7644 · IAS',
  licence: 'Apache-2.0',
  free: true,
  async run(landscape, step) {
    const id = encodeURIComponent(landscape.credential(CREDENTIAL.scim.id));
    const secret = encodeURIComponent(landscape.credential(CREDENTIAL.scim.secret));
    const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const client = new ScimClient(`${IAS}/scim`, landscape.fetch, basic);

    await step('service provider configuration', async () => {
      const types = await client.list('/ResourceTypes');
      assert.deepEqual(types.Resources.map((type) => type.name).sort(), ['Group', 'User']);
      assert.ok((await client.list('/Schemas')).Resources.some((schema) => schema.id === USER));
    });
    const users = await createUsers(client, step);
    await findUsers(client, step, users);
    await changeUser(client, step, users);
    await groups(client, step, users);
    await step('delete', async () => {
      for (const user of users) await client.delete(`/Users/${user.id}`);
      await assert.rejects(client.read(`/Users/${users[0].id}`), { status: 404 });
      await assert.rejects(client.delete(`/Users/${users[0].id}`), { status: 404 });
    });
  },
};

type Users = readonly [Resource, Resource, Resource];

const person = (name: string) => ({
  schemas: [USER],
  userName: name,
  name: { givenName: 'Scim', familyName: name },
  displayName: `Scim ${name}`,
  emails: [{ value: `${name}@scim.example`, primary: true }],
});

async function createUsers(client: ScimClient, step: Step): Promise<Users> {
  const users = await step('create', async (): Promise<Users> => {
    const create = (name: string) => client.create('/Users', person(name));
    return [await create('scim-anna'), await create('scim-bert'), await create('scim-carl')];
  });
  await step('uniqueness', async () => {
    await assert.rejects(client.create('/Users', person('SCIM-Anna')), { status: 409 });
  });
  await step('invalid body', async () => {
    await assert.rejects(client.create('/Users', []), { status: 400 });
  });
  return users;
}

async function findUsers(client: ScimClient, step: Step, [anna]: Users): Promise<void> {
  await step('filters', async () => {
    const find = async (filter: string) =>
      (await client.list('/Users', { filter })).Resources.map((user) => user.userName);
    assert.deepEqual(await find('userName eq "SCIM-ANNA"'), ['scim-anna']);
    assert.deepEqual(await find('emails.value eq "scim-bert@scim.example"'), ['scim-bert']);
    assert.deepEqual(await find(`id eq "${anna.id}" and (userName eq "x" or displayName eq "Scim scim-anna")`), [
      'scim-anna',
    ]);
    assert.deepEqual(await find('userName eq "nobody"'), []);
    await assert.rejects(find('userName eq'), { status: 400 });
  });
  await step('paging', async () => {
    const { totalResults } = await client.list('/Users');
    assert.ok(totalResults >= 3);
    const seen: string[] = [];
    for (let startIndex = 1; startIndex <= totalResults; startIndex += 2) {
      seen.push(...(await client.list('/Users', { startIndex, count: 2 })).Resources.map((user) => user.id));
    }
    assert.equal(new Set(seen).size, totalResults);
    const none = await client.list('/Users', { count: 0 });
    assert.deepEqual([none.totalResults, none.Resources], [totalResults, []]);
    assert.deepEqual((await client.list('/Users', { startIndex: totalResults + 1 })).Resources, []);
  });
  await step('projection', async () => {
    const [row] = (await client.list('/Users', { filter: `id eq "${anna.id}"`, attributes: 'userName' })).Resources;
    assert.equal(row?.userName, 'scim-anna');
    assert.equal(row?.emails, undefined);
  });
}

async function changeUser(client: ScimClient, step: Step, [anna]: Users): Promise<void> {
  const at = `/Users/${anna.id}`;
  await step('patch with a path', async () => {
    await client.patch(at, { op: 'replace', path: 'name.familyName', value: 'Changed' });
    assert.deepEqual((await client.read(at)).name, { givenName: 'Scim', familyName: 'Changed' });
  });
  await step('patch without a path', async () => {
    await client.patch(at, { op: 'replace', value: { displayName: 'Whole', nickName: 'Nick' } });
    const { displayName, nickName } = await client.read(at);
    assert.deepEqual([displayName, nickName], ['Whole', 'Nick']);
  });
  await step('capitalised operations', async () => {
    await client.patch(
      at,
      { op: 'Replace', path: 'displayName', value: 'Capital' },
      { op: 'Remove', path: 'nickName' },
    );
    const { displayName, nickName } = await client.read(at);
    assert.deepEqual([displayName, nickName], ['Capital', undefined]);
  });
  await step('value filters', async () => {
    const add = {
      op: 'add',
      path: 'phoneNumbers',
      value: [
        { type: 'work', value: '+49 1' },
        { type: 'home', value: '+49 2' },
      ],
    };
    await client.patch(at, add);
    await client.patch(at, { op: 'remove', path: 'phoneNumbers[type eq "home"]' });
    assert.deepEqual((await client.read(at)).phoneNumbers, [{ type: 'work', value: '+49 1' }]);
  });
  await step('invalid patch', async () => {
    await assert.rejects(client.patch(at, { op: 'turn', path: 'displayName' }), { status: 400 });
    await assert.rejects(client.patch('/Users/none', { op: 'remove', path: 'nickName' }), { status: 404 });
  });
  await step('put', async () => {
    const replaced = await client.replace(at, { ...person('scim-anna'), nickName: 'Put' });
    assert.deepEqual([replaced.id, replaced.nickName, replaced.phoneNumbers], [anna.id, 'Put', undefined]);
  });
}

async function groups(client: ScimClient, step: Step, [anna, bert]: Users): Promise<void> {
  const members = async (id: string) => {
    const found = (await client.read(`/Groups/${id}`)).members;
    return Array.isArray(found) ? found.map((member: { value: string }) => member.value) : [];
  };
  await step('groups', async () => {
    const body = { schemas: [GROUP], displayName: 'Scim group', members: [{ value: anna.id }] };
    const { id } = await client.create('/Groups', body);
    await client.patch(`/Groups/${id}`, { op: 'add', path: 'members', value: [{ value: bert.id }] });
    assert.deepEqual((await members(id)).sort(), [anna.id, bert.id].sort());
    const held = (await client.read(`/Users/${bert.id}`)).groups;
    assert.ok(Array.isArray(held) && held.some((group: { value: string }) => group.value === id));
    await client.patch(`/Groups/${id}`, { op: 'remove', path: `members[value eq "${anna.id}"]` });
    assert.deepEqual(await members(id), [bert.id]);
    assert.equal((await client.list('/Groups', { filter: 'displayName eq "Scim group"' })).totalResults, 1);
    await client.delete(`/Groups/${id}`);
    await assert.rejects(client.read(`/Groups/${id}`), { status: 404 });
  });
}
