import { cpSync, existsSync, fsyncSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../store.fixture.ts';
import { type DurablePGlite, openDurablePGlite } from './durable-pglite.ts';

const directory = temporaryDirectory();
const at = (name: string) => path.join(directory, name);
let counter = 0;

/** A database of its own with one table; made once, then copied. */
function aDatabase(): string {
  const copy = at(`copy-${counter++}`);
  cpSync(at('origin'), copy, { recursive: true });
  return copy;
}

beforeAll(async () => {
  await using origin = await openDurablePGlite(at('origin'));
  await origin.pglite.exec('create table fact (n int8)');
});

describe('durable PGlite', () => {
  let database: DurablePGlite;
  beforeAll(async () => {
    database = await openDurablePGlite(aDatabase());
  });
  afterAll(() => database.close());

  test('each commit causes an fsync', async () => {
    for (let n = 0; n < 5; n++) {
      const before = database.fsyncs();
      await database.pglite.query('insert into fact values ($1)', [n]);
      expect(database.fsyncs()).toBeGreaterThan(before);
    }
  });

  test('a checkpoint makes the tables durable too', async () => {
    await database.pglite.query('insert into fact values (1)');
    const before = database.fsyncs();
    await database.pglite.exec('checkpoint');
    // At least the table's file and the control file.
    expect(database.fsyncs()).toBeGreaterThanOrEqual(before + 2);
  });

  test('gives an int8 as a number, and refuses one that does not fit', async () => {
    const { rows } = await database.pglite.query('select 1764000000000::int8 as at, count(*) as n from fact');
    expect(rows).toEqual([{ at: 1764000000000, n: expect.any(Number) }]);
    await expect(database.pglite.query('select 9007199254740993::int8')).rejects.toMatchObject({
      code: 'ERR_INVARIANT',
    });
    expect((await database.pglite.query('select 1::int8 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('is small', async () => {
    expect((await database.pglite.query('show shared_buffers')).rows).toEqual([{ shared_buffers: '16MB' }]);
  });
});

test('refuses to run as PGlite comes, without fsync', async () => {
  const opening = openDurablePGlite(aDatabase(), { startParameters: PGlite.defaultStartParams });
  await expect(opening).rejects.toMatchObject({ code: 'ERR_INVARIANT', message: /no fsync/ });
});

test('a commit that the disk refuses is not acknowledged, nothing works after it, and the next start recovers', async () => {
  const place = aDatabase();
  let failing = false;
  const database = await openDurablePGlite(place, {
    fsync: (file) => {
      if (failing) throw new Error('EIO');
      fsyncSync(file);
    },
  });
  await database.pglite.query('insert into fact values (1)');
  failing = true;
  const stopped = { code: 'ERR_CONFIG', message: /could not fsync file/ };
  await expect(database.pglite.query('insert into fact values (2)')).rejects.toMatchObject(stopped);
  failing = false;
  await expect(database.pglite.query('insert into fact values (3)')).rejects.toMatchObject(stopped);
  await database.close();

  await using again = await openDurablePGlite(place);
  const { rows } = await again.pglite.query('select n from fact');
  expect(rows).toContainEqual({ n: 1 });
  expect(rows).not.toContainEqual({ n: 3 });
});

test('a creation that was cut short is begun anew', async () => {
  const place = at('cut-short');
  mkdirSync(`${place}.unfinished/base`, { recursive: true });
  writeFileSync(`${place}.unfinished/PG_VERSION`, '18\n');
  await using database = await openDurablePGlite(place);
  expect((await database.pglite.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(existsSync(`${place}.unfinished`)).toBe(false);
});

test.each([
  ['is of another version', (place: string) => writeFileSync(path.join(place, 'PG_VERSION'), '17\n'), /PostgreSQL 17/],
  ['has lost its control file', (place: string) => truncateSync(path.join(place, 'global/pg_control')), /pg_control/],
  [
    'has lost its log',
    (place: string) => {
      const control = readFileSync(path.join(place, 'global/pg_control'));
      control.fill(0x55, 32, 48);
      writeFileSync(path.join(place, 'global/pg_control'), control);
    },
    /./,
  ],
])('says so when the directory %s', async (_what, damage, because) => {
  const place = aDatabase();
  damage(place);
  await expect(openDurablePGlite(place)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT', message: because });
});

test('leaves a directory alone that is something else', async () => {
  const place = at('photos');
  mkdirSync(place);
  writeFileSync(path.join(place, 'cat.jpg'), 'cat');
  await expect(openDurablePGlite(place)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' });
  expect(existsSync(path.join(place, 'cat.jpg'))).toBe(true);
});
