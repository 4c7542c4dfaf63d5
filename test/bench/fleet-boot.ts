import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bench, type Figure, medianTime } from './measure.ts';
import { node } from './start-up.ts';

const SIZE = '500x1000';
const RUNS = 5;
const MOST_MEGABYTES = 512;

/** Two seconds on a machine on which `node -e 0` takes 40 ms. */
const MOST_RATIO = 50;

interface Boot {
  /** Milliseconds until it listens. */
  readonly time: number;
  /** The most that the process has had in memory, manifest written; undefined where the system does not tell. */
  readonly megabytes: number | undefined;
}

async function boot(folder: string): Promise<Boot> {
  const start = performance.now();
  const child = spawn(process.execPath, ['bin/locum.js', 'up', '--directory', folder, '--fleet', SIZE], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    // The first thing on stdout are the addresses, on stderr what comes after.
    await once(child.stdout, 'data');
    const time = performance.now() - start;
    await once(child.stderr, 'data');
    return { time, megabytes: await peakOf(child.pid) };
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}

async function peakOf(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
}

export const fleetBoot: Bench = {
  name: 'fleet-boot',
  about: `\`locum up --fleet ${SIZE}\` until it listens, against \`node -e 0\``,
  async *run(): AsyncIterable<Figure> {
    const folder = await mkdtemp(path.join(tmpdir(), 'locum-fleet-'));
    try {
      const base = await medianTime(RUNS, () => node('-e', '0'));
      const first = await boot(folder);
      const later: Boot[] = [];
      for (let run = 0; run < RUNS; run++) later.push(await boot(folder));
      const times = later.map(({ time }) => time).sort((a, b) => a - b);
      const bound = { unit: '× node -e 0', reference: MOST_RATIO };
      const ratio = (time = Number.NaN) => Number((time / base).toFixed(1));
      yield { name: 'first boot, planted', value: ratio(first.time), ...bound };
      yield { name: 'boot with an existing data directory', value: ratio(times[Math.floor(RUNS / 2)]), ...bound };
      for (const [name, { megabytes }] of [
        ['first', first] as const,
        ...later.slice(0, 1).map((one) => ['later', one] as const),
      ]) {
        if (megabytes === undefined) continue;
        yield {
          name: `peak memory of a ${name} boot`,
          value: megabytes,
          unit: 'MB',
          reference: MOST_MEGABYTES,
        };
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
