import { type Kysely, sql } from 'kysely';
import type { StateChange } from '../emulation/state.ts';
import type { Context } from '../kernel/context.ts';
import { openDatabase } from '../store/database.ts';
import type { Persistence, StoredDocument } from './persistence.ts';

interface Tables {
  readonly documents: {
    readonly collection: string;
    readonly key: string;
    readonly position: number;
    /** JSON text. */
    readonly value: string;
  };
}

const migrations = {
  '001-documents': {
    async up(db: Kysely<unknown>) {
      // `json` and not `jsonb`: documents come back with their keys in the order in which they were written.
      await sql`create table documents (
        collection text not null,
        key text not null,
        position int8 not null,
        value json not null,
        primary key (collection, key)
      )`.execute(db);
    },
  },
};

/**
 * Keeps the landscape's state in a database of its own.
 *
 * @throws {ConfigError} `ERR_LANDSCAPE_LOCKED` another process has it open · `ERR_STORE_CORRUPT` it can't be opened.
 */
export async function openDatabasePersistence(
  directory: string,
  ctx: Pick<Context, 'now' | 'sleep'>,
): Promise<Persistence> {
  const database = await openDatabase<Tables>(
    { directory },
    { migrations, schema: 'landscape', lockedCode: 'ERR_LANDSCAPE_LOCKED' },
    ctx,
  );
  return {
    async load() {
      const rows = await database.kysely
        .selectFrom('documents')
        .select(['collection', 'key', 'position', sql<string>`value::text`.as('json')])
        .orderBy('position')
        .execute();
      return rows.map(
        ({ collection, key, position, json }): StoredDocument => ({
          collection,
          key,
          position: Number(position),
          value: JSON.parse(json),
        }),
      );
    },
    async write(changes, options = {}) {
      await database.kysely.transaction().execute(async (transaction) => {
        if (options.replacing) await sql`delete from documents`.execute(transaction);
        else await remove(transaction, changes);
        await upsert(transaction, changes);
      });
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

/** Rows travel as one JSON parameter: a seed is thousands of them. */
async function upsert(transaction: Kysely<Tables>, changes: readonly StateChange[]): Promise<void> {
  const kept = changes.filter((change) => change.value !== undefined);
  if (kept.length === 0) return;
  await sql`insert into documents (collection, key, position, value)
    select collection, key, position, value
    from json_to_recordset(${JSON.stringify(kept)}::json)
      as change (collection text, key text, position int8, value json)
    on conflict (collection, key) do update set position = excluded.position, value = excluded.value`.execute(
    transaction,
  );
}

async function remove(transaction: Kysely<Tables>, changes: readonly StateChange[]): Promise<void> {
  const gone = changes.filter((change) => change.value === undefined);
  if (gone.length === 0) return;
  await sql`delete from documents
    using json_to_recordset(${JSON.stringify(gone)}::json) as change (collection text, key text)
    where documents.collection = change.collection and documents.key = change.key`.execute(transaction);
}
