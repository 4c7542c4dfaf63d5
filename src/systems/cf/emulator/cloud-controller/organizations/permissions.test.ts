import { INSIDE, OUTSIDE, permissionsOf } from '../../testing/permissions.ts';

const GLOBAL = 'admin admin_read_only global_auditor';
const MEMBERS =
  'org_auditor org_billing_manager org_manager org_user space_auditor space_developer space_manager space_supporter';

permissionsOf('organizations', [
  { call: 'POST /v3/organizations', body: { name: 'new-{n}' }, gets: '403, 201 admin' },
  { call: 'GET /v3/organizations?guids={listed}', gets: '200', lists: '{org}', to: `${GLOBAL} ${MEMBERS}` },
  { call: 'GET /v3/organizations?guids={listed}&order_by=name', gets: '200', lists: '{other_org}', to: GLOBAL },
  { call: 'GET /v3/organizations/{org}', gets: '200, 404 no_role' },
  {
    call: 'PATCH /v3/organizations/{org}',
    body: { name: 'renamed-{n}' },
    gets: '403, 200 admin org_manager, 404 no_role',
    suspended: 'org_manager',
  },
  {
    call: 'PATCH /v3/organizations/{org}',
    body: { suspended: true },
    gets: '403, 200 admin, 404 no_role',
    destroys: true,
  },
  {
    call: 'PATCH /v3/organizations/{org}',
    body: { suspended: false },
    gets: '403, 200 admin org_manager, 404 no_role',
    suspended: 'org_manager',
  },
  { call: 'DELETE /v3/organizations/{org}', gets: '403, 202 admin, 404 no_role', destroys: true },
  { call: 'GET /v3/organizations/{org}/users', gets: '200, 404 no_role' },
  {
    call: 'GET /v3/organizations/{org}/domains?guids={listed}',
    gets: '200, 404 no_role',
    lists: '{private_domain}',
    to: `${INSIDE} org_auditor`,
  },
  { call: 'GET /v3/organizations/{org}/domains/default', gets: '200, 404 no_role' },
  { call: 'GET /v3/organizations/{org}/usage_summary', gets: '200, 404 no_role' },
  { call: 'GET /v3/organizations/{org}/relationships/default_isolation_segment', gets: '200, 404 no_role' },
  {
    call: 'PATCH /v3/organizations/{org}/relationships/default_isolation_segment',
    body: { data: { guid: '{entitled_segment}' } },
    gets: '403, 200 admin org_manager, 404 no_role',
    suspended: 'org_manager',
  },
]);

permissionsOf('spaces', [
  {
    call: 'POST /v3/spaces',
    body: { name: 'new-{n}', relationships: { organization: { data: { guid: '{org}' } } } },
    gets: '403, 201 admin org_manager, 422 no_role',
    suspended: 'org_manager',
  },
  { call: 'GET /v3/spaces?guids={listed}', gets: '200', lists: '{space}', to: INSIDE },
  {
    call: 'GET /v3/spaces?guids={listed}&order_by=name',
    gets: '200',
    lists: '{next_space}',
    to: `${GLOBAL} org_manager`,
  },
  { call: 'GET /v3/spaces/{space}', gets: `200, 404 ${OUTSIDE}` },
  {
    call: 'PATCH /v3/spaces/{space}',
    body: { name: 'renamed-{n}' },
    gets: `403, 200 admin org_manager space_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager space_manager',
  },
  {
    call: 'DELETE /v3/spaces/{space}',
    gets: `403, 202 admin org_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager',
    destroys: true,
  },
  { call: 'GET /v3/spaces/{space}/users', gets: `200, 404 ${OUTSIDE}` },
  { call: 'GET /v3/spaces/{space}/usage_summary', gets: `200, 404 ${OUTSIDE}` },
  {
    call: 'DELETE /v3/spaces/{space}/routes?unmapped=true',
    gets: `403, 202 admin space_developer space_supporter, 404 ${OUTSIDE}`,
    suspended: 'space_developer space_supporter',
  },
  {
    call: 'POST /v3/spaces/{space}/actions/apply_manifest',
    body: { applications: [{ name: 'applied' }] },
    gets: `403, 202 admin space_developer, 404 ${OUTSIDE}`,
    suspended: 'space_developer',
  },
  { call: 'GET /v3/spaces/{space}/features', gets: `200, 404 ${OUTSIDE}` },
  { call: 'GET /v3/spaces/{space}/features/ssh', gets: `200, 404 ${OUTSIDE}` },
  {
    call: 'PATCH /v3/spaces/{space}/features/ssh',
    body: { enabled: false },
    gets: `403, 200 admin org_manager space_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager space_manager',
  },
  { call: 'GET /v3/spaces/{space}/relationships/isolation_segment', gets: `200, 404 ${OUTSIDE}` },
  {
    call: 'PATCH /v3/spaces/{space}/relationships/isolation_segment',
    body: { data: { guid: '{entitled_segment}' } },
    gets: `403, 200 admin org_manager, 404 ${OUTSIDE}`,
  },
  { call: 'GET /v3/spaces/{space}/running_security_groups', gets: `200, 404 ${OUTSIDE}` },
  { call: 'GET /v3/spaces/{space}/staging_security_groups', gets: `200, 404 ${OUTSIDE}` },
]);
