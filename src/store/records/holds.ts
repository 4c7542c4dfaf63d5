import type { Kysely } from 'kysely';
import { canonicalJson } from '../../kernel/json.ts';
import type { Holds } from '../../kernel/ports.ts';
import type { StoreTables } from './tables.ts';
import { type Admission, everybody, inTransaction } from './trail.ts';

/** Holds in the database. */
export function createHolds(db: Kysely<StoreTables>, admit: Admission = everybody): Holds {
  return {
    save: ({ manifest, subject, record, ...hold }) =>
      inTransaction(
        db,
        async (trx) => {
          const changing = { ...hold, record: canonicalJson(record) };
          await trx
            .insertInto('hold')
            .values({ manifest, subject, ...changing })
            .onConflict((conflict) => conflict.columns(['manifest', 'subject']).doUpdateSet(changing))
            .execute();
        },
        admit,
      ),

    lift: (manifest, subject) =>
      inTransaction(
        db,
        async (trx) => {
          await trx.deleteFrom('hold').where('manifest', '=', manifest).where('subject', '=', subject).execute();
        },
        admit,
      ),

    of: (manifest) => db.selectFrom('hold').selectAll().where('manifest', '=', manifest).orderBy('subject').execute(),
  };
}
