import type { Collection, State } from '../../../../emulation/state.ts';
import { ORG_ROLES } from '../../../protocols/cf-v3/wire.ts';

interface Row {
  readonly guid: string;
  readonly landscape: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Metadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface CfOrg extends Row {
  readonly name: string;
  readonly suspended: boolean;
  readonly quota: string;
  /** GUID of the subaccount that it belongs to; absent for orgs that BTP did not make. */
  readonly subaccount?: string;
  readonly metadata: Metadata;
}

export interface CfSpace extends Row {
  readonly name: string;
  readonly org: string;
  readonly ssh: boolean;
  readonly metadata: Metadata;
}

export interface CfRole extends Row {
  readonly type: string;
  readonly user: string;
  /** GUID of the org of an org role. */
  readonly org?: string;
  /** GUID of the space of a space role. */
  readonly space?: string;
}

/** The Cloud Controller's row of a user; names come from UAA. */
export interface CfUser extends Row {
  readonly metadata: Metadata;
}

export interface CfQuota extends Row {
  readonly name: string;
}

export interface CfJob extends Row {
  readonly operation: string;
  /** Epoch milliseconds from which the job is COMPLETE. */
  readonly completeAt: number;
}

export const NO_METADATA: Metadata = { labels: {}, annotations: {} };

export interface CloudControllerStore {
  readonly orgs: Collection<CfOrg>;
  readonly spaces: Collection<CfSpace>;
  readonly roles: Collection<CfRole>;
  readonly quotas: Collection<CfQuota>;
  readonly jobs: Collection<CfJob>;
  readonly users: Collection<CfUser>;
  orgsOf(landscape: string): readonly CfOrg[];
  spacesOf(org: string): readonly CfSpace[];
  rolesOfUser(landscape: string, user: string): readonly CfRole[];
  rolesInOrg(org: string): readonly CfRole[];
  rolesInSpace(space: string): readonly CfRole[];
  hasRole(place: { readonly org?: string; readonly space?: string }, user: string, types: readonly string[]): boolean;
  /** Makes the row of a user at the first sight of it. */
  ensureUser(landscape: string, guid: string, now: number): CfUser;
}

export function openCloudControllerStore(state: State): CloudControllerStore {
  const orgs = state.collection<CfOrg>('cf/orgs', {
    landscape: (org) => org.landscape,
    subaccount: (org) => org.subaccount,
  });
  const spaces = state.collection<CfSpace>('cf/spaces', { org: (space) => space.org });
  const roles = state.collection<CfRole>('cf/roles', {
    org: (role) => role.org,
    space: (role) => role.space,
    user: (role) => `${role.landscape}/${role.user}`,
    // One grant is found without reading all roles of an org with many members.
    grant: (role) => grantKey(role.org ?? role.space ?? '', role.user, role.type),
  });
  const users = state.collection<CfUser>('cf/cc-users', { landscape: (user) => user.landscape });
  return {
    orgs,
    spaces,
    roles,
    users,
    quotas: state.collection<CfQuota>('cf/org-quotas', { landscape: (quota) => quota.landscape }),
    jobs: state.collection<CfJob>('cf/jobs'),
    orgsOf: (landscape) => orgs.by('landscape', landscape),
    spacesOf: (org) => spaces.by('org', org),
    rolesOfUser: (landscape, user) => roles.by('user', `${landscape}/${user}`),
    rolesInOrg: (org) => roles.by('org', org),
    rolesInSpace: (space) => roles.by('space', space),
    hasRole: ({ org, space }, user, types) =>
      types.some((type) => roles.by('grant', grantKey(org ?? space ?? '', user, type)).length > 0),
    ensureUser(landscape, guid, now) {
      const key = `${landscape}/${guid}`;
      const known = users.get(key);
      if (known) return known;
      const made: CfUser = { guid, landscape, createdAt: now, updatedAt: now, metadata: NO_METADATA };
      users.set(key, made);
      return made;
    },
  };
}

function grantKey(place: string, user: string, type: string): string {
  return `${place}/${user}/${type}`;
}

export function isOrgRole(type: string): boolean {
  return (ORG_ROLES as readonly string[]).includes(type);
}
