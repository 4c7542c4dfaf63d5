import { describe, expect, test } from 'vitest';
import { openLandscapes } from '../../landscapes.ts';
import { ORIGIN, passwordOf, ROBOT, startTestLandscape, UAA } from '../../testing/landscape.ts';
import { adminClient, bearerCaller, callerOf, robotLogin, rootLogin, tokenOf, webClient } from '../../testing/uaa.ts';

async function start(options: Parameters<typeof startTestLandscape>[0] = {}) {
  const cf = { ...options.cf, uaaClients: [adminClient, webClient, ...(options.cf?.uaaClients ?? [])] };
  const emulators = await startTestLandscape({ ...options, cf });
  const admin = await callerOf(emulators, adminClient);
  const create = async (more: object = {}) => {
    const emails = [{ value: 'new@acme.example', primary: true }];
    return admin('POST', '/Users', { userName: 'new', password: 'pw', emails, ...more });
  };
  const find = async (filter: string, more = '') =>
    (await admin('GET', `/Users?filter=${encodeURIComponent(filter)}${more}`)).body as {
      resources: Record<string, unknown>[];
      totalResults: number;
      itemsPerPage: number;
    };
  return { emulators, admin, create, find };
}

const report = (error: string, text: string) => ({ error, message: text, error_description: text });
const ANY = { 'if-match': '*' };

describe('a user is created', () => {
  test('with defaults and without its password in the answer', async () => {
    const { create } = await start();
    const { status, headers, body } = await create({ name: { givenName: 'N', familyName: 'W' } });
    expect([status, headers.get('etag')]).toEqual([201, '"0"']);
    expect(body).toMatchObject({
      userName: 'new',
      origin: 'uaa',
      active: true,
      verified: true,
      zoneId: 'uaa',
      emails: [{ value: 'new@acme.example', primary: false }],
      meta: { version: 0 },
      schemas: ['urn:scim:schemas:core:1.0'],
    });
    expect(body.groups).toHaveLength(15);
    expect(JSON.stringify(body)).not.toContain('password"');
  });

  test.each([
    [{ userName: '' }, 'A username must be provided.'],
    [{ userName: 'a b' }, "Username must match pattern: [\\p{L}+0-9+\\-_.@'!]+"],
    [{ emails: [] }, 'Exactly one email must be provided.'],
    [{ emails: [{ value: 'a@b.c' }, { value: 'd@e.f' }] }, 'Exactly one email must be provided.'],
    [{ emails: [{ value: '' }] }, 'An email must be provided.'],
  ])('not from %o', async (more, text) => {
    const { create } = await start();
    expect(await create(more)).toMatchObject({ status: 400, body: report('invalid_scim_resource', text) });
  });

  test('once per name and origin; the refusal says which origin', async () => {
    const { create } = await start();
    await create();
    expect(await create({ userName: 'NEW' })).toMatchObject({
      status: 409,
      body: { ...report('scim_resource_already_exists', 'Username already in use: NEW'), origin: 'uaa' },
    });
    expect((await create({ origin: 'sap.ids' })).status).toBe(201);
  });

  test('with a password that the policy takes; of identity providers no password is asked', async () => {
    const { emulators, create } = await start();
    const landscapes = openLandscapes(emulators.state);
    const landscape = landscapes.get('eu10-004');
    if (!landscape) throw new Error('no landscape');
    const passwordPolicy = { minLength: 8, requireUpperCaseCharacter: 1, requireDigit: 2, requireSpecialCharacter: 1 };
    landscapes.set('eu10-004', { ...landscape, passwordPolicy });
    const text = [
      'Password must be at least 8 characters in length.',
      'Password must contain at least 1 special characters.',
      'Password must contain at least 1 uppercase characters.',
      'Password must contain at least 2 digit characters.',
    ].join(' ');
    expect(await create({ password: 'pw' })).toMatchObject({ status: 400, body: report('invalid_password', text) });
    expect((await create({ password: 'Passw0rd1!' })).status).toBe(201);
    expect((await create({ origin: ORIGIN, password: undefined })).status).toBe(201);
  });

  test('by who may, and by nobody else', async () => {
    const { emulators } = await start();
    const { access_token } = await tokenOf(await robotLogin(emulators));
    const robot = bearerCaller(emulators, access_token);
    expect(await robot('POST', '/Users', {})).toMatchObject({
      status: 403,
      body: { error: 'insufficient_scope', scope: 'uaa.admin scim.write scim.create zones.uaa.admin' },
    });
    const nobody = await emulators.fetch(`${UAA}/Users`);
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toContain('Bearer realm="UAA/oauth"');
    expect(await nobody.json()).toEqual({
      error: 'unauthorized',
      error_description: 'Full authentication is required to access this resource',
    });
    emulators.advance(1_201_000);
    expect((await robot('GET', '/Users')).body).toMatchObject({
      error: 'invalid_token',
      error_description: expect.stringMatching(/^Invalid access token: expired at Sat Nov 21 00:20:00 UTC 2026$/),
    });
  });
});

