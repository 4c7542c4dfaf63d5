import { type Kysely, sql, type Transaction } from 'kysely';
import { DEFAULT_MIGRATION_TABLE } from 'kysely/migration';
import type { StoreTables } from '../records/tables.ts';

/** Everything that a store holds at one moment, secrets as sealed as they lie in it. */
export interface Snapshot {
  /** Names of the steps that its schema is made of. */
  readonly migrations: readonly string[];
  /** In the order in which they were made, so that what is referred to comes first. */
  readonly tables: readonly { readonly name: string; readonly rows: readonly string[] }[];
}

/** Rows that one statement inserts. */
const BATCH = 500;

/** Rows that every new store has: the end of the trail, and the name of the master key once there is one. */
const OF_EVERY_STORE = ['trail_head', 'vault_key'];

/**
 * Reads all tables as of one moment. A row is a JSON object of texts, as PostgreSQL writes each value: a column of type
 * `json` would not come back if it stood in it as it is (`\\u0000`).
 */
export function takeSnapshot(db: Kysely<StoreTables>): Promise<Snapshot> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const names = await tableNames(trx);
      const tables: { name: string; rows: string[] }[] = [];
      for (const name of names) {
        const texts = (await columnsOf(trx, name)).map((column) => sql`${sql.ref(column.name)}::text`);
        const { rows } = await sql<{ row: string }>`
          select row_to_json(texts)::text as row from (select ${sql.join(texts)} from ${sql.table(name)}) as texts`.execute(
          trx,
        );
        tables.push({ name, rows: rows.map(({ row }) => row) });
      }
      const migrations = await sql<{ name: string }>`
        select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name`.execute(trx);
      return { migrations: migrations.rows.map(({ name }) => name), tables };
    });
}

/** Whether nothing has been kept in the store yet. */
export async function isEmpty(db: Kysely<StoreTables>): Promise<boolean> {
  for (const name of await tableNames(db)) {
    if (OF_EVERY_STORE.includes(name)) continue;
    const { rows } = await sql<{ there: boolean }>`
      select exists (select from ${sql.table(name)}) as there`.execute(db);
    if (rows[0]?.there) return false;
  }
  return true;
}

/** Fills the empty tables of a store whose schema is the snapshot's. */
export async function putSnapshot(trx: Transaction<StoreTables>, { tables }: Snapshot): Promise<void> {
  for (const name of OF_EVERY_STORE) await sql`delete from ${sql.table(name)}`.execute(trx);
  for (const { name, rows } of tables) {
    const table = sql.table(name);
    const columns = await columnsOf(trx, name);
    for (let start = 0; start < rows.length; start += BATCH) {
      const batch = `[${rows.slice(start, start + BATCH).join(',')}]`;
      await sql`
        insert into ${table} (${sql.join(columns.map((column) => sql.ref(column.name)))}) overriding system value
        select ${sql.join(columns.map(({ name: column, type }) => sql`(one->>${sql.lit(column)})::${sql.raw(type)}`))}
        from json_array_elements(${batch}::json) as one`.execute(trx);
    }
    await continueCounting(trx, name);
  }
}

/** Generated ids go on after those that were put in. */
async function continueCounting(trx: Transaction<StoreTables>, name: string): Promise<void> {
  const { rows } = await sql<{ column: string }>`
    select column_name as column from information_schema.columns
    where table_schema = current_schema() and table_name = ${name} and is_identity = 'YES'`.execute(trx);
  for (const { column } of rows) {
    await sql`
      select setval(pg_get_serial_sequence(${name}, ${column}), coalesce(max(${sql.ref(column)}), 0) + 1, false)
      from ${sql.table(name)}`.execute(trx);
  }
}

interface Column {
  readonly name: string;
  readonly type: string;
}

async function columnsOf(db: Kysely<StoreTables>, table: string): Promise<readonly Column[]> {
  const { rows } = await sql<Column>`
    select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped order by attnum`.execute(db);
  return rows;
}

async function tableNames(db: Kysely<StoreTables>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r'
      and relname not like ${`${DEFAULT_MIGRATION_TABLE}%`}
    order by oid`.execute(db);
  return rows.map(({ name }) => name);
}
