import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Kysely } from 'kysely';
import type { Context } from '../kernel/context.ts';
import { ConfigError } from '../kernel/errors.ts';
import type { Payloads, Records, Store } from '../kernel/ports.ts';
import type { Secret } from '../kernel/secret.ts';
import { packBackup } from './backup/backup-file.ts';
import { takeSnapshot } from './backup/snapshot.ts';
import { type StoreReport, verifySnapshot } from './backup/verify.ts';
import { openDatabase, type Place } from './database/database.ts';
import { fsyncPath } from './database/fsync-tree.ts';
import {
  createMasterKeyFile,
  type MasterKey,
  type MasterKeySource,
  nameOf,
  readMasterKey,
  readMasterKeyIfThere,
} from './master-key.ts';
import { gathered, movePayloads, type PayloadFact, prune, unreferenced } from './payloads.ts';
import { createCopies } from './records/copies.ts';
import { createHolds } from './records/holds.ts';
import { createJournal } from './records/journal.ts';
import { assertHolder, createLeases, endLeases } from './records/leases.ts';
import { createRotations } from './records/rotations.ts';
import { createLocalRunLock, createServerRunLock } from './records/run-lock.ts';
import { storeMigrations } from './records/store-migrations.ts';
import type { StoreTables } from './records/tables.ts';
import { type Admission, appendTo, createTrail, everybody, inTransaction } from './records/trail.ts';
import { createVault, type Keyring, rewrap } from './vault.ts';

export interface StoreOptions {
  /** Where the embedded database lives; exactly one of this and `databaseUrl`. */
  readonly directory?: string;
  /** `postgres://…` of a server (15 or newer), for several processes or machines. */
  readonly databaseUrl?: Secret;
  /** @default the file `master.key` in the directory, created at first use; required with a server */
  readonly masterKey?: MasterKeySource;
  /** Where the sealed texts of new secrets go, and of old ones may lie. @default into the store */
  readonly payloads?: Payloads;
  /** Schema of the tables. @default 'locum' */
  readonly schema?: string;
  /** Milliseconds to wait for another process that has the directory open. @default 3000 */
  readonly waitMs?: number;
}

export interface MasterKeyRotation {
  /**
   * The new key; a file that is not there is created. Without it, the present key must come from a file, and a new key
   * takes its place there.
   */
  readonly next?: MasterKeySource;
  /** Epoch milliseconds, who and why: for the trail. */
  readonly at: number;
  readonly who: string;
  readonly why: string;
}

/** The store with what belongs to its operation. */
export interface OpenStore extends Store {
  readonly kind: 'embedded' | 'server';
  /** Seals the vault under a new master key, in one transaction with the trail's entry about it. */
  rotateMasterKey(rotation: MasterKeyRotation): Promise<void>;
  /**
   * Proves that every secret opens with the master key and that the trail is whole.
   * @param remove removes what no version refers to outside of the store; is in the trail
   */
  verify(remove?: BackupFact): Promise<StoreReport>;
  /** Moves the sealed texts of all secrets; see `movePayloads`. @returns how many versions were elsewhere before */
  move(to: 'store' | 'openbao', fact: PayloadFact): Promise<number>;
  /** Everything in the store as of one moment, sealed with the master key, and what was proven of it. Is in the trail. */
  backup(fact: BackupFact): Promise<{ readonly file: Uint8Array; readonly report: StoreReport }>;
}

/** Epoch milliseconds, who and why: for the trail. */
export type BackupFact = Pick<MasterKeyRotation, 'at' | 'who' | 'why'>;

type StoreContext = Pick<Context, 'now' | 'sleep' | 'id' | 'random'>;

/**
 * Opens Locum's own store and creates what is missing.
 *
 * @throws {ConfigError} as `openDatabase`, and `ERR_VAULT_KEY` when the master key is missing, open to others or not
 *   the one that the vault was sealed with.
 */
