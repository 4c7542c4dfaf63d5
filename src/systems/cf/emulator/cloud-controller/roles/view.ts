import { type Acting, head, link, type Shape, toOne } from '../acting.ts';
import type { CfRole } from '../rows/organizations.ts';

export function roleView(acting: Acting, role: CfRole): Shape {
  return {
    ...head(role),
    type: role.type,
    relationships: { user: toOne(role.user), organization: toOne(role.org), space: toOne(role.space) },
    links: {
      self: link(acting, `/v3/roles/${role.guid}`),
      user: link(acting, `/v3/users/${encodeURIComponent(role.user)}`),
      ...(role.org === undefined ? {} : { organization: link(acting, `/v3/organizations/${role.org}`) }),
      ...(role.space === undefined ? {} : { space: link(acting, `/v3/spaces/${role.space}`) }),
    },
  };
}
