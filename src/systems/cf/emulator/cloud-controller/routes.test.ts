import { describe, expect, test } from 'vitest';
import type { Emulators } from '../../../../emulation/compose.ts';
import { error, listOf, type Row, start, startWithMember } from '../testing/cloud-controller.ts';
import { API, LOGIN, logInAt, ORIGIN, postToken, ROBOT, UAA } from '../testing/landscape.ts';

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
  for (const path of ['/v3/app_usage_events', '/v2/info', '/v3/roles/x/y']) {
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
