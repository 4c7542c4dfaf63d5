import type { Kysely, Transaction } from 'kysely';
import type { Lease, Leases } from '../../kernel/ports.ts';
import { assertFence, granted, type KeptLease } from './lease-rules.ts';
import type { StoreTables } from './tables.ts';
import { inTransaction } from './trail.ts';

/** Leases in the database. Times are the caller's: a wrong clock can delay a takeover, the fence keeps it safe. */
export function createLeases(db: Kysely<StoreTables>): Leases {
  return {
    acquire: (request) =>
      inTransaction(db, async (trx) => {
        const { name } = request;
        // A row to lock: two that ask at once for a new lease are put in order.
        await trx
          .insertInto('lease')
          .values({ name, fence: 0, holder: '', until: 0 })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        const kept = await trx.selectFrom('lease').selectAll().where('name', '=', name).forUpdate().executeTakeFirst();
        const lease = granted(kept, request);
        await trx.updateTable('lease').set(lease).where('name', '=', name).execute();
        return { name, fence: lease.fence };
      }),

    async renew(lease, until) {
      // One statement: a shared lock that is raised meets that of a neighbour, and both would wait.
      const { name, fence } = lease;
      const renewal = db.updateTable('lease').set({ until }).where('name', '=', name).where('fence', '=', fence);
      const { numUpdatedRows } = await renewal.executeTakeFirst();
      if (numUpdatedRows !== 1n) await inTransaction(db, (trx) => assertHolder(trx, lease));
    },

    confirm: (lease) => inTransaction(db, (trx) => assertHolder(trx, lease)),

    held: (now) =>
      db.selectFrom('lease').select(['name', 'holder', 'until']).where('until', '>', now).orderBy('name').execute(),

    async release({ name, fence }) {
      await db.updateTable('lease').set({ until: 0 }).where('name', '=', name).where('fence', '=', fence).execute();
    },
  };
}

/** Ends every lease; for who knows that no holder lives. Fences go on counting. */
export async function endLeases(db: Kysely<StoreTables>): Promise<void> {
  await db.updateTable('lease').set({ until: 0 }).execute();
}

/** Refuses the transaction of who is not the holder any more; a takeover waits for the transaction to end. */
export async function assertHolder(trx: Transaction<StoreTables>, lease: Lease): Promise<void> {
  assertFence(await kept(trx, lease), lease.name, lease.fence);
}

function kept(trx: Transaction<StoreTables>, { name }: Lease): Promise<KeptLease | undefined> {
  return trx.selectFrom('lease').selectAll().where('name', '=', name).forShare().executeTakeFirst();
}
