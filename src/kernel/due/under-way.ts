import type { Address } from '../address.ts';
import { type Rotation, WHERE } from '../rotate/record.ts';
import type { Expiry } from './due.ts';

/** An open rotation, with what else decides how it stands. */
export interface UnderWay {
  readonly rotation: Rotation;
  /** Name for `locum rotate`. */
  readonly user: string;
  /** Titles of the consumers that have not got the new secret; or why nobody could look. */
  readonly lacking: readonly string[] | string;
  /** Who has the lease on the manifest just now: it may be going on. */
  readonly atWork?: string;
}

/** How an open rotation stands: at work, settling, waiting for a person, or stopped in the middle. Pure. */
export function underWayExpiry({ rotation, user, lacking, atWork }: UnderWay, now: number): Expiry {
  const { record, startedAt } = rotation;
  const { phase, waits, settleUntil = 0 } = record;
  const entry = (code: string, end: Expiry['end'], severity: 'error' | 'warning' = 'warning'): Expiry => ({
    user,
    subject: record.address as Address,
    title: 'rotation under way',
    severity,
    end,
    codes: { ended: code, soon: code, unknown: code },
    remedy: `locum rotate ${user}`,
  });
  if (waits) {
    const because = `it waits for a person to ${waits.title}`;
    return entry('ROTATION_WAITS', { kind: 'at', at: waits.since, because });
  }
  if (phase === 'settle' && now < settleUntil) {
    const because = `it settles: caches may hold the old secret until ${iso(settleUntil)}, then \`locum rotate ${user}\` retires it`;
    return entry('ROTATION_SETTLED', { kind: 'never', because });
  }
  if (atWork !== undefined) {
    return entry('ROTATION_STOPPED', {
      kind: 'never',
      because: `it is at work: ${WHERE[phase]}; ${atWork} has the lease`,
    });
  }
  if (phase === 'settle' || phase === 'retire') {
    const because = 'caches are over, and the old secret is to be retired';
    return entry('ROTATION_SETTLED', { kind: 'at', at: Math.max(startedAt, settleUntil), because });
  }
  const because = `it stopped: ${WHERE[phase]}${phase === 'deliver' ? told(rotation, lacking) : ''}`;
  return entry('ROTATION_STOPPED', { kind: 'at', at: startedAt, because }, 'error');
}

function told({ record: { strategy, setAt, endedAt } }: Rotation, lacking: UnderWay['lacking']): string {
  if (typeof lacking === 'string') return `; who lacks it could not be looked at: ${lacking}`;
  if (lacking.length === 0) return '; all have it, and are to be proven';
  const refused = (strategy === 'in place' ? setAt : endedAt) === undefined ? '' : ', and refused until they have it';
  return `; without it${refused}: ${lacking.join(', ')}`;
}

const iso = (time: number) => new Date(time).toISOString();
