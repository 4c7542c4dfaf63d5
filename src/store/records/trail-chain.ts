import { createHash } from 'node:crypto';
import { InvariantError } from '../../kernel/errors.ts';
import { canonicalJson, type Json } from '../../kernel/json.ts';
import type { TrailEntry } from '../../kernel/ports.ts';

/** `previousHash` of the first entry. */
export const GENESIS = '0'.repeat(64);

/** What a caller says about an entry; the chain adds the rest. */
export type TrailFact = Pick<TrailEntry, 'at' | 'who' | 'why' | 'subject' | 'change' | 'result'>;

/** The end of a chain. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** Makes the next entry of the chain. */
export function chained(head: ChainHead, fact: TrailFact): TrailEntry {
  if (!Number.isSafeInteger(fact.at))
    throw new InvariantError(`the time ${fact.at} is no whole number of milliseconds`);
  const entry = {
    seq: head.seq + 1,
    at: fact.at,
    // UTF-8 has no lone surrogates: they would come back from the database as something else, and break the chain.
    who: fact.who.toWellFormed(),
    why: fact.why.toWellFormed(),
    subject: fact.subject.toWellFormed(),
    change: JSON.parse(canonicalJson(fact.change)) as Json,
    result: fact.result.toWellFormed(),
    previousHash: head.hash,
  };
  return { ...entry, hash: hashOf(entry) };
}

/** Whether the entry is the one that belongs after `head`, unaltered. */
export function follows(head: ChainHead, entry: TrailEntry): boolean {
  const { hash, ...content } = entry;
  return entry.seq === head.seq + 1 && entry.previousHash === head.hash && hashOf(content) === hash;
}

function hashOf(content: Omit<TrailEntry, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}
