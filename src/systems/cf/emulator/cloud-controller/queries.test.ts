import { expect, test } from 'vitest';
import { error, listOf, namesOf, type Row } from '../testing/cloud-controller.ts';
import { API } from '../testing/landscape.ts';
import { openScene } from '../testing/scene.ts';

const COMMON = 'page per_page order_by created_ats updated_ats guids';
const badQuery = (detail: string) => error(`The query parameter is invalid: ${detail}`, 'CF-BadQueryParameter', 10005);
const quoted = (names: string) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `'${name}'`)
    .join(', ');

// What each list takes beside the common parameters, in the order in which it says so (cloud_controller_ng 3.194.0,
// app/messages/*_list_message.rb), and the status of its refusal.
test.each([
  ['/v3/organizations', 400, 'names isolation_segment_guid label_selector'],
  ['/v3/organizations/{org}/domains', 400, 'names guids organization_guids label_selector'],
  ['/v3/organizations/{org}/users', 400, 'usernames partial_usernames origins label_selector'],
  ['/v3/spaces', 400, 'names organization_guids include label_selector'],
  ['/v3/spaces/{space}/users', 400, 'usernames partial_usernames origins label_selector'],
  ['/v3/spaces/{space}/running_security_groups', 422, 'names'],
  ['/v3/spaces/{space}/staging_security_groups', 422, 'names'],
  ['/v3/roles', 422, 'organization_guids space_guids user_guids types include'],
  ['/v3/users', 422, 'usernames partial_usernames origins label_selector'],
  ['/v3/domains', 400, 'names guids organization_guids label_selector'],
  [
    '/v3/routes',
    400,
    'hosts space_guids organization_guids domain_guids paths app_guids include label_selector ports service_instance_guids',
  ],
  ['/v3/apps', 400, 'names organization_guids space_guids stacks include lifecycle_type label_selector'],
  [
    '/v3/apps/{app}/routes',
    400,
    'hosts space_guids organization_guids domain_guids paths app_guids include label_selector ports service_instance_guids',
  ],
  ['/v3/processes', 400, 'app_guid types space_guids organization_guids app_guids label_selector'],
  ['/v3/apps/{app}/processes', 400, 'app_guid types space_guids organization_guids app_guids label_selector'],
  ['/v3/apps/{app}/sidecars', 400, ''],
  ['/v3/packages', 400, 'states types app_guids app_guid space_guids organization_guids label_selector'],
  ['/v3/builds', 400, 'app_guids package_guids states label_selector'],
  ['/v3/apps/{app}/builds', 400, 'states label_selector'],
  ['/v3/droplets', 400, 'app_guid app_guids current organization_guids package_guid space_guids states label_selector'],
  ['/v3/deployments', 400, 'app_guids states status_reasons status_values label_selector'],
  ['/v3/apps/{app}/revisions', 400, 'versions deployable label_selector'],
  ['/v3/apps/{app}/revisions/deployed', 400, ''],
  [
    '/v3/service_instances',
    400,
    'type fields names space_guids organization_guids service_plan_guids service_plan_names label_selector',
  ],
  [
    '/v3/service_credential_bindings',
    400,
    'names service_instance_guids service_instance_names service_plan_names service_plan_guids service_offering_names service_offering_guids app_guids app_names include type label_selector',
  ],
  [
    '/v3/service_route_bindings',
    400,
    'service_instance_guids service_instance_names route_guids include label_selector',
  ],
  [
    '/v3/service_offerings',
    400,
    'available fields broker_catalog_ids service_broker_guids service_broker_names names space_guids organization_guids label_selector',
  ],
  [
    '/v3/service_plans',
    400,
    'available fields broker_catalog_ids names organization_guids service_broker_guids service_broker_names service_instance_guids service_offering_guids service_offering_names space_guids include label_selector',
  ],
  ['/v3/service_brokers', 400, 'space_guids names label_selector'],
  ['/v3/isolation_segments', 400, 'names organization_guids label_selector'],
  [
    '/v3/security_groups',
    422,
    'names running_space_guids staging_space_guids globally_enabled_running globally_enabled_staging',
  ],
  ['/v3/stacks', 400, 'names default label_selector'],
  ['/v3/buildpacks', 400, 'stacks names lifecycle page per_page label_selector'],
  ['/v3/feature_flags', 400, ''],
  ['/v3/audit_events', 400, 'types target_guids space_guids organization_guids'],
])('%s names the parameters that it takes', async (path, status, names) => {
  const { root, fill } = await openScene();
  const detail = `Unknown query parameter(s): 'foo', 'bar'. Valid parameters are: ${quoted(`${COMMON} ${names}`)}`;
  const answer = await root.get(`${await fill(path)}?foo=1&bar[x]=2`);
  expect(answer).toMatchObject({ status, body: status === 400 ? badQuery(detail) : error(detail) });
});

