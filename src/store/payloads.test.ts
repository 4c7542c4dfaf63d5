import path from 'node:path';
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../kernel/secret.ts';
import { createOpenbao } from '../systems/consumers/testing/openbao.ts';
import { payloadOptionsOf } from '../systems/protocols/openbao/payload-settings.ts';
import { createPayloads } from '../systems/protocols/openbao/payloads.ts';
import { type Data, version } from '../systems/protocols/openbao/testing/kv.ts';
import { restoreStore, verifyBackup } from './backup/restore.ts';
import { openDatabase } from './database/database.ts';
import { storeMigrations } from './records/store-migrations.ts';
import type { StoreTables } from './records/tables.ts';
import { realContext, temporaryDirectory, withDatabase } from './store.fixture.ts';
import { type OpenStore, openStore } from './store.ts';
import { storeSuite } from './suites/store.suite.ts';

const AT = Date.UTC(2026, 10, 21);
const fact = { at: AT, who: 'alice', why: 'CHG-9' };
const root = temporaryDirectory();
let places = 0;

type Fault = (request: Request, send: () => Promise<Response>) => Promise<Response>;

/** A server of OpenBao, and what happens to requests on the way. */
function aServer() {
  const bao = createOpenbao({ alone: true });
  let fault: Fault | undefined;
  const calls: string[] = [];
  const options = payloadOptionsOf({
    LOCUM_VAULT_URL: 'https://bao.acme.example:8200',
    LOCUM_VAULT_NAMESPACE: 'team',
    LOCUM_VAULT_ROLE_ID: 'locum',
    LOCUM_VAULT_SECRET_ID: 'app-role-secret',
  });
  if (!options) throw new Error('no options');
  const payloads = createPayloads(options, {
    ...realContext,
    sleep: async () => undefined,
    secret: async () => new Secret('app-role-secret'),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      calls.push(`${request.method} ${new URL(request.url).pathname}`);
      const send = () => bao.fetch(request);
      return fault ? fault(request, send) : send();
    },
  });
  return {
    payloads,
    calls,
    paths: () => [...bao.paths.keys()],
    revokeAll: () => bao.server.revokeAll(),
    text: () => JSON.stringify([...bao.paths.entries()]),
    change: (change: (paths: Paths) => void) => change(bao.paths),
    meet: (next: Fault | undefined) => {
      fault = next;
    },
  };
}

type Paths = ReturnType<typeof createOpenbao>['paths'];

/** Somebody with rights there writes over every payload, or deletes it. */
function replaceAll(paths: Paths, data: Data | null): void {
  for (const path of paths.keys()) paths.set(path, [version(data, '2026-11-21T00:00:00Z')]);
}

const status =
  (code: number): Fault =>
  async () =>
    new Response('{"errors":["secret of the server"]}', { status: code });
const away: Fault = async () => {
  throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
};
/** Its token lives, and may do nothing. */
const refusing: Fault = (request, send) =>
  /\/(login|lookup-self)$/.test(request.url) ? send() : status(403)(request, send);
const isWrite = ({ method, url }: Request) => method === 'POST' && url.includes('/data/');

const suite = await withDatabase(path.join(root, 'suite'));
storeSuite('PGlite with payloads in OpenBao', () =>
  openStore({ directory: suite, payloads: aServer().payloads }, realContext),
);

