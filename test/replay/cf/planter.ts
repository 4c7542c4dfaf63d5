import type { Collection } from '../../../src/emulation/state.ts';
import type { Row } from '../../../src/systems/cf/emulator/cloud-controller/rows/row.ts';
import { isObject } from './compare.ts';
import { at, guidsIn, listAt, metadataIn, objectAt, type Recorded, relatedTo, textAt } from './json.ts';
import { PLANTS } from './planting/index.ts';
import type { Interaction } from './recorded.ts';
import { type ShownKind, shownBy } from './shown.ts';
import { type Kind, REPLAY, type ReplayWorld } from './world.ts';

/** Puts into the emulator what a cassette shows to have been there. What its own calls made or changed stays as it is. */
export interface Planter {
  /** A resource as an answer shows it. */
  plant(kind: ShownKind, recorded: Recorded): void;
  /** Something that is only named: as the cassette shows it anywhere, or made up. */
  ensure(kind: ShownKind, guid: string, hint?: Recorded): void;
  /** Changes a row that has not been touched. */
  change<T extends Row>(collection: Collection<T>, guid: string, change: (row: T) => T): void;
  /** Puts rows into this order; the order of creation is that of their last planting. */
  inOrder(kind: ShownKind, guids: readonly string[]): void;
}

/** @param rows All interactions of the cassette; @param made GUIDs that its calls make: they were not there before. */
export function createPlanter(world: ReplayWorld, rows: readonly Interaction[], made: ReadonlySet<string>): Planter {
  const first = new Map<string, Recorded>();
  for (const [kind, recorded] of rows.flatMap(shownBy)) {
    const key = `${kind}/${textAt(recorded, 'guid')}`;
    const whole = textAt(recorded, 'created_at') !== undefined;
    if (whole && !first.has(key)) first.set(key, recorded);
  }
  const names = namesIn(rows);
  const routeServices = routeServicesIn([...first.values()]);
  const beingPlanted = new Set<string>();
  // Brokers make credentials for a subaccount.
  const subaccount = world.emulators.world.use('accounts').subaccountByName('acme', 'dev')?.guid;
  const sold = offeringIn(rows);
  /** An offering of which nothing is known is the one whose credentials the cassette shows. */
  const named = (row: Row & { readonly name?: string }) =>
    row.name === row.guid && sold !== undefined ? { ...row, name: sold } : row;
  const collectionOf = (kind: Kind) => world.collections[kind] as unknown as Collection<Row>;

  const planter: Planter = {
    plant(kind, recorded) {
      const guid = textAt(recorded, 'guid') ?? '';
      if (guid === '' || world.touched.has(guid)) return;
      if (kind === 'users') plantUser(guid, recorded);
      else plantRow(kind, guid, recorded);
    },
    ensure(kind, guid, hint = {}) {
      if (guid === '' || made.has(guid) || beingPlanted.has(`${kind}/${guid}`)) return;
      const known = kind === 'users' ? world.store.users.get(`${REPLAY}/${guid}`) : collectionOf(kind).get(guid);
      if (known) return;
      beingPlanted.add(`${kind}/${guid}`);
      const name = names.get(guid);
      const partial = { guid, ...(name === undefined ? {} : { name }), ...hint };
      planter.plant(kind, first.get(`${kind}/${guid}`) ?? partial);
      beingPlanted.delete(`${kind}/${guid}`);
    },
    change(collection, guid, change) {
      const row = collection.get(guid);
      if (row && !world.touched.has(guid)) collection.set(guid, change(row));
    },
    inOrder(kind, guids) {
      const collection: Collection<Row> =
        kind === 'users' ? (world.store.users as unknown as Collection<Row>) : collectionOf(kind);
      for (const guid of guids) {
        const key = kind === 'users' ? `${REPLAY}/${guid}` : guid;
        const row = collection.get(key);
        if (!row) continue;
        collection.delete(key);
        collection.set(key, row);
      }
    },
  };

  function times(guid: string, recorded: Recorded): Row {
    const [created, updated] = [textAt(recorded, 'created_at'), textAt(recorded, 'updated_at')];
    const blank = world.blank(guid);
    return {
      ...blank,
      createdAt: created === undefined ? blank.createdAt : Date.parse(created),
      updatedAt: updated === undefined ? blank.updatedAt : Date.parse(updated),
    };
  }

  function plantUser(guid: string, recorded: Recorded): void {
    const [name, origin] = [textAt(recorded, 'username'), textAt(recorded, 'origin')];
    if (name !== undefined && origin !== undefined) world.uaaUser(guid, name, origin);
    const row = { ...times(guid, recorded), metadata: metadataIn(recorded) };
    world.store.users.set(`${REPLAY}/${guid}`, row);
  }

  function plantRow(kind: Kind, guid: string, recorded: Recorded): void {
    const plant = PLANTS[kind];
    if (!plant) return;
    const collection = collectionOf(kind);
    const before = collection.get(guid);
    // `fields[…]` shows parts only: they add nothing to what is known.
    if (before && textAt(recorded, 'created_at') === undefined) return;
    const { row, related } = plant(recorded, times(guid, recorded), before);
    const whole: Row & { readonly subaccount?: string } =
      kind === 'organizations' && subaccount !== undefined ? { ...row, subaccount } : row;
    const routeServiceUrl = routeServices.get(guid);
    if (kind === 'service_instances' && routeServiceUrl !== undefined) {
      collection.set(guid, { ...whole, routeServiceUrl } as Row);
    } else collection.set(guid, kind === 'service_offerings' ? named(whole) : whole);
    for (const [of, other, hint] of related) planter.ensure(of, other, { ...placeOf(row), ...hint });
    plantQuota(kind, guid, recorded);
    plantVersion(recorded);
    if (kind === 'apps' && world.store.processes.by('app', guid).length === 0) {
      const web = PLANTS.processes?.({ relationships: { app: { data: { guid } } } }, times(guid, recorded), undefined);
      if (web) world.collections.processes.set(guid, web.row as never);
    }
  }

  /** What belongs to something in a space is in that space, as long as nothing else is known. */
  function placeOf(row: Row): Recorded {
    const { space } = row as Row & { readonly space?: string };
    return space === undefined ? {} : { relationships: { space: { data: { guid: space } } } };
  }

  /** Of a plan that answers do not show, its instances tell the version: that of those that can't be upgraded. */
  function plantVersion(recorded: Recorded): void {
    const plan = relatedTo(recorded, 'service_plan') ?? '';
    if (at(recorded, 'upgrade_available') !== false || first.has(`service_plans/${plan}`)) return;
    const maintenanceInfo = objectAt(recorded, 'maintenance_info');
    planter.change(world.store.plans, plan, (known) => ({ ...known, maintenanceInfo }));
  }

  /** A quota tells to which orgs or spaces it is applied. */
  function plantQuota(kind: Kind, guid: string, recorded: Recorded): void {
    const { orgs, spaces } = world.store;
    if (kind === 'organization_quotas') {
      for (const org of guidsIn(listAt(recorded, 'relationships', 'organizations', 'data'))) {
        planter.ensure('organizations', org);
        planter.change(orgs, org, (row) => ({ ...row, quota: guid }));
      }
    }
    if (kind === 'space_quotas') {
      for (const space of guidsIn(listAt(recorded, 'relationships', 'spaces', 'data'))) {
        planter.ensure('spaces', space, { relationships: objectAt(recorded, 'relationships') });
        planter.change(spaces, space, (row) => ({ ...row, quota: guid }));
      }
    }
  }

  return planter;
}

