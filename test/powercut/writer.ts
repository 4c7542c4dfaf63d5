// Writes to a store until it is killed, and prints each call that has returned. Usage: writer.ts DIRECTORY
import { randomBytes, randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/index.ts';
import { type Acknowledged, perform, print, steps } from './acknowledged.ts';

const WORKERS = 3;
const [, , directory = ''] = process.argv;

const store = await openStore(
  { directory, waitMs: 0 },
  {
    now: Date.now,
    id: randomUUID,
    random: randomBytes,
    sleep: () => Promise.reject(new Error('the directory is in use')),
  },
);
// Written at once: a line in a buffer of this process would be lost with it.
writeSync(1, 'open\n');

async function work(worker: string): Promise<void> {
  for (let round = 1; ; round++) {
    for (const step of steps) {
      const call: Acknowledged = { worker, round, step };
      await perform(store, call);
      writeSync(1, print(call));
    }
  }
}

const life = randomUUID().slice(0, 8);
await Promise.all(Array.from({ length: WORKERS }, (_, n) => work(`${life}.${n}`)));
