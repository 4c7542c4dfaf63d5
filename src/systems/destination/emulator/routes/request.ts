import type { Context } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { BASE_PATH } from '../../wire.ts';
import { type Caller, createBearer } from '../bearer.ts';
import { badRequest, unauthorized } from '../errors.ts';
import type { ListQuery } from '../listing.ts';
import type { Level, Store, Versioned } from '../store.ts';
import { assertMatch, matches } from '../versions.ts';

export type Ctx = Context<HostEnv>;

export const V1 = `${BASE_PATH}/v1`;
export const V2 = `${BASE_PATH}/v2`;

/** What every route does with a request before it acts. */
export interface Asking {
  caller(c: Ctx): Promise<Caller>;
  /** Where the path's `:level` leads. */
  level(c: Ctx): Promise<Level>;
}

export function createAsking(ctx: EmulatorContext, store: Store): Asking {
  const authenticate = createBearer(ctx, store);
  const caller = (c: Ctx) => authenticate(c.req.header('authorization'), c.env.region ?? '');
  return {
    caller,
    async level(c) {
      const { zone, instance } = await caller(c);
      if (c.req.param('level')?.startsWith('subaccount')) return { zone };
      // A token of no instance has no instance level; the answer to it is assumed.
      if (instance === undefined) throw unauthorized();
      return { zone, instance };
    },
  };
}

export async function json(c: Ctx): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    throw badRequest('Bad Request');
  }
}

export function listQuery(c: Ctx): ListQuery {
  const names = ['filter', 'select', 'page', 'pageSize', 'pageCount', 'entityCount', 'includeMetadata'] as const;
  const given = names.map((name) => [name, c.req.query(`$${name}`)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** One configuration with its version; 412 and 304 as `If-Match` and `If-None-Match` say. */
export function versioned(c: Ctx, record: Versioned, body: () => object): Response {
  assertMatch(record, c.req.header('if-match'));
  const headers = { ETag: record.etag };
  const seen = c.req.header('if-none-match');
  if (seen !== undefined && matches(record.etag, seen)) return c.body(null, 304, headers);
  return c.json(body(), 200, headers);
}
