import { type Address, address } from '../../kernel/address.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { Unread } from '../../kernel/identity.ts';
import type { Subaccount } from '../../kernel/inventory.ts';
import { lookAt } from '../../kernel/observe/uses.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { type BtpSession, btpSession } from '../protocols/btp-cli/client.ts';
import { type Level, listFragmentsShown, listInstances, listShown, type ShownDestination } from './accounts-view.ts';
import { type DestinationClient, destinationClient, type KeyLevel, type StoredDestination } from './client.ts';
import { serviceKeysOf } from './section.ts';

/** Properties that name who logs in; the second is the user at a token service of one's own (SAP help on OAuth2Password). */
const USER_PROPERTIES = ['User', 'tokenServiceUser'];

/** A destination or fragment, and where it is. */
export interface Placed extends ShownDestination {
  /** A fragment's properties go over those of a destination, whoever asks for both: they name users and hold passwords too. */
  readonly kind: 'destination' | 'fragment';
  readonly subaccount: Subaccount;
  /** Name of the service instance, for one that is not on the level of the subaccount. */
  readonly instance?: string;
}

export interface Everywhere {
  readonly shown: readonly Placed[];
  readonly unread: readonly Unread[];
}

/**
 * Every destination and fragment of these subaccounts, in instances of the service too. The command-line server shows them to administrators
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

/** For people: `CFAPI in dev`, `fragment credentials in dev, instance jobs`. */
export function titleOf({
  kind,
  name,
  subaccount,
  instance,
}: Omit<Placed, 'properties' | 'subaccount'> & Place): string {
  const what = kind === 'destination' ? name : `fragment ${name}`;
  return `${what} in ${subaccount.name}${instance === undefined ? '' : `, instance ${instance}`}`;
}

interface Place {
  readonly subaccount: { readonly name: string };
}

export function addressOf({
  kind,
  name,
  subaccount,
  instance,
}: Omit<Placed, 'properties' | 'subaccount'> & Place): Address {
  return address('destination', kind, subaccount.name, ...(instance === undefined ? [] : [instance]), name);
}

async function inSubaccount(
  session: BtpSession,
  subaccount: Subaccount,
  ctx: SystemContext,
): Promise<readonly Placed[]> {
  try {
    return placed(await showLevel(session, { subaccount: subaccount.guid }), { subaccount });
  } catch (error) {
    const refused = error instanceof RemoteError && error.status === 403;
    if (!refused || !serviceKeysOf(ctx.manifest).has(subaccount.name)) throw error;
    return placed(await readLevel(await destinationClient(ctx, subaccount), 'subaccount'), { subaccount });
  }
}

async function inInstances(session: BtpSession, subaccount: Subaccount): Promise<readonly Placed[]> {
  const instances = await listInstances(session, subaccount.guid);
  const shown = await Promise.all(
    instances.map(async ({ id, name: instance }) =>
      placed(await showLevel(session, { subaccount: subaccount.guid, instance: id }), { subaccount, instance }),
    ),
  );
  return shown.flat();
}

/** Destinations, then fragments. */
type Levelled<T> = readonly [readonly T[], readonly T[]];

function showLevel(session: BtpSession, level: Level): Promise<Levelled<ShownDestination>> {
  return Promise.all([listShown(session, level), listFragmentsShown(session, level)]);
}

/** Destinations and fragments of a level, by a service key, which shows passwords. */
export function readLevel(client: DestinationClient, level: KeyLevel): Promise<Levelled<StoredDestination>> {
  return Promise.all([client.list(level), client.fragments(level)]);
}

export function placed<T extends ShownDestination>(
  [destinations, fragments]: Levelled<T>,
  at: Pick<Placed, 'subaccount' | 'instance'>,
): readonly (T & Placed)[] {
  return [
    ...destinations.map((one) => ({ ...one, ...at, kind: 'destination' as const })),
    ...fragments.map((one) => ({ ...one, ...at, kind: 'fragment' as const })),
  ];
}
