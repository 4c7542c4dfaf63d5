import { SPACE_ROLES } from '../../../protocols/cf-v3/wire.ts';
import type { Caller } from './caller.ts';
import type { CfOrg, CfRole, CfSpace } from './rows/organizations.ts';
import type { CfDomain } from './rows/routing.ts';
import type { CloudControllerStore } from './store.ts';

/** What a caller sees and may do (cloud_controller_ng, permissions.rb and membership.rb). */
export interface Visibility {
  orgs(): readonly CfOrg[];
  spaces(): readonly CfSpace[];
  roles(): readonly CfRole[];
  domains(): readonly CfDomain[];
  /** GUIDs of users; undefined = all of the landscape. */
  users(): ReadonlySet<string> | undefined;
  seesOrg(org: CfOrg): boolean;
  seesSpace(space: CfSpace): boolean;
  seesDomain(domain: CfDomain): boolean;
  /** Routes of spaces that it sees, and as Org Auditor all of the org. */
  seesRoutesOf(space: CfSpace): boolean;
  /** Org Manager, or admin. */
  managesOrg(org: string): boolean;
  /** Org Manager, Space Manager, or admin. */
  managesSpace(space: CfSpace): boolean;
  /** Space Developer, or admin: writes apps and services. */
  develops(space: CfSpace): boolean;
  /** Space Developer or Supporter, or admin: starts apps, maps routes, binds. */
  managesApps(space: CfSpace): boolean;
  readsSecretsOf(space: CfSpace): boolean;
  readsEnvironmentOf(space: CfSpace): boolean;
  /** Whether it has one of these roles directly in the space. */
  hasSpaceRole(space: CfSpace, types?: readonly string[]): boolean;
  hasOrgRole(org: string, types: readonly string[]): boolean;
}

const APP_MANAGERS = ['space_developer', 'space_supporter'];

export function visibilityOf(store: CloudControllerStore, caller: Caller): Visibility {
  const { landscape, guid } = caller;
  const hasSpaceRole = (space: CfSpace, types: readonly string[] = SPACE_ROLES) =>
    store.hasRole({ space: space.guid }, guid, types);
  const hasOrgRole = (org: string, types: readonly string[]) => store.hasRole({ org }, guid, types);

  function orgs(): readonly CfOrg[] {
    if (caller.globalRead) return store.orgsOf(landscape);
    const own = new Set(store.rolesOfUser(landscape, guid).map((role) => role.org));
    return store.orgsOf(landscape).filter((org) => own.has(org.guid));
  }

  // Auditors, billing managers and plain members of an org do not see its spaces.
  const seesSpace = (space: CfSpace) =>
    space.landscape === landscape &&
    (caller.globalRead || hasSpaceRole(space) || hasOrgRole(space.org, ['organization_manager']));

  function spaces(): readonly CfSpace[] {
    if (caller.globalRead) return store.orgsOf(landscape).flatMap((org) => store.spacesOf(org.guid));
    return orgs().flatMap((org) => store.spacesOf(org.guid).filter(seesSpace));
  }

  /** Orgs whose private domains it sees: as manager or auditor, or by any role in a space; not as a plain member. */
  function domainOrgs(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const role of store.rolesOfUser(landscape, guid)) {
      if (role.space !== undefined) found.add(store.spaces.get(role.space)?.org ?? '');
      else if (/^organization_(manager|auditor)$/.test(role.type)) found.add(role.org ?? '');
    }
    return found;
  }
  const seesDomain = (domain: CfDomain, of: ReadonlySet<string> = domainOrgs()) =>
    domain.landscape === landscape &&
    (caller.globalRead || domain.org === undefined || [domain.org, ...domain.sharedOrgs].some((org) => of.has(org)));

  const managesOrg = (org: string) => caller.admin || hasOrgRole(org, ['organization_manager']);

  return {
    orgs,
    spaces,
    roles: () => [
      ...orgs().flatMap((org) => store.rolesInOrg(org.guid)),
      ...spaces().flatMap((space) => store.rolesInSpace(space.guid)),
    ],
    domains() {
      const all = store.domains.by('landscape', landscape);
      const of = domainOrgs();
      return all.filter((domain) => seesDomain(domain, of));
    },
    users() {
      if (caller.globalRead) return undefined;
      const members = orgs().flatMap((org) => store.rolesInOrg(org.guid).map((role) => role.user));
      return new Set([guid, ...members]);
    },
    seesOrg: (org) =>
      org.landscape === landscape &&
      (caller.globalRead || store.rolesOfUser(landscape, guid).some((role) => role.org === org.guid)),
    seesSpace,
    seesDomain: (domain) => seesDomain(domain),
    seesRoutesOf: (space) => seesSpace(space) || hasOrgRole(space.org, ['organization_auditor']),
    managesOrg,
    managesSpace: (space) => managesOrg(space.org) || hasSpaceRole(space, ['space_manager']),
    develops: (space) => caller.admin || hasSpaceRole(space, ['space_developer']),
    managesApps: (space) => caller.admin || hasSpaceRole(space, APP_MANAGERS),
    readsSecretsOf: (space) => caller.readsSecrets || hasSpaceRole(space, ['space_developer']),
    readsEnvironmentOf: (space) => caller.readsSecrets || hasSpaceRole(space, APP_MANAGERS),
    hasSpaceRole,
    hasOrgRole,
  };
}
