import { rateLimited } from '../../../protocols/cf-v3/emulator/errors.ts';

const WINDOW_S = 3600;

/** Counts calls per user in a fixed window. The counters are each process's own at SAP too, and not durable. */
export interface RateLimiter {
  /** Counts a call; gives the headers of its answer. Throws CF-RateLimitExceeded; `retryAfter` says for how long. */
  count(user: string, limit: number, now: number): Readonly<Record<string, string>>;
  /** Seconds until the user's window ends. */
  retryAfter(user: string, now: number): number;
}

export function createRateLimiter(): RateLimiter {
  const counters = new Map<string, { window: number; calls: number }>();

  // Each user's windows start at another second, so that not all counters fall back at once.
  const offset = (user: string) => [...user].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % WINDOW_S, 7);
  const endOf = (user: string, now: number) => {
    const seconds = Math.floor(now / 1000);
    return seconds - ((seconds + WINDOW_S - offset(user)) % WINDOW_S) + WINDOW_S;
  };

  return {
    count(user, limit, now) {
      const window = endOf(user, now);
      const known = counters.get(user);
      const calls = (known?.window === window ? known.calls : 0) + 1;
      counters.set(user, { window, calls });
      if (calls > limit) throw rateLimited();
      // An estimate over all processes, rounded down to tenths of the limit (recorded: always 18000 of 20000).
      const step = Math.max(1, Math.floor(limit / 10));
      return {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.floor((limit - calls) / step) * step),
        'x-ratelimit-reset': String(window),
      };
    },
    retryAfter: (user, now) => endOf(user, now) - Math.floor(now / 1000),
  };
}
