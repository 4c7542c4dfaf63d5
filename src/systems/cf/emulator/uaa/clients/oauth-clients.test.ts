import { describe, expect, test } from 'vitest';
import { startTestLandscape } from '../../testing/landscape.ts';
import { adminClient, callerOf } from '../../testing/uaa.ts';

const clerk = {
  landscape: 'eu10-004',
  id: 'clerk',
  secret: 'CLERK',
  grantTypes: ['client_credentials'],
  scopes: ['openid'],
  authorities: ['clients.write', 'clients.read', 'clients.secret'],
};

async function start() {
  const emulators = await startTestLandscape({ cf: { uaaClients: [adminClient, clerk] } });
  return { emulators, admin: await callerOf(emulators, adminClient), clerk: await callerOf(emulators, clerk) };
}

const app = {
  client_id: 'app',
  client_secret: 'secret',
  name: 'An App',
  authorized_grant_types: ['authorization_code'],
  scope: ['openid'],
  redirect_uri: ['https://app.example/**'],
};
const invalid = (text: string) => ({ error: 'invalid_client', error_description: text });

test('a client is created, read, listed, changed and deleted; its secret is never shown', async () => {
  const { admin } = await start();
  const created = await admin('POST', '/oauth/clients', { ...app, allowedproviders: ['uaa'] });
  expect(created).toMatchObject({
    status: 201,
    body: {
      client_id: 'app',
      name: 'An App',
      scope: ['openid'],
      resource_ids: ['none'],
      // Whoever gets tokens for users may refresh them.
      authorized_grant_types: ['authorization_code', 'refresh_token'],
      authorities: ['uaa.none'],
      allowedproviders: ['uaa'],
      autoapprove: [],
      required_user_groups: [],
      lastModified: expect.any(Number),
    },
  });
  expect(JSON.stringify(created.body)).not.toContain('secret');
  expect((await admin('POST', '/oauth/clients', app)).status).toBe(409);
  expect((await admin('GET', '/oauth/clients/app')).body).toEqual(created.body);
  expect((await admin('GET', '/oauth/clients?filter=client_id+eq+"APP"&attributes=clientId,client_id')).body).toEqual({
    // Attributes have the names of UAA's own classes.
    resources: [{ clientId: 'app', client_id: null }],
    startIndex: 1,
    itemsPerPage: 1,
    totalResults: 1,
    schemas: ['http://cloudfoundry.org/schema/scim/oauth-clients-1.0'],
  });
  const put = { client_id: 'app', scope: 'openid,profile', autoapprove: true };
  expect((await admin('PUT', '/oauth/clients/app', put)).body).toMatchObject({
    scope: ['openid', 'profile'],
    autoapprove: ['true'],
    name: 'An App',
    redirect_uri: app.redirect_uri,
  });
  expect((await admin('PUT', '/oauth/clients/app', { client_id: 'other' })).status).toBe(400);
  expect((await admin('DELETE', '/oauth/clients/app')).body).toMatchObject({ client_id: 'app' });
  // No body at all, unlike everywhere else.
  expect(await admin('GET', '/oauth/clients/app')).toMatchObject({ status: 404, body: {} });
});

describe('a client is refused', () => {
  test.each([
    [{ client_id: 'uaa' }, 'Not allowed: uaa is a reserved client_id'],
    [{ client_id: 'a/b' }, 'Not allowed characters: a/b must not contain any of [\\, /]'],
    [{ redirect_uri: [] }, 'authorization_code grant type requires at least one redirect URL.'],
    [{ redirect_uri: ['nonsense'] }, 'One of the redirect_uri is invalid: nonsense'],
    [{ authorized_grant_types: ['implicit'] }, 'Implicit grant should not have a client_secret'],
    [
      { authorized_grant_types: ['client_credentials'], client_secret: undefined },
      'Client secret is required for client_credentials grant type',
    ],
  ])('with %o', async (more, text) => {
    const { admin } = await start();
    expect(await admin('POST', '/oauth/clients', { ...app, ...more })).toMatchObject({
      status: 400,
      body: invalid(text),
    });
  });

  test('when it wants more than who creates it has', async () => {
    const { clerk: caller } = await start();
    const create = async (more: object) => (await caller('POST', '/oauth/clients', { ...app, ...more })).body;
    expect(await create({ authorized_grant_types: ['password'] })).toEqual(
      invalid('password is not an allowed grant type for non-admin caller.'),
    );
    expect(await create({ scope: ['scim.write'] })).toMatchObject({
      error_description: expect.stringMatching(/^scim\.write is not an allowed scope for caller=clerk\./),
    });
    expect(await create({ authorities: ['uaa.admin'] })).toMatchObject({
      error_description: expect.stringMatching(/^uaa\.admin is not an allowed authority for caller=clerk\./),
    });
    expect(await create({ scope: ['openid', 'clerk.read'] })).toMatchObject({ client_id: 'app' });
  });
});

test('its own secret a client changes with the old one, that of others not at all', async () => {
  const { emulators, clerk: caller } = await start();
  const change = async (id: string, body: object) => (await caller('PUT', `/oauth/clients/${id}/secret`, body)).body;
  expect(await change('admin', { secret: 'x' })).toEqual(
    invalid("Bad request. Not permitted to change another client's secret"),
  );
  expect(await change('clerk', { oldSecret: 'no', secret: 'x' })).toEqual(
    invalid('Previous secret is required and must be valid'),
  );
  const oldSecret = emulators.credentials.get('CLERK');
  expect(await change('clerk', { oldSecret, secret: 'x' })).toEqual({ status: 'ok', message: 'secret updated' });
  // The token was signed with the old secret.
  expect((await caller('GET', '/oauth/clients')).status).toBe(401);
});
