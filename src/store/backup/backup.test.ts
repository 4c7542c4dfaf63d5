import { randomBytes } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../test/postgres.ts';
import { Secret } from '../../kernel/secret.ts';
import { openDatabase } from '../database/database.ts';
import { readMasterKey } from '../master-key.ts';
import { storeMigrations } from '../records/store-migrations.ts';
import type { StoreTables } from '../records/tables.ts';
import { freshSchema, realContext, temporaryDirectory, withDatabase } from '../store.fixture.ts';
import { openStore } from '../store.ts';
import { packBackup } from './backup-file.ts';
import { restoreStore, verifyBackup } from './restore.ts';
import { takeSnapshot } from './snapshot.ts';

const AT = Date.UTC(2026, 10, 21);
const root = temporaryDirectory();
const origin = path.join(root, 'origin');
const fact = { at: AT, who: 'alice', why: 'nightly' };
let backup: Uint8Array;
/** Milliseconds: a new embedded database takes seconds, and more on a busy machine. */
const SLOW = 180_000;

/** A new place with the master key of the store of the backup, as somebody has it who lost a disk. */
let places = 0;
function aPlace(): string {
  const directory = path.join(root, `place-${places++}`);
  mkdirSync(directory, { mode: 0o700 });
  copyFileSync(path.join(origin, 'master.key'), path.join(directory, 'master.key'));
  return directory;
}

beforeAll(async () => {
  await using store = await openStore({ directory: await withDatabase(origin) }, realContext);
  for (const version of [1, 2, 3]) {
    await store.vault.propose('acme/a', new Secret(`top-secret-${version}`), AT + version);
    await store.vault.promote('acme/a', version, AT + version);
  }
  await store.vault.propose('acme/b', new Secret('pending-secret'), AT);
  const run = { id: 'r1', manifest: 'acme', fingerprint: 'f', startedAt: AT, who: 'alice', why: 'CHG-1 "ä\u0001"' };
  await store.journal.begin(run);
  for (const step of ['one', 'two']) {
    await store.journal.intend('r1', { address: `t:${step}`, action: 'create', change: { text: 'ü\u0000\\"' } }, AT);
  }
  await store.journal.complete('r1', 't:one', 'done', { n: 1 }, AT + 9);
  ({ file: backup } = await store.backup(fact));
}, SLOW);

describe('a backup', () => {
  test('holds neither secrets nor anything else in plain text, beside its head', () => {
    const text = Buffer.from(backup).toString('latin1');
    for (const hidden of ['top-secret', 'pending-secret', 'alice', 'CHG-1', 'acme']) expect(text).not.toContain(hidden);
    expect(JSON.parse(text.slice(0, text.indexOf('\n')))).toMatchObject({
      format: 'locum-backup/1',
      at: '2026-11-21T00:00:00.000Z',
      rows: { vault_version: 4, run: 1, step: 2, trail: 2 },
    });
  });

  test('proves itself without a store', async () => {
    expect(await verifyBackup(backup, { directory: aPlace() })).toEqual({
      secrets: 2,
      versions: 4,
      unreadable: [],
      trail: { entries: 2 },
      runs: 1,
      intact: true,
      madeAt: '2026-11-21T00:00:00.000Z',
    });
  });

  test.each([
    ['is damaged', (file: Uint8Array) => file.with(file.length - 9, file.at(-9) === 0 ? 1 : 0), 'ERR_STORE_CORRUPT'],
    [
      'has another head',
      (file: Uint8Array) =>
        Buffer.from(Buffer.from(file).toString('latin1').replace('2026-11-21', '2026-11-22'), 'latin1'),
      'ERR_STORE_CORRUPT',
    ],
    ['is cut off', (file: Uint8Array) => file.subarray(0, file.length - 1), 'ERR_STORE_CORRUPT'],
    ['is something else', () => Buffer.from('PK\n'), 'ERR_STORE_CORRUPT'],
    ['is empty', () => new Uint8Array(), 'ERR_STORE_CORRUPT'],
  ])('that %s is refused, and nothing is written', async (_case, spoil, code) => {
    const directory = aPlace();
    const restored = restoreStore({ ...fact, backup: spoil(backup) }, { directory }, realContext);
    await expect(restored).rejects.toMatchObject({ code });
    expect(readdirSync(directory)).toEqual(['master.key']);
  });

  test('does not open with another master key, nor without one', async () => {
    const masterKey = { variable: 'KEY', environment: { KEY: randomBytes(32).toString('base64') } };
    const directory = path.join(root, 'nothing');
    await expect(verifyBackup(backup, { directory, masterKey })).rejects.toMatchObject({ code: 'ERR_VAULT_KEY' });
    const lost = restoreStore({ ...fact, backup }, { directory }, realContext);
    await expect(lost).rejects.toMatchObject({ code: 'ERR_VAULT_KEY' });
    expect(existsSync(directory)).toBe(false);
  });
});

