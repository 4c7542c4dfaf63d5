import { Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { type HostEnv, refuseOtherMethods } from '../../../../emulation/mount.ts';
import { badRequest, Fault } from '../errors.ts';
import type { Store } from '../store.ts';
import { certificateRoutes } from './certificates.ts';
import { destinationRoutes } from './destinations.ts';
import { findRoutes } from './find.ts';
import { fragmentRoutes } from './fragments.ts';
import { labelRoutes } from './labels.ts';
import { createAsking } from './request.ts';
import { trustRoutes } from './trust.ts';

/** Characters of path and query (OpenAPI 1.0.0, `info`); that it is a 400 is assumed. */
const LONGEST_URI = 4000;

/** The Destination service (OpenAPI 1.0.0). Every answer is JSON, also the errors that the file gives as bare strings. */
export function createRoutes(ctx: EmulatorContext, store: Store): Hono<HostEnv> {
  const ask = createAsking(ctx, store);
  const app = new Hono<HostEnv>();

  app.onError((error, c) => {
    if (!(error instanceof Fault)) throw error;
    return c.json({ ErrorMessage: error.message }, error.status, error.etag === undefined ? {} : { ETag: error.etag });
  });
  app.use(async (c, next) => {
    const { pathname, search } = new URL(c.req.url);
    if (pathname.length + search.length > LONGEST_URI) throw badRequest('Bad Request');
    await next();
  });

  app.route('/', destinationRoutes(ctx, store, ask));
  app.route('/', fragmentRoutes(ctx, store, ask));
  app.route('/', certificateRoutes(ctx, store, ask));
  app.route('/', labelRoutes(store, ask));
  app.route('/', trustRoutes(ctx, store, ask));
  app.route('/', findRoutes(ctx, store, ask));
  // OpenAPI 1.0.0 names every method; the answer to another one is HTTP's (RFC 9110), its text assumed.
  refuseOtherMethods(app, async (c, methods) => {
    await ask.caller(c);
    return c.json({ ErrorMessage: 'Method Not Allowed' }, 405, { Allow: methods.join(', ') });
  });
  return app;
}
