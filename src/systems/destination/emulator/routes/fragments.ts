import { Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { createFragment, fragment, removeFragment, replaceFragment } from '../fragments.ts';
import { atLevel, list } from '../listing.ts';
import type { Store } from '../store.ts';
import { type Asking, json, V1 } from './request.ts';

const PATH = `${V1}/:level{(?:subaccount|instance)DestinationFragments}` as const;

export function fragmentRoutes(ctx: EmulatorContext, store: Store, ask: Asking): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  app.get(PATH, async (c) => {
    const level = await ask.level(c);
    const filter = c.req.query('$filter');
    const { rows } = list(
      store,
      ctx,
      atLevel(store.fragments, level),
      { kind: 'fragments', level, path: '', row: (one) => one.properties },
      // Of lists of fragments, the API description knows no query; SAP Cloud SDK for Python filters them by labels.
      filter === undefined ? {} : { filter },
    );
    return c.json(rows);
  });

  app.post(PATH, async (c) => {
    const level = await ask.level(c);
    createFragment(store, ctx, level, await json(c));
    return c.body(null, 201);
  });

  app.put(PATH, async (c) => {
    const level = await ask.level(c);
    replaceFragment(store, ctx, level, await json(c));
    return c.json({ Count: 1 });
  });

  app.get(`${PATH}/:name`, async (c) => {
    const level = await ask.level(c);
    return c.json(fragment(store, level, c.req.param('name')).properties);
  });

  app.delete(`${PATH}/:name`, async (c) => {
    const level = await ask.level(c);
    return c.json({ Count: removeFragment(store, level, c.req.param('name')) });
  });

  return app;
}
