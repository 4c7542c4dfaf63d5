import { Hono } from 'hono';
import type { EmulatorContext, HostMount } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import { createApps } from './apps.ts';
import { createGuard } from './guard.ts';
import { addRestRoutes } from './rest-routes.ts';
import { addSlpRoutes } from './slp-routes.ts';
import { createDeployStore } from './store.ts';

/** The MTA deploy service of every CF landscape: the SL protocol for CTMS, the REST API for `cf deploy`. */
export function mountDeployService(ctx: EmulatorContext): HostMount {
  const store = createDeployStore(ctx);
  const parts = { ctx, store, apps: createApps(ctx) };
  const guard = createGuard(ctx, store);
  const app = new Hono<HostEnv>();
  addRestRoutes(app, guard, parts);
  addSlpRoutes(app, guard, parts);
  const hosts = (): readonly string[] => {
    const landscapes = ctx.world.use('cloudFoundry').landscapes();
    // `eu10` exists beside `eu10-004`, and a URL that forgets the extension gets an answer there (docs on CTMS, a26a721).
    const names = new Set(landscapes.flatMap(({ name, region }) => [name, region]));
    return [...names].map((name) => `deploy-service.cf.${name}.hana.ondemand.com`);
  };
  return mount('deploy-service.cf.{landscape}.hana.ondemand.com', hosts, app);
}