describe('a user is changed', () => {
  test('with the version that the caller knows, or any', async () => {
    const { admin, create } = await start();
    const { id } = (await create()).body;
    const body = { userName: 'newer', name: {}, emails: [{ value: 'newer@acme.example' }] };
    const put = (headers?: Record<string, string>) => admin('PUT', `/Users/${id}`, body, headers);
    expect(await put()).toMatchObject({ status: 400, body: report('scim', 'Missing If-Match for PUT') });
    expect((await put({ 'if-match': 'x' })).body).toMatchObject({ error: 'scim' });
    const changed = await put({ 'if-match': '"0"' });
    expect(changed).toMatchObject({ status: 200, body: { userName: 'newer', name: {}, meta: { version: 1 } } });
    expect(changed.headers.get('etag')).toBe('"1"');
    const text = `Attempt to update a user (${id}) with wrong version: expected=1 but found=0`;
    expect(await put({ 'if-match': '0' })).toMatchObject({ status: 409, body: report('scim_resource_conflict', text) });
    expect((await put(ANY)).body).toMatchObject({ meta: { version: 2 } });
  });

  test('but not its origin, and not to a name that somebody has', async () => {
    const { admin, create } = await start();
    const { id } = (await create()).body;
    const emails = [{ value: 'x@acme.example' }];
    const put = (body: object) => admin('PUT', `/Users/${id}`, { userName: 'new', name: {}, emails, ...body }, ANY);
    expect(await put({ origin: ORIGIN })).toMatchObject({
      status: 400,
      body: report('invalid_scim_resource', "Cannot change user's origin in update operation."),
    });
    expect((await put({ userName: 'root' })).status).toBe(400);
    expect(await admin('PATCH', `/Users/${id}`, { origin: ORIGIN }, ANY)).toMatchObject({
      body: report('invalid_scim_resource', 'Cannot change origin in patch of user.'),
    });
  });

  test('in parts: what is not sent stays, except that the user is active and verified again', async () => {
    const { admin, create } = await start();
    const created = await create({ name: { givenName: 'N', familyName: 'W' }, phoneNumbers: [{ value: '1' }] });
    const path = `/Users/${created.body.id}`;
    const patch = async (body: object) => (await admin('PATCH', path, body, ANY)).body;
    expect(await patch({ active: false })).toMatchObject({ active: false, name: { givenName: 'N', familyName: 'W' } });
    expect(await patch({ name: { givenName: 'M' } })).toMatchObject({
      active: true,
      name: { givenName: 'M', familyName: 'W' },
    });
    // An address that is not primary loses against the one that is there.
    expect(await patch({ emails: [{ value: 'b@acme.example' }] })).toMatchObject({
      emails: [{ value: 'new@acme.example' }],
    });
    expect(await patch({ emails: [{ value: 'b@acme.example', primary: true }] })).toMatchObject({
      emails: [{ value: 'b@acme.example' }],
    });
    const less = await patch({ meta: { attributes: ['name.familyName', 'phoneNumbers'] } });
    expect(less).toMatchObject({ name: { givenName: 'M' } });
    expect(less).not.toHaveProperty('phoneNumbers');
    expect(await patch({ meta: { attributes: ['origin'] } })).toEqual(
      report('invalid_scim_resource', 'Attribute origin cannot be removed using "Meta.attributes"'),
    );
  });

  test('by itself in its names only', async () => {
    const { emulators } = await start();
    const { access_token } = await tokenOf(await rootLogin(emulators));
    const root = bearerCaller(emulators, access_token);
    const { user_id } = (await root('GET', '/userinfo')).body;
    const me = `/Users/${user_id}`;
    expect((await root('GET', me)).status).toBe(200);
    expect((await root('PATCH', me, { name: { givenName: 'Groot' } }, ANY)).body).toMatchObject({
      name: { givenName: 'Groot' },
    });
    expect(await root('PATCH', me, { userName: 'groot' }, ANY)).toMatchObject({
      status: 403,
      body: { error: 'invalid_self_edit' },
    });
    expect((await root('GET', '/Users/somebody')).status).toBe(403);
  });
});

