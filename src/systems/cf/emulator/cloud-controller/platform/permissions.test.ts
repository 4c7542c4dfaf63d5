import { INSIDE, OUTSIDE, permissionsOf } from '../../testing/permissions.ts';

const GLOBAL = 'admin admin_read_only global_auditor';
const MEMBERS =
  'org_auditor org_billing_manager org_manager org_user space_auditor space_developer space_manager space_supporter';
const spaces = { data: [{ guid: '{space}' }] };

permissionsOf('isolation segments', [
  { call: 'POST /v3/isolation_segments', body: { name: 'new-{n}' }, gets: '403, 201 admin' },
  { call: 'GET /v3/isolation_segments?guids={listed}', gets: '200', lists: '{segment}', to: GLOBAL },
  {
    call: 'GET /v3/isolation_segments?guids={listed}',
    gets: '200',
    lists: '{entitled_segment}',
    to: `${GLOBAL} ${MEMBERS}`,
  },
  { call: 'GET /v3/isolation_segments/{segment}', gets: '404, 200 admin admin_read_only global_auditor' },
  { call: 'GET /v3/isolation_segments/{entitled_segment}', gets: '200, 404 no_role' },
  { call: 'GET /v3/isolation_segments/{entitled_segment}/organizations', gets: '200, 404 no_role' },
  { call: 'GET /v3/isolation_segments/{entitled_segment}/relationships/organizations', gets: '200, 404 no_role' },
  { call: 'GET /v3/isolation_segments/{entitled_segment}/relationships/spaces', gets: '200, 404 no_role' },
  {
    call: 'POST /v3/isolation_segments/{segment}/relationships/organizations',
    body: { data: [{ guid: '{org}' }] },
    gets: '403, 200 admin',
  },
  {
    call: 'DELETE /v3/isolation_segments/{entitled_segment}/relationships/organizations/{org}',
    gets: '403, 204 admin',
  },
  { call: 'PATCH /v3/isolation_segments/{segment}', body: { name: 'renamed-{n}' }, gets: '403, 200 admin' },
  { call: 'DELETE /v3/isolation_segments/{segment}', gets: '403, 204 admin' },
]);

permissionsOf('security groups', [
  { call: 'POST /v3/security_groups', body: { name: 'new-{n}' }, gets: '403, 201 admin' },
  { call: 'GET /v3/security_groups?guids={listed}', gets: '200', lists: '{group}', to: GLOBAL },
  { call: 'GET /v3/security_groups?guids={listed}', gets: '200', lists: '{space_group}', to: INSIDE },
  {
    call: 'GET /v3/security_groups?guids={listed}',
    gets: '200',
    lists: '{global_group}',
    to: `${GLOBAL} ${MEMBERS} no_role`,
  },
  { call: 'GET /v3/security_groups/{group}', gets: '404, 200 admin admin_read_only global_auditor' },
  { call: 'GET /v3/security_groups/{space_group}', gets: `200, 404 ${OUTSIDE}` },
  { call: 'GET /v3/security_groups/{global_group}', gets: '200' },
  {
    call: 'PATCH /v3/security_groups/{group}',
    body: { name: 'renamed-{n}' },
    gets: '404, 200 admin, 403 admin_read_only global_auditor',
  },
  {
    call: 'PATCH /v3/security_groups/{space_group}',
    body: { name: 'renamed-{n}' },
    gets: `403, 200 admin, 404 ${OUTSIDE}`,
  },
  { call: 'PATCH /v3/security_groups/{global_group}', body: { name: 'renamed-{n}' }, gets: '403, 200 admin' },
  { call: 'DELETE /v3/security_groups/{group}', gets: '404, 202 admin, 403 admin_read_only global_auditor' },
  { call: 'DELETE /v3/security_groups/{space_group}', gets: `403, 202 admin, 404 ${OUTSIDE}` },
  { call: 'DELETE /v3/security_groups/{global_group}', gets: '403, 202 admin' },
  ...['running', 'staging'].flatMap((phase) => {
    const path = (group: string) => `/v3/security_groups/{${group}}/relationships/${phase}_spaces`;
    return [
      {
        call: `POST ${path('group')}`,
        body: spaces,
        gets: '404, 200 admin, 403 admin_read_only global_auditor',
      },
      {
        call: `POST ${path('space_group')}`,
        body: spaces,
        gets: `403, 200 admin org_manager space_manager, 404 ${OUTSIDE}`,
        suspended: 'org_manager space_manager',
      },
      {
        call: `DELETE ${path('group')}/{space}`,
        gets: '404, 422 admin, 403 admin_read_only global_auditor',
      },
      {
        call: `DELETE ${path('space_group')}/{space}`,
        gets: `403, 204 admin org_manager space_manager, 404 ${OUTSIDE}`,
        suspended: 'org_manager space_manager',
      },
    ];
  }),
  {
    call: 'POST /v3/security_groups/{global_group}/relationships/running_spaces',
    body: spaces,
    gets: '403, 200 admin org_manager space_manager',
  },
]);

permissionsOf('the platform', [
  { call: 'GET /v3/stacks', gets: '200' },
  { call: 'GET /v3/stacks/{stack}', gets: '200' },
  { call: 'GET /v3/buildpacks', gets: '200' },
  { call: 'GET /v3/buildpacks/{buildpack}', gets: '200' },
  { call: 'POST /v3/buildpacks', body: { name: 'new-{n}' }, gets: '403, 201 admin' },
  { call: 'PATCH /v3/buildpacks/{buildpack}', body: { enabled: true }, gets: '403, 200 admin' },
  // Whoever may is told next that there is no file.
  { call: 'POST /v3/buildpacks/{buildpack}/upload', gets: '403, 422 admin' },
  { call: 'DELETE /v3/buildpacks/{new_buildpack}', gets: '403, 202 admin' },
  { call: 'GET /v3/feature_flags', gets: '200' },
  { call: 'GET /v3/feature_flags/route_creation', gets: '200' },
  { call: 'PATCH /v3/feature_flags/route_creation', body: { enabled: true }, gets: '403, 200 admin' },
  { call: 'GET /v3/environment_variable_groups/running', gets: '200' },
  { call: 'PATCH /v3/environment_variable_groups/staging', body: { var: { A: 'b' } }, gets: '403, 200 admin' },
  { call: 'GET /v3/audit_events?guids={listed}', gets: '200', lists: '{platform_event}', to: GLOBAL },
  { call: 'GET /v3/audit_events?guids={listed}', gets: '200', lists: '{org_event}', to: `${GLOBAL} org_auditor` },
  {
    call: 'GET /v3/audit_events?guids={listed}',
    gets: '200',
    lists: '{space_event}',
    to: `${GLOBAL} org_auditor space_auditor space_developer space_supporter`,
  },
  { call: 'GET /v3/audit_events/{platform_event}', gets: '404, 200 admin admin_read_only global_auditor' },
  { call: 'GET /v3/audit_events/{org_event}', gets: '404, 200 admin admin_read_only global_auditor org_auditor' },
  {
    call: 'GET /v3/audit_events/{space_event}',
    gets: '404, 200 admin admin_read_only global_auditor org_auditor space_auditor space_developer space_supporter',
  },
]);

permissionsOf('jobs', [{ call: 'GET /v3/jobs/{job}', gets: '200' }]);
