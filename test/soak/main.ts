// Rotations under faults, seeded: `npm run soak -- --runs N --seed S`; `--path P` plays one run of a seed again. The last line sums up.
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { play } from './play.ts';
import { scenarios } from './scenario.ts';
import { createTally } from './tally.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    path: { type: 'string' },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const { path } = values;
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed) || (path && !/^\d+(:\d+)*$/.test(path))) {
  console.error('usage: npm run soak -- --runs N --seed S [--path P]');
  process.exitCode = 2;
} else {
  const tally = createTally();
  let played = 0;
  const result = await fc.check(
    fc.asyncProperty(scenarios, async (scenario) => {
      await play(scenario, tally);
      played++;
      if (process.stderr.isTTY && played % 100 === 0) process.stderr.write(`\r${played} of ${runs} runs`);
    }),
    { numRuns: path === undefined ? runs : 1, seed, ...(path === undefined ? {} : { path, endOnFailure: true }) },
  );
  if (process.stderr.isTTY) process.stderr.write('\n');
  if (result.failed) {
    console.log(`scenario: ${JSON.stringify(result.counterexample, undefined, 1)}`);
    console.log(result.errorInstance);
    console.log(`again: npm run soak -- --seed ${seed} --path ${result.counterexamplePath}`);
  }
  console.log(tally.line());
  const verdict = result.failed ? 'an invariant is broken' : 'every invariant held';
  console.log(`soak: ${result.numRuns} runs, ${verdict}, seed ${seed}`);
  process.exitCode = result.failed ? 1 : 0;
}
