import type { z } from 'zod';
import { unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { Acting } from '../acting.ts';
import { protocolOf } from '../domains/view.ts';
import { record } from '../events.ts';
import type { CfDestination, CfRoute } from '../rows/routing.ts';
import { editable } from './app-routes.ts';
import {
  type changedDestination,
  type destinationsBody,
  type WantedDestination,
  wantedDestinations,
} from './bodies.ts';
import { urlOf } from './view.ts';

const DEFAULT_PORT = 8080;
const MOST = 100;

/** `POST /v3/routes/{guid}/destinations` adds, `PATCH` replaces all. */
export function mapRoute(
  acting: Acting,
  guid: string,
  body: z.infer<typeof destinationsBody>,
  options: { readonly replace: boolean },
): CfRoute {
  const read = wantedDestinations(body.destinations, options);
  if ('complaints' in read) throw unprocessable(read.complaints.join(', '));
  const route = editable(acting, guid);
  refuseApps(acting, route, read.wanted);
  const wanted = read.wanted.map((one) => completed(acting, route, one));
  const existing = options.replace ? [] : route.destinations;
  if (existing.length + wanted.length > MOST) throw unprocessable('Routes can be mapped to at most 100 destinations.');
  if (new Set(wanted.map((one) => JSON.stringify({ ...one, guid: '' }))).size < wanted.length) {
    throw unprocessable('Destinations cannot contain duplicate entries');
  }
  if (existing.some((one) => one.weight !== null)) {
    throw unprocessable('Destinations cannot be inserted when there are weighted destinations already configured.');
  }
  const url = urlOf(route, acting.store.domains.get(route.domain));
  for (const one of wanted) refuseProtocol(one, route, existing, url, acting);
  // What is the same already keeps its GUID.
  const kept = route.destinations.filter((old) => !options.replace || wanted.some((one) => isSame(one, old)));
  const added = wanted.filter(
    (one) => !route.destinations.some((old) => (options.replace ? isSame : isSamePlace)(one, old)),
  );
  return save(acting, route, [...kept, ...added]);
}

/** `DELETE /v3/routes/{guid}/destinations/{destination}`. */
export function unmapRoute(acting: Acting, guid: string, destination: string): void {
  const route = editable(acting, guid);
  const found = destinationOf(route, destination);
  if (found.weight !== null) throw unprocessable('Weighted destinations cannot be deleted individually.');
  save(
    acting,
    route,
    route.destinations.filter((one) => one.guid !== destination),
  );
}

/** `PATCH /v3/routes/{guid}/destinations/{destination}`. */
export function changeDestination(
  acting: Acting,
  guid: string,
  destination: string,
  body: z.infer<typeof changedDestination>,
): CfDestination {
  const route = editable(acting, guid);
  const found = destinationOf(route, destination);
  const protocol = body.protocol ?? defaultProtocol(acting, route);
  const changed: CfDestination = { ...found, protocol };
  refuseProtocol(changed, route, [], '', acting);
  const destinations = route.destinations.map((one) => (one.guid === destination ? changed : one));
  acting.store.routes.set(guid, { ...route, destinations });
  return changed;
}

function destinationOf(route: CfRoute, guid: string): CfDestination {
  const found = route.destinations.find((one) => one.guid === guid);
  if (!found) {
    throw unprocessable('Unable to unmap route from destination. Ensure the route has a destination with this guid.');
  }
  return found;
}

/** Apps of destinations: they must exist, be visible and be in a space of the route. */
function refuseApps(acting: Acting, route: CfRoute, wanted: readonly WantedDestination[]): void {
  const { store, see } = acting;
  const guids = [...new Set(wanted.map((one) => one.app))];
  const quoted = (missing: readonly string[]) => `App(s) with guid(s) "${missing.join('", "')}"`;
  const missing = guids.filter((guid) => store.apps.get(guid)?.landscape !== route.landscape);
  if (missing.length > 0) throw unprocessable(`${quoted(missing)} do not exist.`);
  const apps = guids.flatMap((guid) => store.apps.get(guid) ?? []);
  const invisible = apps.filter((app) => {
    const space = store.spaces.get(app.space);
    return !space || !see.seesSpace(space);
  });
  if (invisible.length > 0) {
    throw unprocessable(`${quoted(invisible.map((app) => app.guid))} you do not have access.`);
  }
  if (apps.some((app) => ![route.space, ...route.sharedSpaces].includes(app.space))) {
    throw unprocessable("Routes destinations must be in either the route's space or the route's shared spaces");
  }
}

function completed(
  acting: Acting,
  route: CfRoute,
  { app, process, port, weight, protocol }: WantedDestination,
): CfDestination {
  return {
    guid: acting.ctx.id(),
    app,
    process,
    weight,
    port: port ?? exposedPort(acting, app) ?? DEFAULT_PORT,
    protocol: protocol ?? defaultProtocol(acting, route),
  };
}

/** Where a docker image says that it listens. */
function exposedPort({ store }: Acting, app: string): number | undefined {
  return store.droplets.get(store.apps.get(app)?.droplet ?? '')?.ports?.[0];
}

function defaultProtocol({ store }: Acting, route: CfRoute): string {
  const domain = store.domains.get(route.domain);
  return domain && protocolOf(domain) === 'tcp' ? 'tcp' : 'http1';
}

function refuseProtocol(
  wanted: CfDestination,
  route: CfRoute,
  existing: readonly CfDestination[],
  url: string,
  acting: Acting,
): void {
  const tcp = defaultProtocol(acting, route) === 'tcp';
  if (tcp !== (wanted.protocol === 'tcp')) {
    throw unprocessable(
      `Cannot use '${wanted.protocol}' protocol for ${tcp ? 'tcp' : 'http'} routes; valid options are: [${tcp ? 'tcp' : 'http1, http2'}].`,
    );
  }
  const other = existing.find((one) => isSamePlace(one, wanted) && one.protocol !== wanted.protocol);
  if (other) {
    throw unprocessable(
      `Cannot add destination with protocol: ${wanted.protocol}. Destination already exists for route: ${url}, app: ${wanted.app}, process: ${wanted.process}, and protocol: ${other.protocol}.`,
    );
  }
}

function isSamePlace(a: CfDestination, b: CfDestination): boolean {
  return a.app === b.app && a.process === b.process && a.port === b.port;
}

function isSame(a: CfDestination, b: CfDestination): boolean {
  return isSamePlace(a, b) && a.weight === b.weight && a.protocol === b.protocol;
}

/** Keeps the destinations, with an event for each that came or went. */
function save(acting: Acting, route: CfRoute, destinations: readonly CfDestination[]): CfRoute {
  const changed: CfRoute = { ...route, destinations };
  acting.store.routes.set(route.guid, changed);
  const added = destinations.filter((one) => !route.destinations.some((old) => old.guid === one.guid));
  const removed = route.destinations.filter((old) => !destinations.some((one) => one.guid === old.guid));
  for (const [type, changes] of [
    ['audit.app.map-route', added] as const,
    ['audit.app.unmap-route', removed] as const,
  ]) {
    for (const one of changes) recordMapping(acting, type, route, one);
  }
  return changed;
}

function recordMapping(acting: Acting, type: string, route: CfRoute, destination: CfDestination): void {
  const app = acting.store.apps.get(destination.app);
  const space = app && acting.store.spaces.get(app.space);
  if (!app || !space) return;
  record(
    acting,
    type,
    { guid: app.guid, type: 'app', name: app.name },
    { space },
    {
      route_guid: route.guid,
      app_port: destination.port,
      route_mapping_guid: destination.guid,
      destination_guid: destination.guid,
      process_type: destination.process,
      weight: destination.weight,
      protocol: destination.protocol,
    },
  );
}
