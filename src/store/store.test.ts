import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, test } from 'vitest';
import { startPostgres } from '../../test/postgres.ts';
import { createMemoryStore } from './memory-store.ts';
import { storeSuite } from './store.suite.ts';
import { openStore } from './store.ts';

const ctx = {
  now: () => Date.now(),
  id: () => randomUUID(),
  random: (bytes: number) => randomBytes(bytes),
  sleep: async (ms: number) => setTimeout(ms),
};

const directory = mkdtempSync(path.join(tmpdir(), 'locum-store-'));
const server = await startPostgres();
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

storeSuite('memory', async () => createMemoryStore());

storeSuite('PGlite', () => openStore({ directory: path.join(directory, 'store') }, ctx));

if ('url' in server) {
  const environment = { KEY: randomBytes(32).toString('base64') };
  storeSuite('a PostgreSQL server', () =>
    openStore(
      {
        databaseUrl: server.url,
        masterKey: { variable: 'KEY', environment },
        schema: `locum_test_${randomUUID().replaceAll('-', '')}`,
      },
      ctx,
    ),
  );
} else {
  describe(`store on a PostgreSQL server: ${server.skipped}`, () => {
    test.skip('skipped');
  });
}
