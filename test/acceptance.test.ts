import { expect, test } from 'vitest';
import { numberedTests, SCENARIOS } from '../scripts/docs/fidelity/acceptance.ts';

const numbered = numberedTests();

test.for(SCENARIOS)('the acceptance scenario %s is a test with its number', (scenario) => {
  expect([...numbered.keys()]).toContain(scenario);
});

test('no test has the number of a scenario that there is not', () => {
  expect([...numbered.keys()].filter((number) => !SCENARIOS.includes(number))).toEqual([]);
});
