import type { Kysely, Selectable } from 'kysely';
import { canonicalJson } from '../../kernel/json.ts';
import type { Rotations, StoredRotation } from '../../kernel/ports.ts';
import type { RotationTable, StoreTables } from './tables.ts';
import { type Admission, everybody, inTransaction } from './trail.ts';

/** Rotations in the database. */
export function createRotations(db: Kysely<StoreTables>, admit: Admission = everybody): Rotations {
  return {
    save: ({ id, manifest, credential, startedAt, endedAt = null, record }) =>
      inTransaction(
        db,
        async (trx) => {
          const changing = { ended_at: endedAt, record: canonicalJson(record) };
          await trx
            .insertInto('rotation')
            .values({ id, manifest, credential, started_at: startedAt, ...changing })
            .onConflict((conflict) => conflict.column('id').doUpdateSet(changing))
            .execute();
        },
        admit,
      ),

    async open(manifest) {
      const rows = await db
        .selectFrom('rotation')
        .selectAll()
        .where('manifest', '=', manifest)
        .where('ended_at', 'is', null)
        .orderBy('started_at')
        .orderBy('id')
        .execute();
      return rows.map(rotationOf);
    },

    async history(credential, limit = 100) {
      const rows = await db
        .selectFrom('rotation')
        .selectAll()
        .where('credential', '=', credential)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(rotationOf);
    },
  };
}

function rotationOf({ started_at, ended_at, ...row }: Selectable<RotationTable>): StoredRotation {
  return { ...row, startedAt: started_at, ...(ended_at === null ? {} : { endedAt: ended_at }) };
}
