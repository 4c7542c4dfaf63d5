import { INSIDE, OUTSIDE, type Permission, permissionsOf } from '../../testing/permissions.ts';

const MANAGERS = 'space_developer space_supporter';
const OTHERS = 'admin_read_only global_auditor org_manager space_auditor space_manager space_supporter';
const space = { data: { guid: '{space}' } };
const metadata = { labels: { a: 'b' } };
const app = (name: string) => ({ data: { guid: `{${name}}` } });

/** Whoever sees the space may. */
const seen = (call: string): Permission => ({ call, gets: `200, 404 ${OUTSIDE}` });
/** Space Developers may. */
const developed = (call: string, body?: unknown, status = 200): Permission => ({
  call,
  body,
  gets: `403, ${status} admin space_developer, 404 ${OUTSIDE}`,
  suspended: 'space_developer',
});
/** Space Developers and Supporters may. */
const managed = (call: string, body?: unknown, status = 200): Permission => ({
  call,
  body,
  gets: `403, ${status} admin ${MANAGERS}, 404 ${OUTSIDE}`,
  suspended: MANAGERS,
});

permissionsOf('apps', [
  {
    call: 'POST /v3/apps',
    body: { name: 'new-{n}', relationships: { space } },
    gets: `403, 201 admin space_developer, 422 ${OUTSIDE}`,
    suspended: 'space_developer',
  },
  { call: 'GET /v3/apps?guids={listed}', gets: '200', lists: '{app}', to: INSIDE },
  seen('GET /v3/apps/{app}'),
  developed('PATCH /v3/apps/{app}', { metadata }),
  developed('DELETE /v3/apps/{app}', undefined, 202),
  managed('POST /v3/apps/{staged_app}/actions/start'),
  managed('POST /v3/apps/{staged_app}/actions/stop'),
  managed('POST /v3/apps/{staged_app}/actions/restart'),
  seen('GET /v3/apps/{staged_app}/relationships/current_droplet'),
  seen('GET /v3/apps/{staged_app}/droplets/current'),
  {
    call: 'GET /v3/apps/{app}/env',
    gets: `403, 200 admin admin_read_only ${MANAGERS}, 404 ${OUTSIDE}`,
  },
  {
    call: 'GET /v3/apps/{app}/environment_variables',
    gets: `403, 200 admin admin_read_only ${MANAGERS}, 404 ${OUTSIDE}`,
  },
  managed('PATCH /v3/apps/{app}/environment_variables', { var: { A: 'b' } }),
  seen('GET /v3/apps/{app}/permissions'),
  seen('GET /v3/apps/{app}/ssh_enabled'),
  seen('GET /v3/apps/{app}/builds'),
  seen('GET /v3/apps/{app}/packages'),
  seen('GET /v3/apps/{app}/droplets'),
  seen('GET /v3/apps/{app}/routes'),
  seen('GET /v3/apps/{app}/features'),
  seen('GET /v3/apps/{app}/features/ssh'),
  developed('PATCH /v3/apps/{app}/features/ssh', { enabled: false }),
  managed('PATCH /v3/apps/{app}/features/revisions', { enabled: false }),
  developed('PATCH /v3/apps/{app}/features/service-binding-k8s', { enabled: true }),
  developed('PATCH /v3/apps/{app}/features/file-based-vcap-services', { enabled: true }),
  {
    call: 'GET /v3/apps/{app}/manifest',
    gets: `403, 200 admin admin_read_only space_developer, 404 ${OUTSIDE}`,
  },
]);

