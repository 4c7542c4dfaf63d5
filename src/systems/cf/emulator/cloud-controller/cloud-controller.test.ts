import { describe, expect, test } from 'vitest';
import type { Emulators } from '../../../../emulation/compose.ts';
import {
  ADMIN,
  API,
  LOGIN,
  logInAt,
  ORIGIN,
  postToken,
  ROBOT,
  type Session,
  startTestLandscape,
  UAA,
} from '../testing/landscape.ts';

interface Row {
  readonly guid: string;
  readonly name?: string;
  readonly type?: string;
  readonly username?: string | null;
  readonly origin?: string | null;
}
interface List {
  readonly pagination: Record<string, unknown>;
  readonly resources: readonly Row[];
  readonly included?: Record<string, readonly Row[]>;
}

const listOf = async (session: Session, path: string) => (await session.get(path)).body as List;
const namesOf = async (session: Session, path: string) =>
  (await listOf(session, path)).resources.map((row) => row.name);

async function start(options: Parameters<typeof startTestLandscape>[0] = {}) {
  const emulators = await startTestLandscape(options);
  const admin = await logInAt(emulators, 'admin');
  const [org] = (await listOf(admin, '/v3/organizations')).resources;
  const [app, shared] = (await listOf(admin, '/v3/spaces')).resources;
  if (!org || !app || !shared) throw new Error('no seed');
  const orgRole = (type: string, user: Record<string, string> = { username: ROBOT, origin: ORIGIN }) => ({
    type,
    relationships: { user: { data: user }, organization: { data: { guid: org.guid } } },
  });
  const spaceRole = (type: string, user: Record<string, string> = { username: ROBOT, origin: ORIGIN }) => ({
    type,
    relationships: { user: { data: user }, space: { data: { guid: app.guid } } },
  });
  return { emulators, admin, org, app, shared, orgRole, spaceRole };
}

/** The robot with its first login done and membership in the org. */
async function startWithMember(options: Parameters<typeof startTestLandscape>[0] = {}) {
  const started = await start(options);
  const robot = await logInAt(started.emulators, 'robot');
  const membership = await started.admin.send('POST', '/v3/roles', started.orgRole('organization_user'));
  expect(membership.status).toBe(201);
  return { ...started, robot, member: membership.body as Row };
}

const error = (detail: string, title = 'CF-UnprocessableEntity', code = 10008) => ({
  errors: [{ detail, title, code }],
});
const NOT_IN_ORG = "Users cannot be assigned roles in a space if they do not have a role in that space's organization.";

describe('visibility', () => {
  test('a user without any role sees empty lists, and nothing by GUID', async () => {
    const { emulators, org, app } = await start();
    const robot = await logInAt(emulators, 'robot');
    for (const path of ['organizations', 'spaces', 'roles']) {
      expect(await robot.get(`/v3/${path}`)).toMatchObject({
        status: 200,
        body: { pagination: { total_results: 0, total_pages: 1 }, resources: [] },
      });
    }
    expect(await robot.get(`/v3/organizations/${org.guid}`)).toMatchObject({
      status: 404,
      body: error('Organization not found', 'CF-ResourceNotFound', 10010),
    });
    expect(await robot.get(`/v3/spaces/${app.guid}`)).toMatchObject({
      status: 404,
      body: error('Space not found', 'CF-ResourceNotFound', 10010),
    });
    // Itself it sees: the first token has made its row.
    expect((await listOf(robot, '/v3/users')).resources).toMatchObject([{ username: ROBOT, origin: ORIGIN }]);
  });

  test('a member sees the org, its members and org roles, but no space', async () => {
    const { robot } = await startWithMember();
    expect(await namesOf(robot, '/v3/organizations')).toEqual(['acme-dev']);
    expect(await namesOf(robot, '/v3/spaces')).toEqual([]);
    const roles = await listOf(robot, '/v3/roles');
    expect(roles.resources.map((role) => role.type).sort()).toEqual([
      'organization_manager',
      'organization_user',
      'organization_user',
    ]);
    expect((await listOf(robot, '/v3/users')).resources.map((user) => user.username).sort()).toEqual([ADMIN, ROBOT]);
  });

  test('a space role shows that space only; an Org Manager sees all of them', async () => {
    const { robot, admin, orgRole, spaceRole } = await startWithMember();
    await admin.send('POST', '/v3/roles', spaceRole('space_auditor'));
    expect(await namesOf(robot, '/v3/spaces')).toEqual(['app']);
    await admin.send('POST', '/v3/roles', orgRole('organization_manager'));
    expect(await namesOf(robot, '/v3/spaces')).toEqual(['app', 'shared']);
  });

  test('an administrator of the landscape sees everything and is not rate-limited', async () => {
    const { emulators } = await start();
    const root = await logInAt(emulators, 'root');
    expect(await namesOf(root, '/v3/spaces')).toEqual(['app', 'shared']);
    expect((await root.get('/v3/spaces')).headers.get('x-ratelimit-limit')).toBeNull();
  });

  test('every user sees all quotas, with visible orgs only', async () => {
    const { emulators, org } = await start();
    const robot = await logInAt(emulators, 'robot');
    const quotas = (session: Session) => listOf(session, '/v3/organization_quotas');
    expect(await quotas(robot)).toMatchObject({
      resources: [{ name: 'SUBSCRIPTION_QUOTA', relationships: { organizations: { data: [] } } }],
    });
    expect(await quotas(await logInAt(emulators, 'root'))).toMatchObject({
      resources: [{ relationships: { organizations: { data: [{ guid: org.guid }] } } }],
    });
  });
});

