import path from 'node:path';
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  AT,
  aServer,
  away,
  current,
  directories,
  fact,
  isWrite,
  keep,
  openAt,
  status,
} from '../../test/fixtures/payloads.ts';
import { Secret } from '../kernel/secret.ts';
import { restoreStore, verifyBackup } from './backup/restore.ts';
import { openDatabase } from './database/database.ts';
import { storeMigrations } from './records/store-migrations.ts';
import type { StoreTables } from './records/tables.ts';
import { realContext, withDatabase } from './store.fixture.ts';
import { openStore } from './store.ts';
import { storeSuite } from './suites/store.suite.ts';

const stores = directories();
const { root } = stores;
let copies = 0;

const suite = await withDatabase(path.join(root, 'suite'));
storeSuite('PGlite with payloads in OpenBao', () =>
  openStore({ directory: suite, payloads: aServer().payloads }, realContext),
);

describe('payloads in OpenBao', () => {
  let server: ReturnType<typeof aServer>;
  let directory: string;
  const open = (outside = true) => openAt(directory, outside ? server : undefined);

  beforeEach(async () => {
    server = aServer();
    directory = await stores.next();
  });

  test('the server gets sealed text only, each version at a path of its own, and the store only where it is', async () => {
    await using store = await open();
    await keep(store, 's3cret-one');
    await keep(store, 's3cret-two');
    expect(server.paths()).toEqual([
      expect.stringMatching(/^locum\/[0-9a-f]{16}\/acme\/a\/1-[0-9a-f]{16}$/),
      expect.stringMatching(/^locum\/[0-9a-f]{16}\/acme\/a\/2-[0-9a-f]{16}$/),
    ]);
    expect(server.text()).not.toContain('s3cret');
    expect(server.text()).not.toContain(Buffer.from('s3cret').toString('base64').slice(0, 7));
    expect(await current(store)).toBe('s3cret-two');
    expect(await store.verify()).toMatchObject({ versions: 2, intact: true, unreferenced: [] });
  });

  test.each(['..', 'a//b', '/', 'a b?c#d%2F', 'ä'])('a secret may be called %s', async (name) => {
    await using store = await open();
    await store.vault.propose(name, new Secret('s1'), AT);
    expect((await store.vault.open(name, 'pending'))?.secret.reveal()).toBe('s1');
    expect(await store.verify()).toMatchObject({ intact: true, unreferenced: [] });
  });

  test('a crash between payload and row leaves the vault as it was; what is left is told, and removed when told to', async () => {
    await using store = await open();
    await keep(store, 's1');
    const { put } = server.payloads;
    const crashing = {
      ...server.payloads,
      put: async (...args: Parameters<typeof put>) => {
        await put(...args);
        throw new Error('crash');
      },
    };
    await store[Symbol.asyncDispose]();
    {
      await using dying = await openStore({ directory, payloads: crashing }, realContext);
      await expect(keep(dying, 's2')).rejects.toThrow('crash');
    }
    await using again = await open();
    expect(await again.vault.history('acme/a')).toHaveLength(1);
    expect(await again.verify()).toMatchObject({ intact: true, unreferenced: [expect.stringContaining('/2-')] });
    await keep(again, 's3');
    expect(await again.verify(fact)).toMatchObject({ intact: true, versions: 2, unreferenced: [] });
    expect(server.paths()).toHaveLength(2);
    expect(await current(again)).toBe('s3');
    expect(await again.trail.read({ subject: 'vault/payloads' })).toMatchObject([{ change: { action: 'prune' } }]);
  });

  test('a version with a path of another does not open', async () => {
    {
      await using store = await open();
      await keep(store, 's1');
      await store.vault.propose('acme/b', new Secret('b1'), AT);
    }
    {
      await using db = await openDatabase<StoreTables>(
        { directory },
        { migrations: storeMigrations, schema: 'locum' },
        realContext,
      );
      await sql`update vault_version v set payload = o.payload from vault_version o where o.name <> v.name`.execute(
        db.kysely,
      );
    }
    await using store = await open();
    await expect(current(store)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT', message: /acme\/a was altered/ });
  });

  test('the master key is rotated without the server', async () => {
    await using store = await open();
    await keep(store, 's1');
    server.meet(away);
    await store.rotateMasterKey(fact);
    server.meet(undefined);
    expect(await current(store)).toBe('s1');
    expect(await store.verify()).toMatchObject({ intact: true });
  });

  test('a backup brings the payloads in: it is whole without the server, and its copy does not touch the server', async () => {
    await using store = await open();
    await keep(store, 's1');
    const { file, report } = await store.backup(fact);
    expect(report).toMatchObject({ versions: 1, intact: true });
    const masterKey = { file: path.join(directory, 'master.key') };
    const other = path.join(root, `restored-${copies++}`);
    expect(await verifyBackup(file, { directory: other, masterKey })).toMatchObject({ intact: true });
    await restoreStore({ backup: file, ...fact }, { directory: other, masterKey }, realContext);
    {
      await using restored = await openStore({ directory: other, masterKey }, realContext);
      expect(await current(restored)).toBe('s1');
    }
    await using drill = await openStore({ directory: other, masterKey, payloads: server.payloads }, realContext);
    await drill.verify(fact);
    await drill.move('openbao', fact);
    await drill.verify(fact);
    expect(await current(store)).toBe('s1');
    expect(await current(drill)).toBe('s1');
    expect(server.paths()).toHaveLength(2);
  });

  test('secrets move out and back, with their history, and an interrupted move goes on', async () => {
    {
      await using store = await open(false);
      await keep(store, 's1');
      await keep(store, 's2');
      await store.vault.propose('acme/b', new Secret('b1'), AT);
    }
    await using store = await open();
    const history = await store.vault.history('acme/a');
    let writes = 0;
    server.meet(async (request, send) => (isWrite(request) && ++writes > 1 ? status(503)(request, send) : send()));
    await expect(store.move('openbao', fact)).rejects.toMatchObject({ status: 503 });
    server.meet(undefined);
    expect(await current(store)).toBe('s2');
    await store.move('openbao', fact);
    expect(await store.move('openbao', fact)).toBe(0);
    expect(await store.vault.history('acme/a')).toEqual(history);
    expect(await store.verify(fact)).toMatchObject({ versions: 3, intact: true });
    expect(server.paths()).toHaveLength(3);
    expect(await current(store)).toBe('s2');
    expect(await store.move('store', fact)).toBe(3);
    expect(server.paths()).toEqual([]);
    expect(await store.trail.read({ subject: 'acme/b' })).toMatchObject([
      { change: { action: 'move', to: 'openbao', versions: 1 } },
      { change: { action: 'move', to: 'store', versions: 1 } },
    ]);
    await store[Symbol.asyncDispose]();
    await using inside = await open(false);
    expect(await current(inside)).toBe('s2');
    expect(await inside.verify()).toMatchObject({ versions: 3, intact: true });
  });

  test('without its settings a secret that lies outside is told, not lost', async () => {
    {
      await using store = await open();
      await keep(store, 's1');
    }
    await using store = await open(false);
    await expect(current(store)).rejects.toMatchObject({
      code: 'ERR_CONFIG',
      message: expect.stringMatching(/lies in OpenBao \(secret\/locum\//),
      remedy: expect.stringMatching(/LOCUM_VAULT_URL/),
    });
  });
});
