import { expect, test } from 'vitest';
import { realContext } from '../../src/store/store.fixture.ts';
import { openStore } from '../../src/store/store.ts';
import { lost, parse } from './acknowledged.ts';
import { cutPower, whyNot } from './powercut.ts';

const impossible = whyNot();
/** More rounds on demand: LOCUM_POWERCUT_ROUNDS=20 npx vitest run test/powercut */
const rounds = Number(process.env.LOCUM_POWERCUT_ROUNDS ?? 1);

test.skipIf(impossible !== undefined)(
  `a power cut loses nothing that was acknowledged${impossible ? ` (skipped: ${impossible})` : ''}`,
  { timeout: rounds * 120_000 },
  async () => {
    for (let round = 1; round <= rounds; round++) {
      await cutPower({}, async ({ directory, printed }) => {
        await using store = await openStore({ directory, waitMs: 0 }, realContext);
        expect(await lost(store, parse(printed)), `round ${round}`).toEqual([]);
        expect(parse(printed).length).toBeGreaterThan(0);
      });
    }
  },
);

/** An fsync that does nothing, as PGlite comes. */
const NO_FSYNC = `data:text/javascript,
  import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
  fs.fsyncSync = () => undefined; syncBuiltinESMExports();`;

test.skipIf(impossible !== undefined || rounds === 1)(
  'the simulation would show it: without fsync acknowledged calls are lost',
  { timeout: 120_000 },
  async () => {
    await cutPower({ nodeArguments: ['--import', NO_FSYNC] }, async ({ directory, printed }) => {
      const complaints = await openStore({ directory, waitMs: 0 }, realContext).then(
        async (store) => {
          await using _opened = store;
          return await lost(store, parse(printed));
        },
        (error: unknown) => [String(error)],
      );
      expect(complaints).not.toEqual([]);
    });
  },
);
