import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { notAuthorized, notFound, orgSuspended, unprocessable } from '../../../protocols/cf-v3/emulator.ts';
import { type NewRole, ORG_ROLES, SPACE_ROLES } from '../../../protocols/cf-v3/wire.ts';
import { addShadowUser } from '../uaa/shadow-users.ts';
import type { UaaStore } from '../uaa/store.ts';
import type { Caller } from './caller.ts';
import { startJob } from './jobs.ts';
import { type CfJob, type CfOrg, type CfRole, type CloudControllerStore, isOrgRole } from './store.ts';
import { visibilityOf } from './visibility.ts';

export interface Parts {
  readonly ctx: EmulatorContext;
  readonly store: CloudControllerStore;
  readonly uaa: UaaStore;
}

const NOT_IN_ORG = "Users cannot be assigned roles in a space if they do not have a role in that space's organization.";
const TYPES = [
  'organization_auditor',
  'organization_manager',
  'organization_billing_manager',
  'organization_user',
  'space_auditor',
  'space_manager',
  'space_developer',
  'space_supporter',
];

/** `POST /v3/roles`, checks in the order of cloud_controller_ng's roles_controller. */
export function createRole(parts: Parts, caller: Caller, body: NewRole): CfRole {
  const { user, organization, space } = body.relationships;
  if (!TYPES.includes(body.type)) {
    throw unprocessable(
      `Type must be one of the allowed types [${TYPES.map((type) => JSON.stringify(type)).join(', ')}]`,
    );
  }
  const { guid, username, origin } = user.data;
  if (guid !== undefined && username !== undefined) {
    throw unprocessable('Username cannot be specified when identifying user by guid');
  }
  if (guid !== undefined && origin !== undefined) {
    throw unprocessable('Origin cannot be specified when identifying user by guid');
  }
  if (guid === undefined && username === undefined) throw unprocessable('User must have a username or guid specified');
  if ((organization === undefined) === (space === undefined)) {
    throw unprocessable('Role must specify either a space or an organization.');
  }
  if (isOrgRole(body.type)) {
    if (organization === undefined) {
      throw unprocessable(`Space cannot be provided with the organization role type: '${body.type}'.`);
    }
    return createOrgRole(parts, caller, body.type, organization.data.guid, user.data);
  }
  if (space === undefined) {
    throw unprocessable(`Organization cannot be provided with the space role type: '${body.type}'.`);
  }
  return createSpaceRole(parts, caller, body.type, space.data.guid, user.data);
}

type UserData = NewRole['relationships']['user']['data'];

function createOrgRole(parts: Parts, caller: Caller, type: string, orgGuid: string, user: UserData): CfRole {
  const org = orgOf(parts, caller, orgGuid);
  // Looked up without regard to visibility: an invisible org gives 403, only a missing one this text.
  if (!org) {
    throw unprocessable('Invalid organization. Ensure that the organization exists and you have access to it.');
  }
  if (!visibilityOf(parts.store, caller).managesOrg(org.guid)) throw notAuthorized();
  if (org.suspended && !caller.admin) throw orgSuspended();
  const guid = user.guid ?? userByName(parts, caller, user.username ?? '', user.origin, { create: true });
  if (parts.store.hasRole({ org: org.guid }, guid, [type])) {
    const name = parts.uaa.user(caller.landscape, guid)?.userName ?? guid;
    throw unprocessable(`User '${name}' already has '${type}' role in organization '${org.name}'.`);
  }
  return addRole(parts, caller.landscape, { type, user: guid, org: org.guid });
}

function createSpaceRole(parts: Parts, caller: Caller, type: string, spaceGuid: string, user: UserData): CfRole {
  const { store } = parts;
  const space = store.spaces.get(spaceGuid);
  if (!space || space.landscape !== caller.landscape) {
    throw unprocessable('Invalid space. Ensure that the space exists and you have access to it.');
  }
  const visible = visibilityOf(store, caller);
  if (!visible.managesSpace(space)) throw notAuthorized();
  if (store.orgs.get(space.org)?.suspended && !caller.admin) throw orgSuspended();
  const guid = user.guid ?? userByName(parts, caller, user.username ?? '', user.origin, { notFound: NOT_IN_ORG });
  const readable = visible.users();
  // Membership means the role organization_user: being Org Manager alone is not enough.
  if ((readable && !readable.has(guid)) || !store.hasRole({ org: space.org }, guid, ['organization_user'])) {
    throw unprocessable(NOT_IN_ORG);
  }
  if (store.hasRole({ space: space.guid }, guid, [type])) {
    const name = parts.uaa.user(caller.landscape, guid)?.userName ?? guid;
    throw unprocessable(`User '${name}' already has '${type}' role in space '${space.name}'.`);
  }
  return addRole(parts, caller.landscape, { type, user: guid, space: space.guid });
}