describe('payloads in OpenBao', () => {
  let server: ReturnType<typeof aServer>;
  let directory: string;
  const open = (outside = true): Promise<OpenStore> =>
    openStore({ directory, ...(outside ? { payloads: server.payloads } : {}) }, realContext);
  const keep = async (store: OpenStore, secret: string) => {
    const { version } = await store.vault.propose('acme/a', new Secret(secret), AT);
    await store.vault.promote('acme/a', version, AT);
  };
  const current = async (store: OpenStore) => (await store.vault.open('acme/a', 'current'))?.secret.reveal();

  beforeEach(async () => {
    server = aServer();
    directory = await withDatabase(path.join(root, `store-${places++}`));
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

  test('a write whose reply was lost is looked up, and nothing is written twice', async () => {
    await using store = await open();
    server.meet(async (request, send) => {
      const response = await send();
      if (isWrite(request)) throw new Error('socket hang up');
      return response;
    });
    await keep(store, 's1');
    server.meet(undefined);
    expect(await current(store)).toBe('s1');
    expect(server.calls.filter((call) => call.startsWith('POST /v1/secret/data/'))).toHaveLength(1);
    expect(await store.verify()).toMatchObject({ intact: true, unreferenced: [] });
  });

  test('a write that never arrived is sent again', async () => {
    await using store = await open();
    let lost = 0;
    server.meet(async (request, send) => {
      if (isWrite(request) && lost++ === 0) throw new Error('socket hang up');
      return send();
    });
    await keep(store, 's1');
    expect(await current(store)).toBe('s1');
    expect(server.paths()).toHaveLength(1);
  });

  test('a write that arrives after it was looked for and before it is sent again is found', async () => {
    await using store = await open();
    let late: (() => Promise<Response>) | undefined;
    server.meet(async (request, send) => {
      if (!isWrite(request)) return send();
      if (late) {
        await late();
        return send();
      }
      late = send;
      throw new Error('socket hang up');
    });
    await keep(store, 's1');
    server.meet(undefined);
    expect(await current(store)).toBe('s1');
    expect(await store.verify()).toMatchObject({ intact: true, unreferenced: [] });
  });

  test('a token that ended in the middle of a command is replaced by one new login', async () => {
    await using store = await open();
    await keep(store, 's1');
    server.revokeAll();
    server.calls.length = 0;
    expect(await Promise.all([current(store), current(store)])).toEqual(['s1', 's1']);
    expect(server.calls.filter((call) => call.endsWith('/login'))).toHaveLength(1);
  });

  test.each([
    ['sealed', status(503), /status 503/, /unseal/],
    ['unreachable', away, /no answer/, /bao\.acme\.example:8200 is reachable/],
    ['refusing', refusing, /status 403/, /policy with create, read, delete and list below secret\/data\/locum/],
  ])(
    'a server that is %s is told with its place and a remedy, and nothing changes',
    async (_what, fault, message, remedy) => {
      await using store = await open();
      await keep(store, 's1');
      server.meet(fault);
      const told = { message: expect.stringMatching(message), remedy: expect.stringMatching(remedy) };
      const where = { message: expect.stringMatching(/secret\/locum\/.* at https:\/\/bao\.acme\.example:8200/) };
      await expect(keep(store, 's2')).rejects.toMatchObject(told);
      await expect(current(store)).rejects.toMatchObject(told);
      await expect(current(store)).rejects.toMatchObject(where);
      await expect(store.vault.ready()).rejects.toMatchObject(told);
      await expect(store.verify()).rejects.toMatchObject(told);
      await expect(store.backup(fact)).rejects.toMatchObject(told);
      await expect(store.move('store', fact)).rejects.toMatchObject(told);
      expect(await store.trail.read({})).toEqual([]);
      server.meet(undefined);
      expect(await store.vault.history('acme/a')).toHaveLength(1);
      expect(await current(store)).toBe('s1');
    },
  );

  test.each([
    ['gone', (paths: Paths) => paths.clear(), /is not there any more/],
    ['deleted', (paths: Paths) => replaceAll(paths, null), /not there/],
    ['another', (paths: Paths) => replaceAll(paths, { sealed: 'YWJj' }), /is not the one that was written/],
    ['something else', (paths: Paths) => replaceAll(paths, { note: 'x' }), /holds no payload of Locum/],
  ])('a payload that is %s is told, and no other secret suffers', async (_what, damage, message) => {
    await using store = await open();
    await keep(store, 's1');
    server.change(damage);
    await store.vault.propose('acme/b', new Secret('b1'), AT);
    await expect(current(store)).rejects.toMatchObject({
      code: 'ERR_STORE_CORRUPT',
      message: expect.stringMatching(message),
    });
    expect((await store.vault.open('acme/b', 'pending'))?.secret.reveal()).toBe('b1');
    expect(await store.verify()).toMatchObject({ intact: false, unreadable: [{ name: 'acme/a', version: 1 }] });
    const { report } = await store.backup(fact);
    expect(report).toMatchObject({ intact: false, unreadable: [{ name: 'acme/a', version: 1 }] });
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
    const other = path.join(root, `restored-${places++}`);
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
