import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { lost, parse } from '../../test/powercut/acknowledged.ts';
import { createMemoryStore } from './memory-store.ts';
import { realContext, temporaryDirectory, withDatabase } from './store.fixture.ts';
import { openStore } from './store.ts';

const ROUNDS = 6;
const WRITER = path.resolve(import.meta.dirname, '../../test/powercut/writer.ts');
const root = temporaryDirectory();

interface Writer {
  readonly child: ChildProcess;
  /** Resolves when that many lines were printed. */
  lines(count: number): Promise<void>;
  /** Kills it and gives all that it printed. */
  kill(): Promise<string>;
}

function startWriter(directory: string): Writer {
  const child = spawn(process.execPath, [WRITER, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let text = '';
  let printed = 0;
  let wake = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    printed += chunk.split('\n').length - 1;
    wake();
  });
  return {
    child,
    async lines(count) {
      while (printed < count && child.exitCode === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async kill() {
      child.kill('SIGKILL');
      // Its own end would be a failure: the writer goes on until it is killed.
      expect(await closed).toEqual([null, 'SIGKILL']);
      return text;
    },
  };
}

test('kill -9 at random moments loses nothing that was acknowledged', { timeout: 300_000 }, async () => {
  const directory = await withDatabase(path.join(root, 'killed'));
  let printed = '';
  for (let round = 1; round <= ROUNDS; round++) {
    const writer = startWriter(directory);
    const count = randomInt(1, 200);
    await writer.lines(count);
    printed += await writer.kill();
    await using store = await openStore({ directory, waitMs: 0 }, realContext);
    expect(await lost(store, parse(printed)), `round ${round}, killed after ${count} lines`).toEqual([]);
  }
  expect(parse(printed).length).toBeGreaterThan(0);
});

test('kill -9 while the store is being created or opened leaves one that opens', { timeout: 300_000 }, async () => {
  const directory = path.join(root, 'killed-early');
  for (let round = 1; round <= ROUNDS; round++) {
    const writer = startWriter(directory);
    // Real time, because it is about a real process: from its start to the middle of the first creation.
    await setTimeout(randomInt(50, 600 * round));
    const printed = await writer.kill();
    if (round < ROUNDS) continue;
    await using store = await openStore({ directory, waitMs: 0 }, realContext);
    expect(await lost(store, parse(printed))).toEqual([]);
  }
});

test('what the writer did is looked for', async () => {
  const calls = parse('w 1 begin\nw 1 intend\nw 1 complete\nw 1 propose\nw 1 promo');
  expect(await lost(createMemoryStore(), calls)).toEqual([
    'w 1 complete: 0 entries in the trail',
    'w 1 propose: no such secret',
  ]);
});

test('a second process is refused while the first lives, and let in when it was killed', async () => {
  const directory = await withDatabase(path.join(root, 'shared'));
  const writer = startWriter(directory);
  await writer.lines(1);
  await expect(openStore({ directory, waitMs: 0 }, realContext)).rejects.toMatchObject({
    code: 'ERR_STORE_LOCKED',
    message: expect.stringContaining(`process ${writer.child.pid}`),
  });
  await writer.lines(20);
  const waiting = openStore({ directory, waitMs: 30_000 }, realContext);
  const printed = await writer.kill();
  await using store = await waiting;
  expect(await lost(store, parse(printed))).toEqual([]);
});
