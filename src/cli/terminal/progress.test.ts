import { expect, test } from 'vitest';
import type { GlobalOptions } from '../global-options.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { progressFor } from './progress.ts';

const globals: GlobalOptions = {
  manifest: 'locum.yaml',
  manifestGiven: false,
  store: '.locum/store',
  json: false,
  color: false,
  quiet: false,
};

function show(given: Partial<GlobalOptions>, terminal: boolean, events = true) {
  const io = fakeIo([], { terminal });
  const progress = progressFor(io, { ...globals, ...given }, { events });
  progress.handle({ event: 'scope.observe', fields: { type: 'ias/user', scope: 't', resources: 2 } });
  progress.expect(2);
  progress.handle({ event: 'step.started', fields: { address: 'ias/user:t/a', action: 'create' } });
  progress.handle({ event: 'step.done', fields: { address: 'ias/user:t/a', action: 'create' } });
  progress.handle({
    event: 'step.failed',
    fields: { address: 'ias/password:t/a', action: 'create', because: 'status 400\u001b[2J' },
  });
  progress.end();
  progress.end();
  return { out: io.out(), err: io.err() };
}

test('in a pipe: a line per finished step, without control characters', () => {
  expect(show({}, false)).toEqual({
    out: '',
    err: 'done create ias/user:t/a\nfailed create ias/password:t/a: status 400\\x1b[2J\n',
  });
});

test('on a terminal: one line that is drawn over and gone at the end; what failed stays', () => {
  const { out, err } = show({}, true);
  expect(out).toBe('');
  const drawn = err.split('\r\u001b[2K');
  expect(drawn).toEqual([
    '',
    'looking at 1 scope …',
    '░░░░░░░░░░░░░░░░░░░░░░░░ 0/2 ias/user:t/a',
    '████████████░░░░░░░░░░░░ 1/2 ias/user:t/a',
    'failed ias/password:t/a\n',
    '████████████████████████ 2/2 ias/password:t/a',
    '',
  ]);
});

test('with --json: events on stdout where the command has events', () => {
  const { out, err } = show({ json: true }, true);
  expect(err).toBe('');
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event),
  ).toEqual(['scope.observe', 'step.started', 'step.done', 'step.failed']);
  expect(show({ json: true }, true, false)).toEqual({ out: '', err: '' });
});

test('with --quiet: nothing', () => {
  expect(show({ quiet: true }, true)).toEqual({ out: '', err: '' });
});

test('a line is never wider than the terminal', () => {
  const io = fakeIo([], { terminal: true });
  const progress = progressFor({ ...io, stderr: { ...io.stderr, columns: 40 } }, globals);
  progress.handle({ event: 'step.started', fields: { address: 'x'.repeat(200) } });
  expect(io.err().replace('\r\u001b[2K', '').length).toBe(39);
});

test('of a rotation, which has no number of steps, the step is shown, and a wait with what is left of it', () => {
  const io = fakeIo([], { terminal: true });
  const progress = progressFor(io, globals);
  progress.handle({ event: 'inventory.read', fields: { system: 'accounts' } });
  progress.handle({ event: 'rotation.looking', fields: {} });
  progress.handle({ event: 'step.started', fields: { address: 'ias/password:t/a', action: 'set' } });
  progress.handle({ event: 'rotation.settling', fields: { until: '2026-11-30T02:00:00.000Z', leftMs: 299_400 } });
  expect(io.err().split('\r\u001b[2K').slice(1)).toEqual([
    'looking at accounts …',
    'looking for everything that holds it …',
    'set ias/password:t/a',
    '5:00 left: caches may hold the old secret (Ctrl-C is safe)',
  ]);
});

test('in a pipe a wait is one line, however often it is told', () => {
  const io = fakeIo([]);
  const progress = progressFor(io, globals);
  const until = '2026-11-30T02:00:00.000Z';
  for (const leftMs of [20_000, 10_000]) progress.handle({ event: 'rotation.settling', fields: { until, leftMs } });
  expect(io.err()).toBe(
    'waiting until 2026-11-30T02:00:00.000Z: caches may hold the old secret (Ctrl-C is safe, `locum rotate` goes on)\n',
  );
});
