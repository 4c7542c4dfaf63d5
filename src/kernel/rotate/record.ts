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

/** Where an open rotation is, for people. */
export const WHERE: Readonly<Record<Phase, string>> = {
  mint: 'the new secret is not set yet',
  prove: 'the new secret is set, and is to be proven',
  revoke: 'what leaked is to be ended',
  deliver: 'consumers are to get the new secret',
  settle: 'the consumers have the new secret',
  retire: 'the old secret is to be retired',
  'roll back': 'it goes back to the old secret',
  done: 'it is to be concluded',
  'rolled back': 'it is to be concluded',
};

const delivery = z.object({
  title: z.string(),
  state: z.enum(['delivered', 'proven', 'unproven', 'failed']),
  /** Epoch milliseconds. */
  at: z.number(),
  because: z.string().optional(),
});

const leaked = z.object({
  to: z.number().optional(),
  sent: z.boolean(),
  again: z.boolean(),
  setBefore: z.number().optional(),
  setAt: z.number().optional(),
  /** It is set and proven: who has the leaked one is refused. */
  done: z.boolean(),
});

/** How far the replacement of a leaked secret got, at the twin that the consumers leave. */
export type Leaked = z.infer<typeof leaked>;

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
  /** The old secret, which leaked or is no longer needed, is known to be refused. */
  removed: z.boolean().optional(),
  /** When a leaked secret ended before everybody had the new one; the gap of the consumers begins. */
  endedAt: z.number().optional(),
  /** After a leak: tokens that could not be ended yet, and addresses of those that were. */
  tokensLeft: z.boolean().optional(),
  tokensEnded: z.array(z.string()).optional(),
  /** After a leak of twins: the new secret of the one that is left, as far as it got. */
  leaked: leaked.optional(),
  /** Vault version of what Locum made before a person does the rest, such as a key with its request. */
  prepared: z.number().optional(),
  /** What a person was asked to do, and since when (epoch milliseconds). */
  waits: z.object({ title: z.string(), since: z.number() }).optional(),
  /** When the new secret became the valid one; the gap of the consumers begins. */
  setAt: z.number().optional(),
  /** Places that nobody could look at when it began, which was accepted. */
  unseen: z.array(z.string()).optional(),
  /** By address of the consumer. */
  deliveries: z.record(z.string(), delivery),
  /** Until then a consumer may use what it held before. */
  settleUntil: z.number().optional(),
  /** Addresses of the consumers that held another secret after the wait, and were supplied once more. */
  writtenBack: z.array(z.string()).optional(),
  /** Addresses of the consumers that were given the old secret again. */
  back: z.array(z.string()).optional(),
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

/** Whether all is done but to tell it. */
export function isOver({ phase }: RotationRecord): boolean {
  return phase === 'done' || phase === 'rolled back';
}

/** Whether everything can go back to the old secret, because that is still valid. */
export function canGoBack(record: RotationRecord): boolean {
  const { strategy, phase, compromised, sent, setAt } = record;
  if (isOver(record)) return false;
  if (strategy === 'in place') return !sent && setAt === undefined;
  // After a leak the old one ends first, and nobody goes back to it.
  if (strategy === 'twins') return !compromised || phase === 'mint' || phase === 'prove';
  return !compromised && phase !== 'retire';
}

/** Titles of the places that a rotation delivered to and could not prove. */
export function unprovenOf({ deliveries }: RotationRecord): readonly string[] {
  return Object.values(deliveries).flatMap(({ state, title }) => (state === 'proven' ? [] : [title]));
}

/** From the moment the old secret ended to the last delivery, in milliseconds: how long a consumer was cut off at most. */
export function gapOf({ strategy, setAt, endedAt, deliveries }: RotationRecord): number | undefined {
  const since = strategy === 'in place' ? setAt : endedAt;
  if (since === undefined) return undefined;
  const at = Object.values(deliveries).map((delivered) => delivered.at);
  return at.length === 0 ? 0 : Math.max(0, Math.max(...at) - since);
}
