import { describe, expect, test } from 'vitest';
import { error, NOT_IN_ORG, type Row, start, startWithMember } from '../testing/cloud-controller.ts';
import { API, logInAt, ORIGIN, postToken, ROBOT } from '../testing/landscape.ts';

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
    [{ user: {} }, /^Relationships User must have a username or guid specified$/],
    [{ user: { guid: 'x', username: 'y' } }, /cannot be specified when identifying user by guid$/],
    [{ place: {} }, /must specify either a space or an organization\.$/],
    [
      { type: 'organization_user', place: { space: { data: { guid: 'x' } } } },
      /^Relationships Space cannot be provided with the organization role type: 'organization_user'\.$/,
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
