import { type Context, Hono } from 'hono';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { HostEnv } from '../../../emulation/mount.ts';
import { BASE_PATH } from '../wire.ts';
import { type Caller, createBearer } from './bearer.ts';
import { badRequest, Fault, unauthorized } from './errors.ts';
import { createFind } from './find.ts';
import { createFragment, fragment, readFragment, removeFragment, replaceFragment } from './fragments.ts';
import {
  assertMatch,
  bulk,
  create,
  list,
  matches,
  read,
  readProperties,
  remove,
  removeMany,
  replace,
} from './semantics.ts';
import { type Level, levelKey, type Store } from './store.ts';

type Ctx = Context<HostEnv>;

const V1 = `${BASE_PATH}/v1`;
const DESTINATIONS = `${V1}/:level{(?:subaccount|instance)Destinations}` as const;
const FRAGMENTS = `${V1}/:level{(?:subaccount|instance)DestinationFragments}` as const;

/** v1 of the Destination service (OpenAPI 1.0.0). Every answer is JSON, also the errors that the file gives as bare strings. */
export function createRoutes(ctx: EmulatorContext, store: Store): Hono<HostEnv> {
  const authenticate = createBearer(ctx);
  const find = createFind(ctx, store);
  const app = new Hono<HostEnv>();

  const caller = (c: Ctx): Promise<Caller> => authenticate(c.req.header('authorization'), c.env.region ?? '');

  app.onError((error, c) => {
    if (!(error instanceof Fault)) throw error;
    return c.json({ ErrorMessage: error.message }, error.status, error.etag === undefined ? {} : { ETag: error.etag });
  });

  app.get(DESTINATIONS, async (c) => {
    const level = levelOf(c, await caller(c));
    const { rows, headers } = list(store, ctx, level, listQuery(c), `/${c.req.param('level')}`);
    return c.json(rows, 200, headers);
  });

  app.post(DESTINATIONS, async (c) => {
    const level = levelOf(c, await caller(c));
    const body = await json(c);
    if (!Array.isArray(body)) {
      create(store, ctx, level, readProperties(body));
      return c.body(null, 201);
    }
    const { status, results } = bulk(body, (properties) => create(store, ctx, level, properties), 201);
    return c.json(results, status);
  });

  app.put(DESTINATIONS, async (c) => {
    const level = levelOf(c, await caller(c));
    const body = await json(c);
    if (!Array.isArray(body)) {
      replace(store, ctx, level, readProperties(body), c.req.header('if-match'));
      return c.json({ Count: 1 });
    }
    const { status, results } = bulk(body, (properties) => replace(store, ctx, level, properties), 200);
    return c.json(results, status);
  });

  app.delete(DESTINATIONS, async (c) => {
    const level = levelOf(c, await caller(c));
    return c.json(removeMany(store, level, c.req.query('$filter')));
  });

  app.get(`${DESTINATIONS}/:name`, async (c) => {
    const record = read(store, levelOf(c, await caller(c)), c.req.param('name'));
    assertMatch(record, c.req.header('if-match'));
    const headers = { ETag: record.etag };
    const seen = c.req.header('if-none-match');
    if (seen !== undefined && matches(record.etag, seen)) return c.body(null, 304, headers);
    return c.json(record.properties, 200, headers);
  });

  app.delete(`${DESTINATIONS}/:name`, async (c) => {
    remove(store, levelOf(c, await caller(c)), c.req.param('name'), c.req.header('if-match'));
    return c.json({ Count: 1 });
  });

  app.get(FRAGMENTS, async (c) => {
    const level = levelOf(c, await caller(c));
    return c.json(store.fragments.by('level', levelKey(level)).map((one) => one.properties));
  });

  app.post(FRAGMENTS, async (c) => {
    const level = levelOf(c, await caller(c));
    createFragment(store, level, readFragment(await json(c)));
    return c.body(null, 201);
  });

  app.put(FRAGMENTS, async (c) => {
    const level = levelOf(c, await caller(c));
    replaceFragment(store, level, readFragment(await json(c)));
    return c.json({ Count: 1 });
  });

  app.get(`${FRAGMENTS}/:name`, async (c) => {
    const level = levelOf(c, await caller(c));
    return c.json(fragment(store, level, c.req.param('name')).properties);
  });

  app.delete(`${FRAGMENTS}/:name`, async (c) => {
    const level = levelOf(c, await caller(c));
    return c.json({ Count: removeFragment(store, level, c.req.param('name')) });
  });

  app.get(`${V1}/destinations/:name`, async (c) => {
    const tenant = c.req.header('x-tenant');
    const userToken = c.req.header('x-user-token');
    const ifMatch = c.req.header('if-match');
    const ifNoneMatch = c.req.header('if-none-match');
    const { etag, body } = await find(await caller(c), {
      name: c.req.param('name'),
      fragments: (c.req.header('x-fragment-name') ?? '').split(',').flatMap((name) => name.trim() || []),
      fragmentOptional: c.req.header('x-fragment-optional') === 'true',
      skipCredentials: c.req.query('$skipCredentials') === 'true',
      skipTokenRetrieval: c.req.query('$skipTokenRetrieval') === 'true',
      ...(tenant === undefined ? {} : { tenant }),
      ...(userToken === undefined ? {} : { userToken }),
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    });
    const headers = { ETag: etag };
    return body === undefined ? c.body(null, 304, headers) : c.json(body, 200, headers);
  });

  return app;
}

function levelOf(c: Ctx, caller: Caller): Level {
  if (c.req.param('level')?.startsWith('subaccount')) return { zone: caller.zone };
  // A token of no instance has no instance level; the answer to it is assumed.
  if (caller.instance === undefined) throw unauthorized();
  return { zone: caller.zone, instance: caller.instance };
}

function listQuery(c: Ctx) {
  const names = ['filter', 'select', 'page', 'pageSize', 'pageCount', 'entityCount', 'includeMetadata'] as const;
  const given = names.map((name) => [name, c.req.query(`$${name}`)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

async function json(c: Ctx): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    throw badRequest('Bad Request');
  }
}
