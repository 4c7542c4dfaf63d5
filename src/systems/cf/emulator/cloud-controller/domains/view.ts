import { type Acting, head, link, type Shape, toMany, toOne } from '../acting.ts';
import type { CfDomain } from '../rows/routing.ts';

/** Orgs that a domain is shared with are shown as far as the caller sees them. */
export function sharedOrgsOf({ store, see }: Acting, domain: CfDomain): readonly string[] {
  return domain.sharedOrgs.filter((guid) => {
    const org = store.orgs.get(guid);
    return org !== undefined && see.seesOrg(org);
  });
}

export function domainView(acting: Acting, domain: CfDomain): Shape {
  const self = `/v3/domains/${domain.guid}`;
  return {
    ...head(domain),
    name: domain.name,
    internal: domain.internal,
    router_group: domain.routerGroup === undefined ? null : { guid: domain.routerGroup },
    supported_protocols: [protocolOf(domain)],
    relationships: {
      organization: toOne(domain.org),
      shared_organizations: toMany(sharedOrgsOf(acting, domain)),
    },
    metadata: domain.metadata,
    links: {
      self: link(acting, self),
      route_reservations: link(acting, `${self}/route_reservations`),
      ...(domain.org === undefined
        ? {}
        : {
            organization: link(acting, `/v3/organizations/${domain.org}`),
            shared_organizations: link(acting, `${self}/relationships/shared_organizations`),
          }),
    },
  };
}

export function protocolOf(domain: CfDomain): 'http' | 'tcp' {
  return domain.routerGroup === undefined ? 'http' : 'tcp';
}
