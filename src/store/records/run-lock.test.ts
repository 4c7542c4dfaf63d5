import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../test/postgres.ts';
import { connectSession } from '../database/postgres-server.ts';
import { freshSchema, realContext } from '../store.fixture.ts';
import { openStore } from '../store.ts';
import { runLockKey } from './run-lock.ts';

const AT = Date.UTC(2026, 10, 21);
const server = await startPostgres();
afterAll(() => server.stop());
const masterKey = { variable: 'KEY', environment: { KEY: randomBytes(32).toString('base64') } };

if ('url' in server) {
  const { url: databaseUrl } = server;

  /** Ends the session that holds the lock, as a restart of the server would. */
  async function cut(schema: string, manifest: string): Promise<void> {
    const session = await connectSession(databaseUrl);
    await session.query(
      `select pg_terminate_backend(pid) from pg_locks
       where locktype = 'advisory' and ((classid::int8 << 32) | objid::int8) = $1::int8`,
      [runLockKey(schema, manifest)],
    );
    await session.end();
  }

  describe('run lock on a server', () => {
    test('holds between processes, and names the one that has it', async () => {
      const options = { databaseUrl, schema: freshSchema(), masterKey };
      await using here = await openStore(options, realContext);
      await using there = await openStore(options, realContext);
      const lock = await here.runs.acquire('acme');
      await expect(there.runs.acquire('acme')).rejects.toMatchObject({
        code: 'ERR_RUN_LOCKED',
        message: expect.stringMatching(new RegExp(`:${process.pid}$`)),
      });
      await lock[Symbol.asyncDispose]();
      await using _next = await there.runs.acquire('acme');
    });

    test('two stores on one server do not lock each other out', async () => {
      await using here = await openStore({ databaseUrl, schema: freshSchema(), masterKey }, realContext);
      await using there = await openStore({ databaseUrl, schema: freshSchema(), masterKey }, realContext);
      await using _one = await here.runs.acquire('acme');
      await using _other = await there.runs.acquire('acme');
    });

    test('a process whose connection was cut may not go on with its run', async () => {
      const options = { databaseUrl, schema: freshSchema(), masterKey };
      await using here = await openStore(options, realContext);
      await using there = await openStore(options, realContext);
      const lost = await here.runs.acquire('acme');
      await here.journal.begin({ id: 'r1', manifest: 'acme', fingerprint: 'f', startedAt: AT, who: 'alice', why: '' });
      await cut(options.schema, 'acme');
      const intent = { address: 'ias/user:a/b', action: 'create' as const, change: {} };
      await expect
        .poll(() => here.journal.intend('r1', intent, AT).catch((error: unknown) => error), { timeout: 20_000 })
        .toMatchObject({ code: 'ERR_RUN_INTERRUPTED' });
      await using _taken = await there.runs.acquire('acme');
      await there.journal.end('r1', 'resumed', AT);
      await lost[Symbol.asyncDispose]();
    });
  });
} else {
  test.skip(`run lock on a server: ${server.skipped}`);
}
