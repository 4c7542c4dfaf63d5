/** One figure. Ratios and counts only: they hold on a noisy machine. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The most that the value may be; absent = no bound. */
  readonly reference?: number;
  /** The least that the value shall be; absent = no bound. */
  readonly atLeast?: number;
  /** What the bound is. */
  readonly against?: string;
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  run(): AsyncIterable<Figure>;
}

/** Median wall time of a process in milliseconds, over several runs. */
export async function medianTime(runs: number, run: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}
