import { expect, test } from 'vitest';
import { NOT_YET, numberedTests, SCENARIOS } from '../scripts/docs/fidelity/acceptance.ts';

const numbered = numberedTests();

test.for(SCENARIOS)('the acceptance scenario %s is a test with its number, or it is said why not yet', (scenario) => {
  expect(numbered.has(scenario) || scenario in NOT_YET, 'see scripts/docs/fidelity/acceptance.ts').toBe(true);
});

test('no test has the number of a scenario that there is not', () => {
  expect([...numbered.keys()].filter((number) => !SCENARIOS.includes(number))).toEqual([]);
});
