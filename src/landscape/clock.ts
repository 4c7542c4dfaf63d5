import type { Context } from '../kernel/context.ts';

/** The time of the landscape: the real time and an offset that can be moved. */
export interface LandscapeClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Moves the time by so many milliseconds (backwards if negative); nightly jobs that fell due have run when it resolves. */
  advance(ms: number): Promise<void>;
  /** Moves the time to this moment (epoch milliseconds), from which it goes on. */
  set(now: number): Promise<void>;
}

/** The mechanism under a {@link LandscapeClock}: a time that can jump, and sleepers that a jump wakes. */
export interface MovableTime {
  now(): number;
  /** Resolves when the time has come, be it by passing or by a jump. Never rejects. */
  sleep(ms: number): Promise<void>;
  /** Wakes whoever is due after the offset changed. */
  wake(): void;
  /** Wakes everybody: the landscape closes. */
  close(): void;
}

/** A {@link Context} whose sleep can be cut short, so that a timer nobody waits for does not hold the process. */
export type TimeSource = Pick<Context, 'now'> & { sleep(ms: number, signal?: AbortSignal): Promise<void> };

/** @param offset milliseconds that the landscape is ahead of the real time */
export function createMovableTime(source: TimeSource, offset: () => number): MovableTime {
  const sleepers = new Set<{ readonly due: number; readonly woken: AbortController }>();
  const now = () => source.now() + offset();
  return {
    now,
    async sleep(ms) {
      if (ms <= 0) return;
      const woken = new AbortController();
      const jump = new Promise((resolve) => woken.signal.addEventListener('abort', resolve));
      const sleeper = { due: now() + ms, woken };
      sleepers.add(sleeper);
      await Promise.race([jump, source.sleep(ms, woken.signal).catch(() => undefined)]);
      sleepers.delete(sleeper);
    },
    wake() {
      for (const { due, woken } of sleepers) if (due <= now()) woken.abort();
    },
    close() {
      for (const { woken } of sleepers) woken.abort();
    },
  };
}
