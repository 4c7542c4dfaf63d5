import { statSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../test/postgres.ts';
import { Secret } from '../../kernel/secret.ts';
import { freshSchema, realContext, temporaryDirectory } from '../store.fixture.ts';
import { type Database, openDatabase, type Place } from './database.ts';
import type { Migrations } from './migrate.ts';

interface Tables {
  fact: { n: number; note: string | null };
}

const first: Migrations = {
  '1-fact': { up: (db) => db.schema.createTable('fact').addColumn('n', 'int8').execute() },
};
const second: Migrations = {
  ...first,
  '2-note': { up: (db) => db.schema.alterTable('fact').addColumn('note', 'text').execute() },
};

const root = temporaryDirectory();
const server = await startPostgres();
afterAll(() => server.stop());

function databaseSuite(name: string, place: Place): void {
  const open = (schema: string, migrations = second): Promise<Database<Tables>> =>
    openDatabase<Tables>(place, { migrations, schema }, realContext);
  const settings = async (db: Database<Tables>, setting: string) =>
    (await sql<{ value: string }>`select current_setting(${setting}) as value`.execute(db.kysely)).rows[0]?.value;

  describe(`database on ${name}`, () => {
    test('keeps what was committed, and forgets what was not', async () => {
      const schema = freshSchema();
      {
        await using db = await open(schema);
        await db.kysely.transaction().execute((trx) => trx.insertInto('fact').values({ n: 1 }).execute());
        const failed = db.kysely.transaction().execute(async (trx) => {
          await trx.insertInto('fact').values({ n: 2 }).execute();
          throw new RangeError('changed my mind');
        });
        await expect(failed).rejects.toThrow('changed my mind');
      }
      await using again = await open(schema);
      expect(await again.kysely.selectFrom('fact').select('n').execute()).toEqual([{ n: 1 }]);
    });

    test('brings an older schema up to date and refuses a newer one', async () => {
      const schema = freshSchema();
      await (await open(schema, first)).close();
      {
        await using db = await open(schema, second);
        await db.kysely.insertInto('fact').values({ n: 1, note: 'new' }).execute();
      }
      await expect(open(schema, first)).rejects.toMatchObject({
        code: 'ERR_CONFIG',
        message: expect.stringContaining('2-note'),
      });
    });

    test('a migration that fails leaves nothing behind', async () => {
      const schema = freshSchema();
      const broken: Migrations = {
        ...first,
        '2-broken': { up: (db) => sql`alter table nothing add column x int`.execute(db).then(() => undefined) },
      };
      await expect(open(schema, broken)).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
      await using db = await open(schema, second);
      expect(await db.kysely.selectFrom('fact').selectAll().execute()).toEqual([]);
    });

    test('a transaction that goes on after a swallowed error is not taken for committed', async () => {
      await using db = await open(freshSchema());
      const swallowed = db.kysely.transaction().execute(async (trx) => {
        await trx.insertInto('fact').values({ n: 1 }).execute();
        await sql`select 1 / 0`.execute(trx).catch(() => undefined);
      });
      await expect(swallowed).rejects.toThrow();
      expect(await db.kysely.selectFrom('fact').selectAll().execute()).toEqual([]);
    });

    test('transactions of several callers do not mix', async () => {
      await using db = await open(freshSchema());
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) =>
          db.kysely.transaction().execute(async (trx) => {
            await trx.insertInto('fact').values({ n }).execute();
            if (n % 2 === 1) throw new RangeError('odd');
          }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
      const rows = await db.kysely.selectFrom('fact').select('n').orderBy('n').execute();
      expect(rows.map(({ n }) => n)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    });

    test('closing waits for the transaction that is open', async () => {
      const schema = freshSchema();
      const db = await open(schema);
      const { promise: begun, resolve: hasBegun } = Promise.withResolvers<void>();
      const { promise: go, resolve: letGo } = Promise.withResolvers<void>();
      const working = db.kysely.transaction().execute(async (trx) => {
        await trx.insertInto('fact').values({ n: 1 }).execute();
        hasBegun();
        await go;
        await trx.insertInto('fact').values({ n: 2 }).execute();
      });
      await begun;
      const closing = db.close();
      letGo();
      await Promise.all([working, closing, db.close()]);
      await using again = await open(schema);
      expect(await again.kysely.selectFrom('fact').select('n').execute()).toEqual([{ n: 1 }, { n: 2 }]);
    });

    test('waits for the disk and looks into its own schema only', async () => {
      const schema = freshSchema();
      await using db = await open(schema);
      expect(await settings(db, 'synchronous_commit')).toBe('on');
      expect(await settings(db, 'fsync')).toBe('on');
      expect(await settings(db, 'search_path')).toBe(schema);
    });

    test('lets timers and sockets run between statements', async () => {
      await using db = await open(freshSchema());
      let turns = 0;
      const count = setInterval(() => turns++, 1);
      const until = Date.now() + 10_000;
      while (turns <= 10 && Date.now() < until) await db.kysely.insertInto('fact').values({ n: 1 }).execute();
      clearInterval(count);
      expect(turns).toBeGreaterThan(10);
    });
  });
}

databaseSuite('PGlite', { directory: path.join(root, 'a', 'b') });

test('the directory of an embedded database is private', () => {
  expect(statSync(path.join(root, 'a')).mode & 0o077).toBe(0);
  expect(statSync(path.join(root, 'a', 'b', 'pg')).mode & 0o077).toBe(0);
});

test('an embedded database is open once at a time', async () => {
  const place = { directory: path.join(root, 'a', 'b') };
  await using _db = await openDatabase(place, { migrations: first, schema: freshSchema() }, realContext);
  await expect(openDatabase(place, { migrations: first, waitMs: 0 }, realContext)).rejects.toMatchObject({
    code: 'ERR_STORE_LOCKED',
    message: expect.stringContaining(`process ${process.pid}`),
  });
});

test('an open that failed leaves the directory free', async () => {
  const place = { directory: path.join(root, 'free') };
  const broken: Migrations = { '1-broken': { up: () => Promise.reject(new RangeError('broken')) } };
  await expect(openDatabase(place, { migrations: broken }, realContext)).rejects.toThrow();
  await using _db = await openDatabase(place, { migrations: first, waitMs: 0 }, realContext);
});

test('says that a server is not there, without the password', async () => {
  const place = { url: new Secret('postgresql://locum:hunter2@127.0.0.1:1/locum') };
  const error = await openDatabase(place, { migrations: first }, realContext).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'ERR_CONFIG_CONNECTION', message: expect.stringContaining('ECONNREFUSED') });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2');
});

