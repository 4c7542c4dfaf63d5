import type { Address } from './address.ts';
import type { Json, JsonObject } from './json.ts';
import type { Secret } from './secret.ts';

/** How a step of a run ended. `found` = re-observation showed it already done (after a crash or a lost reply). */
export type StepResult = 'done' | 'found' | 'failed' | 'unknown';

export interface RunHead {
  readonly id: string;
  /** Name of the manifest. */
  readonly manifest: string;
  readonly fingerprint: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly who: string;
  readonly why: string;
}

export interface StepIntent {
  readonly address: Address;
  readonly action: 'create' | 'update' | 'delete';
  /** What changes, without secrets. */
  readonly change: Json;
}

/** A run that was neither completed nor failed by its own process. */
export interface OpenRun extends RunHead {
  /** Intents without a result: their outcome is unknown. */
  readonly pending: readonly StepIntent[];
}

/** Intent before effect. Every method returns only after its record is durable (fsynced). */
export interface Journal {
  begin(run: RunHead): Promise<void>;
  intend(runId: string, intent: StepIntent, at: number): Promise<void>;
  /** Completes an intent and appends to the trail in the same transaction. */
  complete(runId: string, address: Address, result: StepResult, detail: JsonObject, at: number): Promise<void>;
  end(runId: string, status: 'succeeded' | 'failed' | 'resumed', at: number): Promise<void>;
  openRuns(manifest: string): Promise<readonly OpenRun[]>;
}

export interface TrailEntry {
  readonly seq: number;
  readonly at: number;
  readonly who: string;
  readonly why: string;
  /** An address, or the name of a secret. */
  readonly subject: string;
  readonly change: Json;
  readonly result: string;
  readonly previousHash: string;
  /** SHA-256 (hex) over the canonical JSON of all other fields. */
  readonly hash: string;
}

/** Append-only and hash-chained. */
export interface Trail {
  append(entry: Pick<TrailEntry, 'at' | 'who' | 'why' | 'subject' | 'change' | 'result'>): Promise<TrailEntry>;
  read(options?: { readonly subject?: string; readonly limit?: number }): Promise<readonly TrailEntry[]>;
  /** Recomputes the chain; `brokenAt` is the first entry whose hash does not fit. */
  verify(): Promise<{ readonly entries: number; readonly brokenAt?: number }>;
}

export type SecretState = 'pending' | 'current' | 'previous' | 'retired';

export interface SecretVersion {
  readonly name: string;
  /** Counts from 1. */
  readonly version: number;
  readonly state: SecretState;
  readonly createdAt: number;
}

/** Keeps credentials, sealed. Versions are never overwritten. */
export interface Vault {
  /** Stores a new version in state `pending`; durable when it returns. */
  propose(name: string, secret: Secret, at: number): Promise<SecretVersion>;
  /** Makes a pending version `current` and the current one `previous`. */
  promote(name: string, version: number, at: number): Promise<void>;
  /** Retires a pending version that was refused. */
  retire(name: string, version: number, at: number): Promise<void>;
  /** The newest version in that state with its secret. */
  open(
    name: string,
    state: SecretState,
  ): Promise<{ readonly version: SecretVersion; readonly secret: Secret } | undefined>;
  history(name: string): Promise<readonly SecretVersion[]>;
  names(): Promise<readonly string[]>;
}

/** Lets exactly one run at a time; disposing releases it. */
export interface RunLock {
  acquire(manifest: string): Promise<AsyncDisposable>;
}

/** Everything durable that belongs to Locum itself. */
export interface Store extends AsyncDisposable {
  readonly journal: Journal;
  readonly trail: Trail;
  readonly vault: Vault;
  readonly runs: RunLock;
}
