// Takes the lock on a directory, says so, and keeps it until it is killed or its standard input ends.
import { setTimeout } from 'node:timers/promises';
import { lockDirectory } from './process-lock.ts';

const [, , directory = '', by = 'socket'] = process.argv;
const lock = await lockDirectory(
  directory,
  { by: by === 'file' ? 'file' : 'socket', waitMs: 0 },
  {
    now: Date.now,
    sleep: async (ms) => {
      await setTimeout(ms);
    },
  },
);
process.stdout.write('locked\n');
process.stdin.resume().on('end', () => lock[Symbol.asyncDispose]());
