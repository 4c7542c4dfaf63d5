/** What a number of clients made of a piece of work. */
export interface Load {
  /** Milliseconds from the first start to the last end. */
  readonly elapsed: number;
  /** Milliseconds of CPU that the process has used meanwhile, on all of its threads. */
  readonly cpu: number;
  /** Milliseconds of each run. */
  readonly latencies: readonly number[];
}

/** Runs the work `count` times with so many clients at once, each of which begins the next run when its last one has ended. */
export async function load(clients: number, count: number, work: (run: number) => Promise<unknown>): Promise<Load> {
  const latencies: number[] = [];
  let next = 0;
  const before = process.cpuUsage();
  const began = performance.now();
  const client = async () => {
    while (next < count) {
      const run = next++;
      const start = performance.now();
      await work(run);
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsed = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return { elapsed, cpu: (user + system) / 1000, latencies };
}

/** The value below which this part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * How two pieces of work compare, measured in turns, so that a machine which others use as well is as busy for one as for the
 * other: the median over the rounds of the second's time by the first's. That of the CPU that they use hardly depends on how busy the
 * machine is, but tells nothing of how well the work uses several cores.
 */
export async function compare(
  rounds: number,
  work: () => Promise<Load>,
  bare: () => Promise<Load>,
): Promise<{ readonly ratio: number; readonly cpuRatio: number; readonly latencies: readonly number[] }> {
  const ratios: number[] = [];
  const cpuRatios: number[] = [];
  const latencies: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ceiling = await bare();
    const done = await work();
    ratios.push(ceiling.elapsed / done.elapsed);
    cpuRatios.push(ceiling.cpu / done.cpu);
    latencies.push(...done.latencies);
  }
  return { ratio: median(ratios), cpuRatio: median(cpuRatios), latencies };
}
