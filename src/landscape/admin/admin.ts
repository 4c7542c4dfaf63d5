import { timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import { Hono } from 'hono';
import { z } from 'zod';
import { LocumError } from '../../kernel/errors.ts';
import type { Landscape } from '../api.ts';
import { createHttpServer, pathOf, plainText } from '../network/http-server.ts';
import { isLoopback } from '../network/loopback.ts';
import { faultRule } from '../requests/faults.ts';
import { summaryPage } from './admin-page.ts';

export interface AdminOptions {
  readonly landscape: Landscape;
  readonly token: string;
  readonly instance: string;
}

const clockMove = z.union([
  z.strictObject({ advance: z.int() }),
  z.strictObject({ now: z.union([z.int(), z.iso.datetime().transform((text) => Date.parse(text))]) }),
]);

const listQuery = z.object({
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
});

/**
 * The admin surface: for the owner of this machine's account only. Reading shows nothing secret; what changes or shows
 * credentials needs the token of the run file, which no web page and no other account can know.
 */
export function createAdmin(options: AdminOptions): Server {
  const app = adminApp(options);
  return createHttpServer(async (incoming, body) => {
    const target = pathOf(incoming);
    // A page that reached us by a rebound name would be same-origin with us; its Host header gives it away.
    if (target === undefined || !isLoopback(incoming.headers.host ?? '')) {
      return { kind: 'answered', response: plainText(421, 'ask for localhost') };
    }
    const headers = new Headers();
    for (const name of ['authorization', 'content-type', 'origin'] as const) {
      const value = incoming.headers[name];
      if (value !== undefined) headers.set(name, value);
    }
    const method = incoming.method ?? 'GET';
    const request = new Request(`http://localhost${target}`, {
      method,
      headers,
      ...(body.byteLength > 0 && !['GET', 'HEAD'].includes(method) ? { body } : {}),
    });
    return { kind: 'answered', response: await app.fetch(request) };
  });
}

function adminApp({ landscape, token, instance }: AdminOptions): Hono {
  const app = new Hono();
  const bearer = `Bearer ${token}`;

  app.use('*', async (c, next) => {
    const safe = ['GET', 'HEAD'].includes(c.req.method) && c.req.path !== '/environment';
    if (!safe && !sameText(c.req.header('authorization') ?? '', bearer)) {
      return c.json({ error: 'show the token of run.json as a bearer token' }, 401);
    }
    await next();
    c.header('cache-control', 'no-store');
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    c.header('x-content-type-options', 'nosniff');
    return undefined;
  });

  app.onError((error, c) => {
    if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400);
    if (error instanceof SyntaxError) return c.json({ error: 'the body is not JSON' }, 400);
    if (error instanceof LocumError) return c.json({ error: error.message, code: error.code }, 400);
    return c.json({ error: 'the landscape failed' }, 500);
  });
  app.notFound((c) => c.json({ error: 'no such page' }, 404));

  app.get('/', (c) => c.html(summaryPage(landscape)));
  app.get('/instance', (c) => c.json({ instance }));
  app.get('/environment', (c) => c.json(landscape.environment()));

  app.get('/clock', (c) => c.json(time(landscape)));
  app.put('/clock', async (c) => {
    const move = clockMove.parse(await c.req.json());
    if ('advance' in move) await landscape.clock.advance(move.advance);
    else await landscape.clock.set(move.now);
    return c.json(time(landscape));
  });

  app.get('/faults', (c) => c.json(landscape.faults.list()));
  app.post('/faults', async (c) => c.json(await landscape.faults.add(faultRule.parse(await c.req.json())), 201));
  app.delete('/faults', async (c) => {
    await landscape.faults.clear();
    return c.body(null, 204);
  });
  app.delete('/faults/:id', async (c) => {
    const removed = await landscape.faults.remove(c.req.param('id'));
    return removed ? c.body(null, 204) : c.json({ error: 'no such fault' }, 404);
  });

  app.get('/seed', (c) => c.json(landscape.seed() ?? null));
  app.put('/seed', async (c) => {
    await landscape.reset(z.record(z.string(), z.unknown()).parse(await c.req.json()));
    return c.body(null, 204);
  });
  app.post('/reset', async (c) => {
    await landscape.reset();
    return c.body(null, 204);
  });

  app.get('/requests', (c) => {
    const { after, limit } = listQuery.parse(c.req.query());
    return c.json(
      landscape.requests.list({ ...(after === undefined ? {} : { after }), ...(limit === undefined ? {} : { limit }) }),
    );
  });
  app.delete('/requests', (c) => {
    landscape.requests.clear();
    return c.body(null, 204);
  });

  app.get('/hosts', async (c) => c.json(await landscape.hosts()));
  return app;
}

function time(landscape: Landscape) {
  const now = landscape.clock.now();
  return { now, iso: new Date(now).toISOString() };
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