export async function openStore(options: StoreOptions, ctx: StoreContext): Promise<OpenStore> {
  const { waitMs, schema = 'locum', payloads } = options;
  const place = placeOf(options);
  const source = masterKeyOf(options);
  await using opening = new AsyncDisposableStack();
  const database = opening.use(
    await openDatabase<StoreTables>(
      place,
      { migrations: storeMigrations, schema, ...(waitMs === undefined ? {} : { waitMs }) },
      ctx,
    ),
  );
  const db = database.kysely;
  const keyring: Keyring = { current: await unlock(db, source, { mayCreate: database.kind === 'embedded' }, ctx) };
  const { lock, guard } = database.session ? createServerRunLock(database.session, schema) : createLocalRunLock();
  const leases = createLeases(db);
  // Who has an embedded database open is alone: whoever held a lease is gone.
  if (database.kind === 'embedded') await endLeases(db);
  const records = (admit: Admission): Records => ({
    journal: createJournal(db, guard, admit),
    trail: createTrail(db, admit),
    vault: createVault(db, keyring, ctx, admit, payloads),
    rotations: createRotations(db, admit),
    holds: createHolds(db, admit),
    copies: createCopies(db, admit),
  });
  const resources = opening.move();
  return {
    kind: database.kind,
    ...records(everybody),
    fenced: (lease) => records((trx) => assertHolder(trx, lease)),
    runs: lock,
    leases,
    rotateMasterKey: (rotation) => rotate(db, keyring, source, rotation, ctx),
    async verify(remove) {
      if (remove) await prune(db, payloads, remove);
      const left = (await unreferenced(db, payloads)).map(({ mount, path: below }) => `${mount}/${below}`);
      const report = verifySnapshot(await gathered(await takeSnapshot(db), payloads), keyring.current);
      return { ...report, ...(payloads ? { unreferenced: left } : {}) };
    },
    move: (to, fact) => movePayloads(db, payloads, to, fact, ctx),
    async backup(fact) {
      const id = ctx.id();
      // What lies outside comes into the file; when it can't be had now, the trail must not tell of a backup.
      await gathered(await takeSnapshot(db), payloads);
      await inTransaction(db, (trx) =>
        appendTo(trx, { ...fact, subject: 'store', change: { action: 'backup', backup: id }, result: 'done' }),
      );
      const snapshot = await gathered(await takeSnapshot(db), payloads);
      const file = packBackup(snapshot, keyring.current, { id, at: fact.at }, ctx.random);
      return { file, report: verifySnapshot(snapshot, keyring.current) };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Where the database of a store is. */
export function placeOf({ directory, databaseUrl }: StoreOptions): Place {
  if (directory !== undefined && databaseUrl === undefined) return { directory };
  if (databaseUrl !== undefined && directory === undefined) return { url: databaseUrl };
  throw new ConfigError('ERR_CONFIG', 'the store is either in a directory or on a server', {
    remedy: 'give a directory or DATABASE_URL, not both',
  });
}

/** Where the master key of a store comes from. */
export function masterKeyOf({ masterKey, directory }: StoreOptions): MasterKeySource {
  if (masterKey) return masterKey;
  if (directory !== undefined) return { file: path.join(directory, 'master.key') };
  throw new ConfigError('ERR_VAULT_KEY', 'a store on a server needs a master key', {
    remedy: 'name a file, an environment variable or a command that holds it',
  });
}

/** Reads the master key and makes sure that it is the vault's; a new vault takes the key that it is given. */
async function unlock(
  db: Kysely<StoreTables>,
  source: MasterKeySource,
  { mayCreate }: { readonly mayCreate: boolean },
  ctx: StoreContext,
): Promise<MasterKey> {
  let known = (await db.selectFrom('vault_key').select('id').executeTakeFirst())?.id;
  if ('file' in source && known !== undefined) await finishRotation(source.file, known);
  // Never a new key for secrets that are sealed with another: a lost file must show as lost.
  if ('file' in source && known === undefined && mayCreate) createMasterKeyFile(source.file, ctx);
  const key = await readMasterKey(source);
  if (known === undefined) {
    await db
      .insertInto('vault_key')
      .values({ id: key.id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    known = (await db.selectFrom('vault_key').select('id').executeTakeFirstOrThrow()).id;
  }
  if (known === key.id) return key;
  throw new ConfigError('ERR_VAULT_KEY', `${nameOf(source)} holds another master key than the one of this vault`, {
    remedy: 'give the key that the vault was last sealed with',
  });
}

async function rotate(
  db: Kysely<StoreTables>,
  keyring: Keyring,
  source: MasterKeySource,
  { next: given, at, who, why }: MasterKeyRotation,
  ctx: StoreContext,
): Promise<void> {
  const replaced = given === undefined && 'file' in source ? source.file : undefined;
  const next = replaced === undefined ? given : { file: nextTo(replaced) };
  if (!next) {
    throw new ConfigError('ERR_VAULT_KEY', `${nameOf(source)} can't be given a new master key by Locum`, {
      remedy: 'name where the new key comes from',
    });
  }
  // A leftover of a rotation that never committed holds a key that nothing is sealed with.
  if (replaced !== undefined) rmSync(nextTo(replaced), { force: true });
  if ('file' in next) createMasterKeyFile(next.file, ctx);
  const key = await readMasterKey(next);
  await inTransaction(db, async (trx) => {
    const versions = await rewrap(trx, keyring, key, ctx);
    const change = { action: 'rotate', from: keyring.current.id, to: key.id, versions };
    await appendTo(trx, { at, who, why, subject: 'vault/master-key', change, result: 'done' });
  });
  keyring.current = key;
  if (replaced !== undefined) await finishRotation(replaced, key.id);
}

/** Puts the new key file in its place once the vault is sealed with it; also after a crash in between. */
async function finishRotation(file: string, vaultKey: string): Promise<void> {
  const next = await readMasterKeyIfThere(nextTo(file));
  if (next?.id !== vaultKey) return;
  renameSync(nextTo(file), file);
  fsyncPath(path.dirname(path.resolve(file)));
}

function nextTo(file: string): string {
  return `${file}.next`;
}
