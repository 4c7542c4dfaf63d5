import { type Kysely, sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';
import { ConfigError, InvariantError } from '../../kernel/errors.ts';

/** Steps of a schema by name, applied in order of their names and never taken back. */
export type Migrations = Readonly<Record<string, Pick<Migration, 'up'>>>;

/** Key of the advisory lock under which processes migrate one after the other: "locum" in ASCII. */
const LOCK = '465675973997';

/**
 * Brings a schema up to date, together with other processes that do the same.
 *
 * @throws {ConfigError} when the schema was written by a newer Locum.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration runs on whatever tables are there
export async function migrate(kysely: Kysely<any>, schema: string, migrations: Migrations): Promise<void> {
  await kysely.connection().execute(async (connection) => {
    // `create ... if not exists` of two at once fails in PostgreSQL, so not even the schema is made without the lock.
    await sql`select pg_advisory_lock(${LOCK}::int8)`.execute(connection);
    try {
      if (await isComplete(connection, schema, migrations)) return;
      await sql`create schema if not exists ${sql.id(schema)}`.execute(connection);
      const migrator = new Migrator({
        db: connection,
        provider: { getMigrations: async () => ({ ...migrations }) },
        migrationTableSchema: schema,
      });
      const { error } = await migrator.migrateToLatest();
      if (error) throw new InvariantError(`the schema ${schema} can't be migrated`, { cause: error });
    } finally {
      await sql`select pg_advisory_unlock(${LOCK}::int8)`.execute(connection);
    }
  });
}

// biome-ignore lint/suspicious/noExplicitAny: as above
async function isComplete(kysely: Kysely<any>, schema: string, migrations: Migrations): Promise<boolean> {
  const table = `${schema}.${DEFAULT_MIGRATION_TABLE}`;
  const { rows: found } = await sql<{ there: boolean }>`select to_regclass(${table}) is not null as there`.execute(
    kysely,
  );
  if (!found[0]?.there) return false;
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(table)}`.execute(kysely);
  const unknown = rows.find(({ name }) => !(name in migrations));
  if (unknown) {
    throw new ConfigError('ERR_CONFIG', `the schema ${schema} was written by a newer Locum (${unknown.name})`, {
      remedy: 'update this Locum',
    });
  }
  return rows.length === Object.keys(migrations).length;
}
