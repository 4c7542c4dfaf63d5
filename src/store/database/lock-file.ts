import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kill, pid } from 'node:process';
import type { LockTry } from './lock-try.ts';

/** Marks of the locks that this process has: its pid alone may be that of an earlier container. */
const held = new Set<string>();

interface Holder {
  readonly pid: number;
  readonly mark: string;
}

/**
 * Takes `<directory>/lock` with our pid in it, or takes it over from a process that is gone. The file appears whole
 * (link) and is removed only under a second file, so that two that find the same dead holder can't both win.
 */
export async function tryLockFile(directory: string): Promise<LockTry> {
  const lock = path.join(directory, 'lock');
  const guard = path.join(directory, 'lock.takeover');
  const mark = randomUUID();
  const mine = path.join(directory, `lock.${mark}`);
  writeFileSync(mine, `${pid} ${mark}`, { mode: 0o600 });
  try {
    if (!linked(mine, lock)) {
      const holder = holderIn(lock);
      if (holder === undefined || isAlive(holder)) return { heldBy: holder?.pid };
      if (!linked(mine, guard)) return { heldBy: undefined, leftOver: guard };
      try {
        if (holderIn(lock)?.mark === holder.mark) unlinkSync(lock);
        if (!linked(mine, lock)) return { heldBy: holderIn(lock)?.pid };
      } finally {
        rmSync(guard, { force: true });
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
  held.add(mark);
  return {
    release: async () => {
      if (held.delete(mark)) rmSync(lock, { force: true });
    },
  };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderIn(file: string): Holder | undefined {
  try {
    const [, holder, mark] = /^(\d+) (\S+)$/.exec(readFileSync(file, 'utf8')) ?? [];
    return holder && mark ? { pid: Number(holder), mark } : undefined;
  } catch (error) {
    // Released in between.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.pid === pid) return held.has(holder.mark);
  try {
    return kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
