import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOST, type Identity, openIdentity } from '../fuzz/identity.ts';

/** What requests that come at the same time must not do to each other, although one lets others go first while it computes. */

let identity: Identity;
beforeAll(async () => {
  identity = await openIdentity();
  // Whatever is made at first use, is made now.
  await scim('GET', 'Users');
});
afterAll(() => identity[Symbol.asyncDispose]());

function scim(method: string, path: string, body?: unknown): Promise<Response> {
  return identity.landscape.fetch(`${HOST.ias}/scim/${path}`, {
    method,
    headers: { authorization: identity.basic.scim, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const robot = (userName: string) => ({
  userName,
  emails: [{ value: `${userName}@sap-test.de` }],
  name: { familyName: 'Robot' },
});
const patch = (path: string, value: unknown) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', path, value }],
});
const created = async (userName: string): Promise<string> =>
  String(Object(await (await scim('POST', 'Users', robot(userName))).json()).id);

test('a change that is acknowledged while another one hashes a password is not undone by it', async () => {
  const id = await created('changed-twice');
  await Promise.all([
    scim('PATCH', `Users/${id}`, patch('password', 'Secret-1234-Abc')),
    scim('PATCH', `Users/${id}`, patch('name.familyName', 'Renamed')),
  ]);
  expect(await (await scim('GET', `Users/${id}`)).json()).toMatchObject({ name: { familyName: 'Renamed' } });
});

test('who is deleted while somebody sets his password stays deleted', async () => {
  const id = await created('deleted');
  const [, gone] = await Promise.all([
    scim('PATCH', `Users/${id}`, patch('password', 'Secret-1234-Abc')),
    scim('DELETE', `Users/${id}`),
  ]);
  expect([gone.status, (await scim('GET', `Users/${id}`)).status]).toEqual([204, 404]);
});

test('one name is given once', async () => {
  const twin = { ...robot('twin'), password: 'Secret-1234-Abc' };
  const answers = await Promise.all([1, 2, 3].map(() => scim('POST', 'Users', twin)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
});

test('many logons at once are all granted', async () => {
  const { userName, password } = identity.person;
  const logons = Array.from({ length: 20 }, () =>
    identity.landscape.fetch(`${HOST.ias}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: identity.basic.application },
      body: new URLSearchParams({ grant_type: 'password', username: userName, password }),
    }),
  );
  expect((await Promise.all(logons)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
});

test('wrong passwords at once lock as they do one after the other', async () => {
  const { userName, password } = identity.person;
  const logOn = (text: string) =>
    identity.landscape.fetch(`${HOST.ias}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: identity.basic.application },
      body: new URLSearchParams({ grant_type: 'password', username: userName, password: text }),
    });
  await Promise.all(Array.from({ length: 5 }, () => logOn('wrong')));
  expect((await logOn(password)).status).toBe(401);
});
