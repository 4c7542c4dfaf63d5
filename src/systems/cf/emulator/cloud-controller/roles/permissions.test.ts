import { OUTSIDE, permissionsOf } from '../../testing/permissions.ts';

const GLOBAL = 'admin admin_read_only global_auditor';
const MEMBERS =
  'org_auditor org_billing_manager org_manager org_user space_auditor space_developer space_manager space_supporter';
const user = { data: { guid: '{member}' } };
const named = { data: { username: 'no_role' } };
const space = { data: { guid: '{space}' } };
const organization = { data: { guid: '{org}' } };

permissionsOf('roles', [
  {
    call: 'POST /v3/roles',
    body: { type: 'space_auditor', relationships: { user, space } },
    gets: '403, 201 admin org_manager space_manager',
    suspended: 'org_manager space_manager',
  },
  {
    call: 'POST /v3/roles',
    body: { type: 'organization_auditor', relationships: { user, organization } },
    gets: '403, 201 admin org_manager',
    suspended: 'org_manager',
  },
  {
    call: 'POST /v3/roles',
    body: { type: 'organization_auditor', relationships: { user: { data: { guid: '{stranger}' } }, organization } },
    gets: '403, 201 admin org_manager',
  },
  {
    call: 'POST /v3/roles',
    body: { type: 'organization_billing_manager', relationships: { user: named, organization } },
    gets: '403, 201 admin org_manager',
    destroys: true,
  },
  { call: 'GET /v3/roles?guids={listed}', gets: '200', lists: '{org_role}', to: `${GLOBAL} ${MEMBERS}` },
  {
    call: 'GET /v3/roles?guids={listed}&order_by=-created_at',
    gets: '200',
    lists: '{space_role}',
    to: `${GLOBAL} org_manager space_auditor space_developer space_manager space_supporter`,
  },
  { call: 'GET /v3/roles/{org_role}', gets: '200, 404 no_role' },
  { call: 'GET /v3/roles/{space_role}', gets: `200, 404 ${OUTSIDE}` },
  {
    call: 'DELETE /v3/roles/{space_role}',
    gets: `403, 202 admin org_manager space_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager space_manager',
  },
  {
    call: 'DELETE /v3/roles/{org_role}',
    gets: '403, 202 admin org_manager, 404 no_role',
    suspended: 'org_manager',
  },
]);

permissionsOf('users', [
  { call: 'POST /v3/users', body: { guid: 'made-{n}' }, gets: '403, 201 admin' },
  { call: 'POST /v3/users', body: { username: 'made-{n}', origin: 'somewhere' }, gets: '403, 201 admin' },
  { call: 'GET /v3/users?guids={listed}', gets: '200', lists: '{stranger}', to: GLOBAL },
  { call: 'GET /v3/users?guids={listed}', gets: '200', lists: '{member}', to: `${GLOBAL} ${MEMBERS}` },
  { call: 'GET /v3/users/{stranger}', gets: '404, 200 admin admin_read_only global_auditor' },
  { call: 'GET /v3/users/{member}', gets: '200, 404 no_role' },
  {
    call: 'PATCH /v3/users/{stranger}',
    body: { metadata: { labels: { a: 'b' } } },
    gets: '404, 200 admin, 403 admin_read_only global_auditor',
  },
  { call: 'PATCH /v3/users/{member}', body: { metadata: {} }, gets: '403, 200 admin, 404 no_role' },
  { call: 'DELETE /v3/users/{stranger}', gets: '404, 202 admin, 403 admin_read_only global_auditor' },
  { call: 'DELETE /v3/users/{member}', gets: '403, 202 admin, 404 no_role' },
]);
