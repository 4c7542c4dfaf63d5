import { afterAll, beforeAll, describe } from 'vitest';
import type { Store } from '../../kernel/ports.ts';
import { journalSuite } from './journal.suite.ts';
import { memoriesSuite } from './memories.suite.ts';
import { trailSuite } from './trail.suite.ts';
import { turnsSuite } from './turns.suite.ts';
import { vaultSuite } from './vault.suite.ts';

/** What every store must do, whatever keeps it. */
export function storeSuite(name: string, open: () => Promise<Store>): void {
  describe(`store on ${name}`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store?.[Symbol.asyncDispose]());

    journalSuite(() => store);
    trailSuite(() => store);
    vaultSuite(() => store);
    turnsSuite(() => store);
    memoriesSuite(() => store);
  });
}
