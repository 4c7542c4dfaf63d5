import type { ColumnType, Generated } from 'kysely';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type {
  HoldKind,
  PayloadReference,
  SecretState,
  SecretVersion,
  StepIntent,
  StepResult,
} from '../../kernel/ports.ts';

/** A column of type `json`: written as text, read as a value. Unlike `jsonb` it keeps the text, also `\u0000`. */
type JsonColumn<T> = ColumnType<T, string, string>;

export interface RunTable {
  readonly id: string;
  readonly manifest: string;
  readonly fingerprint: string;
  readonly started_at: number;
  readonly who: string;
  readonly why: string;
  readonly status: 'succeeded' | 'failed' | 'resumed' | null;
  readonly ended_at: number | null;
}

export interface StepTable {
  readonly id: Generated<number>;
  readonly run_id: string;
  readonly address: string;
  readonly action: StepIntent['action'];
  readonly change: JsonColumn<Json>;
  readonly intended_at: number;
  readonly result: StepResult | null;
  readonly detail: JsonColumn<JsonObject> | null;
  readonly completed_at: number | null;
}

export interface TrailTable {
  readonly seq: number;
  readonly at: number;
  readonly who: string;
  readonly why: string;
  readonly subject: string;
  readonly change: JsonColumn<Json>;
  readonly result: string;
  readonly previous_hash: string;
  readonly hash: string;
}

/** One row: the end of the chain. Locking it puts appends in order; a chain that lost its last entries differs from it. */
export interface TrailHeadTable {
  readonly seq: number;
  readonly hash: string;
}

/** One row: which master key wraps the data keys. Locking it puts changes of the vault in order. */
export interface VaultKeyTable {
  readonly id: string;
  /** The folder of this store among the payloads that lie outside; null as long as none does. */
  readonly payload_area: ColumnType<string | null, string | null | undefined, string>;
}

export interface VaultVersionTable {
  readonly name: string;
  readonly version: number;
  readonly state: SecretState;
  /** Every state that it had, with the time it came. */
  readonly states: JsonColumn<SecretVersion['states']>;
  readonly created_at: number;
  /** The data key, sealed with the master key. */
  readonly wrapped_key: Uint8Array;
  /** The secret, sealed with the data key; null when it lies outside of the store. */
  readonly sealed: Uint8Array | null;
  /** Where it lies then. */
  readonly payload: ColumnType<PayloadReference | null, string | null, string | null>;
}

export interface LeaseTable {
  readonly name: string;
  readonly fence: number;
  readonly holder: string;
  readonly until: number;
}

export interface RotationTable {
  readonly id: string;
  readonly manifest: string;
  readonly credential: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly record: JsonColumn<Json>;
}

export interface HoldTable {
  readonly manifest: string;
  readonly subject: string;
  readonly kind: HoldKind;
  readonly since: number;
  readonly who: string;
  readonly why: string;
  readonly record: JsonColumn<Json>;
}

export interface DeliveredCopyTable {
  readonly manifest: string;
  readonly address: string;
  readonly type: string;
  readonly user: string;
  readonly at: number;
  readonly props: JsonColumn<Json>;
}

export interface StoreTables {
  readonly delivered_copy: DeliveredCopyTable;
  readonly hold: HoldTable;
  readonly lease: LeaseTable;
  readonly rotation: RotationTable;
  readonly run: RunTable;
  readonly step: StepTable;
  readonly trail: TrailTable;
  readonly trail_head: TrailHeadTable;
  readonly vault_key: VaultKeyTable;
  readonly vault_version: VaultVersionTable;
}
