import { randomBytes } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../test/postgres.ts';
import { Secret } from '../kernel/secret.ts';
import type { MasterKeySource } from './master-key.ts';
import { freshSchema, realContext, temporaryDirectory, withDatabase } from './store.fixture.ts';
import { openStore } from './store.ts';

const AT = Date.UTC(2026, 10, 21);
const root = temporaryDirectory();
const server = await startPostgres();
afterAll(() => server.stop());
const rotation = { at: AT, who: 'alice', why: 'CHG-9' };
let counter = 0;

/** A directory with a store that keeps one secret; made once, then copied. */
function aStoreDirectory(): string {
  const directory = path.join(root, `store-${counter++}`);
  cpSync(path.join(root, 'origin'), directory, { recursive: true });
  return directory;
}

const keyFile = (directory: string) => path.join(directory, 'master.key');

async function readSecret(directory: string, masterKey?: MasterKeySource): Promise<string | undefined> {
  await using store = await openStore({ directory, ...(masterKey ? { masterKey } : {}) }, realContext);
  return (await store.vault.open('acme/a', 'current'))?.secret.reveal();
}

beforeAll(async () => {
  await using store = await openStore({ directory: await withDatabase(path.join(root, 'origin')) }, realContext);
  await store.vault.propose('acme/a', new Secret('s1'), AT);
  await store.vault.promote('acme/a', 1, AT);
});

describe('master key of an embedded store', () => {
  test('is created in a private file beside the database', () => {
    expect(statSync(keyFile(path.join(root, 'origin'))).mode & 0o777).toBe(0o600);
  });

  test('is never created anew for a vault that has one', async () => {
    const directory = aStoreDirectory();
    rmSync(keyFile(directory));
    await expect(readSecret(directory)).rejects.toMatchObject({ code: 'ERR_VAULT_KEY', message: /ENOENT/ });
    expect(existsSync(keyFile(directory))).toBe(false);
  });

  test('must be the one that the vault was sealed with', async () => {
    const environment = { KEY: randomBytes(32).toString('base64') };
    await expect(readSecret(aStoreDirectory(), { variable: 'KEY', environment })).rejects.toMatchObject({
      code: 'ERR_VAULT_KEY',
      message: expect.stringContaining('KEY'),
    });
  });
});

