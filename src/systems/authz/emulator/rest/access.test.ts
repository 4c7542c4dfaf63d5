import { beforeAll, expect, test } from 'vitest';
import { API, type AuthzLandscape, startAuthz, tokensOf } from '../../../../../test/fixtures/authz.ts';

const USERS = '/sap/rest/user';
const V2 = '/sap/rest/authorization/v2';
const COLLECTIONS = `${V2}/rolecollections`;
const APP = `${V2}/apps/shop!t17`;
const MAPPINGS = `${V2}/identity-providers/sap.custom`;
const PROVIDERS = '/sap/rest/identity-providers';
const PLATFORM = '/sap/rest/globalaccount/any/platform-identity-providers';

/** Calls of every route by the scope that it wants (btp:764abf2; of securitySettings and mappings assumed). */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'xs_user.read': [
    'GET /Users',
    'GET /Users/1',
    'GET /Groups',
    `GET ${USERS}/id/1`,
    `GET ${USERS}/origin`,
    `GET ${USERS}/origin/sap.custom/name`,
    `GET ${USERS}/origin/sap.custom/name/nora`,
  ],
  'xs_user.write': [
    'POST /Users',
    'DELETE /Users/1',
    'POST /Groups',
    `POST ${USERS}`,
    `PUT ${USERS}`,
    `POST ${USERS}/bulk`,
    `DELETE ${USERS}/id/1`,
    `DELETE ${USERS}/origin/sap.custom/name/nora`,
    `PUT ${USERS}/origin/sap.custom/name/nora/rolecollections/x`,
    `DELETE ${USERS}/origin/sap.custom/name/nora/rolecollections/x`,
  ],
  'xs_authorization.read': [
    `GET ${COLLECTIONS}`,
    `GET ${COLLECTIONS}/pages`,
    `GET ${COLLECTIONS}/pages/1`,
    `GET ${COLLECTIONS}/roles/a/t/r`,
    `GET ${COLLECTIONS}/x`,
    `GET ${COLLECTIONS}/x/roles`,
    `GET ${V2}/roles`,
    `GET ${V2}/apps`,
    `GET ${V2}/apps/roletemplates`,
    `GET ${APP}`,
    `GET ${APP}/scopes`,
    `GET ${APP}/scopes/s`,
    `GET ${APP}/authorities`,
    `GET ${APP}/roles`,
    `GET ${APP}/roletemplates`,
    `GET ${APP}/roletemplates/t`,
    `GET ${APP}/roletemplates/t/roles/r`,
    `GET ${MAPPINGS}/attributes/rolecollections`,
    `GET ${MAPPINGS}/attributes/Groups/x`,
    `GET ${MAPPINGS}/attributes/Groups/rolecollections/x`,
    `GET ${MAPPINGS}/rolecollections/x`,
    `GET ${V2}/users/1/rolecollections`,
    `GET ${V2}/securitySettings`,
  ],
  'xs_authorization.write': [
    `POST ${COLLECTIONS}`,
    `POST ${COLLECTIONS}/bulk`,
    `DELETE ${COLLECTIONS}/bulk`,
    `PUT ${COLLECTIONS}/x`,
    `DELETE ${COLLECTIONS}/x`,
    `PUT ${COLLECTIONS}/x/roles`,
    `DELETE ${COLLECTIONS}/x/roles`,
    `PUT ${COLLECTIONS}/x/roles/a/r/t`,
    `DELETE ${COLLECTIONS}/x/roles/a/r/t`,
    `POST ${V2}/apps/roles`,
    `PUT ${APP}/roletemplates/t/roles/r`,
    `DELETE ${APP}/roletemplates/t/roles/r`,
    `POST ${MAPPINGS}/attributes`,
    `DELETE ${MAPPINGS}/attributes/Groups/equals/x/rolecollections/y`,
    `PATCH ${V2}/securitySettings`,
  ],
  'xs_idp.read': [
    `GET ${PROVIDERS}`,
    `GET ${PROVIDERS}/1`,
    `GET ${PROVIDERS}/ias`,
    `GET ${PROVIDERS}/ias/people.accounts.ondemand.com`,
    `GET ${PROVIDERS}/btpcli/identity-providers`,
    `GET ${PROVIDERS}/btpcli/originKey/sap.custom`,
    `GET ${PLATFORM}`,
    `GET ${PLATFORM}/status`,
  ],
  'xs_idp.write': [
    `POST ${PROVIDERS}`,
    `PUT ${PROVIDERS}/1`,
    `DELETE ${PROVIDERS}/1`,
    `DELETE ${PROVIDERS}/originKey/sap.custom`,
    `POST ${PROVIDERS}/btpcli/originKey/sap.custom`,
    `PUT ${PROVIDERS}/btpcli/originKey/sap.custom`,
    `PATCH ${PROVIDERS}/btpcli/originKey/sap.custom`,
    `DELETE ${PROVIDERS}/btpcli/originKey/sap.custom`,
    `POST ${PLATFORM}`,
    `PATCH ${PLATFORM}/x`,
    `DELETE ${PLATFORM}/x`,
  ],
};

let landscape: AuthzLandscape;
let withoutScopes: string;

beforeAll(async () => {
  landscape = await startAuthz();
  withoutScopes = (await tokensOf(await landscape.token({ grant_type: 'client_credentials' }))).access_token;
});

test.for(Object.entries(CALLS).flatMap(([scope, calls]) => calls.map((call) => [call, scope] as const)))(
  '%s wants a token with the scope %s',
  async ([call, scope]) => {
    const [method = '', path = ''] = call.split(' ');
    // More calls a second than the limits let through.
    landscape.advance(1_000);
    const anonymous = await landscape.fetch(`${API}${path}`, { method });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toContain('error="unauthorized"');
    const refused = await landscape.api(method, path, undefined, withoutScopes);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: 'insufficient_scope', scope });
    expect(refused.headers.get('www-authenticate')).toContain(`scope="${scope}"`);
  },
);

test('what the token’s own user has may be asked with any token of a user, and of nobody else', async () => {
  const path = `${V2}/users/current/rolecollections`;
  expect((await landscape.fetch(`${API}${path}`)).status).toBe(401);
  const client = await landscape.api('GET', path, undefined, withoutScopes);
  expect(client.status).toBe(400);
  expect(await client.json()).toMatchObject({ error: 'bad_request' });
  const { access_token: user } = await tokensOf(await landscape.logOn());
  const none = await landscape.api('GET', path, undefined, user);
  expect(await none.json()).toEqual({ roleCollections: [], roleCollectionsBySamlAssignment: [] });
  const assignment = `${USERS}/origin/sap.custom/name/nora@acme.example/rolecollections`;
  await landscape.api('PUT', `${assignment}/Shop%20Viewer`);
  const mapping = { roleCollectionName: 'Shop Editor', attributeName: 'Groups', attributeValue: 'Viewers' };
  await landscape.api('POST', `${MAPPINGS}/attributes`, mapping);
  const some = await landscape.api('GET', path, undefined, (await tokensOf(await landscape.logOn())).access_token);
  expect(await some.json()).toEqual({
    roleCollections: ['Shop Viewer'],
    roleCollectionsBySamlAssignment: ['Shop Editor'],
  });
});
