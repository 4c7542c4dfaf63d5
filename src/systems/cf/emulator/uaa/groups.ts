import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { seedId } from '../../../../emulation/seed-id.ts';
import type { JsonObject } from '../../../../kernel/json.ts';
import type { ExternalMapping, Membership, UaaGroup, UaaUser } from './rows.ts';
import { keyIn, type UaaStore } from './store.ts';

/** Groups that every user has, without a membership row (recorded on a SAP landscape; UAA zone configuration). */
const DEFAULT_GROUPS = [
  'cloud_controller.read',
  'password.write',
  'cloud_controller.write',
  'openid',
  'uaa.user',
  'cloud_controller_service_permissions.read',
  'scim.me',
  'oauth.approvals',
  'approvals.me',
  'notification_preferences.read',
  'notification_preferences.write',
  'roles',
  'profile',
  'user_attributes',
  'uaa.offline_token',
] as const;

/** Groups that exist without members: UAA's own, and those of Cloud Foundry that the scopes of `cf` name. */
const OTHER_GROUPS: Readonly<Record<string, string | undefined>> = {
  'scim.read': 'Read all SCIM entities, i.e. users and groups',
  'scim.write': 'Create, modify and delete SCIM entities, i.e. users and groups',
  'scim.create': undefined,
  'scim.userids': undefined,
  'scim.invite': undefined,
  'groups.update': undefined,
  'uaa.resource': undefined,
  'uaa.admin': undefined,
  'uaa.account_status.write': undefined,
  'tokens.list': undefined,
  'tokens.revoke': undefined,
  'clients.read': undefined,
  'clients.write': undefined,
  'clients.secret': undefined,
  'clients.admin': undefined,
  'zones.write': undefined,
  'cloud_controller.admin': undefined,
  'cloud_controller.admin_read_only': undefined,
  'cloud_controller.global_auditor': undefined,
  'doppler.firehose': undefined,
  'network.admin': undefined,
  'network.write': undefined,
  'routing.router_groups.read': undefined,
  'routing.router_groups.write': undefined,
};

const DEFAULTS: ReadonlySet<string> = new Set(DEFAULT_GROUPS);

export function isDefaultGroup(group: Pick<UaaGroup, 'displayName'>): boolean {
  return DEFAULTS.has(group.displayName);
}

/** Makes the groups that every UAA has. */
export function plantGroups(store: UaaStore, ctx: Pick<EmulatorContext, 'now'>, landscape: string): void {
  for (const name of DEFAULT_GROUPS) groupNamed(store, ctx, landscape, name);
  for (const [name, description] of Object.entries(OTHER_GROUPS)) {
    groupNamed(store, ctx, landscape, name, description);
  }
}

export function findGroup(store: UaaStore, landscape: string, displayName: string): UaaGroup | undefined {
  return store.groups.by('name', keyIn(landscape, displayName.toLowerCase()))[0];
}

/** The group of a name, made if there is none. */
export function groupNamed(
  store: UaaStore,
  ctx: Pick<EmulatorContext, 'now'>,
  landscape: string,
  displayName: string,
  description?: string,
): UaaGroup {
  const known = findGroup(store, landscape, displayName);
  if (known) return known;
  const now = ctx.now();
  const group: UaaGroup = {
    id: seedId('cf/group', landscape, displayName),
    landscape,
    displayName,
    ...(description === undefined ? {} : { description }),
    version: 0,
    createdAt: now,
    lastModifiedAt: now,
  };
  store.groups.set(keyIn(landscape, group.id), group);
  return group;
}

export function membershipKey({ landscape, group, member }: Pick<Membership, 'landscape' | 'group' | 'member'>) {
  return keyIn(landscape, `${group}/${member}`);
}