describe('a password is changed', () => {
  test('by its owner with the old one, by a client without', async () => {
    const { emulators, admin } = await start();
    const { access_token } = await tokenOf(await rootLogin(emulators));
    const root = bearerCaller(emulators, access_token);
    const { user_id } = (await root('GET', '/userinfo')).body;
    const old = passwordOf(emulators, 'ROOT_PASSWORD');
    const change = (body: object, id: unknown = user_id) => root('PUT', `/Users/${id}/password`, body);
    expect(await change({ password: 'x' }, 'other')).toMatchObject({
      status: 400,
      body: report('invalid_password', "Not permitted to change another user's password"),
    });
    expect(await change({ password: 'x' })).toMatchObject({
      body: report('invalid_password', 'Previous password is required'),
    });
    expect(await change({ oldPassword: 'no', password: 'x' })).toMatchObject({
      status: 401,
      body: { error_description: 'Old password is incorrect' },
    });
    expect(await change({ oldPassword: old, password: old })).toMatchObject({
      status: 422,
      body: report('invalid_password', 'Your new password cannot be the same as the old password.'),
    });
    expect((await change({ oldPassword: old, password: 'next' })).body).toEqual({
      status: 'ok',
      message: 'password updated',
    });
    expect((await admin('PUT', `/Users/${user_id}/password`, { password: 'third' })).status).toBe(200);
    expect((await rootLogin(emulators, 'third')).status).toBe(200);
    expect(await admin('PUT', '/Users/nobody/password', { password: 'x' })).toMatchObject({
      status: 401,
      body: report('bad_credentials', 'Invalid password change request'),
    });
  });
});

describe('the status of an account', () => {
  test('can be unlocked, but not locked; a new password can be demanded, but not the demand be dropped', async () => {
    const { emulators, admin, find } = await start();
    const id = (await find('userName eq "root"')).resources[0]?.id;
    const patch = (body: object, user = id) => admin('PATCH', `/Users/${user}/status`, body);
    for (let failure = 0; failure < 5; failure++) await rootLogin(emulators, 'wrong');
    expect((await rootLogin(emulators)).status).toBe(401);
    expect((await patch({ locked: false })).body).toEqual({ locked: false });
    expect((await rootLogin(emulators)).status).toBe(200);
    expect(await patch({ locked: true })).toMatchObject({ status: 400, body: { error: 'scim' } });
    expect((await patch({ passwordChangeRequired: true })).body).toEqual({ passwordChangeRequired: true });
    expect(await (await rootLogin(emulators)).json()).toMatchObject({ error_description: 'password change required' });
    expect((await patch({ passwordChangeRequired: false })).status).toBe(400);
    await robotLogin(emulators);
    const robot = (await find(`origin eq "${ORIGIN}"`)).resources[0]?.id;
    expect((await patch({ locked: false }, robot)).body).toEqual(
      report('scim', 'Can only manage users from the internal user store.'),
    );
  });

  test('of who is not verified changes by an administrator, or by the link', async () => {
    const { emulators, admin, create } = await start();
    const { id } = (await create({ verified: false })).body;
    const link = () =>
      admin('GET', `/Users/${id}/verify-link?redirect_uri=https%3A%2F%2Fweb.example%2Fcallback&client_id=web`);
    const { verify_link } = (await link()).body;
    const opened = () => emulators.fetch(String(verify_link));
    expect((await opened()).headers.get('location')).toBe('https://web.example/callback');
    expect((await opened()).status).toBe(422);
    expect(await link()).toMatchObject({
      status: 405,
      body: report('user_already_verified', 'This user has already been verified.'),
    });
    const other = (await create({ userName: 'other', verified: false })).body;
    expect((await admin('GET', `/Users/${other.id}/verify`)).body).toMatchObject({ verified: true });
  });
});

