import { expect, test } from 'vitest';
import { refusals, structure } from '../testing/bodies.ts';
import { openScene } from '../testing/scene.ts';

const org = { organization: { data: { guid: '{org}' } } };
const structures = (name: string) =>
  `must be structured like this: "${name}: {"data": [{"guid": "valid-guid"},{"guid": "valid-guid"}]}"`;
const long = (length: number) => 'x'.repeat(length);

// What is wrong with a body, in the words and the order of cloud_controller_ng 3.194.0 (app/messages, app/actions).
refusals([
  ['POST /v3/organizations', {}, "Name can't be blank"],
  [
    'POST /v3/organizations',
    { name: '' },
    "Name is too short (minimum is 1 character), Name must not contain escaped characters, Name can't be blank",
  ],
  ['POST /v3/organizations', { name: 1 }, 'Name must be a string'],
  ['POST /v3/organizations', { name: 'a\nb' }, 'Name must not contain escaped characters'],
  ['POST /v3/organizations', { name: long(256) }, 'Name is too long (maximum is 255 characters)'],
  [
    'POST /v3/organizations',
    { name: 'a', suspended: 'no', king: 1 },
    "Unknown field(s): 'king', Suspended must be a boolean",
  ],
  ['POST /v3/organizations', { name: 'ACME-dev' }, "Organization 'ACME-dev' already exists."],
  [
    'PATCH /v3/organizations/{org}',
    { name: '' },
    'Name is too short (minimum is 1 character), Name must not contain escaped characters',
  ],
  ['PATCH /v3/organizations/{org}', { name: 'acme-dev' }, "Organization name 'acme-dev' is already taken."],
  ['PATCH /v3/organizations/{org}', { metadata: 1 }, 'Metadata must be an object'],
  [
    'PATCH /v3/organizations/{org}',
    { metadata: { king: 1, labels: { 'a b': 'c', d: '-' }, annotations: { 'a/b/c': 'd' } } },
    "Metadata has unexpected field(s): 'king', Metadata label key error: 'a b' contains invalid characters, Metadata label value error: '-' starts or ends with invalid characters, Metadata annotation key error: key has more than one '/'",
  ],
  [
    'PATCH /v3/organizations/{org}/relationships/default_isolation_segment',
    { data: { guid: 'king' } },
    "Unable to assign isolation segment with guid 'king'. Ensure it has been entitled to the organization.",
  ],
  [
    'PATCH /v3/organizations/{org}/relationships/default_isolation_segment',
    { data: { guid: 1, more: 2 } },
    'Data can only accept one key, Data 1 must be a string',
  ],

  ['POST /v3/spaces', { name: 'a' }, "Relationships 'relationships' is not an object"],
  [
    'POST /v3/spaces',
    { name: 'a', relationships: {} },
    "Relationships 'relationships' must include one or more valid relationships",
  ],
  [
    'POST /v3/spaces',
    { name: 'a', relationships: { king: 1 } },
    `Relationships Organization can't be blank, Relationships Organization ${structure('organization')}, Relationships Unknown field(s): 'king'`,
  ],
  [
    'POST /v3/spaces',
    { name: 'a', relationships: { organization: { data: { guid: 1 } } } },
    'Relationships Organization guid must be a string, Relationships Organization guid must be between 1 and 200 characters',
  ],
  [
    'POST /v3/spaces',
    { name: 'a', relationships: { organization: { data: { guid: 'king' } } } },
    'Invalid organization. Ensure the organization exists and you have access to it.',
  ],
  ['POST /v3/spaces', { relationships: org }, "Name can't be blank"],
  ['PATCH /v3/spaces/{space}', { name: long(256) }, 'Name is too long (maximum is 255 characters)'],
  ['PATCH /v3/spaces/{space}/features/ssh', { enabled: 'yes' }, 'Enabled must be a boolean'],
  [
    'DELETE /v3/spaces/{space}/routes',
    undefined,
    "Mass delete not supported for routes. Use 'unmapped=true' parameter to delete all unmapped routes.",
  ],

  ['POST /v3/users', {}, "Guid or 'username' and 'origin' must be provided"],
  ['POST /v3/users', { guid: '' }, 'Guid must be between 1 and 200 characters'],
  ['POST /v3/users', { username: 'a' }, "Username can only be provided together with 'origin'"],
  ['POST /v3/users', { origin: 'a' }, "Origin can only be provided together with 'username'"],
  ['POST /v3/users', { guid: 'a', username: 'b' }, "Username cannot be provided with 'guid'"],
  ['POST /v3/users', { username: 'a', origin: 'uaa' }, "Origin cannot be 'uaa' when creating a user by username"],
  ['POST /v3/users', { guid: '{stranger}' }, "User with guid '{stranger}' already exists."],

  ['POST /v3/organization_quotas', {}, "Name can't be blank"],
  [
    'POST /v3/organization_quotas',
    { name: 'a', apps: { total_instances: -1, total_memory_in_mb: 'much', king: 1 }, routes: 1 },
    "Apps Total memory in mb is not a number, Apps Total instances must be greater than or equal to 0, Apps Unknown field(s): 'king', Routes must be an object",
  ],
  [
    'POST /v3/organization_quotas',
    { name: 'a', services: { paid_services_allowed: 'yes' } },
    'Services Paid services allowed must be a boolean',
  ],
  [
    'POST /v3/organization_quotas',
    { name: 'a', relationships: { organizations: { data: ['b'] } } },
    `Relationships Organizations ${structures('organizations')}`,
  ],
  [
    'POST /v3/organization_quotas/{org_quota}/relationships/organizations',
    { data: [{ guid: 'king' }] },
    'Organizations with guids ["king"] do not exist',
  ],
  [
    'POST /v3/organization_quotas/{org_quota}/relationships/organizations',
    {},
    "Data can't be blank, Data must be an array",
  ],
  [
    'POST /v3/organization_quotas/{org_quota}/relationships/organizations',
    { data: [{ guid: 1 }] },
    'Invalid data type: Data[0] guid should be a string.',
  ],
  [
    'POST /v3/space_quotas',
    { name: 'a', relationships: {} },
    "Relationships 'relationships' must include one or more valid relationships",
  ],
  [
    'POST /v3/space_quotas',
    { name: 'a', relationships: { spaces: { data: [] } } },
    `Relationships Organization ${structure('organization')}`,
  ],
  [
    'POST /v3/space_quotas/{space_quota}/relationships/spaces',
    { data: [{ guid: '{other_space}' }] },
    'Space quotas cannot be applied outside of their owning organization.',
  ],

  [
    'POST /v3/domains',
    { name: 'a' },
    'Name is too short (minimum is 3 characters), Name does not comply with RFC 1035 standards, Name must contain at least one "."',
  ],
  [
    'POST /v3/domains',
    { name: 'a_b.example.com' },
    'Name does not comply with RFC 1035 standards, Name must consist of alphanumeric characters and hyphens',
  ],
  [
    'POST /v3/domains',
    { name: 'cfapps.eu10-004.hana.ondemand.com' },
    'The domain name "cfapps.eu10-004.hana.ondemand.com" is already in use',
  ],
  [
    'POST /v3/domains',
    { name: 'a.example.com', internal: true, relationships: org },
    'Cannot associate an internal domain with an organization',
  ],
  [
    'POST /v3/domains',
    { name: 'a.example.com', relationships: { organization: { data: { guid: 'king' } } } },
    "Organization with guid 'king' does not exist or you do not have access to it.",
  ],
  [
    'POST /v3/domains/{private_domain}/relationships/shared_organizations',
    { data: [{ guid: '{org}' }] },
    'Domain cannot be shared with owning organization.',
  ],
  [
    'POST /v3/domains/{private_domain}/relationships/shared_organizations',
    { data: {} },
    'Data must have the structure "data": [{"guid": shared_org_guid_1}, {"guid": shared_org_guid_2}]',
  ],
  [
    'DELETE /v3/domains/{borrowed_domain}',
    undefined,
    'This domain is shared with other organizations. Unshare before deleting.',
  ],

  ['POST /v3/isolation_segments', {}, "Name can't be blank"],
  ['POST /v3/isolation_segments', { name: 1 }, 'Name must be a string'],
  [
    'POST /v3/isolation_segments/{segment}/relationships/organizations',
    { data: [{ guid: 'king' }] },
    "Unable to entitle organizations ['king'] for the isolation segment. Ensure the organizations exist.",
  ],
  [
    'DELETE /v3/isolation_segments/{entitled_segment}',
    undefined,
    'Revoke the Organization entitlements for your Isolation Segment.',
  ],
  ['PATCH /v3/feature_flags/route_creation', { enabled: 1 }, 'Enabled must be a boolean'],

  [
    'POST /v3/security_groups',
    { name: 'a', globally_enabled: { king: true } },
    "Globally enabled only allows keys 'running' or 'staging'",
  ],
  ['POST /v3/security_groups', { name: 'a', rules: 1 }, 'Rules must be an array'],
  [
    'POST /v3/security_groups',
    { name: 'a', rules: [{ protocol: 'king', destination: 'home' }] },
    "Rules[0]: protocol must be 'tcp', 'udp', 'icmp', or 'all', Rules[0]: destination octets cannot contain leading zeros, Rules[0]: destination must be a valid CIDR, IP address, or IP address range",
  ],
  [
    'POST /v3/security_groups',
    { name: 'a', rules: [{ protocol: 'tcp', destination: '192.168.1.100', type: 0, code: 0, log: false }] },
    'Rules[0]: ports are required for protocols of type TCP and UDP, Rules[0]: ports must be a valid single port, comma separated list of ports, or range or ports, formatted as a string',
  ],
  [
    'POST /v3/security_groups/{group}/relationships/running_spaces',
    { data: [{ guid: 'king' }] },
    'Spaces with guids ["king"] do not exist, or you do not have access to them.',
  ],
]);

test('who may not call is not told what is wrong with the body', async () => {
  const { as, fill } = await openScene();
  const calls = [
    ['org_auditor', 'PATCH /v3/organizations/{org}', 403],
    ['no_role', 'PATCH /v3/organizations/{org}', 404],
    ['space_auditor', 'PATCH /v3/spaces/{space}', 403],
    ['org_manager', 'POST /v3/organizations', 403],
    ['org_manager', 'POST /v3/users', 403],
    ['org_manager', 'POST /v3/isolation_segments', 403],
    ['space_auditor', 'PATCH /v3/service_instances/{user_provided}', 403],
    ['space_auditor', 'PATCH /v3/processes/{process}', 403],
    ['org_manager', 'POST /v3/organization_quotas', 403],
  ] as const;
  for (const [role, call, status] of calls) {
    const [method = '', path = ''] = (await fill(call)).split(' ');
    expect([call, (await as(role).send(method, path, { name: 1, king: 1 })).status]).toEqual([call, status]);
  }
});
