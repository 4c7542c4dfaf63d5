import { RunError } from '../../kernel/errors.ts';
import type { LeaseRequest } from '../../kernel/ports.ts';

/** A lease as it is kept. One that was given back has run out. */
export interface KeptLease {
  readonly fence: number;
  readonly holder: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** The lease that a request gets. @throws {RunError} when its holder may still be at work */
export function granted(kept: KeptLease | undefined, request: LeaseRequest): KeptLease {
  const { name, holder, now, until, evict = false } = request;
  if (kept && kept.until > now && !evict) {
    throw new RunError('ERR_RUN_LOCKED', `${kept.holder} is at work on '${name}'`, {
      remedy: `wait for it to end; if it is gone, its lease runs out at ${new Date(kept.until).toISOString()}`,
    });
  }
  return { fence: (kept?.fence ?? 0) + 1, holder, until };
}

/** @throws {RunError} when the fence is not that of the holder */
export function assertFence(kept: KeptLease | undefined, name: string, fence: number): void {
  if (kept?.fence === fence) return;
  throw new RunError('ERR_RUN_INTERRUPTED', `${kept?.holder ?? 'another process'} has taken over '${name}'`, {
    remedy: 'look at the trail; the other process goes on with what was under way',
  });
}