test('who is deleted is gone, with memberships and tokens', async () => {
  const { emulators, admin, find } = await start();
  await robotLogin(emulators);
  const [user] = (await find(`userName eq "${ROBOT}"`)).resources;
  const deleted = await admin('DELETE', `/Users/${user?.id}`);
  expect(deleted).toMatchObject({ status: 200, body: { id: user?.id } });
  const missing = { status: 404, body: report('scim_resource_not_found', `User ${user?.id} does not exist`) };
  expect(await admin('GET', `/Users/${user?.id}`)).toMatchObject(missing);
  expect(await admin('DELETE', `/Users/${user?.id}`)).toMatchObject(missing);
  // The next login makes another one.
  await robotLogin(emulators);
  expect((await find(`userName eq "${ROBOT}"`)).resources[0]?.id).not.toBe(user?.id);
});

describe('users are found', () => {
  test('by filters without regard to case, in pages, sorted, with the attributes that were asked for', async () => {
    const { create, find } = await start();
    for (const name of ['b1', 'a1', 'C1'])
      await create({ userName: name, emails: [{ value: `${name}@acme.example` }] });
    const names = async (filter: string, more = '') =>
      (await find(filter, more)).resources.map((user) => user.userName);
    expect(await names('USERNAME eq "A1" and origin eq "uaa"')).toEqual(['a1']);
    expect(await names("userName eq 'a1'")).toEqual(['a1']);
    expect(await names('userName sw "c" or email co "B1@"', '&sortBy=userName')).toEqual(['b1', 'C1']);
    expect(await names('userName co "1"', '&sortBy=userName&sortOrder=descending')).toEqual(['C1', 'b1', 'a1']);

    expect(await names('userName ge "b" and userName lt "c" and active eq true')).toEqual(['b1']);
    expect(await names('created gt "2026-11-20T00:00:00.000Z" and userName co "1"')).toHaveLength(3);
    const page = await find('userName co "1"', '&startIndex=2&count=1&attributes=userName,emails.value,familyName');
    expect(page).toMatchObject({ startIndex: 2, itemsPerPage: 1, totalResults: 3 });
    expect(page.resources).toEqual([{ userName: 'a1', 'emails.value': ['a1@acme.example'], familyName: null }]);
    expect((await find('userName co "1"', '&count=9999')).itemsPerPage).toBe(500);
  });

  test('not by what is no filter', async () => {
    const { admin } = await start();
    const answer = async (filter: string, more = '') =>
      (await admin('GET', `/Users?filter=${encodeURIComponent(filter)}${more}`)).body.message;
    expect(await answer('userName eq')).toBe('Invalid filter expression: [userName eq] [created]');
    expect(await answer('shoeSize eq "44"')).toBe('Invalid filter expression: [shoeSize eq &quot;44&quot;] [created]');
    expect(await answer('externalId pr')).toBe('Invalid filter expression: [externalId pr] [created]');
    expect(await answer('external_id pr')).toBeUndefined();
    expect(await answer('id pr', '&sortBy=salt')).toBe('Invalid filter expression: [id pr] [salt]');
    expect(await answer('id pr', '&attributes=$..*')).toBe('Invalid attributes: [$..*]');
  });

  test('by /ids/Users with id or name only; users of providers that are off are hidden', async () => {
    const { admin } = await start();
    const ids = async (filter: string, more = '') =>
      (await admin('GET', `/ids/Users?filter=${encodeURIComponent(filter)}${more}`)).body;
    expect(await ids('userName eq "root" or id eq "x"')).toMatchObject({
      resources: [{ userName: 'root', origin: 'uaa', id: expect.any(String) }],
      totalResults: 1,
    });
    const gone = await admin('POST', '/Users', {
      userName: 'g',
      origin: 'gone-platform',
      emails: [{ value: 'g@x.example' }],
    });
    expect(gone.status).toBe(201);
    expect(await ids('userName eq "g"')).toMatchObject({ resources: [] });
    expect(await ids('userName eq "g"', '&includeInactive=true')).toMatchObject({ resources: [{ userName: 'g' }] });
    expect((await ids('')).message).toBe("a 'filter' parameter is required");
    expect((await ids('origin eq "uaa"')).message).toBe('Invalid filter attribute.');
    expect((await ids('email eq "x"')).message).toBe('Invalid filter attribute.');
    expect((await ids('userName sw "r"')).message).toBe('Wildcards are not allowed in filter.');
    expect((await ids('userName gt "r"')).message).toBe('Invalid operator.');
  });
});
