import { type Acting, head, link, type Shape } from '../acting.ts';
import type { CfUser } from '../rows/organizations.ts';

/** Names are UAA's; without a UAA user (a client, a deleted user) they are null. */
export function userView(acting: Acting, user: CfUser): Shape {
  const known = acting.uaa.user(user.landscape, user.guid);
  return {
    ...head(user),
    username: known?.userName ?? null,
    presentation_name: known?.userName ?? user.guid,
    origin: known?.origin ?? null,
    metadata: user.metadata,
    links: { self: link(acting, `/v3/users/${encodeURIComponent(user.guid)}`) },
  };
}
