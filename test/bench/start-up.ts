import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bench, type Figure, medianTime } from './measure.ts';

const RUNS = 9;

/** Runs a program to its end. */
export function node(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`node ${args.join(' ')} ended with ${code}`)),
    );
  });
}

const ratio = (name: string, time: number, base: number, reference?: number): Figure => ({
  name,
  value: Number((time / base).toFixed(2)),
  unit: '× node -e 0',
  ...(reference === undefined ? {} : { reference }),
});

export const helpStart: Bench = {
  name: 'help',
  about: 'start-up of `locum --help` against `node -e 0`',
  async *run() {
    const base = await medianTime(RUNS, () => node('-e', '0'));
    yield ratio('locum --help', await medianTime(RUNS, () => node('bin/locum.js', '--help')), base, 3);
  },
};

export const landscapeBoot: Bench = {
  name: 'landscape-boot',
  about: 'boot of the local landscape to its answer, against `node -e 0`',
  async *run() {
    const folder = await mkdtemp(path.join(tmpdir(), 'locum-boot-'));
    try {
      const base = await medianTime(RUNS, () => node('-e', '0'));
      const boot = () => node('test/bench/boot-landscape.ts', folder);
      yield ratio('first boot, with a new data directory', await medianTime(1, boot), base);
      yield ratio('boot with an existing data directory', await medianTime(5, boot), base);
      yield ratio('boot in memory', await medianTime(5, () => node('test/bench/boot-landscape.ts')), base);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
