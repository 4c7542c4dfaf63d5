import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { freshSchema, realContext } from '../../src/store/store.fixture.ts';
import { openAcme } from '../fixtures/acme.ts';
import { startPostgres } from '../postgres.ts';

const server = await startPostgres();
afterAll(() => server.stop());

test.skipIf('skipped' in server)(
  `two operators share a store on a server: the second one waits its turn, and finds nothing left to do${'skipped' in server ? ` (${server.skipped})` : ''}`,
  async () => {
    if ('skipped' in server) return;
    const environment = { KEY: randomBytes(32).toString('base64') };
    const options = { databaseUrl: server.url, masterKey: { variable: 'KEY', environment }, schema: freshSchema() };
    await using first = await openStore(options, realContext);
    await using second = await openStore(options, realContext);
    await using acme = await openAcme({ store: first });

    let refusal: unknown;
    const report = await acme.engine().apply({
      why: 'first operator',
      confirm: async () => {
        // Whoever is asked still holds the lock.
        refusal = await acme
          .engine({ store: second })
          .apply({ why: 'second operator' })
          .catch((error: unknown) => error);
        return true;
      },
    });
    expect(refusal).toMatchObject({ code: 'ERR_RUN_LOCKED' });
    expect(report.remaining.steps).toEqual([]);

    const other = acme.engine({ store: second });
    expect((await other.apply({ why: 'second operator' })).plan.steps).toEqual([]);
    expect((await other.doctor()).status).toBe('ok');
    expect(await second.trail.verify()).not.toHaveProperty('brokenAt');
  },
);
