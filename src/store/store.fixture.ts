import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll } from 'vitest';

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