describe('a store restored from a backup', () => {
  const directory = path.join(root, 'restored');
  beforeAll(() => {
    mkdirSync(directory, { mode: 0o700 });
    copyFileSync(path.join(origin, 'master.key'), path.join(directory, 'master.key'));
  });

  test('is the store that was: every version, the trail, and the runs that were open', { timeout: SLOW }, async () => {
    await restoreStore({ ...fact, at: AT + 99, why: 'disk lost', backup }, { directory }, realContext);
    await using was = await openStore({ directory: origin }, realContext);
    await using store = await openStore({ directory }, realContext);
    for (const name of ['acme/a', 'acme/b']) {
      expect(await store.vault.history(name)).toEqual(await was.vault.history(name));
    }
    expect((await store.vault.openVersion('acme/a', 1))?.secret.reveal()).toBe('top-secret-1');
    expect((await store.vault.open('acme/b', 'pending'))?.secret.reveal()).toBe('pending-secret');
    const entries = await store.trail.read();
    expect(entries.slice(0, -1)).toEqual(await was.trail.read());
    expect(entries.at(-1)).toMatchObject({ subject: 'store', why: 'disk lost', change: { action: 'restore' } });
    expect(await store.verify()).toMatchObject({ intact: true, versions: 4, trail: { entries: 3 } });
    expect(await store.journal.openRuns('acme')).toEqual(await was.journal.openRuns('acme'));
    // What the database counts goes on counting.
    await store.journal.intend('r1', { address: 't:three', action: 'delete', change: null }, AT);
    await store.vault.propose('acme/a', new Secret('s4'), AT);
  });

  test('takes the place of one that holds something only when told, and keeps that beside', {
    timeout: SLOW,
  }, async () => {
    const again = { ...fact, backup };
    await expect(restoreStore(again, { directory }, realContext)).rejects.toMatchObject({ code: 'ERR_CONFIG' });
    const { movedTo } = await restoreStore({ ...again, replace: true }, { directory }, realContext);
    expect(movedTo).toBe(path.join(directory, 'pg.before-restore-2026-11-21T00-00-00.000Z'));
    expect(existsSync(path.join(movedTo ?? '', 'PG_VERSION'))).toBe(true);
    await using store = await openStore({ directory }, realContext);
    expect(await store.vault.open('acme/a', 'pending')).toBeUndefined();
    expect((await store.vault.open('acme/a', 'current'))?.secret.reveal()).toBe('top-secret-3');
  });
});

test('nobody else opens the store while it is restored, and a damaged one is moved aside as well', {
  timeout: SLOW,
}, async () => {
  const directory = aPlace();
  cpSync(path.join(origin, 'pg'), path.join(directory, 'pg'), { recursive: true });
  const late: unknown[] = [];
  const intruder = {
    ...realContext,
    // Asked while the restored store is being made: another process that comes now must not keep anything in the old one.
    now: () => {
      if (existsSync(path.join(directory, 'restoring')) && late.length === 0) {
        late.push(openStore({ directory, waitMs: 0 }, realContext).catch((error: unknown) => error));
      }
      return realContext.now();
    },
  };
  await restoreStore({ ...fact, backup, replace: true }, { directory }, intruder);
  expect(late).toHaveLength(1);
  expect(await late[0]).toMatchObject({ code: 'ERR_STORE_LOCKED' });

  rmSync(path.join(directory, 'pg', 'PG_VERSION'));
  await expect(restoreStore({ ...fact, backup }, { directory }, realContext)).rejects.toMatchObject({
    code: 'ERR_CONFIG',
  });
  const again = { ...fact, at: AT + 1, backup, replace: true };
  const { movedTo } = await restoreStore(again, { directory }, realContext);
  expect(existsSync(movedTo ?? '')).toBe(true);
  await using store = await openStore({ directory }, realContext);
  expect(await store.verify()).toMatchObject({ intact: true, versions: 4 });
});

