import fc from 'fast-check';
import { expect, test } from 'vitest';
import { play, scenarios } from './run.ts';

test('whatever goes wrong at any effect of a rotation, the next call ends it: nothing is lost, locked out or done twice', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      await play(scenario);
    }),
    { numRuns: 200 },
  );
}, 300_000);

test.for(
  (['single', 'pair', 'slots', 'guided'] as const).flatMap((user) => [[user, false] as const, [user, true] as const]),
)('a rotation of %s without a fault ends at once, after a leak: %s', async ([user, compromised]) => {
  await expect(play({ user, places: 3, compromised, person: [], sessions: [] })).resolves.toBeUndefined();
});
