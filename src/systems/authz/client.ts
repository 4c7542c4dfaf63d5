import type { z } from 'zod';
import type { BtpSession } from '../protocols/btp-cli/client.ts';
import { sameTenant, tenantHost } from '../protocols/btp-cli/tenant-host.ts';
import { assignmentPage, roleCollectionList, trustRows, userNameList, userView } from './wire.ts';

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
function scopeOf(zone: AuthorizationZone, globalAccount: string): Readonly<Record<string, string>> {
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
    const parameters = {
      ...scopeOf(zone, session.globalAccount),
      roleCollectionName: roleCollection,
      showUserAssignments: true,
      page,
    };
    const found = await session.find({ object: 'security/role-collection', action: 'get', parameters }, assignmentPage);
    if (!found) return undefined;
    const { items, totalPages } = found;
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

/** Names of everybody whom a zone knows under an origin key; undefined when it has no such identity provider. */
export async function listUserNames(
  session: BtpSession,
  zone: AuthorizationZone,
  originKey: string,
): Promise<readonly string[] | undefined> {
  const parameters = { ...scopeOf(zone, session.globalAccount), origin: originKey };
  return session.find({ object: 'security/user', action: 'list', parameters }, userNameList);
}

/** A user of a zone with its role collections; undefined when the zone does not know it. */
export async function readUser(
  session: BtpSession,
  zone: AuthorizationZone,
  named: Named,
): Promise<ZoneUser | undefined> {
  const parameters = {
    ...scopeOf(zone, session.globalAccount),
    userName: named.userName,
    origin: named.originKey,
  };
  const found = await session.find({ object: 'security/user', action: 'get', parameters }, userView);
  return found && zoneUser(found);
}

/** Deletes a shadow user with all that it holds in the zone; nothing brings it back as it was. */
export async function deleteUser(session: BtpSession, zone: AuthorizationZone, named: Named): Promise<void> {
  await session.command({
    object: 'security/user',
    action: 'delete',
    parameters: { ...scopeOf(zone, session.globalAccount), userName: named.userName, origin: named.originKey },
    expect: [200, 204, 404],
  });
}

/** Origin keys under which a subaccount or the global account trusts an IAS tenant, for whatever kind of user. */
export async function originKeysOf(
  session: BtpSession,
  zone: AuthorizationZone,
  host: string,
): Promise<readonly string[]> {
  const parameters = scopeOf(zone, session.globalAccount);
  const rows = await session.read({ object: 'security/trust', action: 'list', parameters }, trustRows);
  return rows.filter((row) => sameTenant(tenantHost(row.identityProvider), host)).map((row) => row.originKey);
}

type Named = Pick<AssignedUser, 'userName' | 'originKey'>;

export interface Assignment {
  readonly zone: AuthorizationZone;
  readonly roleCollection: string;
  readonly userName: string;
  readonly originKey: string;
}

/** A user of a zone with what it holds there; after a change, as it is then. */
export interface ZoneUser extends AssignedUser {
  readonly roleCollections: readonly string[];
}

/** Assigns; creates the shadow user when the zone does not know it yet. Nobody checks that the user exists in IAS. */
export function assignRoleCollection(session: BtpSession, assignment: Assignment): Promise<ZoneUser> {
  return change(session, 'assign', assignment, { createUserIfMissing: true });
}

export function unassignRoleCollection(session: BtpSession, assignment: Assignment): Promise<ZoneUser> {
  return change(session, 'unassign', assignment, {});
}

async function change(
  session: BtpSession,
  action: 'assign' | 'unassign',
  { zone, roleCollection, userName, originKey }: Assignment,
  more: Readonly<Record<string, boolean>>,
): Promise<ZoneUser> {
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
  return zoneUser(user);
}

function zoneUser({ id, username, origin, roleCollections }: z.infer<typeof userView>): ZoneUser {
  return { id, userName: username.toLowerCase(), originKey: origin, roleCollections };
}
