import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { startPostgres } from '../../test/postgres.ts';
import { createMemoryStore } from './memory-store.ts';
import { freshSchema, realContext, temporaryDirectory } from './store.fixture.ts';
import { storeSuite } from './store.suite.ts';
import { openStore } from './store.ts';

const directory = temporaryDirectory();
const server = await startPostgres();
afterAll(() => server.stop());

storeSuite('memory', async () => createMemoryStore());

storeSuite('PGlite', () => openStore({ directory: path.join(directory, 'store') }, realContext));

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
