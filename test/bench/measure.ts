/** One figure. Ratios and counts only: they hold on a noisy machine. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The goal: the most that the value may be. A figure has this, `atLeast`, or no goal. */
  readonly reference?: number;
  /** The goal: the least that the value shall be. */
  readonly atLeast?: number;
  /** Whether the goal is a promise, which no busy machine excuses: to miss it fails the command. @default false: it is told */
  readonly promised?: boolean;
  /** Where the goal comes from, if the name of the figure does not tell. */
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