/** Groups of a user or group: those that name it, and those that contain one of these groups. */
export function groupsOf(
  store: UaaStore,
  landscape: string,
  member: string,
): { readonly direct: readonly UaaGroup[]; readonly indirect: readonly UaaGroup[] } {
  const above = (id: string) =>
    store.memberships
      .by('member', keyIn(landscape, id))
      .flatMap(({ group }) => store.groups.get(keyIn(landscape, group)) ?? []);
  const defaults = store.user(landscape, member)
    ? DEFAULT_GROUPS.flatMap((name) => findGroup(store, landscape, name) ?? [])
    : [];
  const direct = [...above(member), ...defaults];
  const seen = new Set(direct.map((group) => group.id));
  const indirect: UaaGroup[] = [];
  // Groups may contain each other in a circle: every one is looked at once.
  for (let level = direct; level.length > 0; ) {
    level = level.flatMap((group) => above(group.id)).filter((group) => !seen.has(group.id) && seen.add(group.id));
    indirect.push(...level);
  }
  return { direct, indirect };
}

/** Names of all groups of a user: what its tokens may have as scopes. */
export function authoritiesOf(store: UaaStore, user: Pick<UaaUser, 'landscape' | 'id'>): ReadonlySet<string> {
  const { direct, indirect } = groupsOf(store, user.landscape, user.id);
  // The default groups count even where an administrator deleted them: they are configuration.
  return new Set([
    ...DEFAULT_GROUPS,
    ...direct.map((group) => group.displayName),
    ...indirect.map((g) => g.displayName),
  ]);
}

export function addMembership(store: UaaStore, membership: Membership): void {
  store.memberships.set(membershipKey(membership), membership);
}

export function addExternalMapping(store: UaaStore, mapping: ExternalMapping): void {
  store.externalMappings.set(mappingKey(mapping), mapping);
}

export function mappingKey({ landscape, group, externalGroup, origin }: ExternalMapping): string {
  return keyIn(landscape, JSON.stringify([group, externalGroup, origin]));
}

/** Forgets all that a user or group is a member of. */
export function removeMember(store: UaaStore, landscape: string, member: string): void {
  for (const membership of store.memberships.by('member', keyIn(landscape, member))) {
    store.memberships.delete(membershipKey(membership));
  }
}

/**
 * Gives a user the groups that its groups at the identity provider stand for, and takes away those that an earlier
 * login had given (UAA ExternalLoginAuthenticationManager.mapAuthorities, EXPLICITLY_MAPPED). What administrators gave
 * stays.
 */
export function applyExternalGroups(store: UaaStore, user: UaaUser, externalGroups: readonly string[]): void {
  const { landscape, id, origin } = user;
  const mapped = new Set(
    externalGroups.flatMap((name) =>
      store.externalMappings.by('external', keyIn(landscape, `${origin}/${name.toLowerCase()}`)).map((m) => m.group),
    ),
  );
  const current = store.memberships.by('member', keyIn(landscape, id));
  for (const membership of current) {
    if (membership.origin === origin && !mapped.has(membership.group)) {
      store.memberships.delete(membershipKey(membership));
    }
  }
  for (const group of mapped) {
    const known = store.groups.get(keyIn(landscape, group));
    if (!known || isDefaultGroup(known) || current.some((membership) => membership.group === group)) continue;
    addMembership(store, { landscape, group, member: id, type: 'USER', origin });
  }
}

interface UaaOfGroups {
  readonly store: UaaStore;
  readonly landscape: string;
}

/** Roles, where there are any and somebody may know. */
export function rolesOf(uaa: UaaOfGroups, user: UaaUser, scopes: readonly string[]): JsonObject {
  const roles = scopes.includes('roles') ? externalRoles(uaa, user) : [];
  return roles.length === 0 ? {} : { roles };
}

/** Groups that a user has by its identity provider: what UAA calls roles. */
function externalRoles({ store, landscape }: UaaOfGroups, user: UaaUser): string[] {
  if (user.origin === 'uaa') return [];
  return store.memberships
    .by('member', keyIn(landscape, user.id))
    .filter((membership) => membership.origin === user.origin)
    .flatMap(({ group }) => store.groups.get(keyIn(landscape, group))?.displayName ?? []);
}
