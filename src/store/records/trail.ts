import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Trail, TrailEntry } from '../../kernel/ports.ts';
import type { StoreTables, TrailTable } from './tables.ts';
import { type ChainHead, chained, follows, GENESIS, type TrailFact } from './trail-chain.ts';

/** Entries that {@link Trail.verify} has in memory at once. */
const PAGE = 1_000;

/** `read` gives entries in order; with a limit, the newest ones. */
export function createTrail(db: Kysely<StoreTables>, admit: Admission = everybody): Trail {
  return {
    append: (fact) => inTransaction(db, (trx) => appendTo(trx, fact), admit),

    async read({ subject, limit } = {}) {
      let query = db.selectFrom('trail').selectAll().orderBy('seq', 'desc');
      if (subject !== undefined) query = query.where('subject', '=', subject);
      if (limit !== undefined) query = query.limit(limit);
      const rows = await query.execute();
      return rows.reverse().map(entryOf);
    },

    async verify() {
      // What is appended meanwhile is left to the next verification.
      const end = await db.selectFrom('trail_head').select(['seq', 'hash']).executeTakeFirst();
      let head: ChainHead = { seq: 0, hash: GENESIS };
      let entries = 0;
      for (;;) {
        const rows = await db
          .selectFrom('trail')
          .selectAll()
          .where('seq', '>', head.seq)
          .where('seq', '<=', end?.seq ?? Number.MAX_SAFE_INTEGER)
          .orderBy('seq')
          .limit(PAGE)
          .execute();
        for (const row of rows) {
          const entry = entryOf(row);
          if (!follows(head, entry)) return { entries: await count(db), brokenAt: head.seq + 1 };
          head = entry;
          entries++;
        }
        if (rows.length < PAGE) break;
      }
      if (head.seq !== end?.seq || head.hash !== end.hash) return { entries, brokenAt: head.seq + 1 };
      return { entries };
    },
  };
}

/** Appends within a transaction; until it ends, other appends wait. */
export async function appendTo(trx: Transaction<StoreTables>, fact: TrailFact): Promise<TrailEntry> {
  const head = await trx.selectFrom('trail_head').select(['seq', 'hash']).forUpdate().executeTakeFirstOrThrow();
  const entry = chained(head, fact);
  const { previousHash, change, ...rest } = entry;
  await trx
    .insertInto('trail')
    .values({ ...rest, previous_hash: previousHash, change: JSON.stringify(change) })
    .execute();
  await trx.updateTable('trail_head').set({ seq: entry.seq, hash: entry.hash }).execute();
  return entry;
}

/** Asked at the begin of every transaction that writes; throws when this process may not write any more. */
export type Admission = (trx: Transaction<StoreTables>) => Promise<void>;

export const everybody: Admission = async () => undefined;

/** A transaction that sees what others committed while it waited for a lock, whatever the server's default is. */
export function inTransaction<T>(
  db: Kysely<StoreTables>,
  work: (trx: Transaction<StoreTables>) => Promise<T>,
  admit: Admission = everybody,
): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (trx) => {
      await admit(trx);
      return work(trx);
    });
}

async function count(db: Kysely<StoreTables>): Promise<number> {
  const { rows } = await sql<{ entries: number }>`select count(*) as entries from trail`.execute(db);
  return rows[0]?.entries ?? 0;
}

function entryOf({ previous_hash, ...row }: Selectable<TrailTable>): TrailEntry {
  return { ...row, previousHash: previous_hash };
}
