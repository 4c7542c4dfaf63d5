import type { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import {
  badQuery,
  featureDisabled,
  notAuthorized,
  notFound,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, homeOf, inLandscape, newRow, requireWritable, type Shape } from '../acting.ts';
import { usableBy } from '../domains/domains.ts';
import { domainView, protocolOf } from '../domains/view.ts';
import { record, requestOf } from '../events.ts';
import { deletionJob } from '../jobs.ts';
import { byCreation, list } from '../listing.ts';
import { flagOf } from '../platform/feature-flags.ts';
import { exceeds, quotasOf } from '../quotas/limits.ts';
import type { CfApp } from '../rows/apps.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import type { CfDomain, CfRoute } from '../rows/routing.ts';
import { includedOrgs } from '../spaces/spaces.ts';
import { spaceView } from '../spaces/view.ts';
import { type changedRoute, complaintsOfOptions, type newRoute } from './bodies.ts';
import { routeView } from './view.ts';

const ROUTE_QUERY: ListRules = {
  filters: [
    'hosts',
    'space_guids',
    'organization_guids',
    'domain_guids',
    'paths',
    'app_guids',
    'include',
    'label_selector',
    'ports',
    'service_instance_guids',
  ],
  includes: ['domain', 'space', 'space.organization'],
  refuse: badQuery,
};

/** Routes that the caller sees, or those of an app. */
export function listRoutes(acting: Acting, params: URLSearchParams, app?: CfApp): Shape {
  const { store, caller } = acting;
  const orgOf = (route: CfRoute) => store.spaces.get(route.space)?.org;
  const rows = store.routes.by('landscape', caller.landscape).filter((route) => sees(acting, route));
  const bound = (route: CfRoute) => store.routeBindings.by('route', route.guid).map((binding) => binding.instance);
  return list(acting, params, {
    path: app ? `/v3/apps/${app.guid}/routes` : '/v3/routes',
    rules: ROUTE_QUERY,
    rows: app ? rows.filter((route) => route.destinations.some((to) => to.app === app.guid)) : rows,
    where: {
      hosts: (route, has) => has(route.host),
      paths: (route, has) => has(route.path),
      ports: (route, has) => has(String(route.port ?? 0)),
      domain_guids: (route, has) => has(route.domain),
      space_guids: (route, has) => [route.space, ...route.sharedSpaces].some(has),
      organization_guids: (route, has) => has(orgOf(route)),
      app_guids: (route, has) => route.destinations.some((to) => has(to.app)),
      service_instance_guids: (route, has) => bound(route).some(has),
    },
    show: (route) => routeView(acting, route),
    included: (shown, { include }) => includedBy(acting, shown, include),
    ...(app ? { shown: { app_guids: app.guid } } : {}),
  });
}

export function showRoute(acting: Acting, guid: string, params: URLSearchParams): Shape {
  const { include } = parseShowQuery(params, { ...ROUTE_QUERY, named: ['guid', 'include'], refuse: unprocessable });
  const route = routeOf(acting, guid);
  const included = includedBy(acting, [route], include);
  return { ...routeView(acting, route), ...(included ? { included } : {}) };
}

function includedBy(acting: Acting, routes: readonly CfRoute[], include: readonly string[]): Shape | undefined {
  if (include.length === 0) return undefined;
  const { store } = acting;
  const spaces = byCreation([...new Set(routes.map((route) => route.space))].map((guid) => store.spaces.get(guid)));
  const domains = [...new Set(routes.map((route) => route.domain))].flatMap((guid) => store.domains.get(guid) ?? []);
  const byName = domains.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ...(include.includes('domain') ? { domains: byName.map((domain) => domainView(acting, domain)) } : {}),
    ...(include.includes('space') ? { spaces: spaces.map((space) => spaceView(acting, space)) } : {}),
    ...(include.includes('space.organization') ? includedOrgs(acting, spaces) : {}),
  };
}

