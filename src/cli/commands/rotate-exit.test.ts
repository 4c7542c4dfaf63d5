import { expect, test } from 'vitest';
import type { RotationPreview, RotationReport } from '../../engine/rotation-report.ts';
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

/** A rotation that would be made, or that a finding stands against. */
function planned(...codes: readonly string[]): RotationPreview {
  const { outcome: _outcome, steps: _steps, deliveries: _deliveries, ...preview } = refused(...codes);
  const consumers = [{ title: 'deploy in prod', address: 'destination/destination:prod/deploy', ours: true }];
  return { ...preview, consumers, gated: codes.length > 0 };
}

async function previewed(line: string, previews: readonly RotationPreview[]) {
  const asked: unknown[] = [];
  const engine = fixtureEngine({
    previewRotations: async (request) => {
      asked.push(request);
      return previews;
    },
  });
  const io = fakeIo(line.split(' '));
  const code = await runProgram(io, fakeParts(engine).parts);
  return { code, out: io.out(), err: io.err(), asked };
}

test('rotate --preview shows what would be done, without a terminal, and rotates nothing', async () => {
  const { code, out, asked } = await previewed('rotate robot --preview --accept X', [planned()]);
  expect(code).toBe(EXIT.ok);
  expect(out).toContain('# robot gets a new secret, in its place');
  expect(out).toContain('~ deploy in prod');
  expect(asked).toEqual([{ names: ['robot'], accept: ['X'] }]);
  const json: unknown = JSON.parse((await previewed('rotate robot --preview --json', [planned()])).out);
  expect(json).toMatchObject({ rotations: [{ user: 'robot', strategy: 'in place', gated: false }] });
});

test('rotate --preview ends with the exit code with which the rotation would be refused', async () => {
  expect(await previewed('rotate robot --preview', [planned(), planned('ROTATION_TOO_SOON')])).toMatchObject({
    code: EXIT.policy,
    out: expect.stringContaining('ROTATION_TOO_SOON'),
  });
  expect((await previewed('rotate robot --preview', [planned('ROTATION_CONSUMER_UNREACHABLE')])).code).toBe(
    EXIT.remote,
  );
  const none = await previewed('rotate --due --preview', []);
  expect(none).toMatchObject({ code: EXIT.ok, asked: [{ due: true, underWay: false }] });
  expect(none.err).toContain('Nothing is due.');
  expect((await previewed('rotate robot --preview --abort', [])).code).toBe(EXIT.usage);
});
