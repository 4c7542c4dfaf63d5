import { z } from 'zod';
import type { EmulatorContext } from '../../../../../emulation/emulator.ts';
import { object } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import {
  featureDisabled,
  notAuthorized,
  notFound,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import { ORG_ROLES, SPACE_ROLES } from '../../../../protocols/cf-v3/wire.ts';
import { addShadowUser } from '../../uaa/login/shadow-users.ts';
import { type Acting, inLandscape, requireWritable } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { deletionJob } from '../jobs.ts';
import { flagOf } from '../platform/feature-flags.ts';
import type { CfRole } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import { type CloudControllerStore, isOrgRole } from '../store.ts';

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

/** Body of `POST /v3/roles`; what its relationships may be is told by `complaintsOf`. */
export const newRole = z.strictObject({ type: z.unknown(), relationships: object });

const relationships = z.looseObject({
  user: z
    .looseObject({
      data: z.looseObject({ guid: z.unknown(), username: z.unknown(), origin: z.unknown() }).partial().optional(),
    })
    .optional(),
  organization: z.looseObject({ data: z.looseObject({ guid: z.unknown() }).nullish() }).optional(),
  space: z.looseObject({ data: z.looseObject({ guid: z.unknown() }).nullish() }).optional(),
});
type Relationships = z.infer<typeof relationships>;

/** What is wrong with a body (cloud_controller_ng, RoleCreateMessage); the words are those of ActiveModel. */
function complaintsOf(type: unknown, sent: Relationships): readonly string[] {
  const user = sent.user?.data;
  const [space, org] = [sent.space?.data ?? undefined, sent.organization?.data ?? undefined];
  const kind = typeof type === 'string' ? type : '';
  const strange = Object.keys(sent).filter((key) => !['user', 'space', 'organization'].includes(key));
  const said = (condition: boolean, text: string) => (condition ? [`Relationships ${text}`] : []);
  const has = (key: 'guid' | 'username' | 'origin') => user !== undefined && Object.hasOwn(user, key);
  return [
    ...said(strange.length > 0, `Unknown field(s): ${strange.map((key) => `'${key}'`).join(', ')}`),
    ...said(sent.user === undefined, "User can't be blank"),
    ...said(has('guid') && has('username'), 'Username cannot be specified when identifying user by guid'),
    ...said(has('guid') && has('origin'), 'User origin cannot be specified when identifying user by guid'),
    ...said(has('origin') && !has('username'), 'User origin cannot be specified without specifying the username'),
    ...said(!has('username') && !has('guid'), 'User must have a username or guid specified'),
    ...said(!space && !org, 'must specify either a space or an organization.'),
    ...said(
      space !== undefined && isOrgRole(kind),
      `Space cannot be provided with the organization role type: '${kind}'.`,
    ),
    ...said(
      org !== undefined && (SPACE_ROLES as readonly string[]).includes(kind),
      `Organization cannot be provided with the space role type: '${kind}'.`,
    ),
    ...said(space !== undefined && org !== undefined, 'cannot specify both an organization and a space.'),
    ...said(has('guid') && !isGuid(user?.guid), 'User guid must be between 1 and 200 characters'),
    ...said(has('username') && typeof user?.username !== 'string', 'Username must be a string'),
    ...(TYPES.includes(kind)
      ? []
      : [`Type must be one of the allowed types [${TYPES.map((one) => JSON.stringify(one)).join(', ')}]`]),
  ];
}

function isGuid(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= 200;
}

interface UserData {
  readonly guid?: string;
  readonly username?: string;
  readonly origin?: string;
}

/** `POST /v3/roles`, checks in the order of cloud_controller_ng's roles_controller. */
export function createRole(acting: Acting, body: z.infer<typeof newRole>): CfRole {
  const parsed = relationships.safeParse(body.relationships);
  if (!parsed.success) throw unprocessable('Relationships User must have a username or guid specified');
  const complaints = complaintsOf(body.type, parsed.data);
  if (complaints.length > 0) throw unprocessable(complaints.join(', '));
  const { user, organization, space } = parsed.data;
  const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const [guid, username, origin] = [user?.data?.guid, user?.data?.username, user?.data?.origin].map(textOf);
  const who: UserData = {
    ...(guid === undefined ? {} : { guid }),
    ...(username === undefined ? {} : { username }),
    ...(origin === undefined ? {} : { origin }),
  };
  const type = String(body.type);
  const role = isOrgRole(type)
    ? createOrgRole(acting, type, String(organization?.data?.guid), who)
    : createSpaceRole(acting, type, String(space?.data?.guid), who);
  recordGrant(acting, role, 'add', requestOf(body));
  return role;
}

function createOrgRole(acting: Acting, type: string, orgGuid: string, user: UserData): CfRole {
  const { store, see, caller } = acting;
  const org = inLandscape(acting, store.orgs.get(orgGuid));
  // Looked up without regard to visibility: an invisible org gives 403, only a missing one this text.
  if (!org) {
    throw unprocessable('Invalid organization. Ensure that the organization exists and you have access to it.');
  }
  if (!see.managesOrg(org.guid)) throw notAuthorized();
  requireWritable(acting, org.guid);
  const guid = user.guid ?? userByName(acting, user.username ?? '', user.origin, { create: true });
  if (store.hasRole({ org: org.guid }, guid, [type])) {
    const name = acting.uaa.user(caller.landscape, guid)?.userName ?? guid;
    throw unprocessable(`User '${name}' already has '${type}' role in organization '${org.name}'.`);
  }
  return addRole(acting, caller.landscape, { type, user: guid, org: org.guid });
}

function createSpaceRole(acting: Acting, type: string, spaceGuid: string, user: UserData): CfRole {
  const { store, see, caller } = acting;
  const space = inLandscape(acting, store.spaces.get(spaceGuid));
  if (!space) throw unprocessable('Invalid space. Ensure that the space exists and you have access to it.');
  if (!see.managesSpace(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  const guid = user.guid ?? userByName(acting, user.username ?? '', user.origin, { notFound: NOT_IN_ORG });
  const readable = see.users();
  // Membership means the role organization_user: being Org Manager alone is not enough.
  if ((readable && !readable.has(guid)) || !store.hasRole({ org: space.org }, guid, ['organization_user'])) {
    throw unprocessable(NOT_IN_ORG);
  }
  if (store.hasRole({ space: space.guid }, guid, [type])) {
    const name = acting.uaa.user(caller.landscape, guid)?.userName ?? guid;
    throw unprocessable(`User '${name}' already has '${type}' role in space '${space.name}'.`);
  }
  return addRole(acting, caller.landscape, { type, user: guid, space: space.guid });
}

/** Resolves a name by UAA (cloud_controller_ng, UaaClient#id_for_username and neighbours). */
function userByName(
  acting: Acting,
  userName: string,
  origin: string | undefined,
  options: { readonly create?: boolean; readonly notFound?: string },
): string {
  const { ctx, uaa } = acting;
  const { landscape } = acting.caller;
  const byName = flagOf(acting, 'set_roles_by_username');
  if (!byName.enabled && !acting.caller.admin) throw featureDisabled(byName.message ?? byName.name);
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
  { ctx, store }: { readonly ctx: Pick<EmulatorContext, 'now' | 'id'>; readonly store: CloudControllerStore },
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
export function deleteRole(acting: Acting, guid: string): CfJob {
  const { store, see } = acting;
  const role = roleOf(acting, guid);
  const space = role.space === undefined ? undefined : store.spaces.get(role.space);
  if (!(space ? see.managesSpace(space) : see.managesOrg(role.org ?? ''))) throw notAuthorized();
  requireWritable(acting, space?.org ?? role.org);
  if (role.type === 'organization_user') {
    const inSpace = store
      .spacesOf(role.org ?? '')
      .some((of) => store.hasRole({ space: of.guid }, role.user, SPACE_ROLES));
    if (inSpace) {
      throw unprocessable('Cannot delete organization_user role while user has roles in spaces in that organization.');
    }
  }
  store.roles.delete(guid);
  recordGrant(acting, role, 'remove');
  return deletionJob(acting, 'role', guid);
}

/** A role of a visible org or of a visible space. */
export function roleOf({ store, see }: Acting, guid: string): CfRole {
  const role = store.roles.get(guid);
  const space = store.spaces.get(role?.space ?? '');
  const org = store.orgs.get(role?.org ?? '');
  if (!role || !(space ? see.seesSpace(space) : org && see.seesOrg(org))) throw notFound('Role');
  return role;
}

/** `audit.user.space_developer_add`; what it is about is the user (cloud_controller_ng, UserEventRepository). */
function recordGrant(acting: Acting, role: CfRole, verb: 'add' | 'remove', request = requestOf({})): void {
  const name = acting.uaa.user(role.landscape, role.user)?.userName ?? '';
  const space = role.space === undefined ? undefined : acting.store.spaces.get(role.space);
  const place = space ? { space } : { ...(role.org === undefined ? {} : { org: role.org }) };
  record(acting, `audit.user.${role.type}_${verb}`, { guid: role.user, type: 'user', name }, place, request);
}

/** Distinct users with any role of an org, or directly in a space. */
export function membersOf(
  { store }: Pick<Acting, 'store'>,
  place: { readonly org?: string; readonly space?: string },
): ReadonlySet<string> {
  const roles = place.org === undefined ? store.rolesInSpace(place.space ?? '') : store.rolesInOrg(place.org);
  const types: readonly string[] = place.org === undefined ? SPACE_ROLES : ORG_ROLES;
  return new Set(roles.filter((role) => types.includes(role.type)).map((role) => role.user));
}
