import { type Acting, head, link, type Shape, toOne } from '../acting.ts';
import type { CfSpace } from '../rows/organizations.ts';

export function spaceView(acting: Acting, space: CfSpace): Shape {
  const self = `/v3/spaces/${space.guid}`;
  return {
    ...head(space),
    name: space.name,
    relationships: { organization: toOne(space.org), quota: toOne(space.quota) },
    metadata: space.metadata,
    links: {
      self: link(acting, self),
      organization: link(acting, `/v3/organizations/${space.org}`),
      features: link(acting, `${self}/features`),
      apply_manifest: link(acting, `${self}/actions/apply_manifest`, 'POST'),
      ...(space.quota === undefined ? {} : { quota: link(acting, `/v3/space_quotas/${space.quota}`) }),
    },
  };
}

export function sshFeatureView(space: CfSpace): Shape {
  return { name: 'ssh', description: 'Enable SSHing into apps in the space.', enabled: space.ssh };
}
