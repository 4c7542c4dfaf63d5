import type { Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { badQuery } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { Shape } from '../acting.ts';
import { type Asked, json, type RouteOf } from '../asked.ts';
import { list } from '../listing.ts';
import { appOf } from './apps.ts';
import { processOf } from './processes.ts';

/** Body of `POST /v3/resource_matches` (cloud_controller_ng, ResourceMatchCreateMessage). */
const wanted = z.looseObject({
  resources: z.array(z.looseObject({ checksum: z.looseObject({ value: z.string() }), size_in_bytes: z.number() })),
});

/**
 * What an app has none of, because nothing runs and no bits are kept: sidecars, files that another app brought before. Lists
 * of them are empty; making one is not emulated.
 */
export function idleRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  const none = (asked: Asked, path: string): Shape =>
    list(asked, asked.query, { path, rules: { filters: [], refuse: badQuery }, rows: [], show: () => ({}) });
  app.get(
    '/v3/processes/:guid/sidecars',
    route((asked) => json(none(asked, `/v3/processes/${processOf(asked, { guid: asked.param() }).guid}/sidecars`))),
  );
  app.get(
    '/v3/apps/:guid/sidecars',
    route((asked) => json(none(asked, `/v3/apps/${appOf(asked, asked.param()).guid}/sidecars`))),
  );
  app.post(
    '/v3/resource_matches',
    route(async (asked) => {
      await asked.body(wanted);
      return json({ resources: [] }, 201);
    }),
  );
}
