import { Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { bulk, bulkDelete } from '../bulk.ts';
import {
  certificate,
  certificateRow,
  createCertificate,
  publicKeys,
  removeCertificate,
  replaceCertificate,
} from '../certificates/certificates.ts';
import { certificateNotFound } from '../errors.ts';
import { atLevel, list } from '../listing.ts';
import type { Store } from '../store.ts';
import { type Asking, json, listQuery, V1, versioned } from './request.ts';

const PATH = `${V1}/:level{(?:subaccount|instance)Certificates}` as const;

export function certificateRoutes(ctx: EmulatorContext, store: Store, ask: Asking): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  app.get(PATH, async (c) => {
    const level = await ask.level(c);
    const listed = { kind: 'certificates', level, path: `/${c.req.param('level')}`, row: certificateRow } as const;
    const { rows, headers } = list(store, ctx, atLevel(store.certificates, level), listed, listQuery(c));
    return c.json(rows, 200, headers);
  });

  app.post(PATH, async (c) => {
    const level = await ask.level(c);
    const body = await json(c);
    if (!Array.isArray(body)) {
      await createCertificate(store, ctx, level, body);
      return c.body(null, 201);
    }
    const { status, results } = await bulk(body, (one) => createCertificate(store, ctx, level, one), 201);
    return c.json(results, status);
  });

  app.put(PATH, async (c) => {
    const level = await ask.level(c);
    const body = await json(c);
    if (!Array.isArray(body)) {
      await replaceCertificate(store, ctx, level, body);
      return c.json({ Count: 1 });
    }
    const { status, results } = await bulk(body, (one) => replaceCertificate(store, ctx, level, one), 200);
    return c.json(results, status);
  });

  app.delete(PATH, async (c) => {
    const level = await ask.level(c);
    return c.json(bulkDelete(c.req.query('$filter'), (name) => removeCertificate(store, level, name)));
  });

  app.get(`${PATH}/:name`, async (c) => {
    const record = certificate(store, await ask.level(c), c.req.param('name'));
    return versioned(c, record, () => certificateRow(record));
  });

  app.delete(`${PATH}/:name`, async (c) => {
    const level = await ask.level(c);
    const name = c.req.param('name');
    if (!removeCertificate(store, level, name)) throw certificateNotFound(name);
    return c.json({ Count: 1 });
  });

  app.get(`${PATH}/:name/publicKeys`, async (c) => {
    const record = certificate(store, await ask.level(c), c.req.param('name'));
    return versioned(c, record, () => publicKeys(record));
  });

  return app;
}
