import { INSIDE, OUTSIDE, type Permission, permissionsOf } from '../../testing/permissions.ts';

const GLOBAL = 'admin admin_read_only global_auditor';
const MEMBERS =
  'org_auditor org_billing_manager org_manager org_user space_auditor space_developer space_manager space_supporter';
const MANAGERS = 'space_developer space_supporter';
const metadata = { labels: { a: 'b' } };
const to = (thing: string) => ({ data: { guid: `{${thing}}` } });

/** Whoever sees the space may. */
const seen = (call: string): Permission => ({ call, gets: `200, 404 ${OUTSIDE}` });
/** Space Developers may; the space of what is made is not there for others. */
const created = (call: string, body: unknown, status: number): Permission => ({
  call,
  body,
  gets: `403, ${status} admin space_developer, 422 ${OUTSIDE}`,
  suspended: 'space_developer',
});
const developed = (call: string, body: unknown, status: number): Permission => ({
  call,
  body,
  gets: `403, ${status} admin space_developer, 404 ${OUTSIDE}`,
  suspended: 'space_developer',
});
/** Space Developers and Supporters may. */
const bound = (call: string, body: unknown, status: number): Permission => ({
  call,
  body,
  gets: `403, ${status} admin ${MANAGERS}, 422 ${OUTSIDE}`,
  suspended: MANAGERS,
});
const unbound = (call: string, status: number): Permission => ({
  call,
  gets: `403, ${status} admin ${MANAGERS}, 404 ${OUTSIDE}`,
  suspended: MANAGERS,
});

permissionsOf('service instances', [
  created(
    'POST /v3/service_instances',
    { type: 'user-provided', name: 'new-{n}', relationships: { space: to('space') } },
    201,
  ),
  created(
    'POST /v3/service_instances',
    { type: 'managed', name: 'new-{n}', relationships: { space: to('space'), service_plan: to('plan') } },
    202,
  ),
  { call: 'GET /v3/service_instances?guids={listed}', gets: '200', lists: '{managed}', to: INSIDE },
  seen('GET /v3/service_instances/{managed}'),
  seen('GET /v3/service_instances/{user_provided}'),
  {
    call: 'GET /v3/service_instances/{user_provided}/credentials',
    gets: `403, 200 admin admin_read_only space_developer, 404 ${OUTSIDE}`,
  },
  { call: 'GET /v3/service_instances/{managed}/parameters', gets: `400, 404 ${OUTSIDE}` },
  developed('PATCH /v3/service_instances/{user_provided}', { metadata }, 200),
  developed('PATCH /v3/service_instances/{managed}', { metadata }, 200),
  developed('DELETE /v3/service_instances/{user_provided}', undefined, 204),
  developed('DELETE /v3/service_instances/{managed}', undefined, 202),
  developed(
    'POST /v3/service_instances/{managed}/relationships/shared_spaces',
    { data: [{ guid: '{developed_space}' }] },
    200,
  ),
  developed('DELETE /v3/service_instances/{shared}/relationships/shared_spaces/{developed_space}', undefined, 204),
  seen('GET /v3/service_instances/{managed}/relationships/shared_spaces'),
  seen('GET /v3/service_instances/{managed}/relationships/shared_spaces/usage_summary'),
]);

permissionsOf('service credential bindings', [
  bound(
    'POST /v3/service_credential_bindings',
    { type: 'app', relationships: { app: to('app'), service_instance: to('user_provided') } },
    201,
  ),
  bound(
    'POST /v3/service_credential_bindings',
    { type: 'app', relationships: { app: to('app'), service_instance: to('managed') } },
    202,
  ),
  created(
    'POST /v3/service_credential_bindings',
    { type: 'key', name: 'new-{n}', relationships: { service_instance: to('managed') } },
    202,
  ),
  { call: 'GET /v3/service_credential_bindings?guids={listed}', gets: '200', lists: '{key}', to: INSIDE },
  seen('GET /v3/service_credential_bindings/{key}'),
  seen('GET /v3/service_credential_bindings/{app_binding}'),
  {
    call: 'GET /v3/service_credential_bindings/{key}/details',
    gets: '404, 200 admin admin_read_only space_developer',
  },
  { call: 'GET /v3/service_credential_bindings/{key}/parameters', gets: `400, 404 ${OUTSIDE}` },
  developed('PATCH /v3/service_credential_bindings/{key}', { metadata }, 200),
  developed('PATCH /v3/service_credential_bindings/{app_binding}', { metadata }, 200),
  unbound('DELETE /v3/service_credential_bindings/{app_binding}', 204),
  unbound('DELETE /v3/service_credential_bindings/{managed_binding}', 202),
  developed('DELETE /v3/service_credential_bindings/{key}', undefined, 202),
]);

