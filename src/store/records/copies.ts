import type { Kysely } from 'kysely';
import { canonicalJson } from '../../kernel/json.ts';
import type { Copies } from '../../kernel/ports.ts';
import type { StoreTables } from './tables.ts';
import { type Admission, everybody, inTransaction } from './trail.ts';

/** Delivered copies in the database. */
export function createCopies(db: Kysely<StoreTables>, admit: Admission = everybody): Copies {
  return {
    remember: ({ manifest, address, props, ...copy }) =>
      inTransaction(
        db,
        async (trx) => {
          const changing = { ...copy, props: canonicalJson(props) };
          await trx
            .insertInto('delivered_copy')
            .values({ manifest, address, ...changing })
            .onConflict((conflict) => conflict.columns(['manifest', 'address']).doUpdateSet(changing))
            .execute();
        },
        admit,
      ),

    forget: (manifest, address) =>
      inTransaction(
        db,
        async (trx) => {
          const one = trx.deleteFrom('delivered_copy').where('manifest', '=', manifest).where('address', '=', address);
          await one.execute();
        },
        admit,
      ),

    of: (manifest) =>
      db.selectFrom('delivered_copy').selectAll().where('manifest', '=', manifest).orderBy('address').execute(),
  };
}
