import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { isType, objections } from './catalogue.ts';
import { badRequest, duplicate, notFound } from './errors.ts';
import { forgetLabels } from './labels.ts';
import { atLevel } from './listing.ts';
import { type DestinationRecord, type Level, type Properties, recordKey, type Store } from './store.ts';
import { assertMatch, versionOf } from './versions.ts';

type Impure = Pick<EmulatorContext, 'now' | 'switched'>;

const MAX_NAME = 200;

/**
 * `$metadata.shared_with_subscriber` says in which zone of a subscription a configuration is; both are looked into by the
 * application (btp-connectivity:e23c8de), and the user interface that tells them apart is not emulated.
 */
const sent = z
  .looseObject({ $metadata: z.looseObject({ shared_with_subscriber: z.boolean().optional() }).optional() })
  .transform(({ $metadata: _, ...properties }) => properties)
  .pipe(z.record(z.string(), z.string()));

/**
 * A destination as a client sends it. Values are strings (all samples are); what else happens is assumed: 400. What the
 * authentication type needs is not asked for (assumed; the failure shows at find), unless `destination.strictProperties` says so.
 */
export function readProperties(ctx: Impure, body: unknown): Properties {
  const properties = sent.safeParse(body);
  if (!properties.success) throw badRequest('Bad Request');
  const { Name: name, Type: type } = properties.data;
  // Length from the docs on destination names; characters only as far as terraform-provider-btp checks them.
  if (!name || name.length > MAX_NAME || name.includes('/')) throw badRequest('Invalid value for property Name');
  if (!type) throw badRequest('Missing property Type');
  if (!isType(type)) throw badRequest('Invalid value for property Type');
  const [objection] = ctx.switched('destination.strictProperties', false) ? objections(properties.data) : [];
  if (objection !== undefined) throw badRequest(objection);
  return properties.data;
}

export function create(store: Store, ctx: Impure, level: Level, body: unknown): DestinationRecord {
  const properties = readProperties(ctx, body);
  if (store.destinations.get(recordKey(level, properties.Name ?? ''))) throw duplicate();
  return put(store, ctx, level, properties);
}

/** Overwrites everything; nothing is merged. `If-Match` is honoured though the OpenAPI file leaves it out (crossplane-provider-btp). */
export function replace(store: Store, ctx: Impure, level: Level, body: unknown, ifMatch?: string): DestinationRecord {
  const properties = readProperties(ctx, body);
  const old = read(store, level, properties.Name ?? '');
  assertMatch(old, ifMatch);
  return put(store, ctx, level, properties, old);
}

export function read(store: Store, level: Level, name: string): DestinationRecord {
  const record = store.destinations.get(recordKey(level, name));
  if (!record) throw notFound();
  return record;
}

/** A destination that provides assertions to another stays (texts: OpenAPI 1.0.0, examples of DELETE). */
export function remove(store: Store, level: Level, name: string, ifMatch?: string): void {
  assertMatch(read(store, level, name), ifMatch);
  const user = assertionUser(store, level, name);
  if (user !== undefined)
    throw badRequest(
      `Cannot perform operation on the destination '${name}' because it is used as an assertion provider for destination '${user}'`,
    );
  forget(store, level, name);
}

/** Checked before any is removed. @throws Fault 400 when one is in use by a destination that stays */
export function assertRemovable(store: Store, level: Level, names: readonly string[]): void {
  const used = names.filter((name) => {
    const user = assertionUser(store, level, name);
    return user !== undefined && !names.includes(user);
  });
  if (used.length > 0) throw badRequest(`Unable to remove Configurations "[${used.join(', ')}]".`);
}

/** Whether there was one. */
export function forget(store: Store, level: Level, name: string): boolean {
  forgetLabels(store, 'destinations', level, name);
  return store.destinations.delete(recordKey(level, name));
}

function assertionUser(store: Store, level: Level, name: string): string | undefined {
  return atLevel(store.destinations, level).find(
    (other) => other.name !== name && other.properties['clientAssertion.destinationName'] === name,
  )?.name;
}

function put(
  store: Store,
  clock: Impure,
  level: Level,
  properties: Properties,
  before?: DestinationRecord,
): DestinationRecord {
  const name = properties.Name ?? '';
  const record = { ...level, name, properties, ...versionOf(clock, level, properties, before) };
  store.destinations.set(recordKey(level, name), record);
  return record;
}