permissionsOf('service route bindings', [
  bound(
    'POST /v3/service_route_bindings',
    { relationships: { route: to('route'), service_instance: to('route_service') } },
    201,
  ),
  { call: 'GET /v3/service_route_bindings?guids={listed}', gets: '200', lists: '{route_binding}', to: INSIDE },
  seen('GET /v3/service_route_bindings/{route_binding}'),
  developed('PATCH /v3/service_route_bindings/{route_binding}', { metadata }, 200),
  unbound('DELETE /v3/service_route_bindings/{route_binding}', 204),
  {
    call: 'GET /v3/service_route_bindings/{route_binding}/parameters',
    gets: `403, 400 admin space_developer, 404 ${OUTSIDE}`,
    suspended: 'space_developer',
  },
]);

permissionsOf('the marketplace', [
  { call: 'GET /v3/service_offerings/{offering}', gets: '200, 200 nobody' },
  { call: 'GET /v3/service_plans/{plan}', gets: '200, 200 nobody' },
  {
    call: 'GET /v3/service_offerings',
    gets: '200, 200 nobody',
    lists: '{offering}',
    to: `${GLOBAL} ${MEMBERS} no_role nobody`,
  },
  {
    call: 'GET /v3/service_plans',
    gets: '200, 200 nobody',
    lists: '{plan}',
    to: `${GLOBAL} ${MEMBERS} no_role nobody`,
  },
  { call: 'GET /v3/service_plans/{admin_plan}', gets: '404, 200 admin admin_read_only global_auditor, 404 nobody' },
  { call: 'GET /v3/service_plans/{org_plan}', gets: '200, 404 no_role nobody' },
  { call: 'GET /v3/service_plans', gets: '200, 200 nobody', lists: '{org_plan}', to: `${GLOBAL} ${MEMBERS}` },
  { call: 'GET /v3/service_plans/{plan}/visibility', gets: '200' },
  { call: 'GET /v3/service_plans/{admin_plan}/visibility', gets: '404, 200 admin admin_read_only global_auditor' },
  { call: 'GET /v3/service_plans/{org_plan}/visibility', gets: '200, 404 no_role' },
  { call: 'PATCH /v3/service_offerings/{offering}', body: { metadata }, gets: '403, 200 admin' },
  { call: 'PATCH /v3/service_plans/{plan}', body: { metadata }, gets: '403, 200 admin' },
  {
    call: 'PATCH /v3/service_plans/{admin_plan}',
    body: { metadata },
    gets: '404, 200 admin, 403 admin_read_only global_auditor',
  },
  { call: 'PATCH /v3/service_plans/{org_plan}', body: { metadata }, gets: '403, 200 admin, 404 no_role' },
  {
    call: 'PATCH /v3/service_plans/{org_plan}/visibility',
    body: { type: 'organization', organizations: [{ guid: '{org}' }] },
    gets: '403, 200 admin, 404 no_role',
  },
  {
    call: 'POST /v3/service_plans/{org_plan}/visibility',
    body: { type: 'organization', organizations: [{ guid: '{org}' }] },
    gets: '403, 200 admin, 404 no_role',
  },
  { call: 'DELETE /v3/service_plans/{org_plan}/visibility/{org}', gets: '403, 204 admin, 404 no_role' },
  { call: 'GET /v3/service_brokers', gets: '200', lists: '{broker}', to: GLOBAL },
  { call: 'GET /v3/service_brokers/{broker}', gets: '404, 200 admin admin_read_only global_auditor' },
]);
