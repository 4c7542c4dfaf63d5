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
  type Paths,
  refusing,
  replaceAll,
  status,
} from '../../test/fixtures/payloads.ts';
import { Secret } from '../kernel/secret.ts';

const stores = directories();

describe('payloads in OpenBao, while it is in trouble', () => {
  let server: ReturnType<typeof aServer>;
  let directory: string;
  const open = () => openAt(directory, server);

  beforeEach(async () => {
    server = aServer();
    directory = await stores.next();
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

  test('a write that something else answered is looked up, and what it said is not quoted', async () => {
    await using store = await open();
    server.meet(async (request, send) => {
      const response = await send();
      return isWrite(request) ? new Response('<html>top-secret') : response;
    });
    await keep(store, 's1');
    expect(server.calls.filter((call) => call.startsWith('POST /v1/secret/data/'))).toHaveLength(1);
    server.meet(async () => new Response('<html>top-secret'));
    const error = await current(store).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ERR_REMOTE_BROKEN', remedy: expect.stringContaining('it may be a proxy') });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('top-secret');
    server.meet(undefined);
    expect(await current(store)).toBe('s1');
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
});
