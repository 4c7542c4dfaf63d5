import { permissionsOf } from '../../testing/permissions.ts';

const GLOBAL = 'admin admin_read_only global_auditor';
const READERS = `${GLOBAL} org_auditor org_manager space_auditor space_developer space_manager space_supporter`;
const OUTSIDE = 'org_billing_manager no_role';
const organization = { data: { guid: '{org}' } };
const metadata = { labels: { a: 'b' } };

permissionsOf('domains', [
  { call: 'POST /v3/domains', body: { name: 'new-{n}.example.com' }, gets: '403, 201 admin' },
  {
    call: 'POST /v3/domains',
    body: { name: 'new-{n}.example.com', relationships: { organization } },
    gets: '403, 201 admin org_manager',
    suspended: 'org_manager',
  },
  { call: 'GET /v3/domains?guids={listed}', gets: '200', lists: '{private_domain}', to: READERS },
  { call: 'GET /v3/domains?guids={listed}', gets: '200', lists: '{borrowed_domain}', to: READERS },
  { call: 'GET /v3/domains?guids={listed}', gets: '200', lists: '{domain_elsewhere}', to: GLOBAL },
  { call: 'GET /v3/domains/{shared_domain}', gets: '200' },
  { call: 'GET /v3/domains/{private_domain}', gets: `200, 404 ${OUTSIDE}` },
  { call: 'GET /v3/domains/{borrowed_domain}', gets: `200, 404 ${OUTSIDE}` },
  { call: 'PATCH /v3/domains/{shared_domain}', body: { metadata }, gets: '403, 200 admin' },
  {
    call: 'PATCH /v3/domains/{private_domain}',
    body: { metadata },
    gets: `403, 200 admin org_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager',
  },
  { call: 'PATCH /v3/domains/{borrowed_domain}', body: { metadata }, gets: `403, 200 admin, 404 ${OUTSIDE}` },
  { call: 'DELETE /v3/domains/{shared_domain}', gets: '403, 202 admin' },
  {
    call: 'DELETE /v3/domains/{private_domain}',
    gets: `403, 202 admin org_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager',
  },
  { call: 'GET /v3/domains/{private_domain}/route_reservations?host=my-host', gets: `200, 404 ${OUTSIDE}` },
  { call: 'GET /v3/domains/{borrowed_domain}/relationships/shared_organizations', gets: `200, 404 ${OUTSIDE}` },
  {
    call: 'POST /v3/domains/{domain_elsewhere}/relationships/shared_organizations',
    body: { data: [{ guid: '{org}' }] },
    gets: '404, 200 admin, 403 admin_read_only global_auditor',
  },
  {
    call: 'DELETE /v3/domains/{borrowed_domain}/relationships/shared_organizations/{org}',
    gets: `403, 204 admin org_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager',
  },
]);
