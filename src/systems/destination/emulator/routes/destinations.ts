import { Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { bulk, bulkDelete, namesOf } from '../bulk.ts';
import { atLevel, type Listed, list } from '../listing.ts';
import { assertRemovable, create, forget, read, remove, replace } from '../semantics.ts';
import type { DestinationRecord, Store } from '../store.ts';
import { type Asking, json, listQuery, V1, versioned } from './request.ts';

const PATH = `${V1}/:level{(?:subaccount|instance)Destinations}` as const;

export function destinationRoutes(ctx: EmulatorContext, store: Store, ask: Asking): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  app.get(PATH, async (c) => {
    const level = await ask.level(c);
    const path = `/${c.req.param('level')}`;
    const listed: Listed<DestinationRecord> = { kind: 'destinations', level, path, row: (one) => one.properties };
    const { rows, headers } = list(store, ctx, atLevel(store.destinations, level), listed, listQuery(c));
    return c.json(rows, 200, headers);
  });

  app.post(PATH, async (c) => {
    const level = await ask.level(c);
    const body = await json(c);
    if (!Array.isArray(body)) {
      create(store, ctx, level, body);
      return c.body(null, 201);
    }
    const { status, results } = await bulk(body, (one) => create(store, ctx, level, one), 201);
    return c.json(results, status);
  });

  app.put(PATH, async (c) => {
    const level = await ask.level(c);
    const body = await json(c);
    if (!Array.isArray(body)) {
      replace(store, ctx, level, body, c.req.header('if-match'));
      return c.json({ Count: 1 });
    }
    const { status, results } = await bulk(body, (one) => replace(store, ctx, level, one), 200);
    return c.json(results, status);
  });

  app.delete(PATH, async (c) => {
    const level = await ask.level(c);
    const filter = c.req.query('$filter');
    assertRemovable(store, level, namesOf(filter));
    return c.json(bulkDelete(filter, (name) => forget(store, level, name)));
  });

  app.get(`${PATH}/:name`, async (c) => {
    const record = read(store, await ask.level(c), c.req.param('name'));
    return versioned(c, record, () => record.properties);
  });

  app.delete(`${PATH}/:name`, async (c) => {
    remove(store, await ask.level(c), c.req.param('name'), c.req.header('if-match'));
    return c.json({ Count: 1 });
  });

  return app;
}