test.each(['/v3/organization_quotas', '/v3/space_quotas'])('%s passes over what it does not know', async (path) => {
  const { root } = await openScene();
  const { status, body } = await root.get(`${path}?foo=1&per_page=1`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ pagination: { first: { href: `${API}${path}?page=1&per_page=1` } } });
});

test.each([
  ['/v3/spaces?page=', 'Page must be a positive integer'],
  ['/v3/spaces?page=-1', 'Page must be a positive integer'],
  ['/v3/spaces?per_page=many', 'Per page must be a positive integer'],
  [
    '/v3/spaces?per_page=5001&order_by=size',
    "Per page must be between 1 and 5000, Order by can only be: 'created_at', 'updated_at', 'name'",
  ],
  ['/v3/roles?order_by=type', undefined, "Order by can only be: 'created_at', 'updated_at'"],
  ['/v3/feature_flags?order_by=updated_at', "Order by can only be: 'name'"],
  ['/v3/apps/{app}/revisions?deployable=true', 'Deployable must be a boolean'],
  ['/v3/apps?order_by=guid', "Order by can only be: 'created_at', 'updated_at', 'name', 'state'"],
  ['/v3/buildpacks?order_by=name', "Order by can only be: 'created_at', 'updated_at', 'position', 'lifecycle'"],
  ['/v3/buildpacks?lifecycle=docker', 'Lifecycle must be either "buildpack" or "cnb"'],
  [
    '/v3/spaces?include=org,king',
    "Invalid included resource: 'king'. Valid included resources are: 'org', 'organization'",
  ],
  ['/v3/spaces?include=', "Invalid included resource: ''. Valid included resources are: 'org', 'organization'"],
  ['/v3/spaces?include=org,org,org', "Duplicate included resource: 'org'"],
  [
    '/v3/routes/{route}?include=king',
    undefined,
    "Invalid included resource: 'king'. Valid included resources are: 'domain', 'space', 'space.organization'",
  ],
  [
    '/v3/routes/{route}?king=1',
    undefined,
    "Unknown query parameter(s): 'king'. Valid parameters are: 'guid', 'include'",
  ],
  ['/v3/apps/{app}?king=1', "Unknown query parameter(s): 'king'. Valid parameters are: 'include'"],
  ['/v3/roles/{org_role}?king=1', undefined, "Unknown query parameter(s): 'king'. Valid parameters are: 'include'"],
  ['/v3/spaces/{space}?king=1', "Unknown query parameter(s): 'king'. Valid parameters are: 'include'"],
  ['/v3/service_plans/{plan}?king=1', "Unknown query parameter(s): 'king'. Valid parameters are: 'fields', 'include'"],
  [
    '/v3/service_instances?fields[king]=name',
    "Fields [king] valid resources are: 'space', 'space.organization', 'service_plan', 'service_plan.service_offering', 'service_plan.service_offering.service_broker'",
  ],
  [
    '/v3/service_instances?fields[space]=size',
    "Fields valid keys for 'space' are: 'guid', 'name', 'relationships.organization'",
  ],
  ['/v3/service_instances/{user_provided}?fields[space]=size', "Fields valid keys for 'space' are: 'name', 'guid'"],
  ['/v3/service_instances?fields=name', 'Fields must be an object'],
  ['/v3/service_instances?type=king', "Type must be one of 'managed', 'user-provided'"],
  ['/v3/service_credential_bindings?type=king', "Type must be one of 'app', 'key'"],
  ['/v3/service_plans?available=perhaps', "Available must be 'true' or 'false'"],
  ['/v3/stacks?default=perhaps', "Default must be 'true' or 'false'"],
  ['/v3/security_groups?globally_enabled_running=1', undefined, "Globally enabled running must be 'true' or 'false'"],
  ['/v3/apps?lifecycle_type=king', "Invalid lifecycle_type: 'king'"],
  ['/v3/apps/{app}/packages?app_guids=a', "Unknown query parameter(s): 'app_guids'"],
  ['/v3/droplets?current=true', "Unknown query parameter(s): 'current'"],
  ['/v3/spaces?names[not]=a', 'Names must be an array'],
  ['/v3/spaces?guids[x]=a', 'Guids must be an array'],
  [
    '/v3/spaces?created_ats=yesterday',
    "Created ats has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'",
  ],
  ['/v3/spaces?updated_ats[ne]=2026-11-21T00:00:00Z', "Updated ats Invalid relational operator: 'ne'"],
  [
    '/v3/spaces?updated_ats[gt]=2026-11-21T00:00:00Z,2026-11-22T00:00:00Z',
    'Updated ats only accepts one value when using a relational operator',
  ],
  ['/v3/spaces?label_selector=', 'Missing label_selector value'],
  ['/v3/spaces?label_selector=a%20in%20b', 'Invalid label_selector value'],
  ['/v3/spaces?label_selector=a%20in%20(b,%20c)', "' c' contains invalid characters"],
  ['/v3/spaces?label_selector=cloudfoundry.org/a', "prefix 'cloudfoundry.org' is reserved"],
  ['/v3/audit_events?target_guids[is]=a', 'Target guids target_guids has an invalid operator'],
])('refuses %s', async (path, bad, unprocessable?: string) => {
  const { root, fill } = await openScene();
  const answer = await root.get(await fill(path as string));
  const expected =
    unprocessable === undefined
      ? { status: 400, body: badQuery(bad as string) }
      : { status: 422, body: error(unprocessable) };
  expect(answer).toMatchObject(expected);
});

