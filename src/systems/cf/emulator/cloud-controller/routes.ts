import { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { Landscapes } from '../landscapes.ts';
import type { Uaa } from '../uaa/services.ts';
import type { Parts } from './acting.ts';
import { idleRoutes } from './apps/idle.ts';
import { appPartRoutes } from './apps/part-routes.ts';
import { revisionRoutes } from './apps/revision-routes.ts';
import { appRoutes } from './apps/routes.ts';
import { taskRoutes } from './apps/task-routes.ts';
import { createRouteOf } from './asked.ts';
import { discoveryRoutes } from './discovery.ts';
import { domainRoutes } from './domains/routes.ts';
import { organizationRoutes } from './organizations/routes.ts';
import { buildpackRoutes } from './platform/buildpack-routes.ts';
import { isolationSegmentRoutes, platformRoutes, securityGroupRoutes } from './platform/routes.ts';
import { quotaRoutes } from './quotas/routes.ts';
import { roleRoutes } from './roles/routes.ts';
import { routingRoutes } from './routing/routes.ts';
import { bindingRoutes } from './services/binding-routes.ts';
import { instanceRoutes, marketplaceRoutes } from './services/routes.ts';
import { spaceRoutes } from './spaces/routes.ts';
import { userRoutes } from './users/routes.ts';

/** Routes of the Cloud Controller of whichever landscape the host names. */
export function cloudControllerRoutes(
  parts: Parts,
  landscapes: Landscapes,
  uaaOf: (landscape: string) => Uaa,
): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const route = createRouteOf(parts, landscapes, uaaOf);
  discoveryRoutes(app, parts.ctx, landscapes);
  const areas = [
    organizationRoutes,
    spaceRoutes,
    roleRoutes,
    userRoutes,
    quotaRoutes,
    domainRoutes,
    routingRoutes,
    appRoutes,
    appPartRoutes,
    revisionRoutes,
    taskRoutes,
    idleRoutes,
    marketplaceRoutes,
    instanceRoutes,
    bindingRoutes,
    platformRoutes,
    buildpackRoutes,
    isolationSegmentRoutes,
    securityGroupRoutes,
  ];
  for (const area of areas) area(app, route);
  return app;
}
