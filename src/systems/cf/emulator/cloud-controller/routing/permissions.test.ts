import { beforeAll } from 'vitest';
import { permissionsOf } from '../../testing/permissions.ts';
import { openScene } from '../../testing/scene.ts';
import { made } from '../../testing/stage.ts';

beforeAll(async () => {
  const { root } = await openScene();
  await made(root, 'PATCH', '/v3/feature_flags/route_sharing', { enabled: true });
});

const GLOBAL = 'admin admin_read_only global_auditor';
const READERS = `${GLOBAL} org_auditor org_manager space_auditor space_developer space_manager space_supporter`;
/** An Org Auditor sees routes. */
const OUTSIDE = 'org_billing_manager no_role';
const WRITERS = 'space_developer space_supporter';
const space = { data: { guid: '{space}' } };
const domain = (name: string) => ({ data: { guid: `{${name}}` } });

permissionsOf('routes', [
  {
    call: 'POST /v3/routes',
    body: { host: 'new-{n}', relationships: { space, domain: domain('public_domain') } },
    gets: `403, 201 admin ${WRITERS}`,
    suspended: WRITERS,
  },
  {
    call: 'POST /v3/routes',
    body: { relationships: { space, domain: domain('private_domain') } },
    gets: `403, 201 admin ${WRITERS}`,
  },
  {
    call: 'POST /v3/routes',
    body: { host: '*', path: '/p{n}', relationships: { space, domain: domain('private_domain') } },
    gets: `403, 201 admin ${WRITERS}`,
  },
  {
    call: 'POST /v3/routes',
    body: { host: '*', path: '/p{n}', relationships: { space, domain: domain('shared_domain') } },
    gets: `403, 201 admin, 422 ${WRITERS}`,
  },
  { call: 'GET /v3/routes?guids={listed}', gets: '200', lists: '{route}', to: READERS },
  { call: 'GET /v3/routes?guids={listed}', gets: '200', lists: '{route_elsewhere}', to: GLOBAL },
  { call: 'GET /v3/routes/{route}', gets: `200, 404 ${OUTSIDE}` },
  {
    call: 'PATCH /v3/routes/{route}',
    body: { metadata: { labels: { a: 'b' } } },
    gets: `403, 200 admin ${WRITERS}, 404 ${OUTSIDE}`,
    suspended: WRITERS,
  },
  {
    call: 'PATCH /v3/routes/{route_elsewhere}',
    body: { metadata: {} },
    gets: '404, 200 admin, 403 admin_read_only global_auditor',
  },
  { call: 'DELETE /v3/routes/{route}', gets: `403, 202 admin ${WRITERS}, 404 ${OUTSIDE}`, suspended: WRITERS },
  { call: 'GET /v3/routes/{route}/destinations', gets: `200, 404 ${OUTSIDE}` },
  ...['POST', 'PATCH'].map((method) => ({
    call: `${method} /v3/routes/{route}/destinations`,
    body: { destinations: [{ app: { guid: '{app}' } }] },
    gets: `403, 200 admin ${WRITERS}, 404 ${OUTSIDE}`,
    suspended: WRITERS,
  })),
  {
    call: 'PATCH /v3/routes/{mapped_route}/destinations/{destination}',
    body: { protocol: 'http2' },
    gets: `403, 200 admin ${WRITERS}, 404 ${OUTSIDE}`,
    suspended: WRITERS,
  },
  {
    call: 'DELETE /v3/routes/{mapped_route}/destinations/{destination}',
    gets: `403, 204 admin ${WRITERS}, 404 ${OUTSIDE}`,
    suspended: WRITERS,
    destroys: true,
  },
]);

permissionsOf('sharing routes', [
  { call: 'GET /v3/routes/{route}/relationships/shared_spaces', gets: `200, 404 ${OUTSIDE}` },
  {
    call: 'POST /v3/routes/{route}/relationships/shared_spaces',
    body: { data: [{ guid: '{target_space}' }] },
    gets: `403, 200 admin ${WRITERS}, 404 ${OUTSIDE}`,
    suspended: WRITERS,
  },
  {
    call: 'DELETE /v3/routes/{lent_route}/relationships/shared_spaces/{target_space}',
    gets: `403, 204 admin ${WRITERS}, 404 ${OUTSIDE}`,
    suspended: WRITERS,
  },
  {
    call: 'PATCH /v3/routes/{route}/relationships/space',
    body: { data: { guid: '{target_space}' } },
    gets: `403, 200 admin space_developer, 404 ${OUTSIDE}`,
    suspended: 'space_developer',
  },
]);
