import { type Acting, head, link, type Shape, toOne } from '../acting.ts';
import { protocolOf } from '../domains/view.ts';
import type { CfDestination, CfDomain, CfRoute } from '../rows/routing.ts';

export function routeView(acting: Acting, route: CfRoute): Shape {
  const domain = acting.store.domains.get(route.domain);
  const self = `/v3/routes/${route.guid}`;
  return {
    ...head(route),
    protocol: domain ? protocolOf(domain) : 'http',
    host: route.host,
    path: route.path,
    port: route.port,
    url: urlOf(route, domain),
    destinations: destinationsOf(route).map(destinationView),
    ...(route.options === undefined ? {} : { options: route.options }),
    metadata: route.metadata,
    relationships: { space: toOne(route.space), domain: toOne(route.domain) },
    links: {
      self: link(acting, self),
      space: link(acting, `/v3/spaces/${route.space}`),
      destinations: link(acting, `${self}/destinations`),
      domain: link(acting, `/v3/domains/${route.domain}`),
    },
  };
}

export function destinationsView(acting: Acting, route: CfRoute): Shape {
  return {
    destinations: destinationsOf(route).map(destinationView),
    links: {
      self: link(acting, `/v3/routes/${route.guid}/destinations`),
      route: link(acting, `/v3/routes/${route.guid}`),
    },
  };
}

export function destinationView(destination: CfDestination): Shape {
  return {
    guid: destination.guid,
    app: { guid: destination.app, process: { type: destination.process } },
    weight: destination.weight,
    port: destination.port,
    protocol: destination.protocol,
  };
}

/** Sorted by GUID. */
function destinationsOf(route: CfRoute): readonly CfDestination[] {
  return [...route.destinations].sort((a, b) => (a.guid < b.guid ? -1 : 1));
}

export function urlOf(route: Pick<CfRoute, 'host' | 'path' | 'port'>, domain: CfDomain | undefined): string {
  const name = domain?.name ?? '';
  if ((route.port ?? 0) > 0) return `${name}:${route.port}`;
  return route.host === '' ? `${name}${route.path}` : `${route.host}.${name}${route.path}`;
}
