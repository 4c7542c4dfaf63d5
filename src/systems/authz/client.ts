import { type BtpSession, parseAnswer } from '../protocols/btp-cli/client.ts';
import { assignmentPage, roleCollectionList, userView } from './wire.ts';

/** Where users and role collections live: each of these has its own. */
export type AuthorizationZone =
  | { readonly kind: 'global-account'; readonly name: string }
  | { readonly kind: 'directory' | 'subaccount'; readonly name: string; readonly guid: string };

/** A user as a zone knows it. */
export interface AssignedUser {
  readonly id: string;
  readonly userName: string;
  readonly originKey: string;
}

/** Exactly one scope is sent; that of the global account is its subdomain. */
export function scopeOf(zone: AuthorizationZone, globalAccount: string): Readonly<Record<string, string>> {
  if (zone.kind === 'global-account') return { globalAccount };
  return zone.kind === 'directory' ? { directory: zone.guid } : { subaccount: zone.guid };
}

/** Everybody who holds a role collection, of all identity providers; undefined when the zone has no such collection. */
export async function listAssignedUsers(
  session: BtpSession,
  zone: AuthorizationZone,
  roleCollection: string,
): Promise<readonly AssignedUser[] | undefined> {
  const users: AssignedUser[] = [];
  for (let page = 1; ; page++) {
    const result = await session.command({
      object: 'security/role-collection',
      action: 'get',
      parameters: {
        ...scopeOf(zone, session.globalAccount),
        roleCollectionName: roleCollection,
        showUserAssignments: true,
        page,
      },
      expect: [200, 404],
    });
    if (result.status === 404) return undefined;
    const { items, totalPages } = parseAnswer(assignmentPage, result);
    for (const item of items) {
      users.push({ id: item.id, userName: item.username.toLowerCase(), originKey: item.origin });
    }
    if (page >= totalPages) return users;
  }
}

export async function listRoleCollections(session: BtpSession, zone: AuthorizationZone): Promise<readonly string[]> {
  const parameters = scopeOf(zone, session.globalAccount);
  const rows = await session.read(
    { object: 'security/role-collection', action: 'list', parameters },
    roleCollectionList,
  );
  return rows.map((row) => row.name);
}

export interface Assignment {
  readonly zone: AuthorizationZone;
  readonly roleCollection: string;
  readonly userName: string;
  readonly originKey: string;
}

/** The user after the change. */
export interface ChangedUser extends AssignedUser {
  readonly roleCollections: readonly string[];
}

/** Assigns; creates the shadow user when the zone does not know it yet. Nobody checks that the user exists in IAS. */
export function assignRoleCollection(session: BtpSession, assignment: Assignment): Promise<ChangedUser> {
  return change(session, 'assign', assignment, { createUserIfMissing: true });
}

export function unassignRoleCollection(session: BtpSession, assignment: Assignment): Promise<ChangedUser> {
  return change(session, 'unassign', assignment, {});
}

async function change(
  session: BtpSession,
  action: 'assign' | 'unassign',
  { zone, roleCollection, userName, originKey }: Assignment,
  more: Readonly<Record<string, boolean>>,
): Promise<ChangedUser> {
  const user = await session.read(
    {
      object: 'security/role-collection',
      action,
      parameters: {
        ...scopeOf(zone, session.globalAccount),
        roleCollectionName: roleCollection,
        userName,
        origin: originKey,
        ...more,
      },
    },
    userView,
  );
  return {
    id: user.id,
    userName: user.username.toLowerCase(),
    originKey: user.origin,
    roleCollections: user.roleCollections,
  };
}
