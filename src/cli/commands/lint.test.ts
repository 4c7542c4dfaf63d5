import { expect, test } from 'vitest';
import { createEngine } from '../../engine/engine.ts';
import { createMemoryStore } from '../../store/index.ts';
import { EXIT } from '../exit-codes.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';
import { gate } from '../testing/fixtures.ts';
import { locum } from '../testing/locum.ts';

test('lint opens the engine offline, and exits with 8 for an error only', async () => {
  const warned = fakeParts(fixtureEngine({ lint: async () => [{ ...gate, severity: 'warning' }] }));
  expect((await locum('lint', { parts: warned.parts })).code).toBe(EXIT.ok);
  expect(warned.requests[0]?.offline).toBe(true);
  const wrong = fakeParts(fixtureEngine({ lint: async () => [gate] }));
  const { code, out } = await locum('lint', { parts: wrong.parts });
  expect(code).toBe(EXIT.policy);
  expect(out).toContain('locum.yaml:31:9');
});

test('a manifest that is not there is a manifest error', async () => {
  const engine = createEngine({ manifest: '/nowhere/locum.yaml', store: createMemoryStore(), who: 'tester' });
  const { code, err } = await locum('lint', { parts: fakeParts(engine).parts });
  expect(code).toBe(EXIT.manifest);
  expect(err).toContain("/nowhere/locum.yaml:1:1: can't read /nowhere/locum.yaml (ENOENT)");
});
