import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import type { Context } from '../../kernel/context.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { createDirectory, DATA, type Database, openDatabase, RESTORING } from '../database/database.ts';
import { fsyncPath } from '../database/fsync-tree.ts';
import { lockDirectory } from '../database/process-lock.ts';
import { readMasterKey } from '../master-key.ts';
import { storeMigrations } from '../records/store-migrations.ts';
import type { StoreTables } from '../records/tables.ts';
import { appendTo, inTransaction } from '../records/trail.ts';
import { masterKeyOf, placeOf, type StoreOptions } from '../store.ts';
import { unpackBackup } from './backup-file.ts';
import { isEmpty, putSnapshot, type Snapshot } from './snapshot.ts';
import { type StoreReport, verifySnapshot } from './verify.ts';

export interface Restoration {
  /** Content of the file. */
  readonly backup: Uint8Array;
  /** Whether a store that is there and holds something is moved aside; never one on a server. @default false */
  readonly replace?: boolean;
  /** Epoch milliseconds, who and why: for the trail. */
  readonly at: number;
  readonly who: string;
  readonly why: string;
}

export interface RestoreReport extends StoreReport {
  /** When the backup was made; ISO 8601. */
  readonly madeAt: string;
  /** Where the store that was there lies now. */
  readonly movedTo?: string;
}

type RestoreContext = Pick<Context, 'now' | 'sleep'>;

/** What a backup holds, all of it opened and proven; nothing is written. */
export async function verifyBackup(backup: Uint8Array, options: StoreOptions): Promise<RestoreReport> {
  const key = await readMasterKey(masterKeyOf(options));
  const { head, snapshot } = unpackBackup(backup, key);
  return { ...verifySnapshot(snapshot, key), madeAt: head.at };
}

/**
 * Brings a store back from a backup, in one transaction. The master key has to be at its place before: it is in no
 * backup. A backup that does not prove itself whole is not restored.
 *
 * @throws {ConfigError} `ERR_CONFIG` when a store is there that holds something · `ERR_STORE_CORRUPT` · `ERR_VAULT_KEY`
 */
export async function restoreStore(
  { backup, replace = false, at, who, why }: Restoration,
  options: StoreOptions,
  ctx: RestoreContext,
): Promise<RestoreReport> {
  const key = await readMasterKey(masterKeyOf(options));
  const { head, snapshot } = unpackBackup(backup, key);
  const report = verifySnapshot(snapshot, key);
  if (!report.intact) {
    throw new ConfigError('ERR_STORE_CORRUPT', 'the backup is of a store that was corrupt already', {
      remedy: 'see what is wrong: locum vault verify FILE; then take an older backup',
    });
  }
  refuseNewer(snapshot);
  const migrations = Object.fromEntries(
    Object.entries(storeMigrations).filter(([name]) => snapshot.migrations.includes(name)),
  );
  const fill = async (database: Database<StoreTables>): Promise<void> =>
    inTransaction(database.kysely, async (trx) => {
      await putSnapshot(trx, snapshot);
      const change = { action: 'restore', backup: head.id, madeAt: head.at };
      await appendTo(trx, { at, who, why, subject: 'store', change, result: 'done' });
    });
  const { directory } = options;
  const work: Work = { options, migrations, fill, ctx };
  if (directory === undefined) await ontoServer(work);
  const movedTo = directory === undefined ? undefined : await intoDirectory(directory, work, { replace, at });
  return { ...report, madeAt: head.at, ...(movedTo === undefined ? {} : { movedTo }) };
}

interface Work {
  readonly options: StoreOptions;
  /** The backup brings the schema of its own time, and is migrated from there. */
  readonly migrations: typeof storeMigrations;
  fill(database: Database<StoreTables>): Promise<void>;
  readonly ctx: RestoreContext;
}

function refuseNewer({ migrations }: Snapshot): void {
  const unknown = migrations.find((name) => !(name in storeMigrations));
  if (unknown === undefined) return;
  throw new ConfigError('ERR_CONFIG', `the backup was made by a newer Locum (${unknown})`, {
    remedy: 'update this Locum',
  });
}

async function ontoServer({ options, migrations, fill, ctx }: Work): Promise<void> {
  const { schema = 'locum' } = options;
  {
    await using there = await open(options, storeMigrations, ctx);
    if (!(await isEmpty(there.kysely))) throw occupied('restore into a database of its own');
    await sql`drop schema ${sql.id(schema)} cascade`.execute(there.kysely);
  }
  await using database = await open(options, migrations, ctx);
  await fill(database);
}

/**
 * The store is made beside its place, and moved there when it is whole. All the while nobody else may open the directory:
 * what another process kept in it meanwhile would be lost.
 * @returns where the store that was there lies now
 */
async function intoDirectory(
  directory: string,
  { options, migrations, fill, ctx }: Work,
  { replace, at }: { readonly replace: boolean; readonly at: number },
): Promise<string | undefined> {
  const { waitMs } = options;
  createDirectory(directory);
  await using _lock = await lockDirectory(directory, waitMs === undefined ? {} : { waitMs }, ctx);
  const data = path.join(directory, DATA);
  const found = existsSync(data) ? await holding(options, ctx) : 'nothing';
  if (found !== 'nothing' && !replace) throw occupied('move it aside with --replace');
  const beside = path.join(directory, RESTORING);
  rmSync(beside, { recursive: true, force: true });
  {
    await using database = await open({ ...options, directory: beside }, migrations, ctx);
    await fill(database);
  }
  const aside = `${data}.before-restore-${new Date(at).toISOString().replaceAll(':', '-')}`;
  if (found !== 'nothing') renameSync(data, aside);
  else rmSync(data, { recursive: true, force: true });
  renameSync(path.join(beside, DATA), data);
  fsyncPath(directory);
  rmSync(beside, { recursive: true });
  return found === 'nothing' ? undefined : aside;
}

/** What the store that is there holds; of one that can not be opened nobody knows. */
async function holding(options: StoreOptions, ctx: RestoreContext): Promise<'nothing' | 'something'> {
  try {
    await using database = await open(options, storeMigrations, ctx, true);
    return (await isEmpty(database.kysely)) ? 'nothing' : 'something';
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'ERR_STORE_CORRUPT') return 'something';
    throw error;
  }
}

function occupied(remedy: string): ConfigError {
  return new ConfigError('ERR_CONFIG', 'there is a store already, and it holds something', { remedy });
}

function open(
  options: StoreOptions,
  migrations: typeof storeMigrations,
  ctx: RestoreContext,
  locked = false,
): Promise<Database<StoreTables>> {
  const { schema = 'locum', waitMs } = options;
  return openDatabase(
    placeOf(options),
    { migrations, schema, locked, ...(waitMs === undefined ? {} : { waitMs }) },
    ctx,
  );
}
