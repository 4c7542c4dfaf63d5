import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { type Selectable, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../test/postgres.ts';
import { Secret } from '../kernel/secret.ts';
import { type Database, openDatabase, type Place } from './database/database.ts';
import { storeMigrations } from './records/store-migrations.ts';
import type { StoreTables, VaultVersionTable } from './records/tables.ts';
import { freshSchema, realContext, temporaryDirectory, withDatabase } from './store.fixture.ts';
import { type OpenStore, openStore } from './store.ts';

const AT = Date.UTC(2026, 10, 21);
const root = temporaryDirectory();
const server = await startPostgres();
afterAll(() => server.stop());
const masterKey = { variable: 'KEY', environment: { KEY: randomBytes(32).toString('hex') } };

function tamperSuite(name: string, place: Place): void {
  const schema = freshSchema();
  const open = (): Promise<OpenStore> =>
    openStore(
      {
        ...('url' in place ? { databaseUrl: place.url } : { directory: place.directory }),
        masterKey,
        schema,
      },
      realContext,
    );

  /** Does something to the tables, as somebody with access to the database would. */
  async function tamper(work: (db: Database<StoreTables>['kysely']) => Promise<unknown>): Promise<void> {
    await using db = await openDatabase<StoreTables>(place, { migrations: storeMigrations, schema }, realContext);
    await work(db.kysely);
  }

  /** As {@link tamper}, by somebody who can also switch off what protects the trail. */
  const tamperTrail = (statement: ReturnType<typeof sql>): Promise<void> =>
    tamper(async (db) => {
      await sql`grant all on trail to current_user`.execute(db);
      await sql`alter table trail disable trigger trail_append_only`.execute(db);
      await statement.execute(db);
      await sql`alter table trail enable trigger trail_append_only`.execute(db);
      await sql`revoke update, delete, truncate on trail from current_user`.execute(db);
    });

  const verify = async () => {
    await using store = await open();
    return await store.trail.verify();
  };

  const openSecret = async () => {
    await using store = await open();
    return (await store.vault.open('acme/a', 'pending'))?.secret.reveal();
  };

  describe(`tampering on ${name}`, () => {
    beforeAll(async () => {
      await using store = await open();
      for (const subject of ['one', 'two', 'three', 'four']) {
        await store.trail.append({ at: AT, who: 'alice', why: 'CHG-1', subject, change: { n: 1 }, result: 'done' });
      }
      for (const secret of ['acme/a', 'acme/b']) {
        await store.vault.propose(secret, new Secret(`secret of ${secret}`), AT);
      }
    });

    test.each([
      ['changes', sql`update trail set who = 'bob' where seq = 1`],
      ['removes', sql`delete from trail where seq = 1`],
      ['truncates', sql`truncate trail`],
    ])('the database refuses who %s the trail', async (_verb, statement) => {
      await expect(tamper((db) => statement.execute(db))).rejects.toMatchObject({ code: '42501' });
      expect(await verify()).toEqual({ entries: 4 });
    });

    test('refuses it also to who has the grant', async () => {
      await tamper(async (db) => {
        await sql`grant all on trail to current_user`.execute(db);
        await expect(sql`update trail set who = 'bob'`.execute(db)).rejects.toThrow('append-only');
        await sql`revoke update, delete, truncate on trail from current_user`.execute(db);
      });
    });

    test.each([
      ['an entry was changed', sql`update trail set change = '{"n":2}' where seq = 2`, 2],
      ['an entry was put back', sql`update trail set change = '{"n":1}' where seq = 2`, undefined],
      ['a hash was made to fit', sql`update trail set who = 'bob', hash = repeat('a', 64) where seq = 3`, 3],
      ['that was put back', sql`update trail set who = 'alice' where seq = 3`, 3],
      ['an entry in the middle is gone', sql`delete from trail where seq = 2`, 2],
      ['the last entry is gone too', sql`delete from trail where seq = 4`, 2],
    ])('verification tells when %s', async (_what, statement, brokenAt) => {
      await tamperTrail(statement);
      const verdict = await verify();
      expect(verdict.brokenAt).toBe(brokenAt);
    });

    test('verification tells when the end of the trail was cut off', async () => {
      await tamperTrail(sql`delete from trail`);
      expect(await verify()).toEqual({ entries: 0, brokenAt: 1 });
    });

    test.each([
      [
        'name',
        [
          sql`update vault_version set version = 2 where name = 'acme/b'`,
          sql`update vault_version set name = 'acme/a'`,
        ],
      ],
      ['secret', [sql`update vault_version v set sealed = o.sealed from vault_version o where o.name <> v.name`]],
      [
        'secret and key',
        [
          sql`update vault_version v set sealed = o.sealed, wrapped_key = o.wrapped_key
            from vault_version o where o.name <> v.name`,
        ],
      ],
      ['version', [sql`update vault_version set version = 7`]],
      ['time', [sql`update vault_version set created_at = created_at + 1`]],
    ])('a secret does not open when rows changed their %s', async (_what, statements) => {
      let untouched: Selectable<VaultVersionTable>[] = [];
      await tamper(async (db) => {
        untouched = await db.selectFrom('vault_version').selectAll().execute();
        for (const statement of statements) await statement.execute(db);
      });
      const error = await openSecret().catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'ERR_STORE_CORRUPT', message: expect.stringContaining('acme/a') });
      expect(inspect(error, { depth: 9 })).not.toContain('secret of');
      await tamper(async (db) => {
        await db.deleteFrom('vault_version').execute();
        await db
          .insertInto('vault_version')
          .values(untouched.map((row) => ({ ...row, states: JSON.stringify(row.states), payload: null })))
          .execute();
      });
      expect(await openSecret()).toBe('secret of acme/a');
    });
  });
}

tamperSuite('PGlite', { directory: await withDatabase(path.join(root, 'tampered')) });
if ('url' in server) tamperSuite('a PostgreSQL server', { url: server.url });
else test.skip(`tampering on a PostgreSQL server: ${server.skipped}`);

test('no file of the store holds a secret in plain text', async () => {
  const directory = await withDatabase(path.join(root, 'sealed'));
  const secrets = Array.from({ length: 20 }, () => `plain-${randomBytes(16).toString('hex')}`);
  {
    await using store = await openStore({ directory }, realContext);
    for (const [i, secret] of secrets.entries()) {
      await store.vault.propose(`acme/user-${i}`, new Secret(secret), AT);
      await store.vault.promote(`acme/user-${i}`, 1, AT);
      expect((await store.vault.open(`acme/user-${i}`, 'current'))?.secret.reveal()).toBe(secret);
    }
  }
  const key = Buffer.from(readFileSync(path.join(directory, 'master.key'), 'utf8'), 'base64');
  let files = 0;
  let names = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'master.key') continue;
    const bytes = readFileSync(path.join(entry.parentPath, entry.name));
    files++;
    if (bytes.includes('acme/user-7')) names++;
    expect(bytes.includes('plain-')).toBe(false);
    expect(bytes.includes(key)).toBe(false);
    for (const secret of secrets) {
      const raw = Buffer.from(secret.slice('plain-'.length), 'hex');
      for (const form of [secret, raw, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')]) {
        expect(bytes.includes(form)).toBe(false);
      }
    }
  }
  // The search would have found them: the names are there.
  expect(files).toBeGreaterThan(900);
  expect(names).toBeGreaterThan(0);
});
