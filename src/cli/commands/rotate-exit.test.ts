import { expect, test } from 'vitest';
import type { RotationReport } from '../../engine/rotation-report.ts';
import { EXIT } from '../exit-codes.ts';
import { runProgram } from '../program.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';

/** A rotation that was refused because of errors of these codes. */
const refused = (...codes: readonly string[]): RotationReport => ({
  user: 'robot',
  credential: 'acme/robot',
  strategy: 'in place',
  consumers: [],
  staleMs: 0,
  findings: codes.map((code) => ({ code, severity: 'error', subject: 'robot', because: 'x', remedy: 'y' })),
  gated: true,
  outcome: 'refused',
  steps: [],
  deliveries: {},
});

test.for([
  ['a place that does not answer is tried again by a scheduler', ['ROTATION_CONSUMER_UNREACHABLE'], EXIT.remote],
  ['what gates else is told a person', ['ROTATION_CONSUMER_UNREACHABLE', 'ROTATION_FOREIGN_CONSUMER'], EXIT.policy],
] as const)('%s', async ([, codes, exit]) => {
  const engine = fixtureEngine({ rotate: async () => [refused(...codes)] });
  expect(await runProgram(fakeIo(['rotate', '--due', '--yes']), fakeParts(engine).parts)).toBe(exit);
});