if ('url' in server) {
  const { url } = server;
  databaseSuite('a PostgreSQL server', { url });

  test('processes that migrate a server at once all find it up to date', async () => {
    const schema = freshSchema();
    const opened = await Promise.all(
      Array.from({ length: 6 }, () => openDatabase<Tables>({ url }, { migrations: second, schema }, realContext)),
    );
    for (const [n, db] of opened.entries()) await db.kysely.insertInto('fact').values({ n, note: 'x' }).execute();
    await Promise.all(opened.map((db) => db.close()));
  });

  test('waits for the disk also where the role was told not to', async () => {
    const schema = freshSchema();
    await using db = await openDatabase<Tables>({ url }, { migrations: second, schema }, realContext);
    await sql`alter role current_user set synchronous_commit = off`.execute(db.kysely);
    await using other = await openDatabase<Tables>({ url }, { migrations: second, schema }, realContext);
    const { rows } = await sql`show synchronous_commit`.execute(other.kysely);
    await sql`alter role current_user reset synchronous_commit`.execute(db.kysely);
    expect(rows).toEqual([{ synchronous_commit: 'on' }]);
  });

  test.skipIf(process.env.LOCUM_TEST_DATABASE_URL)('refuses a server that does not write to its disk', async () => {
    await using db = await openDatabase<Tables>({ url }, { migrations: second, schema: freshSchema() }, realContext);
    const setFsync = async (value: 'on' | 'off') => {
      await sql`alter system set fsync = ${sql.raw(value)}`.execute(db.kysely);
      await sql`select pg_reload_conf()`.execute(db.kysely);
      await expect
        .poll(async () => (await sql`show fsync`.execute(db.kysely)).rows, { timeout: 10_000 })
        .toEqual([{ fsync: value }]);
    };
    await setFsync('off');
    await expect(openDatabase({ url }, { migrations: second }, realContext)).rejects.toMatchObject({
      code: 'ERR_CONFIG_CONNECTION',
      message: expect.stringContaining('fsync=off'),
    });
    await setFsync('on');
  });
} else {
  test.skip(`database on a PostgreSQL server: ${server.skipped}`);
}
