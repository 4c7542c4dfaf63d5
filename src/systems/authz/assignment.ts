import { type Address, address } from '../../kernel/address.ts';
import type { Json } from '../../kernel/json.ts';
import { nearest } from '../../kernel/manifest/nearest.ts';
import type { Extra, Observation, Resource, ResourceType, SystemContext } from '../../kernel/system.ts';
import { btpSession } from '../protocols/btp-cli/client.ts';
import {
  type AssignedUser,
  type AuthorizationZone,
  assignRoleCollection,
  listAssignedUsers,
  listRoleCollections,
  unassignRoleCollection,
} from './client.ts';
import { authzFindings } from './findings.ts';
import { ADMINISTRATORS, keepLastAdministrator, nameOf } from './last-administrator.ts';

export interface AssignmentProps {
  readonly globalAccount: string;
  readonly zone: AuthorizationZone;
  /** E-mail in lower case: the user's name on every BTP level. */
  readonly userName: string;
  readonly originKey: string;
  readonly roleCollection: string;
}

export type ObservedAssignment =
  /** Assigned; `id` is that of the shadow user in this zone. */
  | { readonly state: 'assigned'; readonly id: string }
  /** The zone has no role collection of this name. */
  | { readonly state: 'no-collection'; readonly nearest?: string };

export const ASSIGNMENT = 'authz/assignment';

export function assignmentResource(
  props: AssignmentProps,
  user: string,
  needs: readonly Address[],
): Resource<AssignmentProps> {
  return { type: ASSIGNMENT, address: assignmentAddress(props), props, scope: scopeName(props.zone), needs, user };
}

export function assignmentAddress({
  globalAccount,
  zone,
  userName,
  originKey,
  roleCollection,
}: AssignmentProps): Address {
  return address('authz', 'assignment', globalAccount, zone.name, `${userName}@${originKey}`, roleCollection);
}

export function scopeName(zone: AuthorizationZone): string {
  return zone.kind === 'global-account' ? zone.kind : `${zone.kind} ${zone.guid}`;
}

/**
 * A user's role collection in one zone. One call per zone, wanted collection and page of its holders: calls grow with
 * zones and collections, not with users.
 */
export const assignment: ResourceType<AssignmentProps, ObservedAssignment> = {
  type: ASSIGNMENT,

  async observe(_scope, wanted, ctx) {
    const [first] = wanted;
    if (!first) return { objects: new Map(), extras: [] };
    const { zone } = first.props;
    const session = await btpSession(ctx);
    const names = [...new Set(wanted.map((resource) => resource.props.roleCollection))];
    const holders = new Map<string, readonly AssignedUser[] | undefined>();
    await Promise.all(names.map(async (name) => holders.set(name, await listAssignedUsers(session, zone, name))));
    const unknown = names.some((name) => holders.get(name) === undefined);
    const existing = unknown ? await listRoleCollections(session, zone) : [];
    return observation(wanted, holders, existing, ctx);
  },

  diff({ address: at, props }, observed) {
    if (observed?.state === 'assigned') return { action: 'none' };
    if (observed?.state === 'no-collection') {
      const { roleCollection, zone } = props;
      const where = zone.kind === 'global-account' ? 'the global account' : zone.name;
      return {
        action: 'blocked',
        finding: {
          code: authzFindings.unknownCollection.code,
          severity: 'error',
          subject: at,
          because: `${where} has no role collection '${roleCollection}'`,
          remedy:
            observed.nearest === undefined
              ? `create it there, or correct the name`
              : `did you mean '${observed.nearest}'?`,
        },
      };
    }
    return { action: 'create', changes: [{ path: 'roleCollections', after: props.roleCollection }] };
  },

  async converge({ resource, action }, ctx) {
    const session = await btpSession(ctx);
    const { props } = resource;
    if (action === 'delete') {
      await keepLastAdministrator(session, props, assignmentAddress(props));
      const after = await unassignRoleCollection(session, props);
      return { shadowUser: after.id, roleCollections: [...after.roleCollections] };
    }
    const after = await assignRoleCollection(session, props);
    return { shadowUser: after.id, roleCollections: [...after.roleCollections] };
  },
};

function observation(
  wanted: readonly Resource<AssignmentProps>[],
  holders: ReadonlyMap<string, readonly AssignedUser[] | undefined>,
  existing: readonly string[],
  ctx: SystemContext,
): Observation<ObservedAssignment> {
  const byUser = new Map(
    [...holders].map(([name, users]) => [name, new Map(users?.map((user) => [nameOf(user), user]))]),
  );
  const objects = new Map<Address, ObservedAssignment>();
  for (const { address: at, props } of wanted) {
    const known = holders.get(props.roleCollection);
    const holder = byUser.get(props.roleCollection)?.get(nameOf(props));
    const near = known ? undefined : nearest(props.roleCollection, existing);
    if (!known) objects.set(at, { state: 'no-collection', ...(near === undefined ? {} : { nearest: near }) });
    else if (holder) objects.set(at, { state: 'assigned', id: holder.id });
  }
  return { objects, extras: extrasOf(wanted, holders, ctx) };
}

/**
 * Users of ours that hold a wanted collection without a declaration. Collections that nobody wants in this zone are
 * not looked at: they could only be seen by one `security/user?get` per user and zone.
 */
function extrasOf(
  wanted: readonly Resource<AssignmentProps>[],
  holders: ReadonlyMap<string, readonly AssignedUser[] | undefined>,
  ctx: SystemContext,
): readonly Extra[] {
  const [first] = wanted;
  if (!first) return [];
  const { globalAccount, zone } = first.props;
  const declared = new Set(wanted.map((resource) => resource.address));
  const ours = new Map(
    ctx.manifest.technicalUsers.map((user) => {
      const provider = ctx.manifest.identityProviders.find((one) => one.name === user.identityProvider);
      return [nameOf({ userName: user.email, originKey: provider?.originKey ?? '' }), user.name];
    }),
  );
  const extras: Extra[] = [];
  for (const [roleCollection, users] of holders) {
    for (const { userName, originKey } of users ?? []) {
      const props: AssignmentProps = { globalAccount, zone, userName, originKey, roleCollection };
      const user = ours.get(nameOf(props));
      const at = assignmentAddress(props);
      if (user === undefined || declared.has(at)) continue;
      const last = ADMINISTRATORS.has(roleCollection) && users?.length === 1;
      extras.push({
        type: ASSIGNMENT,
        address: at,
        user,
        scope: first.scope,
        removable: !last,
        props: { ...props, zone: { ...zone } } satisfies Json,
      });
    }
  }
  return extras;
}
