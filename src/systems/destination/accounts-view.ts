import { z } from 'zod';
import type { BtpSession } from '../protocols/btp-cli/client.ts';
import { destinationRow, fragmentRow } from './wire.ts';

/** A destination or fragment as the BTP command-line server shows it: what is secret comes redacted. */
export interface ShownDestination {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Where destinations are kept: in the subaccount, or in an instance of the service there. */
export interface Level {
  readonly subaccount: string;
  readonly instance?: string;
}

const listed = z.array(z.looseObject({ destinationConfiguration: destinationRow }));

/** `services/instance?list` and `services/plan?list` (recordings of the resources of the same names). */
const instanceRows = z.array(z.looseObject({ id: z.string(), name: z.string(), service_plan_id: z.string() }));
const planRows = z.array(z.looseObject({ id: z.string(), service_offering_name: z.string().optional() }));

/** Name of the service's offering. */
const OFFERING = 'destination';

/**
 * Every destination of a level, by the command-line server: an administrator needs no service key for it.
 * @throws RemoteError, 403 when the login may not see the destinations of this subaccount
 */
export async function listShown(session: BtpSession, level: Level): Promise<readonly ShownDestination[]> {
  const rows = await session.read(
    { object: 'connectivity/destination', action: 'list', parameters: { ...parametersOf(level), namesOnly: false } },
    listed,
  );
  return rows.map(({ destinationConfiguration: properties }) => ({ name: properties.Name ?? '', properties }));
}

/** `connectivity/destination-fragment?list` (recordings of the resource of the same name). */
const listedFragments = z.array(z.looseObject({ content: fragmentRow }));

/** Every fragment of a level, as {@link listShown}. */
export async function listFragmentsShown(session: BtpSession, level: Level): Promise<readonly ShownDestination[]> {
  const rows = await session.read(
    { object: 'connectivity/destination-fragment', action: 'list', parameters: parametersOf(level) },
    listedFragments,
  );
  return rows.map(({ content }) => ({ name: content.FragmentName ?? '', properties: content }));
}

/** One destination; undefined when there is none of that name. */
export async function readShown(
  session: BtpSession,
  level: Level,
  name: string,
): Promise<ShownDestination | undefined> {
  const parameters = { ...parametersOf(level), name };
  const found = await session.find({ object: 'connectivity/destination', action: 'get', parameters }, listed.element);
  return found && { name, properties: found.destinationConfiguration };
}

export async function removeShown(session: BtpSession, level: Level, name: string): Promise<void> {
  await session.command({
    object: 'connectivity/destination',
    action: 'delete',
    parameters: { ...parametersOf(level), name },
    expect: [200, 404],
  });
}

/** Instances of the Destination service in a subaccount, whatever platform they were made on. */
export async function listInstances(
  session: BtpSession,
  subaccount: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const parameters = { subaccount };
  const instances = await session.read({ object: 'services/instance', action: 'list', parameters }, instanceRows);
  if (instances.length === 0) return [];
  const plans = await session.read({ object: 'services/plan', action: 'list', parameters }, planRows);
  const ours = new Set(plans.filter((plan) => plan.service_offering_name === OFFERING).map((plan) => plan.id));
  return instances.filter((one) => ours.has(one.service_plan_id)).map(({ id, name }) => ({ id, name }));
}

function parametersOf({ subaccount, instance }: Level): {
  readonly subaccount: string;
  readonly serviceInstance?: string;
} {
  return { subaccount, ...(instance === undefined ? {} : { serviceInstance: instance }) };
}
