import { OUTSIDE, permissionsOf } from '../../testing/permissions.ts';

const GLOBAL = 'admin admin_read_only global_auditor';
const orgs = { data: [{ guid: '{org}' }] };
const spaces = { data: [{ guid: '{space}' }] };

permissionsOf('organization quotas', [
  { call: 'POST /v3/organization_quotas', body: { name: 'new-{n}' }, gets: '403, 201 admin' },
  {
    call: 'GET /v3/organization_quotas?guids={listed}',
    gets: '200',
    lists: '{org_quota}',
    to: `${GLOBAL} org_auditor org_billing_manager org_manager org_user space_auditor space_developer space_manager space_supporter no_role`,
  },
  { call: 'GET /v3/organization_quotas/{org_quota}', gets: '200' },
  { call: 'PATCH /v3/organization_quotas/{org_quota}', body: { name: 'renamed-{n}' }, gets: '403, 200 admin' },
  {
    call: 'POST /v3/organization_quotas/{org_quota}/relationships/organizations',
    body: orgs,
    gets: '403, 200 admin',
  },
  { call: 'DELETE /v3/organization_quotas/{org_quota}', gets: '403, 202 admin' },
]);

permissionsOf('space quotas', [
  {
    call: 'POST /v3/space_quotas',
    body: { name: 'new-{n}', relationships: { organization: { data: { guid: '{org}' } } } },
    gets: '403, 201 admin org_manager',
    suspended: 'org_manager',
  },
  { call: 'GET /v3/space_quotas?guids={listed}', gets: '200', lists: '{space_quota}', to: `${GLOBAL} org_manager` },
  { call: 'GET /v3/space_quotas/{space_quota}', gets: '404, 200 admin admin_read_only global_auditor org_manager' },
  { call: 'GET /v3/space_quotas/{applied_quota}', gets: `200, 404 ${OUTSIDE}` },
  {
    call: 'PATCH /v3/space_quotas/{applied_quota}',
    body: { name: 'renamed-{n}' },
    gets: `403, 200 admin org_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager',
  },
  {
    call: 'POST /v3/space_quotas/{applied_quota}/relationships/spaces',
    body: spaces,
    gets: `403, 200 admin org_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager',
  },
  {
    call: 'DELETE /v3/space_quotas/{applied_quota}/relationships/spaces/{space}',
    gets: `403, 204 admin org_manager, 404 ${OUTSIDE}`,
    suspended: 'org_manager',
  },
  {
    call: 'DELETE /v3/space_quotas/{space_quota}',
    gets: '404, 202 admin org_manager, 403 admin_read_only global_auditor',
    suspended: 'org_manager',
  },
  { call: 'DELETE /v3/space_quotas/{applied_quota}', gets: `403, 422 admin org_manager, 404 ${OUTSIDE}` },
]);