test('of parameters that are there twice the last one counts', async () => {
  const { root } = await openScene();
  const { pagination } = await listOf(root, '/v3/spaces?per_page=3&per_page=2');
  expect(pagination.first).toEqual({ href: `${API}/v3/spaces?page=1&per_page=2` });
});

test('labels select by value, by set and by existence, and no value is no label', async () => {
  const { root, fill } = await openScene();
  const org = await fill('{org}');
  const make = async (name: string, labels: Record<string, string>) =>
    (
      await root.send('POST', '/v3/spaces', {
        name,
        relationships: { organization: { data: { guid: org } } },
        metadata: { labels },
      })
    ).body as Row;
  await make('red', { colour: 'red', 'acme.example/team': 'a' });
  await make('blue', { colour: 'blue' });
  await make('plain', {});
  const found = (selector: string) =>
    namesOf(root, `/v3/spaces?organization_guids=${org}&order_by=-name&label_selector=${encodeURIComponent(selector)}`);
  const [other] = (await namesOf(root, `/v3/spaces?organization_guids=${org}&order_by=-name`)).filter(
    (name) => !['red', 'blue', 'plain'].includes(name ?? ''),
  );
  expect(await found('colour=red')).toEqual(['red']);
  expect(await found('colour==red')).toEqual(['red']);
  expect(await found('colour!=red')).toEqual([other, 'plain', 'blue']);
  expect(await found('colour in (red,blue)')).toEqual(['red', 'blue']);
  expect(await found('colour notin (red,blue)')).toEqual([other, 'plain']);
  expect(await found('acme.example/team')).toEqual(['red']);
  expect(await found('!colour')).toEqual([other, 'plain']);
  expect(await found('colour,acme.example/team=a')).toEqual(['red']);
  expect(await found('colour=')).toEqual([]);
});
