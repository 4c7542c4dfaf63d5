import { type Acting, head, link, type Shape, toOne } from '../acting.ts';
import type { CfOrg } from '../rows/organizations.ts';

export function orgView(acting: Acting, org: CfOrg): Shape {
  const self = `/v3/organizations/${org.guid}`;
  return {
    ...head(org),
    name: org.name,
    suspended: org.suspended,
    relationships: { quota: toOne(org.quota) },
    metadata: org.metadata,
    links: {
      self: link(acting, self),
      domains: link(acting, `${self}/domains`),
      default_domain: link(acting, `${self}/domains/default`),
      quota: link(acting, `/v3/organization_quotas/${org.quota}`),
    },
  };
}
