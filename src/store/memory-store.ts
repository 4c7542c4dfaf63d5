import { InvariantError } from '../kernel/errors.ts';
import { canonicalJson, type Json } from '../kernel/json.ts';
import { createMemoryCopies } from '../kernel/memory-copies.ts';
import type {
  Hold,
  Holds,
  Journal,
  Leases,
  Records,
  Rotations,
  RunHead,
  StepIntent,
  Store,
  StoredRotation,
  Trail,
  TrailEntry,
} from '../kernel/ports.ts';
import { createMemoryVault } from '../kernel/vault/memory.ts';
import {
  begunTwice,
  endedRun,
  intendedTwice,
  notIntended,
  stillPending,
  trailChange,
  unknownRun,
} from './records/journal-rules.ts';
import { assertFence, granted, type KeptLease } from './records/lease-rules.ts';
import { createLocalRunLock } from './records/run-lock.ts';
import { type ChainHead, chained, follows, GENESIS, type TrailFact } from './records/trail-chain.ts';

/** A store that is gone with its process: the same rules as the database's, for tests and for trying things out. */
export function createMemoryStore(): Store {
  const { lock } = createLocalRunLock();
  const entries: TrailEntry[] = [];
  const append = (fact: TrailFact): TrailEntry => {
    const entry = chained(entries.at(-1) ?? { seq: 0, hash: GENESIS }, fact);
    entries.push(entry);
    return entry;
  };
  const leases = new Map<string, KeptLease>();
  const records: Records = {
    journal: createJournal(append),
    trail: createTrail(entries, append),
    vault: createMemoryVault(),
    rotations: createRotations(),
    holds: createHolds(),
    copies: createMemoryCopies(),
  };
  return {
    ...records,
    runs: lock,
    leases: createLeases(leases),
    fenced: (lease) => admitting(records, () => assertFence(leases.get(lease.name), lease.name, lease.fence)),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** The methods that write. */
const WRITES = new Set([
  ...['begin', 'intend', 'complete', 'end', 'append'],
  ...['propose', 'promote', 'retire', 'retireAll'],
  ...['save', 'lift', 'remember', 'forget'],
]);

/** The same records, each write behind a question. */
function admitting(records: Records, admit: () => void): Records {
  const guarded = <T extends object>(port: T): T =>
    Object.fromEntries(
      Object.entries(port).map(([name, method]: [string, (...args: unknown[]) => Promise<unknown>]) => [
        name,
        WRITES.has(name)
          ? async (...args: unknown[]) => {
              admit();
              return method(...args);
            }
          : method,
      ]),
    ) as T;
  return {
    journal: guarded(records.journal),
    trail: guarded(records.trail),
    vault: guarded(records.vault),
    rotations: guarded(records.rotations),
    holds: guarded(records.holds),
    copies: guarded(records.copies),
  };
}

function createLeases(leases: Map<string, KeptLease>): Leases {
  return {
    async acquire(request) {
      const { name } = request;
      const lease = granted(leases.get(name), request);
      leases.set(name, lease);
      return { name, fence: lease.fence };
    },
    async renew({ name, fence }, until) {
      const kept = leases.get(name);
      assertFence(kept, name, fence);
      if (kept) leases.set(name, { ...kept, until });
    },
    confirm: async ({ name, fence }) => assertFence(leases.get(name), name, fence),
    held: async (now) =>
      [...leases]
        .filter(([, { until }]) => until > now)
        .map(([name, { holder, until }]) => ({ name, holder, until }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    async release({ name, fence }) {
      const kept = leases.get(name);
      if (kept?.fence === fence) leases.set(name, { ...kept, until: 0 });
    },
  };
}

function createRotations(): Rotations {
  const kept = new Map<string, StoredRotation>();
  const all = () => [...kept.values()].sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
  return {
    async save(rotation) {
      const rival = all().find(
        ({ id, credential, endedAt }) =>
          id !== rotation.id && credential === rotation.credential && endedAt === undefined,
      );
      if (rival && rotation.endedAt === undefined) {
        throw new InvariantError(`${rotation.credential} has an open rotation: ${rival.id}`);
      }
      kept.set(rotation.id, copy(rotation));
    },
    open: async (manifest) => all().filter((one) => one.manifest === manifest && one.endedAt === undefined),
    history: async (credential, limit = 100) =>
      all()
        .filter((one) => one.credential === credential)
        .reverse()
        .slice(0, limit),
  };
}

function createHolds(): Holds {
  const kept = new Map<string, Hold>();
  const keyOf = (manifest: string, subject: string) => JSON.stringify([manifest, subject]);
  return {
    save: async (hold) => void kept.set(keyOf(hold.manifest, hold.subject), copy(hold)),
    lift: async (manifest, subject) => void kept.delete(keyOf(manifest, subject)),
    of: async (manifest) =>
      [...kept.values()].filter((hold) => hold.manifest === manifest).sort((a, b) => (a.subject < b.subject ? -1 : 1)),
  };
}

function createTrail(entries: readonly TrailEntry[], append: (fact: TrailFact) => TrailEntry): Trail {
  return {
    append: async (fact) => append(fact),
    async read({ subject, limit } = {}) {
      const found = entries.filter((entry) => subject === undefined || entry.subject === subject);
      return limit === undefined ? found : found.slice(Math.max(0, found.length - limit));
    },
    async verify() {
      let head: ChainHead = { seq: 0, hash: GENESIS };
      for (const entry of entries) {
        if (!follows(head, entry)) return { entries: entries.length, brokenAt: head.seq + 1 };
        head = entry;
      }
      return { entries: entries.length };
    },
  };
}

interface Run {
  readonly head: RunHead;
  readonly pending: Map<string, StepIntent>;
  ended?: string;
}

function createJournal(append: (fact: TrailFact) => TrailEntry): Journal {
  const runs = new Map<string, Run>();
  const openRun = (runId: string): Run => {
    const run = runs.get(runId);
    if (!run) throw unknownRun(runId);
    if (run.ended !== undefined) throw endedRun(runId, run.ended);
    return run;
  };
  return {
    async begin(head) {
      if (runs.has(head.id)) throw begunTwice(head.id);
      runs.set(head.id, { head: copy(head), pending: new Map() });
    },
    async intend(runId, intent) {
      const { pending } = openRun(runId);
      if (pending.has(intent.address)) throw intendedTwice(runId, intent.address);
      pending.set(intent.address, copy(intent));
    },
    async complete(runId, address, result, detail, at) {
      const { head, pending } = openRun(runId);
      const step = pending.get(address);
      if (!step) throw notIntended(runId, address);
      append({
        at,
        who: head.who,
        why: head.why,
        subject: address,
        change: trailChange(runId, step, detail),
        result,
      });
      pending.delete(address);
    },
    async end(runId, status) {
      const run = openRun(runId);
      const [pending] = run.pending.keys();
      if (status === 'succeeded' && pending !== undefined) throw stillPending(runId, pending);
      run.ended = status;
    },
    async openRuns(manifest) {
      return [...runs.values()]
        .filter(({ head, ended }) => ended === undefined && head.manifest === manifest)
        .map(({ head, pending }) => ({ ...head, pending: [...pending.values()] }))
        .sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
    },
  };
}

/** What a database would give back: plain JSON that nobody else holds. */
function copy<T>(value: T): T {
  return JSON.parse(canonicalJson(value as Json)) as T;
}
