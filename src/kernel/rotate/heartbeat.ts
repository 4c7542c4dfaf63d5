import { z } from 'zod';
import type { Trail } from '../ports.ts';

/** What a scheduler calls. */
export const HEARTBEAT = 'locum rotate --due';

const told = z.object({ schedule: z.literal('rotate --due'), outcomes: z.record(z.string(), z.number()) });

/** One run of the schedule. */
export interface Heartbeat {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly who: string;
  /** `nothing was due`, `2 done, 1 refused`. */
  readonly said: string;
}

/** Notes that a run of the schedule has come to its end, and what it came to: `locum due` tells when the last one was. */
export async function beat(
  trail: Trail,
  {
    manifest,
    at,
    who,
    why,
    outcomes,
  }: {
    readonly manifest: string;
    readonly at: number;
    readonly who: string;
    readonly why: string;
    readonly outcomes: readonly string[];
  },
): Promise<void> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  const change = { schedule: 'rotate --due', outcomes: counts };
  await trail.append({ at, who, why, subject: subjectOf(manifest), change, result: 'done' });
}

/** The last runs, the oldest first. */
export async function heartbeats(trail: Trail, manifest: string, limit = 1): Promise<readonly Heartbeat[]> {
  const entries = await trail.read({ subject: subjectOf(manifest), limit });
  return entries.flatMap(({ at, who, change }) => {
    const found = told.safeParse(change);
    if (!found.success) return [];
    const counts = Object.entries(found.data.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
    return [{ at, who, said: counts.length === 0 ? 'nothing was due' : counts.join(', ') }];
  });
}

function subjectOf(manifest: string): string {
  return `schedule/${manifest}`;
}
