import { objectAt, type Recorded, relatedTo, textAt } from './json.ts';
import type { Planter } from './planter.ts';
import type { Interaction } from './recorded.ts';
import { partsOf } from './shown.ts';
import type { ReplayWorld } from './world.ts';

/** Who says that there is one already needs that one. */
export function plantConflict(world: ReplayWorld, planter: Planter, row: Interaction, detail: string): void {
  const sent = row.request_body;
  const guid = `conflict of ${row.index}`;
  const name = textAt(sent, 'name') ?? '';
  const org = relatedTo(sent, 'organization') ?? '';
  const space = relatedTo(sent, 'space') ?? '';
  const inOrg = { relationships: { organization: { data: { guid: org } } } };
  const conflicts: readonly (readonly [RegExp, () => void])[] = [
    [/^Organization '.*' already exists\.$/, () => planter.ensure('organizations', guid, { name })],
    [/^Organization name '.*' is already taken\.$/, () => planter.ensure('organizations', guid, { name })],
    [/^Name must be unique per organization$/, () => planter.ensure('spaces', guid, { name, ...inOrg })],
    [/^The domain name ".*" is already in use$/, () => planter.ensure('domains', guid, { name })],
    [/^Organization Quota '.*' already exists\.$/, () => planter.ensure('organization_quotas', guid, { name })],
    [/^Space Quota '.*' already exists\.$/, () => planter.ensure('space_quotas', guid, { name, ...inOrg })],
    [/^Isolation Segment names are/, () => planter.ensure('isolation_segments', guid, { name })],
    [/^Security group with name '.*' already exists\.$/, () => planter.ensure('security_groups', guid, { name })],
    [
      /^Route already exists/,
      () => {
        const { host, path } = objectAt(sent);
        const domain = { data: { guid: relatedTo(sent, 'domain') } };
        planter.ensure('routes', guid, { host, path, relationships: { space: { data: { guid: space } }, domain } });
      },
    ],
    [
      /^The service instance name is taken/,
      () => planter.ensure('service_instances', guid, { name, relationships: { space: { data: { guid: space } } } }),
    ],
    [
      /^The app is already bound|The service instance already has a key binding/,
      () => {
        const { app, service_instance } = objectAt(sent, 'relationships');
        const relationships = { service_instance, ...(app === undefined ? {} : { app }) };
        planter.ensure('service_credential_bindings', guid, { name, type: textAt(sent, 'type'), relationships });
      },
    ],
    [/^App with the name '.*' already exists\.$/, () => planter.ensure('apps', guid, { name, ...placed(space) })],
    [/^User with guid '.*' already exists\.$/, () => planter.ensure('users', textAt(sent, 'guid') ?? '')],
    [
      /^User with username '.*' already exists\.$/,
      () => {
        world.uaaUser(guid, textAt(sent, 'username') ?? '', textAt(sent, 'origin') ?? '');
        planter.ensure('users', guid);
      },
    ],
    [
      /^This domain is shared with other organizations/,
      () => planter.change(world.store.domains, partsOf(row)[1] ?? '', (domain) => ({ ...domain, sharedOrgs: [guid] })),
    ],
    [
      /^This quota is applied to one or more organizations/,
      () => {
        planter.ensure('organizations', guid);
        planter.change(world.store.orgs, guid, (known) => ({ ...known, quota: partsOf(row)[1] ?? '' }));
      },
    ],
  ];
  for (const [pattern, plant] of conflicts) if (pattern.test(detail)) plant();
}

function placed(space: string): Recorded {
  return { relationships: { space: { data: { guid: space } } } };
}