describe('a role is refused', () => {
  test('before the user has a shadow user', async () => {
    const { admin, orgRole } = await start();
    expect(await admin.send('POST', '/v3/roles', orgRole('organization_user'))).toMatchObject({
      status: 422,
      body: error(`No user exists with the username '${ROBOT}' and origin '${ORIGIN}'.`),
    });
    expect(await admin.send('POST', '/v3/roles', orgRole('organization_user', { username: ROBOT }))).toMatchObject({
      status: 422,
      body: error(`No user exists with the username '${ROBOT}'.`),
    });
  });

  test('A19: unless the landscape lets Org Managers create users', async () => {
    const { admin, orgRole } = await start({ switches: { 'cf.allowUserCreationByOrgManager': true } });
    expect((await admin.send('POST', '/v3/roles', orgRole('organization_user'))).status).toBe(201);
  });

  test('in a space before the user is a member of the org, even as its manager', async () => {
    const { emulators, admin, orgRole, spaceRole } = await start();
    expect(await admin.send('POST', '/v3/roles', spaceRole('space_developer'))).toMatchObject({
      status: 422,
      body: error(NOT_IN_ORG),
    });
    await logInAt(emulators, 'robot');
    await admin.send('POST', '/v3/roles', orgRole('organization_manager'));
    expect(await admin.send('POST', '/v3/roles', spaceRole('space_developer'))).toMatchObject({
      status: 422,
      body: error(NOT_IN_ORG),
    });
    await admin.send('POST', '/v3/roles', orgRole('organization_user'));
    expect((await admin.send('POST', '/v3/roles', spaceRole('space_developer'))).status).toBe(201);
  });

  test('when the user has it already, with the text that the cf CLI looks for', async () => {
    const { admin, orgRole, spaceRole } = await startWithMember();
    expect(await admin.send('POST', '/v3/roles', orgRole('organization_user'))).toMatchObject({
      status: 422,
      body: error(`User '${ROBOT}' already has 'organization_user' role in organization 'acme-dev'.`),
    });
    await admin.send('POST', '/v3/roles', spaceRole('space_developer'));
    expect(await admin.send('POST', '/v3/roles', spaceRole('space_developer'))).toMatchObject({
      status: 422,
      body: error(`User '${ROBOT}' already has 'space_developer' role in space 'app'.`),
    });
  });

  test('when several origins have the name and none is given', async () => {
    const twin = { host: 'accounts.sap.com', email: ROBOT, password: 'TWIN' };
    const { emulators, admin, orgRole } = await startWithMember({ double: { users: [twin] } });
    const password = emulators.credentials.get('TWIN') ?? '';
    expect((await postToken(emulators, { grant_type: 'password', username: ROBOT, password })).status).toBe(200);
    expect(await admin.send('POST', '/v3/roles', orgRole('organization_manager', { username: ROBOT }))).toMatchObject({
      status: 422,
      body: error(
        `Ambiguous user. User with username '${ROBOT}' exists in the following origins: ${ORIGIN}, sap.ids. Specify an origin to disambiguate.`,
      ),
    });
  });

  test('with 403 where the caller may not grant, with 422 where the place does not exist', async () => {
    const { robot, spaceRole, orgRole } = await startWithMember();
    const nowhere = { data: { guid: '40b73419-5e01-4be0-baea-932d46cea45b' } };
    const forbidden = error('You are not authorized to perform the requested action', 'CF-NotAuthorized', 10003);
    // The space is invisible to the robot, but looked up without regard to that.
    expect(await robot.send('POST', '/v3/roles', spaceRole('space_developer'))).toMatchObject({
      status: 403,
      body: forbidden,
    });
    expect(await robot.send('POST', '/v3/roles', orgRole('organization_manager'))).toMatchObject({ status: 403 });
    const user = { data: { username: ROBOT, origin: ORIGIN } };
    const bodies = [
      [
        'organization_user',
        { user, organization: nowhere },
        'Invalid organization. Ensure that the organization exists and you have access to it.',
      ],
      [
        'space_developer',
        { user, space: nowhere },
        'Invalid space. Ensure that the space exists and you have access to it.',
      ],
    ] as const;
    for (const [type, relationships, detail] of bodies) {
      expect(await robot.send('POST', '/v3/roles', { type, relationships })).toMatchObject({
        status: 422,
        body: error(detail),
      });
    }
  });

  test.each([
    [{ type: 'king' }, /^Type must be one of the allowed types \["organization_auditor", /],
    [{ user: {} }, /^User must have a username or guid specified$/],
    [{ user: { guid: 'x', username: 'y' } }, /cannot be specified when identifying user by guid$/],
    [{ place: {} }, /must specify either a space or an organization\.$/],
    [
      { type: 'organization_user', place: { space: { data: { guid: 'x' } } } },
      /^Space cannot be provided with the organization role type: 'organization_user'\.$/,
    ],
    [{ extra: 1 }, /^Unknown field\(s\): 'extra'$/],
  ])('for a body with %o', async (change: Record<string, unknown>, detail) => {
    const { admin, app } = await start();
    const {
      type = 'space_developer',
      user = { username: ROBOT },
      place = { space: { data: { guid: app.guid } } },
      ...rest
    } = change;
    const answer = await admin.send('POST', '/v3/roles', {
      type,
      relationships: { user: { data: user }, ...(place as object) },
      ...rest,
    });
    expect(answer).toMatchObject({ status: 422, body: error(expect.stringMatching(detail)) });
  });

  test('with 400 for what is no JSON', async () => {
    const { emulators, admin } = await start();
    const response = await emulators.fetch(`${API}/v3/roles`, {
      method: 'POST',
      headers: { authorization: `bearer ${admin.token}` },
      body: '{',
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      error('Request invalid due to parse error: invalid request body', 'CF-MessageParseError', 1001),
    ]);
  });
});

describe('a role is deleted', () => {
  test('by a job, and the membership only after the space roles', async () => {
    const { admin, member, orgRole, spaceRole } = await startWithMember();
    const developer = (await admin.send('POST', '/v3/roles', spaceRole('space_developer'))).body as Row;
    expect(await admin.send('DELETE', `/v3/roles/${member.guid}`)).toMatchObject({
      status: 422,
      body: error('Cannot delete organization_user role while user has roles in spaces in that organization.'),
    });
    const deleted = await admin.send('DELETE', `/v3/roles/${developer.guid}`);
    expect(deleted).toMatchObject({ status: 202, body: '' });
    expect(deleted.headers.get('content-type')).toBe('text/html');
    const job = await admin.get(new URL(deleted.headers.get('location') ?? '').pathname);
    expect(job.body).toMatchObject({ operation: 'role.delete', state: 'COMPLETE', errors: [], warnings: [] });
    expect((await admin.send('DELETE', `/v3/roles/${member.guid}`)).status).toBe(202);
    expect((await admin.get(`/v3/roles/${member.guid}`)).body).toEqual(
      error('Role not found', 'CF-ResourceNotFound', 10010),
    );
    expect((await admin.send('POST', '/v3/roles', orgRole('organization_user'))).status).toBe(201);
  });

  test('and the job can take its time', async () => {
    const { emulators, admin, orgRole } = await startWithMember({ switches: { 'cf.jobsTakeTime': true } });
    const auditor = (await admin.send('POST', '/v3/roles', orgRole('organization_auditor'))).body as Row;
    const { headers } = await admin.send('DELETE', `/v3/roles/${auditor.guid}`);
    const job = new URL(headers.get('location') ?? '').pathname;
    expect((await admin.get(job)).body).toMatchObject({ state: 'PROCESSING' });
    emulators.advance(2000);
    expect((await admin.get(job)).body).toMatchObject({ state: 'COMPLETE' });
  });
});

describe('a list', () => {
  test('has links with all parameters in alphabetical order', async () => {
    const { admin, org } = await start();
    const { pagination } = await listOf(admin, `/v3/roles?per_page=1&organization_guids=${org.guid}&include=user`);
    const link = (page: number) => ({
      href: `${API}/v3/roles?include=user&order_by=%2Bcreated_at&organization_guids=${org.guid}&page=${page}&per_page=1`,
    });
    expect(pagination).toEqual({
      total_results: 2,
      total_pages: 2,
      first: link(1),
      last: link(2),
      next: link(2),
      previous: null,
    });
  });

  test('follows its own links to the end', async () => {
    const { admin } = await start();
    const seen: string[] = [];
    for (let url: string | undefined = '/v3/roles?per_page=1'; url; ) {
      const { pagination, resources } = await listOf(admin, url);
      seen.push(...resources.map((row) => row.guid));
      url = (pagination.next as { href: string } | null)?.href;
    }
    expect(new Set(seen).size).toBe(3);
    expect(await listOf(admin, '/v3/roles?page=9')).toMatchObject({ pagination: { total_results: 3 }, resources: [] });
  });

  test('includes each user once', async () => {
    const { admin } = await startWithMember();
    const { resources, included } = await listOf(admin, '/v3/roles?include=user,organization,space');
    expect(resources).toHaveLength(4);
    expect(included?.users?.map((user) => [user.username, user.origin])).toEqual(
      expect.arrayContaining([
        [ADMIN, 'sap.ids'],
        [ROBOT, ORIGIN],
      ]),
    );
    expect(included?.users).toHaveLength(2);
    expect(included?.organizations).toMatchObject([{ name: 'acme-dev' }]);
    expect(included?.spaces).toMatchObject([{ name: 'app' }]);
  });

  test('finds users by name without case, and by origin', async () => {
    const { admin } = await startWithMember();
    const find = (query: string) => listOf(admin, `/v3/users?${query}`);
    expect((await find(`usernames=${ROBOT.toUpperCase()}&origins=${ORIGIN}`)).resources).toHaveLength(1);
    expect((await find(`usernames=${ROBOT}&origins=sap.ids`)).resources).toHaveLength(0);
    expect((await find('partial_usernames=robot')).resources).toHaveLength(1);
  });

  test('decodes each value of a filter once more, so that names may hold commas', async () => {
    const spaces = ['a,b', 'a'];
    const orgs = [{ name: 'x', subaccount: 'x', globalAccount: 'acme', landscape: 'eu10-004', spaces }];
    const { emulators } = await start({ cf: { orgs }, double: { subaccounts: ['x'] } });
    const root = await logInAt(emulators, 'root');
    expect(await namesOf(root, '/v3/spaces?names=a%252Cb')).toEqual(['a,b']);
    expect(await namesOf(root, '/v3/spaces?names=a%2Cb')).toEqual(['a']);
  });

  test('sorts by name', async () => {
    const { admin } = await start();
    expect(await namesOf(admin, '/v3/spaces?order_by=-name')).toEqual(['shared', 'app']);
    expect((await listOf(admin, '/v3/spaces?order_by=name')).pagination.first).toEqual({
      href: `${API}/v3/spaces?order_by=name&page=1&per_page=50`,
    });
  });

  test.each([
    ['/v3/organizations?page=0', 400, 'The query parameter is invalid: Page must be a positive integer'],
    ['/v3/spaces?per_page=5001', 400, 'The query parameter is invalid: Per page must be between 1 and 5000'],
    ['/v3/roles?per_page=0', 422, 'Per page must be between 1 and 5000'],
    [
      '/v3/spaces?order_by=size',
      400,
      "The query parameter is invalid: Order by can only be: 'created_at', 'updated_at', 'name'",
    ],
    ['/v3/users?origins=uaa', 422, 'Origins filter cannot be provided without usernames or partial_usernames filter.'],
    [
      '/v3/roles?foo=1',
      422,
      "Unknown query parameter(s): 'foo'. Valid parameters are: 'guids', 'include', 'order_by', 'organization_guids', 'page', 'per_page', 'space_guids', 'types', 'user_guids'",
    ],
  ])('refuses %s', async (path, status, detail) => {
    const { admin } = await start();
    const expected = status === 400 ? error(detail, 'CF-BadQueryParameter', 10005) : error(detail);
    expect(await admin.get(path)).toMatchObject({ status, body: expected });
  });
});

describe('a caller', () => {
  const get = (emulators: Emulators, authorization?: string) =>
    emulators.fetch(`${API}/v3/organizations`, authorization === undefined ? {} : { headers: { authorization } });

  test('needs a token that is genuine, alive, and meant for the Cloud Controller', async () => {
    const { emulators, admin } = await start();
    const answer = async (authorization?: string) => {
      const response = await get(emulators, authorization);
      return [response.status, await response.json()];
    };
    const invalid = [401, error('Invalid Auth Token', 'CF-InvalidAuthToken', 1000)];
    expect(await answer()).toEqual([401, error('Authentication error', 'CF-NotAuthenticated', 10002)]);
    expect(await answer('Basic Y2Y6')).toEqual(invalid);
    expect(await answer(`Bearer ${admin.token.slice(0, -4)}AAAA`)).toEqual(invalid);
    expect((await get(emulators, `BEARER ${admin.token}`)).status).toBe(200);
    emulators.advance(1_201_000);
    expect(await answer(`bearer ${admin.token}`)).toEqual(invalid);
  });

  test('needs the scope for reading or writing', async () => {
    const { emulators } = await start();
    const password = emulators.credentials.get('ROBOT_PASSWORD') ?? '';
    const hint = JSON.stringify({ origin: ORIGIN });
    const fields = { grant_type: 'password', username: ROBOT, password, scope: 'cloud_controller.read' };
    const { access_token } = (await (await postToken(emulators, fields, { hint })).json()) as { access_token: string };
    expect((await get(emulators, `bearer ${access_token}`)).status).toBe(200);
    const write = await emulators.fetch(`${API}/v3/roles`, {
      method: 'POST',
      headers: { authorization: `bearer ${access_token}` },
      body: '{}',
    });
    expect(write.status).toBe(403);
  });

  test('is told its limit in tenths, and waits when it is reached', async () => {
    const { emulators, admin } = await start({ rateLimit: 10 });
    const first = await admin.get('/v3/spaces');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('7');
    for (let call = 0; call < 7; call++) expect((await admin.get('/v3/spaces')).status).toBe(200);
    const refused = await admin.get('/v3/spaces');
    expect(refused).toMatchObject({ status: 429, body: error('Rate Limit Exceeded', 'CF-RateLimitExceeded', 10013) });
    expect(refused.headers.get('content-type')).toMatch(/^text\/plain/);
    emulators.advance(Number(refused.headers.get('retry-after')) * 1000);
    // The window is another one, and the token has expired meanwhile.
    expect((await (await logInAt(emulators, 'admin')).get('/v3/spaces')).status).toBe(200);
  });

  test('gets the trace headers of the landscape on every answer', async () => {
    const { emulators, admin } = await start();
    const { headers } = await admin.get('/v3/spaces');
    expect(headers.get('x-vcap-request-id')).toMatch(/^[0-9a-f-]{36}::[0-9a-f-]{36}$/);
    expect(headers.get('x-ratelimit-limit')).toBe('20000');
    expect(headers.get('x-ratelimit-remaining')).toBe('18000');
    const given = await emulators.fetch(`${API}/v3/info`, { headers: { 'x-vcap-request-id': 'mine' } });
    expect(given.headers.get('x-vcap-request-id')).toMatch(/^mine::/);
  });
});

test('serves discovery without a token, and leaves unknown routes unanswered', async () => {
  const { emulators } = await start();
  const root = await emulators.fetch(`${API}/`);
  expect(root.headers.get('content-type')).toBe('application/json;charset=utf-8');
  expect(await root.json()).toMatchObject({
    links: {
      self: { href: API },
      cloud_controller_v3: { href: `${API}/v3`, meta: { version: '3.188.0' } },
      login: { href: LOGIN },
      uaa: { href: UAA },
      credhub: null,
      app_ssh: { meta: { oauth_client: 'ssh-proxy' } },
    },
  });
  expect((await emulators.fetch(`${API}/v3`)).status).toBe(200);
  expect(await (await emulators.fetch(`${API}/v3/info`)).json()).toMatchObject({ osbapi_version: '2.17' });
  for (const path of ['/v3/apps', '/v2/info', '/v3/roles/x/y']) {
    expect((await emulators.fetch(`${API}${path}`)).status).toBe(501);
  }
});

test('a space comes and goes with its roles', async () => {
  const { admin, org, spaceRole } = await startWithMember();
  const create = (name: string, guid: string) =>
    admin.send('POST', '/v3/spaces', { name, relationships: { organization: { data: { guid } } } });
  const made = await create('new', org.guid);
  expect(made).toMatchObject({ status: 201, body: { name: 'new', relationships: { quota: { data: null } } } });
  expect((await create('NEW', org.guid)).body).toEqual(error('Name must be unique per organization'));
  expect((await create('x', '40b73419-5e01-4be0-baea-932d46cea45b')).body).toEqual(
    error('Invalid organization. Ensure the organization exists and you have access to it.'),
  );
  const { guid } = made.body as Row;
  for (const path of ['features/ssh', 'relationships/isolation_segment', 'users']) {
    expect((await admin.get(`/v3/spaces/${guid}/${path}`)).status).toBe(200);
  }
  expect((await admin.get(`/v3/organizations/${org.guid}/domains/default`)).body).toMatchObject({
    name: 'cfapps.eu10-004.hana.ondemand.com',
  });
  const role = { ...spaceRole('space_auditor') };
  const inNew = { ...role, relationships: { ...role.relationships, space: { data: { guid } } } };
  expect((await admin.send('POST', '/v3/roles', inNew)).status).toBe(201);
  expect((await admin.send('DELETE', `/v3/spaces/${guid}`)).status).toBe(202);
  expect((await listOf(admin, '/v3/roles?types=space_auditor')).resources).toEqual([]);
});

test('users are created and deleted by administrators only; UAA keeps them', async () => {
  const { emulators, admin } = await start();
  const root = await logInAt(emulators, 'root');
  const ghost = { username: 'ghost@sap-test.de', origin: ORIGIN };
  expect((await admin.send('POST', '/v3/users', ghost)).status).toBe(403);
  const made = await root.send('POST', '/v3/users', ghost);
  expect(made).toMatchObject({ status: 201, body: { ...ghost, presentation_name: ghost.username } });
  expect((await root.send('POST', '/v3/users', ghost)).body).toEqual(
    error(`User with username '${ghost.username}' and origin '${ORIGIN}' already exists.`),
  );
  const { guid } = made.body as Row;
  expect((await root.send('POST', '/v3/users', { guid: 'a-client' })).body).toMatchObject({
    username: null,
    origin: null,
    presentation_name: 'a-client',
  });
  expect((await root.send('DELETE', `/v3/users/${guid}`)).status).toBe(202);
  expect((await root.get(`/v3/users/${guid}`)).body).toEqual(error('User not found', 'CF-ResourceNotFound', 10010));
  // The shadow user is found again, with its id.
  expect((await root.send('POST', '/v3/users', ghost)).body).toMatchObject({ guid });
});

test('knows for its neighbours which org a subaccount has, and who has roles there', async () => {
  const { emulators, admin, spaceRole } = await startWithMember();
  await admin.send('POST', '/v3/roles', spaceRole('space_developer'));
  const [dev] = emulators.world.use('accounts').zones();
  const port = emulators.world.use('cloudFoundry');
  expect(port.org(dev?.guid ?? '')).toMatchObject({ name: 'acme-dev', landscape: 'eu10-004' });
  expect(port.org('x')).toBeUndefined();
  expect(port.usersWithRole(dev?.guid ?? '')).toEqual([
    { userName: ADMIN, originKey: 'sap.ids' },
    { userName: ROBOT, originKey: ORIGIN },
  ]);
});
