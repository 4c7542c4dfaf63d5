import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';
import { locum } from '../testing/locum.ts';

test('unlock tells whom it unlocked, and what has no lock', async () => {
  const engine = fixtureEngine({ unlock: async (name) => (name === 'jobs' ? [] : [`${name}-a`, `${name}-b`]) });
  const twins = await locum('unlock robot', { parts: fakeParts(engine).parts });
  expect(twins.err).toContain('robot-a is unlocked, and its failed logins count from zero.');
  expect(twins.err).toContain('robot-b is unlocked');
  const key = await locum('unlock jobs', { parts: fakeParts(engine).parts });
  expect(key.code).toBe(EXIT.ok);
  expect(key.err).toContain('jobs has no lock of its own');
});
