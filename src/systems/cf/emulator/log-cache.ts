import { Hono } from 'hono';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { HostEnv } from '../../../emulation/mount.ts';
import { authenticate } from './cloud-controller/caller.ts';
import type { CloudControllerStore } from './cloud-controller/store.ts';
import { visibilityOf } from './cloud-controller/visibility.ts';
import type { Uaa } from './uaa/services.ts';

/** Version of the Log Cache; clients ask for it to know which paths there are (assumed: any of the last years). */
const VERSION = '3.2.2';

/**
 * Log Cache: what applications write. Nothing runs, so nothing is written; that a caller may not read an application's log is
 * told as if there were none (log-cache-release, cf-auth-proxy).
 */
export function logCacheRoutes(
  ctx: EmulatorContext,
  store: CloudControllerStore,
  uaaOf: (landscape: string) => Uaa,
): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  app.get('/api/v1/info', (c) => c.json({ version: VERSION, vm_uptime: String(Math.floor(ctx.now() / 1000)) }));
  app.get('/api/v1/read/:source', async (c) => {
    const landscape = c.env.landscape ?? '';
    const caller = await authenticate(c.req.raw, landscape, uaaOf(landscape).tokens, store, ctx.now()).catch(
      () => undefined,
    );
    const space = store.spaces.get(store.apps.get(c.req.param('source'))?.space ?? '');
    if (!caller || !space || !visibilityOf(store, caller).seesSpace(space)) return c.body(null, 404);
    return c.json({ envelopes: { batch: [] } });
  });
  return app;
}
