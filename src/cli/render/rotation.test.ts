import { expect, test } from 'vitest';
import type { RotationPreview, RotationReport } from '../../engine/rotation-report.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { renderPreviews, renderRotations } from './rotation.ts';
import { styleFor } from './style.ts';

const io = fakeIo([]);
const style = { ...styleFor(io.stdout, io, { color: false }), width: 60 };

const gap = { code: 'ROTATION_GAP', severity: 'info', subject: 'robot', because: 'it fails', remedy: 'twins' } as const;
const preview: RotationPreview = {
  user: 'robot',
  credential: 'acme/robot',
  strategy: 'in place',
  consumers: ['API in dev', 'API in test'].map((title) => ({ title, address: `destination:${title}`, ours: true })),
  staleMs: 300_000,
  findings: [gap],
  gated: false,
};
const delivered = { 'destination:API in dev': { title: 'API in dev', state: 'proven', at: 1 } } as const;
const report = (changes: Partial<RotationReport>): RotationReport => ({
  ...preview,
  outcome: 'done',
  steps: [],
  deliveries: {},
  ...changes,
});

test('a rotation that stopped says who has no new secret, and that the old one is refused meanwhile', () => {
  const stopped = report({ outcome: 'stopped', deliveries: delivered, gapMs: 700 });
  expect(renderRotations([stopped], style, [preview])).toBe(
    '✗ robot stopped: 1 of 2 consumers supplied, 1 proven\n    API in test: not supplied yet, and refused until it is\n',
  );
  expect(renderRotations([report({ outcome: 'stopped' })], style, [preview])).toBe(
    '✗ robot stopped: 0 of 2 consumers supplied, 0 proven\n    API in dev: not supplied yet\n    API in test: not supplied yet\n',
  );
});

test('the gap is told with what caches add to it', () => {
  const done = report({ consumers: preview.consumers.slice(0, 1), deliveries: delivered, gapMs: 700 });
  expect(renderRotations([done], style)).toBe(
    '✓ robot rotated: 1 consumer supplied, 1 proven, cut off for 0.7 s, with caches up to 5 min longer\n',
  );
  expect(renderRotations([{ ...done, staleMs: 0 }], style)).toContain('cut off for 0.7 s\n');
});

test('what was shown before is not told again, but what gates', () => {
  expect(renderRotations([report({ outcome: 'cancelled' })], style, [preview])).toBe(
    '- robot cancelled: nothing was sent\n',
  );
  const error = { ...gap, code: 'ROTATION_LOCKED', severity: 'error' } as const;
  const gated = { ...preview, findings: [gap, error], gated: true };
  const refused = renderRotations([report({ ...gated, outcome: 'refused' })], style, [gated]);
  expect(refused).toContain('Error ROTATION_LOCKED');
  expect(refused).not.toContain('ROTATION_GAP');
  // Without anything to ask there was no preview: all of it is told.
  expect(renderRotations([report({ ...gated, outcome: 'refused' })], style)).toContain('Note ROTATION_GAP');
});

test('a rotation that goes on says where it is; no line is wider than the terminal', () => {
  const settleUntil = Date.UTC(2026, 10, 30, 2);
  const text = renderPreviews([{ ...preview, findings: [], resumes: 'r1', phase: 'settle', settleUntil }], style);
  expect(text).toBe(
    [
      '  # robot goes on with the rotation that was under way: the',
      '    consumers have the new secret; caches may hold the old',
      '    one until 2026-11-30T02:00:00.000Z',
      '  ~ API in dev',
      '  ~ API in test',
      '',
    ].join('\n'),
  );
});
