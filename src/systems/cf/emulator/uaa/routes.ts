import { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { clientRoutes } from './clients/client-routes.ts';
import { type UaaOf, unkept, withoutOwnFailures } from './requests.ts';
import { scimRoutes } from './scim/routes.ts';
import { tokenRoutes } from './tokens/token-routes.ts';
import { authorizeRoutes } from './web/authorize-routes.ts';
import { loginRoutes } from './web/login-routes.ts';

/** Routes of a UAA; the same ones answer on the `uaa` and the `login` host. */
export function uaaRoutes(uaaOf: UaaOf): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  app.use('*', withoutOwnFailures(uaaOf));
  app.use('*', unkept);
  for (const routes of [tokenRoutes, scimRoutes, clientRoutes, authorizeRoutes, loginRoutes]) {
    app.route('/', routes(uaaOf));
  }
  return app;
}