function orgOf(parts: Parts, caller: Caller, guid: string): CfOrg | undefined {
  const org = parts.store.orgs.get(guid);
  return org?.landscape === caller.landscape ? org : undefined;
}

/** Resolves a name by UAA (cloud_controller_ng, UaaClient#id_for_username and neighbours). */
function userByName(
  { ctx, uaa }: Parts,
  caller: Caller,
  userName: string,
  origin: string | undefined,
  options: { readonly create?: boolean; readonly notFound?: string },
): string {
  const { landscape } = caller;
  if (origin !== undefined) {
    const found = uaa.userByName(landscape, userName, origin);
    if (found) return found.id;
    // Off at SAP: the user must have logged in once, or been added in the cockpit (SAP help 94ef515); `assumed`.
    if (options.create && origin !== 'uaa' && ctx.switched('cf.allowUserCreationByOrgManager', false)) {
      return addShadowUser(uaa, ctx, { landscape, origin }, userName).id;
    }
    throw unprocessable(options.notFound ?? `No user exists with the username '${userName}' and origin '${origin}'.`);
  }
  const [first, ...others] = uaa.usersByName(landscape, userName);
  if (!first) throw unprocessable(options.notFound ?? `No user exists with the username '${userName}'.`);
  if (others.length > 0) {
    const origins = [first, ...others].map((user) => user.origin).sort();
    throw unprocessable(
      `Ambiguous user. User with username '${userName}' exists in the following origins: ${origins.join(', ')}. Specify an origin to disambiguate.`,
    );
  }
  return first.id;
}

/** Adds a role without any check; also how a seed grants. */
export function addRole(
  { ctx, store }: Pick<Parts, 'ctx' | 'store'>,
  landscape: string,
  grant: Pick<CfRole, 'type' | 'user' | 'org' | 'space'>,
  guid: string = ctx.id(),
): CfRole {
  const now = ctx.now();
  store.ensureUser(landscape, grant.user, now);
  const role: CfRole = { guid, landscape, createdAt: now, updatedAt: now, ...grant };
  store.roles.set(role.guid, role);
  return role;
}

/** `DELETE /v3/roles/{guid}`. */
export function deleteRole(parts: Parts, caller: Caller, guid: string): CfJob {
  const { store } = parts;
  const role = store.roles.get(guid);
  if (!role || !seesRole(parts, caller, role)) throw notFound('Role');
  const visible = visibilityOf(store, caller);
  const space = role.space === undefined ? undefined : store.spaces.get(role.space);
  if (!(space ? visible.managesSpace(space) : visible.managesOrg(role.org ?? ''))) throw notAuthorized();
  const org = store.orgs.get(space?.org ?? role.org ?? '');
  if (org?.suspended && !caller.admin) throw orgSuspended();
  if (role.type === 'organization_user') {
    const inSpace = store
      .spacesOf(role.org ?? '')
      .some((of) => store.hasRole({ space: of.guid }, role.user, SPACE_ROLES));
    if (inSpace) {
      throw unprocessable('Cannot delete organization_user role while user has roles in spaces in that organization.');
    }
  }
  store.roles.delete(guid);
  return startJob(parts, caller.landscape, 'role.delete');
}

/** Roles of visible orgs and of visible spaces. */
export function seesRole({ store }: Pick<Parts, 'store'>, caller: Caller, role: CfRole): boolean {
  const visible = visibilityOf(store, caller);
  const space = role.space === undefined ? undefined : store.spaces.get(role.space);
  if (space) return visible.seesSpace(space);
  const org = store.orgs.get(role.org ?? '');
  return org !== undefined && visible.seesOrg(org);
}

/** Distinct users with any role of an org, or directly in a space. */
export function membersOf({ store }: Pick<Parts, 'store'>, place: { readonly org?: string; readonly space?: string }) {
  const roles = place.org === undefined ? store.rolesInSpace(place.space ?? '') : store.rolesInOrg(place.org);
  const types: readonly string[] = place.org === undefined ? SPACE_ROLES : ORG_ROLES;
  return new Set(roles.filter((role) => types.includes(role.type)).map((role) => role.user));
}
