import { type Kysely, sql, type Transaction } from 'kysely';
import { canonicalJson } from '../../kernel/json.ts';
import type { Journal, OpenRun, StepIntent } from '../../kernel/ports.ts';
import {
  begunTwice,
  endedRun,
  intendedTwice,
  notIntended,
  stillPending,
  trailChange,
  unknownRun,
} from './journal-rules.ts';
import type { StoreTables } from './tables.ts';
import { type Admission, appendTo, everybody, inTransaction } from './trail.ts';

/** Throws when this process may no longer act for the manifest: its run lock was lost. */
export type RunGuard = (manifest: string) => void;

/**
 * Intents and results in the database. A run that was ended, by itself or by the process that resumed it, takes no more
 * intents: that fences off a process that lost its lock without noticing.
 */
export function createJournal(db: Kysely<StoreTables>, guard: RunGuard, admit: Admission = everybody): Journal {
  /** The open run, locked against its end until the transaction ends. */
  async function openRun(trx: Transaction<StoreTables>, runId: string) {
    const run = await trx.selectFrom('run').selectAll().where('id', '=', runId).forShare().executeTakeFirst();
    if (!run) throw unknownRun(runId);
    if (run.ended_at !== null) throw endedRun(runId, run.status ?? 'failed');
    guard(run.manifest);
    return run;
  }

  return {
    async begin(run) {
      guard(run.manifest);
      const { numInsertedOrUpdatedRows } = await inTransaction(
        db,
        (trx) =>
          trx
            .insertInto('run')
            .values({
              id: run.id,
              manifest: run.manifest,
              fingerprint: run.fingerprint,
              started_at: run.startedAt,
              who: run.who,
              why: run.why,
            })
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirst(),
        admit,
      );
      if (numInsertedOrUpdatedRows !== 1n) throw begunTwice(run.id);
    },

    async intend(runId, intent, at) {
      await inTransaction(
        db,
        async (trx) => {
          await openRun(trx, runId);
          const { numInsertedOrUpdatedRows } = await trx
            .insertInto('step')
            .values({
              run_id: runId,
              address: intent.address,
              action: intent.action,
              change: canonicalJson(intent.change),
              intended_at: at,
            })
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirst();
          if (numInsertedOrUpdatedRows !== 1n) throw intendedTwice(runId, intent.address);
        },
        admit,
      );
    },

    async complete(runId, address, result, detail, at) {
      await inTransaction(
        db,
        async (trx) => {
          const run = await openRun(trx, runId);
          const step = await trx
            .updateTable('step')
            .set({ result, detail: canonicalJson(detail), completed_at: at })
            .where('run_id', '=', runId)
            .where('address', '=', address)
            .where('result', 'is', null)
            .returning(['action', 'change'])
            .executeTakeFirst();
          if (!step) throw notIntended(runId, address);
          const change = trailChange(runId, step, detail);
          await appendTo(trx, { at, who: run.who, why: run.why, subject: address, change, result });
        },
        admit,
      );
    },

    async end(runId, status, at) {
      await inTransaction(
        db,
        async (trx) => {
          // Taken first: an intent of the same run holds a shared lock until it is durable.
          await sql`select id from run where id = ${runId} for update`.execute(trx);
          await openRun(trx, runId);
          if (status === 'succeeded') {
            const pending = await trx
              .selectFrom('step')
              .select('address')
              .where('run_id', '=', runId)
              .where('result', 'is', null)
              .executeTakeFirst();
            if (pending) throw stillPending(runId, pending.address);
          }
          await trx.updateTable('run').set({ status, ended_at: at }).where('id', '=', runId).execute();
        },
        admit,
      );
    },

    async openRuns(manifest) {
      const rows = await db
        .selectFrom('run')
        .leftJoin('step', (join) => join.onRef('step.run_id', '=', 'run.id').on('step.result', 'is', null))
        .select(['run.id', 'manifest', 'fingerprint', 'started_at', 'who', 'why', 'address', 'action', 'change'])
        .where('manifest', '=', manifest)
        .where('ended_at', 'is', null)
        .orderBy('started_at')
        .orderBy('run.id')
        .orderBy('step.id')
        .execute();
      const runs = new Map<string, OpenRun & { readonly pending: StepIntent[] }>();
      for (const { id, started_at, address, action, change, ...head } of rows) {
        const run = runs.get(id) ?? { ...head, id, startedAt: started_at, pending: [] };
        runs.set(id, run);
        if (address !== null && action !== null) run.pending.push({ address, action, change });
      }
      return [...runs.values()];
    },
  };
}
