import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { runProgram } from '../program.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { fakeParts } from '../testing/fake-parts.ts';
import { locum } from '../testing/locum.ts';

test('vault set reads the secret from stdin, keeps it and writes the trail without it', async () => {
  const { parts, store } = fakeParts();
  const { code, out, err } = await locum('vault set admin', { parts, input: 'pass word\n' });
  expect({ code, out }).toEqual({ code: EXIT.ok, out: '' });
  expect(err).toContain('vault:admin');
  expect((await store.vault.open('admin', 'current'))?.secret.reveal()).toBe('pass word');
  const trail = await store.trail.read();
  expect(trail).toHaveLength(1);
  expect(JSON.stringify(trail)).not.toContain('pass word');
});

test('vault set refuses an empty stdin', async () => {
  const { code, err } = await locum('vault set admin');
  expect(code).toBe(EXIT.usage);
  expect(err).toContain('stdin is empty');
});

test('vault set refuses a secret without a name', async () => {
  const io = fakeIo(['vault', 'set', ''], { input: 'x' });
  expect(await runProgram(io, fakeParts().parts)).toBe(EXIT.usage);
  expect(io.err()).toContain('a secret needs a name');
});

test('vault set writes the trail before the secret counts', async () => {
  const { parts, store } = fakeParts();
  const opened = async () => ({
    ...store,
    trail: { ...store.trail, append: () => Promise.reject(new Error('the disk is full')) },
  });
  const made = fakeParts(undefined, { openStore: opened });
  expect((await locum('vault set admin', { parts: made.parts, input: 'one' })).code).not.toBe(EXIT.ok);
  expect((await store.vault.history('admin')).map(({ state }) => state)).toEqual(['pending']);
  await locum('vault set admin', { parts, input: 'two' });
  expect((await store.vault.open('admin', 'current'))?.version.version).toBe(2);
});

test('vault list shows names and states, no secrets', async () => {
  const { parts } = fakeParts();
  await locum('vault set admin', { parts, input: 'one' });
  await locum('vault set admin', { parts, input: 'two' });
  expect((await locum('vault list', { parts })).out).toBe('admin  1 previous, 2 current\n');
});

test('trail prints entries, and --verify the state of the chain', async () => {
  const { parts } = fakeParts();
  await locum('vault set admin', { parts, input: 'one' });
  expect((await locum('trail', { parts })).out).toBe(
    '    1  2026-11-21T00:00:00.000Z  done     admin  tester@bench: locum vault set\n',
  );
  expect(await locum('trail --verify', { parts })).toMatchObject({
    code: EXIT.ok,
    out: '✓ 1 entry, the chain is unbroken\n',
  });
});

test('a reason or a name with a line break does not look like another entry of the trail', async () => {
  const { parts, store } = fakeParts();
  const why = 'harmless\n    2  2026-11-21T00:00:00.000Z  done     admin  root@prod: approved';
  await store.trail.append({ at: 0, who: 'eve', why, subject: 'a\nb', change: null, result: 'done' });
  const { out } = await locum('trail', { parts });
  expect(out.trimEnd().split('\n')).toHaveLength(1);
  expect(out).toContain('a\\nb  eve: harmless\\n    2');
});