permissionsOf('processes', [
  { call: 'GET /v3/processes?guids={listed}', gets: '200', lists: '{process}', to: INSIDE },
  seen('GET /v3/processes/{process}'),
  seen('GET /v3/processes/{process}/stats'),
  seen('GET /v3/processes/{process}/sidecars'),
  managed('PATCH /v3/processes/{process}', { command: 'start' }),
  managed('POST /v3/processes/{process}/actions/scale', { instances: 2 }, 202),
  seen('GET /v3/apps/{app}/processes'),
  seen('GET /v3/apps/{app}/processes/web'),
  seen('GET /v3/apps/{app}/processes/web/stats'),
  managed('PATCH /v3/apps/{app}/processes/web', { command: 'start' }),
  managed('POST /v3/apps/{app}/processes/web/actions/scale', { instances: 2 }, 202),
  managed('DELETE /v3/processes/{process}/instances/0', undefined, 204),
  managed('DELETE /v3/apps/{app}/processes/web/instances/0', undefined, 204),
  seen('GET /v3/apps/{app}/sidecars'),
  seen('GET /v3/apps/{app}/tasks'),
]);

permissionsOf('tasks', [
  developed('POST /v3/apps/{staged_app}/tasks', { command: 'true' }, 202),
  { call: 'GET /v3/tasks?guids={listed}', gets: '200', lists: '{task}', to: INSIDE },
  seen('GET /v3/tasks/{task}'),
  developed('PATCH /v3/tasks/{task}', { metadata }),
  // It is over by then, which is told to those who may cancel.
  {
    call: 'POST /v3/tasks/{task}/actions/cancel',
    gets: `403, 422 admin ${MANAGERS}, 404 ${OUTSIDE}`,
    suspended: MANAGERS,
  },
]);

permissionsOf('packages, builds, droplets', [
  {
    call: 'POST /v3/packages',
    body: { type: 'docker', data: { image: 'some/image' }, relationships: { app: app('app') } },
    gets: `201, 403 ${OTHERS}, 422 ${OUTSIDE}`,
    suspended: 'space_developer',
  },
  { call: 'GET /v3/packages?guids={listed}', gets: '200', lists: '{package}', to: INSIDE },
  seen('GET /v3/packages/{package}'),
  developed('PATCH /v3/packages/{package}', { metadata }),
  developed('POST /v3/packages/{bits_package}/upload', '', 200),
  developed('DELETE /v3/packages/{package}', undefined, 202),
  {
    call: 'POST /v3/builds',
    body: { package: { guid: '{package}' } },
    gets: `422, 201 admin ${MANAGERS}`,
    suspended: MANAGERS,
  },
  { call: 'GET /v3/builds?guids={listed}', gets: '200', lists: '{build}', to: INSIDE },
  seen('GET /v3/builds/{build}'),
  developed('PATCH /v3/builds/{build}', { metadata }),
  { call: 'GET /v3/droplets?guids={listed}', gets: '200', lists: '{droplet}', to: INSIDE },
  seen('GET /v3/droplets/{droplet}'),
  developed('PATCH /v3/droplets/{droplet}', { metadata }),
  developed('DELETE /v3/droplets/{droplet}', undefined, 202),
  seen('GET /v3/packages/{package}/droplets'),
]);

permissionsOf('deployments', [
  {
    call: 'POST /v3/deployments',
    body: { relationships: { app: app('staged_app') } },
    gets: `422, 201 admin ${MANAGERS}`,
    suspended: MANAGERS,
  },
  { call: 'GET /v3/deployments?guids={listed}', gets: '200', lists: '{deployment}', to: INSIDE },
  seen('GET /v3/deployments/{deployment}'),
  developed('PATCH /v3/deployments/{deployment}', { metadata }),
  {
    call: 'POST /v3/deployments/{deployment}/actions/cancel',
    gets: `404, 200 admin ${MANAGERS}`,
    suspended: MANAGERS,
  },
  {
    call: 'POST /v3/deployments/{deployment}/actions/continue',
    gets: `404, 200 admin ${MANAGERS}`,
    suspended: MANAGERS,
  },
]);

permissionsOf('revisions', [
  seen('GET /v3/apps/{app}/revisions'),
  seen('GET /v3/apps/{app}/revisions/deployed'),
  seen('GET /v3/revisions/{revision}'),
  developed('PATCH /v3/revisions/{revision}', { metadata }),
  {
    call: 'GET /v3/revisions/{revision}/environment_variables',
    gets: `403, 200 admin admin_read_only space_developer, 404 ${OUTSIDE}`,
  },
]);
