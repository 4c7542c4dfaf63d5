import pLimit from 'p-limit';
import type { Context } from './context.ts';

/** A limit that a service sets on its callers. */
export interface BudgetLimits {
  /** Calls in flight at once. */
  readonly concurrency: number;
  /** Calls per window; absent = no rate limit known. */
  readonly calls?: number;
  /** Length of the window in milliseconds. @default 60000 */
  readonly windowMs?: number;
}

/** Keeps a client under its service's limits, so that it need not be told by a 429. */
export interface Budget {
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Nobody starts a call before this time (epoch ms): what a Retry-After asks of all callers. */
  pauseUntil(time: number): void;
}

export function createBudget(limits: BudgetLimits, ctx: Pick<Context, 'now' | 'sleep'>): Budget {
  const limit = pLimit(limits.concurrency);
  const windowMs = limits.windowMs ?? 60_000;
  const starts: number[] = [];
  let pausedUntil = 0;

  async function waitForSlot(): Promise<void> {
    for (;;) {
      const now = ctx.now();
      while (starts[0] !== undefined && starts[0] <= now - windowMs) starts.shift();
      const full = limits.calls !== undefined && starts.length >= limits.calls;
      const freeAt = Math.max(pausedUntil, full ? (starts[0] ?? now) + windowMs : now);
      if (freeAt <= now) {
        starts.push(now);
        return;
      }
      await ctx.sleep(freeAt - now);
    }
  }

  return {
    run: (call) =>
      limit(async () => {
        await waitForSlot();
        return call();
      }),
    pauseUntil: (time) => {
      pausedUntil = Math.max(pausedUntil, time);
    },
  };
}
