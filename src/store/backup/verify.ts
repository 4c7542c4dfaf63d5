import { z } from 'zod';
import type { Json } from '../../kernel/json.ts';
import type { TrailEntry } from '../../kernel/ports.ts';
import type { MasterKey } from '../master-key.ts';
import { type ChainHead, follows, GENESIS } from '../records/trail-chain.ts';
import { unsealRow } from '../vault.ts';
import type { Snapshot } from './snapshot.ts';

/** What was proven of a store, or of a backup. */
export interface StoreReport {
  /** Names that the vault keeps. */
  readonly secrets: number;
  readonly versions: number;
  /** Versions that do not open with the master key. */
  readonly unreadable: readonly { readonly name: string; readonly version: number }[];
  /** As of `Trail.verify`. */
  readonly trail: { readonly entries: number; readonly brokenAt?: number };
  readonly runs: number;
  /** Of a store: payloads outside that no version refers to, as `mount/path`. Harmless. */
  readonly unreferenced?: readonly string[];
  /** Everything opens and fits. */
  readonly intact: boolean;
}

/** `bytea` as PostgreSQL writes it. */
const bytes = z
  .string()
  .regex(/^\\x([0-9a-f]{2})*$/)
  .transform((text) => new Uint8Array(Buffer.from(text.slice(2), 'hex')));
const number = z.string().transform(Number);
const versionRow = z.object({
  name: z.string(),
  version: number,
  created_at: number,
  wrapped_key: bytes,
  /** Null when it lies outside of the store and is not there. */
  sealed: bytes.nullable(),
});
const headRow = z.object({ seq: number, hash: z.string() });
const trailRow = z
  .object({
    seq: number,
    at: number,
    who: z.string(),
    why: z.string(),
    subject: z.string(),
    change: z.string().transform((text) => JSON.parse(text) as Json),
    result: z.string(),
    previous_hash: z.string(),
    hash: z.string(),
  })
  .transform(({ previous_hash, ...row }): TrailEntry => ({ ...row, previousHash: previous_hash }));

/** Opens every version, and recomputes the chain of the trail. */
export function verifySnapshot(snapshot: Snapshot, key: MasterKey): StoreReport {
  const rows = (table: string): readonly unknown[] =>
    (snapshot.tables.find(({ name }) => name === table)?.rows ?? []).map((row) => JSON.parse(row) as unknown);
  const versions = rows('vault_version').map((row) => versionRow.parse(row));
  const unreadable = versions.filter((row) => !opens(row, key)).map(({ name, version }) => ({ name, version }));
  const trail = verifyChain(
    rows('trail').map((row) => trailRow.parse(row)),
    headRow.parse(rows('trail_head')[0] ?? { seq: '0', hash: GENESIS }),
  );
  return {
    secrets: new Set(versions.map(({ name }) => name)).size,
    versions: versions.length,
    unreadable,
    trail,
    runs: rows('run').length,
    intact: unreadable.length === 0 && trail.brokenAt === undefined,
  };
}

function opens(row: z.infer<typeof versionRow>, key: MasterKey): boolean {
  const { sealed } = row;
  if (!sealed) return false;
  try {
    unsealRow({ ...row, sealed }, key);
    return true;
  } catch {
    return false;
  }
}

function verifyChain(entries: readonly TrailEntry[], end: ChainHead): StoreReport['trail'] {
  let head: ChainHead = { seq: 0, hash: GENESIS };
  for (const entry of entries.toSorted((a, b) => a.seq - b.seq)) {
    if (!follows(head, entry)) return { entries: entries.length, brokenAt: head.seq + 1 };
    head = entry;
  }
  const whole = head.seq === end.seq && head.hash === end.hash;
  return { entries: entries.length, ...(whole ? {} : { brokenAt: head.seq + 1 }) };
}
