import { expect, test } from 'vitest';
import { type EffortLevel, effortOf } from '../../../emulation/effort.ts';
import { createPasswordHashes } from './hashes.ts';

const hashesWith = (level: EffortLevel) =>
  createPasswordHashes({
    now: () => 0,
    aside: (work) => work(),
    credentials: { password: () => '', keep: () => undefined },
    effort: effortOf(level),
  });

test('passwords are hashed as OWASP recommends', async () => {
  expect(await hashesWith('full').hash('a password')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('with the least effort they are hashed weakly, and checked all the same', async () => {
  const { hash, verify } = hashesWith('least');
  const hashed = await hash('a password');
  expect(hashed).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/);
  expect([await verify(hashed, 'a password'), await verify(hashed, 'another')]).toEqual([true, false]);
});