describe('rotation of the master key', () => {
  test('into a folder that is not there is refused, and the key stays', async () => {
    const directory = aStoreDirectory();
    {
      await using store = await openStore({ directory }, realContext);
      const next = { file: path.join(directory, 'nowhere', 'key') };
      const refused = store.rotateMasterKey({ next, at: AT, who: 'alice', why: 'yearly' });
      await expect(refused).rejects.toMatchObject({
        code: 'ERR_VAULT_KEY',
        message: expect.stringContaining('ENOENT'),
      });
    }
    expect(await readSecret(directory)).toBe('s1');
  });

  test('puts a new key into the file, and every secret opens with it alone', async () => {
    const directory = aStoreDirectory();
    copyFileSync(keyFile(directory), path.join(directory, 'old.key'));
    {
      await using store = await openStore({ directory }, realContext);
      await store.rotateMasterKey(rotation);
      expect((await store.vault.open('acme/a', 'current'))?.secret.reveal()).toBe('s1');
      await store.vault.propose('acme/a', new Secret('s2'), AT);
      const [entry] = await store.trail.read({ subject: 'vault/master-key' });
      expect(entry).toMatchObject({ who: 'alice', why: 'CHG-9', change: { action: 'rotate', versions: 1 } });
    }
    expect(readFileSync(keyFile(directory))).not.toEqual(readFileSync(path.join(directory, 'old.key')));
    expect(statSync(keyFile(directory)).mode & 0o777).toBe(0o600);
    expect(existsSync(`${keyFile(directory)}.next`)).toBe(false);
    expect(await readSecret(directory)).toBe('s1');
    await expect(readSecret(directory, { file: path.join(directory, 'old.key') })).rejects.toMatchObject({
      code: 'ERR_VAULT_KEY',
    });
  });

  test('moves to another source', async () => {
    const directory = aStoreDirectory();
    const next = { variable: 'KEY', environment: { KEY: randomBytes(32).toString('base64') } };
    {
      await using store = await openStore({ directory }, realContext);
      await store.rotateMasterKey({ ...rotation, next });
    }
    expect(await readSecret(directory, next)).toBe('s1');
    await expect(readSecret(directory)).rejects.toMatchObject({ code: 'ERR_VAULT_KEY' });
  });

  test('a key that Locum can not replace needs a next one', async () => {
    const masterKey = {
      variable: 'KEY',
      environment: { KEY: readFileSync(keyFile(path.join(root, 'origin')), 'utf8') },
    };
    await using store = await openStore({ directory: aStoreDirectory(), masterKey }, realContext);
    await expect(store.rotateMasterKey(rotation)).rejects.toMatchObject({ code: 'ERR_VAULT_KEY' });
  });

  test('a crash before the vault was sealed anew leaves the old key in force', async () => {
    const directory = aStoreDirectory();
    copyFileSync(keyFile(directory), path.join(directory, 'old.key'));
    copyFileSync(keyFile(aRotated()), `${keyFile(directory)}.next`);
    expect(await readSecret(directory)).toBe('s1');
    expect(readFileSync(keyFile(directory))).toEqual(readFileSync(path.join(directory, 'old.key')));
    await using store = await openStore({ directory }, realContext);
    await store.rotateMasterKey(rotation);
    expect((await store.vault.open('acme/a', 'current'))?.secret.reveal()).toBe('s1');
  });

  test('a crash before the new file was in its place is made up for at the next start', async () => {
    const directory = aStoreDirectory();
    copyFileSync(keyFile(directory), path.join(directory, 'old.key'));
    {
      await using store = await openStore({ directory }, realContext);
      await store.rotateMasterKey(rotation);
    }
    renameSync(keyFile(directory), `${keyFile(directory)}.next`);
    renameSync(path.join(directory, 'old.key'), keyFile(directory));
    expect(await readSecret(directory)).toBe('s1');
    expect(existsSync(`${keyFile(directory)}.next`)).toBe(false);
    expect(await readSecret(directory)).toBe('s1');
  });

  /** A directory whose key file holds some other key. */
  function aRotated(): string {
    const directory = aStoreDirectory();
    rmSync(keyFile(directory));
    copyFileSync(path.join(root, 'other.key'), keyFile(directory));
    return directory;
  }

  beforeAll(async () => {
    const { createMasterKeyFile } = await import('./master-key.ts');
    createMasterKeyFile(path.join(root, 'other.key'), realContext);
  });
});

if ('url' in server) {
  const { url: databaseUrl } = server;

  describe('master key of a store on a server', () => {
    const aSource = (): MasterKeySource => ({
      variable: 'KEY',
      environment: { KEY: randomBytes(32).toString('base64') },
    });

    test('must be given, and a file for it is not made up', async () => {
      const schema = freshSchema();
      await expect(openStore({ databaseUrl, schema }, realContext)).rejects.toMatchObject({ code: 'ERR_VAULT_KEY' });
      const masterKey = { file: path.join(root, 'server.key') };
      await expect(openStore({ databaseUrl, schema, masterKey }, realContext)).rejects.toMatchObject({
        code: 'ERR_VAULT_KEY',
        message: /ENOENT/,
      });
    });

    test('a process that missed the rotation seals nothing with the old key', async () => {
      const options = { databaseUrl, schema: freshSchema(), masterKey: aSource() };
      await using here = await openStore(options, realContext);
      await using there = await openStore(options, realContext);
      await here.vault.propose('acme/a', new Secret('s1'), AT);
      const next = aSource();
      await there.rotateMasterKey({ ...rotation, next });
      const rotated = { code: 'ERR_VAULT_KEY', message: /rotated by another process/ };
      await expect(here.vault.propose('acme/a', new Secret('s2'), AT)).rejects.toMatchObject(rotated);
      await expect(here.vault.open('acme/a', 'pending')).rejects.toMatchObject(rotated);
      await using again = await openStore({ ...options, masterKey: next }, realContext);
      expect((await again.vault.open('acme/a', 'pending'))?.secret.reveal()).toBe('s1');
    });

    test('two that open a new store with different keys do not both get it', async () => {
      const schema = freshSchema();
      const opened = await Promise.allSettled(
        [aSource(), aSource()].map((masterKey) => openStore({ databaseUrl, schema, masterKey }, realContext)),
      );
      expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const one of opened) if (one.status === 'fulfilled') await one.value[Symbol.asyncDispose]();
    });
  });
} else {
  test.skip(`store on a PostgreSQL server: ${server.skipped}`);
}
