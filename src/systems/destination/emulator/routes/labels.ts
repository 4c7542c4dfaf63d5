import { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { certificate } from '../certificates/certificates.ts';
import { fragment } from '../fragments.ts';
import { changeLabels, type Kind, labelsOf, replaceLabels } from '../labels.ts';
import { read } from '../semantics.ts';
import type { Level, Store } from '../store.ts';
import { type Asking, type Ctx, json, V1 } from './request.ts';

const PATH =
  `${V1}/:level{(?:subaccount|instance)(?:Destinations|DestinationFragments|Certificates)}/:name/labels` as const;

/** Labels of whatever has a name; the configuration must be there, or it is a 404 as when it is read (assumed). */
export function labelRoutes(store: Store, ask: Asking): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  async function labelled(c: Ctx): Promise<[Store, Kind, Level, string]> {
    const level = await ask.level(c);
    const name = c.req.param('name') ?? '';
    const kind = kindOf(c.req.param('level') ?? '');
    ({ destinations: read, fragments: fragment, certificates: certificate })[kind](store, level, name);
    return [store, kind, level, name];
  }

  app.get(PATH, async (c) => c.json(labelsOf(...(await labelled(c)))));

  app.put(PATH, async (c) => {
    const at = await labelled(c);
    replaceLabels(...at, await json(c));
    return c.body(null, 200);
  });

  app.patch(PATH, async (c) => {
    const at = await labelled(c);
    changeLabels(...at, await json(c));
    return c.body(null, 200);
  });

  return app;
}

function kindOf(collection: string): Kind {
  if (collection.endsWith('Fragments')) return 'fragments';
  return collection.endsWith('Certificates') ? 'certificates' : 'destinations';
}