/** Where a route's traffic goes is told by the instance's broker, and shows in the binding only. */
function routeServicesIn(shown: readonly Recorded[]): ReadonlyMap<string, string> {
  return new Map(
    shown.flatMap((recorded) => {
      const [instance, url] = [relatedTo(recorded, 'service_instance'), textAt(recorded, 'route_service_url')];
      return instance === undefined || url === undefined ? [] : [[instance, url] as const];
    }),
  );
}

/** Names of things that answers show beside a GUID, and nothing else of them. */
function namesIn(rows: readonly Interaction[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) look(one);
    else if (isObject(value)) {
      const [guid, name] = [textAt(value, 'guid'), textAt(value, 'name')];
      if (guid !== undefined && name !== undefined && !names.has(guid)) names.set(guid, name);
      for (const inner of Object.values(value)) look(inner);
    }
  };
  for (const row of rows) look(row.response_body);
  return names;
}

/** What a cassette's credentials are of: XSUAA's tell an application, the Destination service's an address beside it. */
function offeringIn(rows: readonly Interaction[]): string | undefined {
  const shown = rows.map((row) => objectAt(row.response_body, 'credentials'));
  const of = shown.find((credentials) => typeof credentials.xsappname === 'string');
  if (!of) return undefined;
  return typeof of.uri === 'string' ? 'destination' : 'xsuaa';
}

/** GUIDs that the calls of a cassette make: by their answers, by the jobs that they start, and by what is read only after. */
export function madeBy(rows: readonly Interaction[]): ReadonlySet<string> {
  const made = new Set<string>();
  const seen = new Set<string>();
  for (const row of rows) {
    const shown = guidsOf(row.response_body);
    const asked = [...guidsOf(row.request_body), ...guidsOf(new URL(row.url).pathname)];
    const own = row.method === 'POST' && row.status === 201 ? textAt(row.response_body, 'guid') : undefined;
    // Users are made with GUIDs that UAA has given.
    if (own !== undefined && !asked.includes(own)) made.add(own);
    const { links, operation } = objectAt(row.response_body);
    if (typeof operation === 'string' && operation.endsWith('.create')) {
      for (const guid of guidsOf(links)) if (!seen.has(guid)) made.add(guid);
    }
    for (const guid of [...shown, ...asked]) seen.add(guid);
  }
  return made;
}

const ANY_GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

export function guidsOf(value: unknown): readonly string[] {
  return JSON.stringify(value ?? '').match(ANY_GUID) ?? [];
}
