import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import type { Context } from '../../kernel/context.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { fsyncPath } from '../database/fsync-tree.ts';
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
  const movedTo = await makeRoom(options, { replace, at }, ctx);
  const migrations = Object.fromEntries(
    Object.entries(storeMigrations).filter(([name]) => snapshot.migrations.includes(name)),
  );
  await using database = await open(options, migrations, ctx);
  await inTransaction(database.kysely, async (trx) => {
    await putSnapshot(trx, snapshot);
    const change = { action: 'restore', backup: head.id, madeAt: head.at };
    await appendTo(trx, { at, who, why, subject: 'store', change, result: 'done' });
  });
  return { ...report, madeAt: head.at, ...(movedTo === undefined ? {} : { movedTo }) };
}

function refuseNewer({ migrations }: Snapshot): void {
  const unknown = migrations.find((name) => !(name in storeMigrations));
  if (unknown === undefined) return;
  throw new ConfigError('ERR_CONFIG', `the backup was made by a newer Locum (${unknown})`, {
    remedy: 'update this Locum',
  });
}

/** Leaves no tables where the store will be: the backup brings the schema of its own time, and is migrated from there. */
async function makeRoom(
  options: StoreOptions,
  { replace, at }: { readonly replace: boolean; readonly at: number },
  ctx: RestoreContext,
): Promise<string | undefined> {
  const { directory, schema = 'locum' } = options;
  const data = directory === undefined ? undefined : path.join(directory, 'pg');
  if (data !== undefined && !existsSync(data)) return undefined;
  await using database = await open(options, storeMigrations, ctx);
  const empty = await isEmpty(database.kysely);
  if (!empty && (data === undefined || !replace)) {
    throw new ConfigError('ERR_CONFIG', 'there is a store already, and it holds something', {
      remedy: data === undefined ? 'restore into a database of its own' : 'move it aside with --replace',
    });
  }
  if (data === undefined) {
    await sql`drop schema ${sql.id(schema)} cascade`.execute(database.kysely);
    return undefined;
  }
  await database.close();
  if (empty) {
    rmSync(data, { recursive: true });
    return undefined;
  }
  const aside = `${data}.before-restore-${new Date(at).toISOString().replaceAll(':', '-')}`;
  renameSync(data, aside);
  fsyncPath(path.dirname(data));
  return aside;
}

function open(
  options: StoreOptions,
  migrations: typeof storeMigrations,
  ctx: RestoreContext,
): Promise<Database<StoreTables>> {
  const { schema = 'locum', waitMs } = options;
  return openDatabase(placeOf(options), { migrations, schema, ...(waitMs === undefined ? {} : { waitMs }) }, ctx);
}
