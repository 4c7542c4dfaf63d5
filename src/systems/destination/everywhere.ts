import { RemoteError } from '../../kernel/errors.ts';
import type { Unread } from '../../kernel/identity.ts';
import type { Subaccount } from '../../kernel/inventory.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { lookAt } from '../../kernel/uses.ts';
import { type BtpSession, btpSession } from '../protocols/btp-cli/client.ts';
import { listInstances, listShown, type ShownDestination } from './accounts-view.ts';
import { destinationClient } from './client.ts';
import { serviceKeysOf } from './section.ts';

/** Properties that name who logs in; the second is the user at a token service of one's own (SAP help on OAuth2Password). */
const USER_PROPERTIES = ['User', 'tokenServiceUser'];

/** A destination and where it is. */
export interface PlacedDestination extends ShownDestination {
  readonly subaccount: Subaccount;
  /** Name of the service instance, for one that is not on the level of the subaccount. */
  readonly instance?: string;
}

export interface Everywhere {
  readonly shown: readonly PlacedDestination[];
  readonly unread: readonly Unread[];
}

/**
 * Every destination of these subaccounts, in instances of the service too. The command-line server shows them to administrators
 * of the subaccount; where it refuses, a service key of the manifest does.
 */
export async function shownEverywhere(subaccounts: readonly Subaccount[], ctx: SystemContext): Promise<Everywhere> {
  const session = await btpSession(ctx);
  const looks = await Promise.all([
    lookAt(
      subaccounts,
      ({ name }) => `destinations of subaccount ${name}`,
      (subaccount) => inSubaccount(session, subaccount, ctx),
    ),
    lookAt(
      subaccounts,
      ({ name }) => `destinations of service instances in subaccount ${name}`,
      (subaccount) => inInstances(session, subaccount),
    ),
  ]);
  return { shown: looks.flatMap((one) => one.found), unread: looks.flatMap((one) => one.unread) };
}

/** The users that a destination's properties name, in lower case: the services ignore it. */
export function usersIn(properties: Readonly<Record<string, string>>): readonly string[] {
  return USER_PROPERTIES.flatMap((property) => properties[property]?.toLowerCase() ?? []);
}

async function inSubaccount(
  session: BtpSession,
  subaccount: Subaccount,
  ctx: SystemContext,
): Promise<readonly PlacedDestination[]> {
  const place = (shown: readonly ShownDestination[]) => shown.map((one) => ({ ...one, subaccount }));
  try {
    return place(await listShown(session, { subaccount: subaccount.guid }));
  } catch (error) {
    const refused = error instanceof RemoteError && error.status === 403;
    if (!refused || !serviceKeysOf(ctx.manifest).has(subaccount.name)) throw error;
    return place(await (await destinationClient(ctx, subaccount)).list());
  }
}

async function inInstances(session: BtpSession, subaccount: Subaccount): Promise<readonly PlacedDestination[]> {
  const instances = await listInstances(session, subaccount.guid);
  const shown = await Promise.all(
    instances.map(async ({ id, name: instance }) => {
      const rows = await listShown(session, { subaccount: subaccount.guid, instance: id });
      return rows.map((one) => ({ ...one, subaccount, instance }));
    }),
  );
  return shown.flat();
}
