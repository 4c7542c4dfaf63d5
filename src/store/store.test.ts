import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { startPostgres } from '../../test/postgres.ts';
import { createMemoryStore } from './memory-store.ts';
import { freshSchema, realContext, temporaryDirectory, withDatabase } from './store.fixture.ts';
import { openStore } from './store.ts';
import { storeSuite } from './suites/store.suite.ts';

const directory = temporaryDirectory();
const server = await startPostgres();
afterAll(() => server.stop());

storeSuite('memory', async () => createMemoryStore());

const place = await withDatabase(path.join(directory, 'store'));
storeSuite('PGlite', () => openStore({ directory: place }, realContext));

if ('url' in server) {
  const environment = { KEY: randomBytes(32).toString('base64') };
  const masterKey = { variable: 'KEY', environment };
  storeSuite('a PostgreSQL server', () =>
    openStore({ databaseUrl: server.url, masterKey, schema: freshSchema() }, realContext),
  );
} else {
  describe('store on a PostgreSQL server', () => {
    test.skip(`skipped: ${server.skipped}`);
  });
}
