import type { Transaction } from 'kysely';
import type { StoreTables } from './records/tables.ts';

/** The master key's name as the vault knows it; undefined in a new vault. Others that change the vault wait. */
export async function lockVault(trx: Transaction<StoreTables>): Promise<string | undefined> {
  const row = await trx.selectFrom('vault_key').select('id').forUpdate().executeTakeFirst();
  return row?.id;
}
