import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = path.join(import.meta.dirname, '../../scripts/run.mjs');

/** Runs `npm test` on one file with these tests, as its script does. */
async function suite(source: string): Promise<{ readonly code: number; readonly last: string | undefined }> {
  const root = mkdtempSync(path.join(tmpdir(), 'locum-suite-'));
  writeFileSync(path.join(root, 'some.test.js'), source);
  // This run's own variables would make the inner one believe that it is a worker.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/VITEST|TINYPOOL/.test(name)));
  const args = [script, 'test', '--globals', '--root', root];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return { code: 0, last: stdout.trimEnd().split('\n').at(-1) };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, last: stdout.trimEnd().split('\n').at(-1) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('the last line of npm test counts what passed, failed and was skipped', async () => {
  const mixed = "test('a', () => {}); test('b', () => {}); test.skip('c', () => {});";
  expect(await suite(mixed)).toEqual({ code: 0, last: '2 passed, 0 failed, 1 skipped' });
  expect(await suite("test('a', () => {}); test('b', () => { throw new Error('x') });")).toEqual({
    code: 1,
    last: '1 passed, 1 failed',
  });
});

test('a file that can not be loaded, and an error outside of every test, are failures', async () => {
  expect(await suite("test('a', () => {}); throw new Error('while loading');")).toEqual({
    code: 1,
    last: '0 passed, 1 failed',
  });
  const stray =
    "test('a', () => new Promise((resolve) => { Promise.reject(new Error('stray')); setTimeout(resolve, 50); }));";
  expect(await suite(stray)).toEqual({ code: 1, last: '1 passed, 1 failed' });
});

test('a run without a test is a failure', async () => {
  expect((await suite('const nothing = 1;')).code).toBe(1);
});
