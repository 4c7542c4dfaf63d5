import { SPACE_ROLES } from '../../../protocols/cf-v3/wire.ts';
import type { Caller } from './caller.ts';
import type { CfOrg, CfRole, CfSpace, CloudControllerStore } from './store.ts';

/** What a caller sees (cloud_controller_ng, permissions.rb and membership.rb). */
export interface Visibility {
  orgs(): readonly CfOrg[];
  spaces(): readonly CfSpace[];
  roles(): readonly CfRole[];
  /** GUIDs of users; undefined = all of the landscape. */
  users(): ReadonlySet<string> | undefined;
  seesOrg(org: CfOrg): boolean;
  seesSpace(space: CfSpace): boolean;
  /** Org Manager, or admin. */
  managesOrg(org: string): boolean;
  /** Org Manager, Space Manager, or admin. */
  managesSpace(space: CfSpace): boolean;
}

export function visibilityOf(store: CloudControllerStore, caller: Caller): Visibility {
  const { landscape, guid } = caller;

  function orgs(): readonly CfOrg[] {
    if (caller.globalRead) return store.orgsOf(landscape);
    const own = new Set(store.rolesOfUser(landscape, guid).map((role) => role.org));
    return store.orgsOf(landscape).filter((org) => own.has(org.guid));
  }

  // Auditors, billing managers and plain members of an org do not see its spaces.
  const seesSpace = (space: CfSpace) =>
    space.landscape === landscape &&
    (caller.globalRead ||
      store.hasRole({ space: space.guid }, guid, SPACE_ROLES) ||
      store.hasRole({ org: space.org }, guid, ['organization_manager']));

  function spaces(): readonly CfSpace[] {
    if (caller.globalRead) return store.orgsOf(landscape).flatMap((org) => store.spacesOf(org.guid));
    return orgs().flatMap((org) => store.spacesOf(org.guid).filter(seesSpace));
  }

  const managesOrg = (org: string) => caller.admin || store.hasRole({ org }, guid, ['organization_manager']);

  return {
    orgs,
    spaces,
    roles: () => [
      ...orgs().flatMap((org) => store.rolesInOrg(org.guid)),
      ...spaces().flatMap((space) => store.rolesInSpace(space.guid)),
    ],
    users() {
      if (caller.globalRead) return undefined;
      const members = orgs().flatMap((org) => store.rolesInOrg(org.guid).map((role) => role.user));
      return new Set([guid, ...members]);
    },
    seesOrg: (org) =>
      org.landscape === landscape &&
      (caller.globalRead || store.rolesOfUser(landscape, guid).some((role) => role.org === org.guid)),
    seesSpace,
    managesOrg,
    managesSpace: (space) => managesOrg(space.org) || store.hasRole({ space: space.guid }, guid, ['space_manager']),
  };
}
