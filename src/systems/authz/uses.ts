import { type Address, address } from '../../kernel/address.ts';
import type { Identity, Use, Uses } from '../../kernel/identity.ts';
import type { Inventory, Org } from '../../kernel/inventory.ts';
import type { Json } from '../../kernel/json.ts';
import { lookAt } from '../../kernel/observe/uses.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { type BtpSession, btpSession } from '../protocols/btp-cli/client.ts';
import { DEFAULT_ORIGIN_KEY } from '../protocols/btp-cli/wire.ts';
import { ORG_ROLES } from '../protocols/cf-v3/wire.ts';
import { ASSIGNMENT, type AssignmentProps, assignmentAddress, scopeName } from './assignment.ts';
import { type AuthorizationZone, listUserNames, originKeysOf, readUser, type ZoneUser } from './client.ts';
import { isLastAdministrator } from './last-administrator.ts';
import { SHADOW_USER, type ShadowUserProps, shadowUserAddress, shadowUserScope } from './shadow-user.ts';

/** SAP ID service as Cloud Foundry calls it (btp:98ec56a). */
const SAP_ID_IN_CLOUD_FOUNDRY = 'sap.ids';

interface Place {
  readonly zone: AuthorizationZone;
  readonly org?: Org;
}

/**
 * Shadow users and role collections of an identity in the global account, every directory that manages users, and every
 * subaccount, under each origin key that leads to its tenant: a tenant may be trusted for the platform and for
 * applications. Two or three calls per zone, and one more where the user is known.
 */
export async function uses(identity: Identity, inventory: Inventory, ctx: SystemContext): Promise<Uses> {
  const session = await btpSession(ctx);
  return lookAt(
    placesOf(inventory),
    ({ zone }) => `users of ${nameOfZone(zone)}`,
    async (place) => {
      const users = await shadowUsersIn(session, place.zone, identity);
      const held = await Promise.all(users.map((user) => usesOf(session, place, user, identity)));
      return held.flat();
    },
  );
}

function placesOf({ directories, subaccounts }: Inventory): readonly Place[] {
  return [
    { zone: { kind: 'global-account', name: '-' } },
    ...directories
      .filter((directory) => directory.authorizations)
      .map(({ name, guid }): Place => ({ zone: { kind: 'directory', name, guid } })),
    ...subaccounts.map(
      ({ name, guid, org }): Place => ({ zone: { kind: 'subaccount', name, guid }, ...(org ? { org } : {}) }),
    ),
  ];
}

async function shadowUsersIn(
  session: BtpSession,
  zone: AuthorizationZone,
  identity: Identity,
): Promise<readonly ZoneUser[]> {
  const names = new Set([identity.email, identity.userName.toLowerCase()]);
  const origins = await originsIn(session, zone, identity);
  const found = await Promise.all(
    origins.map(async (originKey) => {
      const listed = (await listUserNames(session, zone, originKey)) ?? [];
      const its = listed.filter((name) => names.has(name.toLowerCase()));
      return Promise.all(its.map((userName) => readUser(session, zone, { userName, originKey })));
    }),
  );
  return found.flat().filter((user) => user !== undefined);
}

async function originsIn(
  session: BtpSession,
  zone: AuthorizationZone,
  { host, originKey }: Identity,
): Promise<readonly string[]> {
  if (host === undefined) return [DEFAULT_ORIGIN_KEY];
  // Directories list no trusts: they know the platform's.
  if (zone.kind === 'directory') return [originKey];
  return [...new Set([originKey, ...(await originKeysOf(session, zone, host))])];
}

async function usesOf(
  session: BtpSession,
  { zone, org }: Place,
  user: ZoneUser,
  identity: Identity,
): Promise<readonly Use[]> {
  const { globalAccount } = session;
  const ours = identity.user !== undefined;
  const where = nameOfZone(zone);
  const { userName, originKey } = user;
  const roles = await Promise.all(
    user.roleCollections.map(async (roleCollection): Promise<Use> => {
      const props: AssignmentProps = { globalAccount, zone, userName, originKey, roleCollection };
      const last = await isLastAdministrator(session, props);
      return {
        type: ASSIGNMENT,
        address: assignmentAddress(props),
        what: 'role',
        title: `${roleCollection} in ${where} (${originKey})`,
        ours,
        scope: scopeName(zone),
        removable: !last,
        ...(last ? { because: `nobody else holds ${roleCollection} in ${where}` } : {}),
        props: { ...props, zone: { ...zone } } satisfies Json,
      };
    }),
  );
  const props: ShadowUserProps = { globalAccount, zone, userName, originKey };
  const kept = roles.some((role) => !role.removable);
  return [
    ...roles,
    {
      type: SHADOW_USER,
      address: shadowUserAddress(props),
      what: 'shadow-user',
      title: `shadow user in ${where} (${originKey})`,
      ours,
      scope: shadowUserScope(props),
      removable: !kept,
      ...(kept ? { because: `it is the last administrator of ${where}` } : {}),
      props: { ...props, zone: { ...zone } } satisfies Json,
      after: [...roles.map((role) => role.address), ...(org ? membershipsIn(org, identity) : [])],
    },
  ];
}

/** While a role in the org is left, a background job of SAP makes the shadow user again (btp:8e6ce96). */
function membershipsIn(org: Org, { email, originKey, host }: Identity): readonly Address[] {
  const origin = host === undefined ? SAP_ID_IN_CLOUD_FOUNDRY : originKey;
  return ORG_ROLES.map((type) => address('cf', 'org-role', org.name, `${email}@${origin}`, type));
}

function nameOfZone(zone: AuthorizationZone): string {
  if (zone.kind === 'global-account') return 'the global account';
  return `${zone.kind} ${zone.name}`;
}
