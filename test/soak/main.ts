// Rotations under faults, seeded: `npm run soak -- --runs N --seed S`. The last line sums up.
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { play, scenarios } from './run.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error('usage: npm run soak -- --runs N --seed S');
  process.exitCode = 2;
} else {
  let played = 0;
  const result = await fc.check(
    fc.asyncProperty(scenarios, async (scenario) => {
      await play(scenario);
      played++;
      if (process.stderr.isTTY && played % 100 === 0) process.stderr.write(`\r${played} of ${runs} runs`);
    }),
    { numRuns: runs, seed },
  );
  if (process.stderr.isTTY) process.stderr.write('\n');
  if (result.failed) {
    console.log(`scenario: ${JSON.stringify(result.counterexample)}`);
    console.log(`path: ${result.counterexamplePath}`);
    console.log(result.errorInstance);
  }
  console.log(
    `soak: ${result.numRuns} runs, ${result.failed ? 'an invariant is broken' : 'every invariant held'}, seed ${seed}`,
  );
  process.exitCode = result.failed ? 1 : 0;
}
