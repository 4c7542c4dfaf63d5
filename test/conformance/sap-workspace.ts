import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Step } from './client.ts';
import type { ConformanceLandscape } from './landscape.ts';
import { complaintOf, run } from './programs.ts';
import { Skip } from './skip.ts';

const folder = path.join(import.meta.dirname, 'sap');
const modules = path.join(folder, 'node_modules');

/** Milliseconds that npm gets to install the workspace. */
const PATIENCE = 300_000;

/**
 * Installs the packages under SAP's licences that the workspace's lock file names, where they are missing.
 * @returns the folder that they are in
 * @throws Skip when npm cannot get them
 */
export async function installSapWorkspace(): Promise<string> {
  const wanted = readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
  const [packages, installed] = [packagesOf(wanted), packagesOf(read('node_modules/.package-lock.json'))];
  // An `npm ci` that was cut short leaves its old list behind, without the packages.
  const there = (entry: string) => existsSync(path.join(folder, entry.split(' ', 1)[0] ?? ''));
  if (packages.every((entry) => installed.includes(entry) && there(entry))) return modules;
  console.error(
    'installing packages under SAP licences into test/conformance/sap (their use accepts those licences) …',
  );
  // The registry is outside of the landscape: npm gets the settings of whoever runs this, not the landscape's.
  const env = process.env;
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, stderr } = await run('npm', words, { env, cwd: folder, timeout: PATIENCE });
  if (code !== 0) throw new Skip(`npm ci in test/conformance/sap failed: ${stderr.trim().split('\n')[0] ?? ''}`);
  return modules;
}

function read(file: string): string {
  const at = path.join(folder, file);
  return existsSync(at) ? readFileSync(at, 'utf8') : '{}';
}

/** Places and integrity of packages in a lock file. */
function packagesOf(lock: string): readonly string[] {
  const { packages = {} } = JSON.parse(lock) as {
    packages?: Record<string, { integrity?: string; optional?: boolean }>;
  };
  return Object.entries(packages).flatMap(([place, { integrity, optional }]) =>
    place === '' || optional ? [] : [`${place} ${integrity}`],
  );
}

/** Runs a script of the workspace in a process of its own, which reaches the landscape by its environment alone. */
export async function runSapScript(
  script: string,
  given: object,
  landscape: Pick<ConformanceLandscape, 'environment'>,
  step: Step,
): Promise<void> {
  await installSapWorkspace();
  const file = path.join(folder, script);
  const env = landscape.environment;
  const { code, stdout, stderr } = await run(process.execPath, [file], { env, input: JSON.stringify(given) });
  for (const line of stdout.split('\n')) {
    const [, bad, name = '', because] = /^(not )?ok (.*?)(?:: (.*))?$/.exec(line) ?? [];
    if (bad !== undefined) await step(name, () => Promise.reject(new Error(because ?? 'failed', { cause: stderr })));
    else if (name !== '') await step(name, () => undefined);
  }
  if (code === 0) return;
  throw new Error(`${script} ended with ${code}: ${complaintOf(stderr)}`);
}
