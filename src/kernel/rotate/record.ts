import { z } from 'zod';
import type { StoredRotation } from '../ports.ts';

/**
 * How a credential is replaced.
 * `in place`: there is one slot, so the old secret ends when the new one is set; consumers fail until they have it.
 * `overlap`: old and new are valid side by side; the old one is retired last.
 * `twins`: a second user stands by; it gets a new secret, then the consumers go over to it, one by one.
 */
export const STRATEGIES = ['in place', 'overlap', 'twins'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** What is done next. Each phase finds out by itself what was done of it before a crash. */
export const PHASES = [
  'mint',
  'prove',
  'revoke',
  'deliver',
  'settle',
  'retire',
  'done',
  'roll back',
  'rolled back',
] as const;
export type Phase = (typeof PHASES)[number];

const delivery = z.object({
  title: z.string(),
  state: z.enum(['delivered', 'proven', 'unproven', 'failed']),
  /** Epoch milliseconds. */
  at: z.number(),
  because: z.string().optional(),
});

const record = z.object({
  format: z.literal(1),
  strategy: z.enum(STRATEGIES),
  phase: z.enum(PHASES),
  /** Address of the credential that gets a new secret. */
  address: z.string(),
  who: z.string(),
  why: z.string(),
  compromised: z.boolean(),
  /** Vault version that was current when it began. */
  from: z.number().optional(),
  /** Vault version that it makes. */
  to: z.number().optional(),
  /** With twins: vault name of the twin that the consumers leave. */
  leaving: z.string().optional(),
  /** When the service said the present secret had been set, before the new one was sent. */
  setBefore: z.number().optional(),
  /** The new secret was sent, or may have been. */
  sent: z.boolean(),
  /** A first new secret was refused after it had been set. */
  again: z.boolean(),
  /** Slot of the new secret, where there are several. */
  slot: z.string().optional(),
  /** Slots to retire. */
  oldSlots: z.array(z.string()),
  /** When the new secret became the valid one; the gap of the consumers begins. */
  setAt: z.number().optional(),
  /** By address of the consumer. */
  deliveries: z.record(z.string(), delivery),
  /** Until then a consumer may use what it held before. */
  settleUntil: z.number().optional(),
  /** Why it is, or was, rolled back. */
  because: z.string().optional(),
});

/** What a rotation knows of itself: plain JSON without secrets. */
export type RotationRecord = z.infer<typeof record>;

/** A rotation with its record read. */
export interface Rotation extends Omit<StoredRotation, 'record'> {
  readonly record: RotationRecord;
}

export function readRotation({ record: kept, ...rotation }: StoredRotation): Rotation {
  return { ...rotation, record: record.parse(kept) };
}

/** Whether everything can go back to the old secret, because that is still valid. */
export function canGoBack({ strategy, phase, compromised, sent, setAt }: RotationRecord): boolean {
  if (strategy === 'twins') return true;
  if (strategy === 'in place') return !sent && setAt === undefined;
  // After a leak the old slots end first, else last.
  return phase !== 'retire' && !(compromised && (phase === 'deliver' || phase === 'settle'));
}

/** Titles of the places that a rotation delivered to and could not prove. */
export function unprovenOf({ deliveries }: RotationRecord): readonly string[] {
  return Object.values(deliveries).flatMap(({ state, title }) => (state === 'proven' ? [] : [title]));
}

/** From the moment the new secret is valid to the last delivery, in milliseconds: how long a consumer was cut off at most. */
export function gapOf({ strategy, setAt, deliveries }: RotationRecord): number | undefined {
  if (strategy !== 'in place' || setAt === undefined) return undefined;
  const at = Object.values(deliveries).map((delivered) => delivered.at);
  return at.length === 0 ? 0 : Math.max(...at) - setAt;
}
