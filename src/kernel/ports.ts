import type { Address } from './address.ts';
import type { End } from './due/due.ts';
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
  /** Every state that it had, with the time it came; the first is `pending` and the last is `state`. */
  readonly states: readonly { readonly state: SecretState; readonly at: number }[];
}

/** A version with what it keeps. */
export interface OpenedSecret {
  readonly version: SecretVersion;
  readonly secret: Secret;
}

/** Keeps credentials, sealed. Versions are never overwritten. */
export interface Vault {
  /** Stores a new version in state `pending`; durable when it returns. */
  propose(name: string, secret: Secret, at: number): Promise<SecretVersion>;
  /** Makes a pending version `current` and the current one `previous`. */
  promote(name: string, version: number, at: number): Promise<void>;
  /** Retires a pending version that was refused. */
  retire(name: string, version: number, at: number): Promise<void>;
  /** Retires every version, also the current one: nobody logs in with them any more. */
  retireAll(name: string, at: number): Promise<void>;
  /** The newest version in that state with its secret. */
  open(name: string, state: SecretState): Promise<OpenedSecret | undefined>;
  /** One version, whatever its state; undefined when there is none of that number. */
  openVersion(name: string, version: number): Promise<OpenedSecret | undefined>;
  /** Every version, the oldest first. */
  history(name: string): Promise<readonly SecretVersion[]>;
  names(): Promise<readonly string[]>;
  /** Throws when it could not keep a new secret: asked before one is made that nobody can read a second time. */
  ready(): Promise<void>;
  /** When the login at the place outside of the store ends, if secrets lie in one and it can end. */
  loginEnd(): Promise<LoginEnd | undefined>;
}

/** A path of a key-value engine, version 2, of OpenBao or HashiCorp Vault. */
export interface PayloadPlace {
  readonly mount: string;
  /** Below the mount. */
  readonly path: string;
}

/** Where the sealed text of a version lies that is not in the store. */
export interface PayloadReference {
  readonly kv2: PayloadPlace & {
    readonly version: number;
    /** SHA-256 of the sealed text, hexadecimal. */
    readonly digest: string;
  };
}

/** What somebody logs on with somewhere, and when it ends. */
export interface LoginEnd {
  /** What it is, for people. */
  readonly title: string;
  readonly end: End;
  readonly remedy: string;
}

/** A place outside of the store for sealed texts: it gets nothing that it could read. */
export interface Payloads {
  /** When the login there ends; undefined when that is new each time. */
  loginEnd(): Promise<LoginEnd | undefined>;
  /** @throws {RemoteError} when nothing could be written now */
  ready(): Promise<void>;
  /** Writes to a path that nobody had before; written again it changes nothing. Durable when it returns. */
  put(path: string, sealed: Uint8Array): Promise<PayloadReference>;
  /**
   * @throws {ConfigError} `ERR_STORE_CORRUPT` when it is gone or is another
   * @throws {RemoteError} when the place can't be asked
   */
  get(reference: PayloadReference): Promise<Uint8Array>;
  /** Removes all versions for good; one that is not there is no error. */
  remove(place: PayloadPlace): Promise<void>;
  /** All that lie below `path`. */
  list(path: string): Promise<readonly PayloadPlace[]>;
}

/** Lets exactly one run at a time; disposing releases it. */
export interface RunLock {
  acquire(manifest: string): Promise<AsyncDisposable>;
}

/** The right to change a manifest's world, until it runs out or another takes it over. */
export interface Lease {
  readonly name: string;
  /** Counts up with every holder: what an earlier holder writes is refused. */
  readonly fence: number;
}

export interface LeaseRequest {
  readonly name: string;
  /** Who asks, for those who have to wait. */
  readonly holder: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly until: number;
  /** Take it although it has not run out: its holder is known to be gone. @default false */
  readonly evict?: boolean;
}

/** Leases with fencing tokens: a process that was paused and goes on finds that it is not the holder any more. */
export interface Leases {
  /** @throws {RunError} `ERR_RUN_LOCKED` with holder and end, when somebody else has it */
  acquire(request: LeaseRequest): Promise<Lease>;
  /** Makes it last until then. @throws {RunError} `ERR_RUN_INTERRUPTED` when another has it */
  renew(lease: Lease, until: number): Promise<void>;
  /** @throws {RunError} `ERR_RUN_INTERRUPTED` when another has it */
  confirm(lease: Lease): Promise<void>;
  /** Gives it back; nothing when another has it. */
  release(lease: Lease): Promise<void>;
  /** Those that have not run out, by name. */
  held(now: number): Promise<readonly HeldLease[]>;
}

/** A lease that somebody has. */
export interface HeldLease {
  readonly name: string;
  readonly holder: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** A rotation that goes on, or has ended, as the store keeps it. */
export interface StoredRotation {
  readonly id: string;
  readonly manifest: string;
  /** Vault name of the credential. */
  readonly credential: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** What the rotation knows of itself, without secrets. */
  readonly record: Json;
}

/** What rotations remember over a crash. */
export interface Rotations {
  /** Inserts or replaces; durable when it returns. At most one rotation of a credential is open. */
  save(rotation: StoredRotation): Promise<void>;
  /** Those that have not ended, the oldest first. */
  open(manifest: string): Promise<readonly StoredRotation[]>;
  /** The newest first. */
  history(credential: string, limit?: number): Promise<readonly StoredRotation[]>;
}

/**
 * Keeps apply away from a technical user: `frozen` until it is thawed, `offboarded` until its entry has left the
 * manifest, `migrated` while a predecessor is left alone without rights.
 */
export type HoldKind = 'frozen' | 'offboarded' | 'migrated';

export interface Hold {
  readonly manifest: string;
  /** Name of the technical user; with `migrated` that of the predecessor. */
  readonly subject: string;
  readonly kind: HoldKind;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly who: string;
  readonly why: string;
  /** What it takes to undo it, without secrets. */
  readonly record: Json;
}

/** At most one hold per technical user; it lasts over crashes, until it is lifted. */
export interface Holds {
  /** Inserts or replaces; durable when it returns. */
  save(hold: Hold): Promise<void>;
  lift(manifest: string, subject: string): Promise<void>;
  /** By subject. */
  of(manifest: string): Promise<readonly Hold[]>;
}

/** A copy of a credential that Locum wrote into a place: what it takes to find it again and to take it away. No secrets. */
export interface StoredCopy {
  readonly manifest: string;
  readonly address: Address;
  /** Type of the resource that a manifest declares it as. */
  readonly type: string;
  /** Technical user or credential whose secret was written there last. */
  readonly user: string;
  /** Epoch milliseconds of the last write. */
  readonly at: number;
  /** As the props of a resource of the type. */
  readonly props: Json;
}

/** The copies that were delivered. One that leaves its manifest would be forgotten otherwise, with a secret in it. */
export interface Copies {
  /** Inserts or replaces, before the copy is written; durable when it returns. */
  remember(copy: StoredCopy): Promise<void>;
  forget(manifest: string, address: Address): Promise<void>;
  /** By address. */
  of(manifest: string): Promise<readonly StoredCopy[]>;
}

/** What is written during a run. */
export interface Records {
  readonly journal: Journal;
  readonly trail: Trail;
  readonly vault: Vault;
  readonly rotations: Rotations;
  readonly holds: Holds;
  readonly copies: Copies;
}

/** Everything durable that belongs to Locum itself. */
export interface Store extends Records, AsyncDisposable {
  readonly runs: RunLock;
  readonly leases: Leases;
  /** The same records, but a write is refused, in its own transaction, once another has taken the lease. */
  fenced(lease: Lease): Records;
}
