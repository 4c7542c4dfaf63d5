import { expect, test } from 'vitest';
import type { Json } from '../../kernel/json.ts';
import { runProgram } from '../program.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { fakeParts } from '../testing/fake-parts.ts';

test('the trail tells what a step did, of a rotation too', async () => {
  const entry = { at: 0, who: 'ada', why: 'CHG-1', subject: 'ias/password:t/robot', result: 'done' };
  const changes: readonly Json[] = [
    { rotation: 'r', step: 'set' },
    { rotation: 'r', strategy: 'in place' },
    { action: 'unlock' },
    'x',
  ];
  const entries = changes.map((change, seq) => ({ ...entry, seq, change, previousHash: '', hash: '' }));
  const { parts } = fakeParts();
  const real = await parts();
  const openStore: typeof real.openStore = async (io, globals) => {
    const store = await real.openStore(io, globals);
    return { ...store, trail: { ...store.trail, read: async () => entries } };
  };
  const io = fakeIo(['trail']);
  expect(await runProgram(io, async () => ({ ...real, openStore }))).toBe(0);
  expect(io.out().match(/done +.*password/g)).toEqual([
    'done     set ias/password',
    'done     rotation ias/password',
    'done     unlock ias/password',
    'done     ias/password',
  ]);
});
