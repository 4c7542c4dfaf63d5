import { describe, expect, test } from 'vitest';
import { error, listOf, namesOf, start, startWithMember } from '../testing/cloud-controller.ts';
import { ADMIN, logInAt, ORIGIN, ROBOT, type Session } from '../testing/landscape.ts';

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
