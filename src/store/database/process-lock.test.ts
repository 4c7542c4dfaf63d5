import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { realContext, temporaryDirectory } from '../store.fixture.ts';
import { lockDirectory } from './process-lock.ts';

const root = temporaryDirectory();
let counter = 0;

function aDirectory(): string {
  const directory = path.join(root, String(counter++));
  mkdirSync(directory);
  return directory;
}

/** Another process that holds the lock. */
async function aHolder(directory: string, by: string): Promise<ChildProcess> {
  const script = path.join(import.meta.dirname, 'process-lock.child.ts');
  const child = spawn(process.execPath, [script, directory, by], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** A clock that only moves when somebody sleeps, and tells how long that was. */
function aClock() {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

describe.each(['socket', 'file'] as const)('lock by %s', (by) => {
  test('a second process is refused and told who has it, until the first is killed', async () => {
    const directory = aDirectory();
    const holder = await aHolder(directory, by);
    await expect(lockDirectory(directory, { by, waitMs: 0 }, realContext)).rejects.toMatchObject({
      code: 'ERR_STORE_LOCKED',
      message: expect.stringContaining(`in use by process ${holder.pid}`),
      remedy: expect.stringContaining('DATABASE_URL'),
    });
    await kill(holder);
    await using _lock = await lockDirectory(directory, { by, waitMs: 0 }, realContext);
  });

  test('waits for a process that is about to end', async () => {
    const directory = aDirectory();
    const holder = await aHolder(directory, by);
    const waiting = lockDirectory(directory, { by, waitMs: 30_000 }, realContext);
    holder.stdin?.end();
    await using _lock = await waiting;
  });

  test('gives up after the time that it was given', async () => {
    const directory = aDirectory();
    await using _first = await lockDirectory(directory, { by }, realContext);
    const clock = aClock();
    const options = { by, waitMs: 1_234, code: 'ERR_LANDSCAPE_LOCKED' as const };
    await expect(lockDirectory(directory, options, clock)).rejects.toMatchObject({
      code: 'ERR_LANDSCAPE_LOCKED',
      message: expect.stringContaining('1234 ms'),
    });
    expect(clock.now()).toBe(1_234);
  });

  test('one of many that try at once gets it', async () => {
    const directory = aDirectory();
    const tries = Array.from({ length: 20 }, () => lockDirectory(directory, { by, waitMs: 0 }, realContext));
    const winners = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled');
    expect(winners).toHaveLength(1);
  });

  test('releasing it twice does not take it from the next one', async () => {
    const directory = aDirectory();
    const first = await lockDirectory(directory, { by }, realContext);
    await first[Symbol.asyncDispose]();
    await using _second = await lockDirectory(directory, { by }, realContext);
    await first[Symbol.asyncDispose]();
    await expect(lockDirectory(directory, { by, waitMs: 0 }, realContext)).rejects.toMatchObject({
      code: 'ERR_STORE_LOCKED',
    });
  });

  test('two directories do not disturb each other', async () => {
    await using _one = await lockDirectory(aDirectory(), { by, waitMs: 0 }, realContext);
    await using _other = await lockDirectory(aDirectory(), { by, waitMs: 0 }, realContext);
  });

  test('a directory is the same by another name', async () => {
    const directory = aDirectory();
    const name = path.join(root, `link-${by}`);
    symlinkSync(directory, name);
    await using _lock = await lockDirectory(directory, { by }, realContext);
    await expect(lockDirectory(name, { by, waitMs: 0 }, realContext)).rejects.toMatchObject({
      code: 'ERR_STORE_LOCKED',
    });
  });
});

describe('lock file', () => {
  test('is taken over from a process that is gone, and leaves nothing behind', async () => {
    const directory = aDirectory();
    const holder = await aHolder(directory, 'file');
    await kill(holder);
    expect(readdirSync(directory)).toEqual(['lock']);
    const lock = await lockDirectory(directory, { by: 'file', waitMs: 0 }, realContext);
    await lock[Symbol.asyncDispose]();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('of an earlier container whose process had our pid is taken over', async () => {
    const directory = aDirectory();
    writeFileSync(path.join(directory, 'lock'), `${process.pid} earlier`);
    await using _lock = await lockDirectory(directory, { by: 'file', waitMs: 0 }, realContext);
  });

  test('names what to delete when a takeover was cut short', async () => {
    const directory = aDirectory();
    const holder = await aHolder(directory, 'file');
    await kill(holder);
    const leftOver = path.join(directory, 'lock.takeover');
    writeFileSync(leftOver, '1');
    await expect(lockDirectory(directory, { by: 'file', waitMs: 0 }, realContext)).rejects.toMatchObject({
      remedy: expect.stringContaining(leftOver),
    });
  });
});