test('a restore that was killed leaves the store that was, or none that is taken for an empty one', {
  timeout: SLOW,
}, async () => {
  const directory = aPlace();
  mkdirSync(path.join(directory, 'restoring', 'pg'), { recursive: true });
  // A new, empty store would let the next apply set passwords that are in the backup.
  await expect(openStore({ directory }, realContext)).rejects.toMatchObject({
    code: 'ERR_STORE_CORRUPT',
    remedy: expect.stringContaining('locum vault restore'),
  });
  await restoreStore({ ...fact, backup }, { directory }, realContext);
  expect(readdirSync(directory).toSorted()).toEqual(['master.key', 'pg']);
  await using store = await openStore({ directory }, realContext);
  expect(await store.verify()).toMatchObject({ intact: true, versions: 4 });
});

test('a backup of an older Locum is brought up to date, one of a newer is refused', { timeout: SLOW }, async () => {
  const older = Object.fromEntries(Object.entries(storeMigrations).filter(([name]) => name < '2026-11-29'));
  const key = await readMasterKey({ file: path.join(origin, 'master.key') });
  const place = aPlace();
  const snapshot = await (async () => {
    await using database = await openDatabase<StoreTables>({ directory: place }, { migrations: older }, realContext);
    const db = database.kysely;
    await sql`insert into vault_key (id) values (${key.id})`.execute(db);
    await sql`
      insert into run (id, manifest, fingerprint, started_at, who, why)
      values ('r0', 'acme', 'f', 1, 'bob', 'x')`.execute(db);
    const taken = await takeSnapshot(db);
    // What is left is a store that holds nothing: a backup takes its place without being told.
    await sql`delete from run`.execute(db);
    return taken;
  })();
  const pack = (migrations: readonly string[]) =>
    packBackup({ ...snapshot, migrations }, key, { id: 'b', at: AT }, realContext.random);
  const newer = pack([...snapshot.migrations, '2099-01-01-x']);
  const refused = restoreStore({ ...fact, backup: newer }, { directory: place }, realContext);
  await expect(refused).rejects.toMatchObject({ code: 'ERR_CONFIG', message: expect.stringContaining('newer Locum') });
  await restoreStore({ ...fact, backup: pack(snapshot.migrations) }, { directory: place }, realContext);
  await using store = await openStore({ directory: place }, realContext);
  expect(await store.journal.openRuns('acme')).toMatchObject([{ id: 'r0', who: 'bob' }]);
  await store.vault.propose('acme/new', new Secret('s'), AT);
});

test('verification names the versions that do not open any more, and where the trail is broken', {
  timeout: SLOW,
}, async () => {
  const directory = aPlace();
  cpSync(path.join(origin, 'pg'), path.join(directory, 'pg'), { recursive: true });
  {
    await using database = await openDatabase<StoreTables>({ directory }, { migrations: storeMigrations }, realContext);
    await sql`update vault_version set created_at = created_at + 1 where version = 2`.execute(database.kysely);
    await sql`alter table trail disable trigger all`.execute(database.kysely);
    await sql`update trail set why = 'another' where seq = 1`.execute(database.kysely);
  }
  await using store = await openStore({ directory }, realContext);
  const report = await store.verify();
  expect(report).toMatchObject({
    intact: false,
    unreadable: [{ name: 'acme/a', version: 2 }],
    trail: { brokenAt: 1 },
  });
  const { file } = await store.backup(fact);
  const refused = restoreStore({ ...fact, backup: file }, { directory: aPlace() }, realContext);
  await expect(refused).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' });
});

const server = await startPostgres();
afterAll(() => server.stop());
if ('url' in server) {
  const { url: databaseUrl } = server;
  test('a store moves from a directory to a server by its backup', async () => {
    const masterKey = { file: path.join(origin, 'master.key') };
    const options = { databaseUrl, masterKey, schema: freshSchema() };
    await restoreStore({ ...fact, backup }, options, realContext);
    await using store = await openStore(options, realContext);
    expect((await store.vault.open('acme/a', 'current'))?.secret.reveal()).toBe('top-secret-3');
    expect(await store.verify()).toMatchObject({ intact: true });
    const again = restoreStore({ ...fact, backup, replace: true }, options, realContext);
    await expect(again).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  });
} else {
  test.skip(`a store on a PostgreSQL server: ${server.skipped}`);
}
