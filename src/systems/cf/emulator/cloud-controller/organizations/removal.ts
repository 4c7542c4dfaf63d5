import type { Acting } from '../acting.ts';
import { record } from '../events.ts';
import type { CfOrg } from '../rows/organizations.ts';
import { removeSpace } from '../spaces/removal.ts';

/** Takes an org away with all that is in it (cloud_controller_ng, OrganizationDelete). */
export function removeOrg(acting: Acting, org: CfOrg): void {
  const { store } = acting;
  const { guid } = org;
  for (const space of store.spacesOf(guid)) removeSpace(acting, space);
  for (const domain of store.domains.by('org', guid)) store.domains.delete(domain.guid);
  for (const domain of store.domains.by('landscape', org.landscape)) {
    if (!domain.sharedOrgs.includes(guid)) continue;
    store.domains.set(domain.guid, { ...domain, sharedOrgs: domain.sharedOrgs.filter((other) => other !== guid) });
  }
  for (const quota of store.spaceQuotas.by('org', guid)) store.spaceQuotas.delete(quota.guid);
  for (const role of store.rolesInOrg(guid)) store.roles.delete(role.guid);
  for (const segment of store.isolationSegments.by('landscape', org.landscape)) {
    if (!segment.orgs.includes(guid)) continue;
    store.isolationSegments.set(segment.guid, { ...segment, orgs: segment.orgs.filter((other) => other !== guid) });
  }
  const target = { guid, type: 'organization', name: org.name };
  record(acting, 'audit.organization.delete-request', target, { org: guid }, { request: { recursive: true } });
  store.orgs.delete(guid);
}
