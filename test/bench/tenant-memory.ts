import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Bench, Figure } from './measure.ts';

const USERS = 100_000;
const MEGABYTE = 1024 * 1024;

const run = promisify(execFile);
const needed = z.object({ rss: z.number(), heapUsed: z.number() });

async function memoryWith(users: number): Promise<z.infer<typeof needed>> {
  const child = 'test/bench/tenant-memory.child.ts';
  const { stdout } = await run(process.execPath, ['--expose-gc', child, String(users)]);
  return needed.parse(JSON.parse(stdout));
}

export const tenantMemory: Bench = {
  name: 'tenant-memory',
  about: `a process of its own with a landscape in memory and ${USERS} users in one IAS tenant`,
  async *run(): AsyncIterable<Figure> {
    const few = await memoryWith(1);
    const many = await memoryWith(USERS);
    const megabytes = (bytes: number) => Math.round(bytes / MEGABYTE);
    yield { name: `memory of the process with ${USERS} users`, value: megabytes(many.rss), unit: 'MB' };
    yield { name: 'memory of the process with 1 user', value: megabytes(few.rss), unit: 'MB' };
    const each = Math.round((many.heapUsed - few.heapUsed) / USERS);
    yield { name: 'memory of a user, the kept copy included', value: each, unit: 'bytes' };
  },
};
