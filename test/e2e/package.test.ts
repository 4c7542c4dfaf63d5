import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

/** The package as npm would unpack it, compiled, beside the dependencies of this checkout. */
async function installed(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'locum-package-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const modules = path.join(folder, 'node_modules');
  const locum = path.join(modules, 'locum');
  mkdirSync(locum, { recursive: true });
  for (const name of readdirSync('node_modules'))
    symlinkSync(path.resolve('node_modules', name), path.join(modules, name));
  await run(process.execPath, [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
    '--outDir',
    path.join(locum, 'dist'),
  ]);
  for (const part of ['package.json', 'bin', 'examples']) cpSync(part, path.join(locum, part), { recursive: true });
  return folder;
}

const SCRIPT = `
import { createEngine, createMemoryStore, createNodeContext } from 'locum';
import { createLandscape } from 'locum/landscape';
await using landscape = await createLandscape({ seed: 'node_modules/locum/examples/acme/landscape.yaml' });
await using world = createNodeContext();
const engine = createEngine({
  manifest: 'node_modules/locum/examples/acme/locum.yaml',
  store: createMemoryStore(),
  context: { ...world, fetch: landscape.fetch },
  env: (name) => landscape.credentials()[name],
  who: 'test',
});
const { steps } = await engine.plan();
console.log(steps.length);
`;

test('the published package works for a program that imports it, and as a command', async () => {
  const folder = await installed();
  writeFileSync(path.join(folder, 'program.mjs'), SCRIPT);
  const program = await run(process.execPath, ['program.mjs'], { cwd: folder });
  expect(Number(program.stdout)).toBe(36);
  const command = await run(process.execPath, ['node_modules/locum/bin/locum.js', '--version'], { cwd: folder });
  expect(command.stdout).toMatch(/^\d+\.\d+\.\d+$/m);
}, 120_000);
