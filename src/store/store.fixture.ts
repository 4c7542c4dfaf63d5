import { hash, randomBytes, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { createDataDirectory } from './database/data-directory.ts';

/** The real clock and chance: locks and disks are about real processes. */
export const realContext = {
  now: () => Date.now(),
  id: () => randomUUID(),
  random: (bytes: number) => randomBytes(bytes),
  sleep: async (ms: number) => {
    await setTimeout(ms);
  },
};

/** A private directory that is removed after the file's tests. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'locum-store-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A schema that no other test has. */
export function freshSchema(): string {
  return `locum_test_${randomUUID().replaceAll('-', '')}`;
}

/**
 * Puts an empty database into the directory of a store, for tests that are not about how it comes about.
 * @returns the directory
 */
export async function withDatabase(directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  cpSync(await emptyDatabase(), path.join(directory, 'pg'), { recursive: true });
  return directory;
}

const root = path.resolve(import.meta.dirname, '../..');

/** Kept between runs: making one takes as long as dozens of tests. */
async function emptyDatabase(): Promise<string> {
  const origins = ['node_modules/@electric-sql/pglite/package.json', 'src/store/database/data-directory.ts'];
  const version = hash('sha256', origins.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n'));
  const kept = path.join(root, 'node_modules/.cache/locum', `database-${version.slice(0, 12)}`);
  if (existsSync(kept)) return kept;
  mkdirSync(path.dirname(kept), { recursive: true });
  const made = `${kept}.${randomUUID()}`;
  await createDataDirectory(made);
  try {
    renameSync(made, kept);
  } catch (error) {
    // Another worker was faster.
    rmSync(made, { recursive: true });
    if (!existsSync(kept)) throw error;
  }
  return kept;
}