function sees({ store, see }: Acting, route: CfRoute): boolean {
  return [route.space, ...route.sharedSpaces].some((guid) => {
    const space = store.spaces.get(guid);
    return space !== undefined && see.seesRoutesOf(space);
  });
}

/** A route of the landscape in a space whose routes the caller sees. */
export function routeOf(acting: Acting, guid: string): CfRoute {
  const route = inLandscape(acting, acting.store.routes.get(guid));
  const space = route && acting.store.spaces.get(route.space);
  if (!route || !space || !acting.see.seesRoutesOf(space)) throw notFound('Route');
  return route;
}

/** A route that the caller may change: as Space Developer or Supporter. */
export function editable(acting: Acting, guid: string): CfRoute {
  const route = routeOf(acting, guid);
  const space = homeOf(acting, route);
  if (!acting.see.managesApps(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  return route;
}

/** `POST /v3/routes`; space and domain are looked up whether the caller sees them or not. */
export function createRoute(acting: Acting, body: z.infer<typeof newRoute>): CfRoute {
  const { store, caller, see } = acting;
  const creation = flagOf(acting, 'route_creation');
  if (!creation.enabled && !caller.admin) throw featureDisabled(creation.message ?? creation.name);
  const complaints = complaintsOfOptions(body.options);
  if (complaints.length > 0) throw unprocessable(complaints.join(', '));
  const kept = metadataOf(body.metadata);
  const space = inLandscape(acting, store.spaces.get(body.relationships.space.data.guid));
  if (!space) throw unprocessable('Invalid space. Ensure that the space exists and you have access to it.');
  const domain = inLandscape(acting, store.domains.get(body.relationships.domain.data.guid));
  if (!domain) throw unprocessable('Invalid domain. Ensure that the domain exists and you have access to it.');
  if (!see.managesApps(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  const host = body.host ?? '';
  if (domain.org === undefined && host === '*' && !caller.admin) {
    throw unprocessable(
      'You do not have sufficient permissions to create a route with a wildcard host on a domain not scoped to an organization.',
    );
  }
  const wanted = { host, path: body.path ?? '', port: body.port ?? null };
  refuseRoute(acting, wanted, space, domain);
  const route: CfRoute = {
    ...newRow(acting),
    space: space.guid,
    domain: domain.guid,
    ...wanted,
    destinations: [],
    options: withoutNulls(body.options as JsonObject | undefined),
    sharedSpaces: [],
    metadata: kept,
  };
  store.routes.set(route.guid, route);
  record(acting, 'audit.route.create', targetOf(route), { space }, requestOf(body));
  return route;
}

interface Wanted {
  readonly host: string;
  readonly path: string;
  readonly port: number | null;
}

/** cloud_controller_ng, Route model and the texts of RouteCreate, in their order. */
function refuseRoute(acting: Acting, wanted: Wanted, space: CfSpace, domain: CfDomain): void {
  const { store } = acting;
  const { host, path, port } = wanted;
  const org = store.orgs.get(space.org);
  if (!usableBy(domain, space.org)) {
    throw unprocessable(`Invalid domain. Domain '${domain.name}' is not available in organization '${org?.name}'.`);
  }
  const quotas = quotasOf(acting, space);
  if (exceeds(quotas.space?.routes.total_routes, store.routes.by('space', space.guid).length)) {
    throw unprocessable(`Routes quota exceeded for space '${space.name}'.`);
  }
  const inOrg = store.spacesOf(space.org).reduce((sum, one) => sum + store.routes.by('space', one.guid).length, 0);
  if (exceeds(quotas.org?.routes.total_routes, inOrg)) {
    throw unprocessable(`Routes quota exceeded for organization '${org?.name}'.`);
  }
  const fqdn = host === '' ? domain.name : `${host}.${domain.name}`;
  if (host !== '' && store.domains.by('name', `${space.landscape}/${fqdn.toLowerCase()}`).length > 0) {
    throw unprocessable(`Route conflicts with domain '${fqdn}'.`);
  }
  if (domain.internal && host === '*') throw unprocessable('Wildcard hosts are not supported for internal domains.');
  const tcp = protocolOf(domain) === 'tcp';
  if (domain.org === undefined && !tcp && host === '') {
    throw unprocessable('Missing host. Routes in shared domains must have a host defined.');
  }
  if (fqdn.length > 253) throw unprocessable('Host combined with domain name must be no more than 253 characters.');
  refuseTaken(acting, wanted, space, domain);
  if (tcp && host !== '') throw unprocessable('Hosts are not supported for TCP routes.');
  if (tcp && path !== '') throw unprocessable('Paths are not supported for TCP routes.');
  if (domain.internal && path !== '') throw unprocessable('Paths are not supported for internal domains.');
  if (!tcp && port !== null && port > 0) throw unprocessable("Routes with protocol 'http' do not support ports.");
}

/** Host, domain and path are unique in the landscape; another space can't even have another path of the same host. */
function refuseTaken({ store }: Acting, { host, path, port }: Wanted, space: CfSpace, domain: CfDomain): void {
  const others = store.routes
    .by('domain', domain.guid)
    .filter((route) => route.host.toLowerCase() === host.toLowerCase());
  if ((port ?? 0) > 0 && others.some((route) => route.port === port)) {
    throw unprocessable(`Route already exists with port '${port}' for domain '${domain.name}'.`);
  }
  const same = others.some((route) => route.path === path && (route.port ?? 0) === (port ?? 0));
  if (same && path === '') {
    throw unprocessable(
      host === ''
        ? `Route already exists for domain '${domain.name}'.`
        : `Route already exists with host '${host}' for domain '${domain.name}'.`,
    );
  }
  if (same) {
    throw unprocessable(
      host === ''
        ? `Route already exists with path '${path}' for domain '${domain.name}'.`
        : `Route already exists with host '${host}' and path '${path}' for domain '${domain.name}'.`,
    );
  }
  // Paths of one host in several spaces are allowed for private domains only.
  if (domain.org === undefined && others.some((route) => route.space !== space.guid)) {
    throw unprocessable('domain_id and host host_and_domain_taken_different_space');
  }
}

export function updateRoute(acting: Acting, guid: string, body: z.infer<typeof changedRoute>): CfRoute {
  const complaints = complaintsOfOptions(body.options);
  if (complaints.length > 0) throw unprocessable(complaints.join(', '));
  const route = editable(acting, guid);
  const metadata = metadataOf(body.metadata, route.metadata);
  const options = body.options ? withoutNulls({ ...route.options, ...(body.options as JsonObject) }) : route.options;
  const optionsChanged = JSON.stringify(options) !== JSON.stringify(route.options);
  const changed: CfRoute = {
    ...route,
    ...(options === undefined ? {} : { options }),
    metadata,
    updatedAt: optionsChanged ? acting.ctx.now() : route.updatedAt,
  };
  acting.store.routes.set(guid, changed);
  record(acting, 'audit.route.update', targetOf(changed), { space: homeOf(acting, changed) }, requestOf(body));
  return changed;
}

export function deleteRoute(acting: Acting, guid: string): CfJob {
  const route = editable(acting, guid);
  const space = homeOf(acting, route);
  for (const binding of acting.store.routeBindings.by('route', guid)) acting.store.routeBindings.delete(binding.guid);
  acting.store.routes.delete(guid);
  record(acting, 'audit.route.delete-request', targetOf(route), { space }, { request: { recursive: true } });
  return deletionJob(acting, 'route', guid);
}

function withoutNulls(options: Readonly<Record<string, unknown>> | null | undefined): JsonObject {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== null)) as JsonObject;
}

export function targetOf(route: CfRoute) {
  return { guid: route.guid, type: 'route', name: route.host };
}
