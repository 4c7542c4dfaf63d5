import { expect, test } from 'vitest';
import { type EffortLevel, effortOf } from '../../../../../emulation/effort.ts';
import { hashSecret, matchesHash } from './hashes.ts';

const hashed = (level: EffortLevel) =>
  hashSecret('a secret', { random: (count) => new Uint8Array(count).fill(7), effort: effortOf(level) });

test('secrets are hashed as OWASP recommends, and weakly with the least effort', async () => {
  expect(await hashed('full')).toMatch(/^[0-9a-f]{32}:[0-9a-f]{64}:16384:5$/);
  expect(await hashed('least')).toMatch(/:1024:1$/);
});

test('a hash says what it was made with; older ones, which do not, are weak', async () => {
  const old = (await hashed('least')).split(':').slice(0, 2).join(':');
  for (const hash of [await hashed('full'), await hashed('least'), old]) {
    expect([await matchesHash('a secret', hash), await matchesHash('another', hash)]).toEqual([true, false]);
  }
});

test('no secret fits no hash, and only the empty one fits the empty one', async () => {
  expect([await matchesHash('', undefined), await matchesHash('', ''), await matchesHash('x', '')]).toEqual([
    false,
    true,
    false,
  ]);
});
