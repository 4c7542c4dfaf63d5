import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kill, pid } from 'node:process';
import type { LockTry } from './process-lock.ts';

/**
 * Takes `<directory>/lock` with our pid in it, or takes it over from a process that is gone. The file appears whole
 * (link) and is removed only under a second file, so that two that find the same dead holder can't both win.
 */
export async function tryLockFile(directory: string): Promise<LockTry> {
  const lock = path.join(directory, 'lock');
  const guard = path.join(directory, 'lock.takeover');
  const mine = path.join(directory, `lock.${randomUUID()}`);
  writeFileSync(mine, String(pid), { mode: 0o600 });
  try {
    if (!linked(mine, lock)) {
      const holder = pidIn(lock);
      if (holder === undefined || (holder === pid ? held.has(lock) : isAlive(holder))) return { heldBy: holder };
      if (!linked(mine, guard)) return { heldBy: undefined, leftOver: guard };
      try {
        if (pidIn(lock) === holder) unlinkSync(lock);
        if (!linked(mine, lock)) return { heldBy: pidIn(lock) };
      } finally {
        rmSync(guard, { force: true });
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
  held.add(lock);
  return {
    release: async () => {
      if (held.delete(lock)) rmSync(lock, { force: true });
    },
  };
}

/** Lock files of this process: a pid alone can't tell ours from that of an earlier container with the same pid. */
const held = new Set<string>();

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function pidIn(file: string): number | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(holder: number): boolean {
  try {
    return kill(holder, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
