import type { JsonObject } from '../../../../../kernel/json.ts';
import type { ErrorRow } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { Metadata } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import type { Row } from './row.ts';

export interface CfIsolationSegment extends Row {
  readonly name: string;
  /** GUIDs of the orgs that are entitled to it. */
  readonly orgs: readonly string[];
  readonly metadata: Metadata;
}

export interface CfSecurityGroup extends Row {
  readonly name: string;
  readonly rules: readonly JsonObject[];
  readonly running: boolean;
  readonly staging: boolean;
  readonly runningSpaces: readonly string[];
  readonly stagingSpaces: readonly string[];
}

export interface CfStack extends Row {
  readonly name: string;
  readonly description: string | null;
  readonly default: boolean;
  readonly runImage: string;
  readonly buildImage: string;
  readonly metadata: Metadata;
}

export interface CfBuildpack extends Row {
  readonly name: string;
  readonly stack: string | null;
  /** @default buildpack */
  readonly lifecycle?: 'buildpack' | 'cnb';
  readonly state: string;
  readonly filename: string | null;
  /** SHA-256 of what was uploaded, hex. @default unknown */
  readonly checksum?: string;
  /** From 1, among those of its lifecycle. */
  readonly position: number;
  readonly enabled: boolean;
  readonly locked: boolean;
  readonly metadata: Metadata;
}

/** A feature flag that somebody has changed. */
export interface CfFeatureFlag {
  readonly landscape: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly updatedAt: number;
  readonly message: string | null;
}

/** Variables of all apps; only those groups that somebody has changed. */
export interface CfEnvironmentGroup {
  readonly landscape: string;
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly updatedAt: number;
}

export interface CfJob extends Row {
  readonly operation: string;
  /** Epoch milliseconds from which the job is COMPLETE, or FAILED. */
  readonly completeAt: number;
  /** What it made; linked as long as it exists. `link` is the name of the link, `path` that of the collection. */
  readonly resource?: { readonly link: string; readonly path: string; readonly guid: string };
  /** Whether it waits for a service broker: its state is POLLING then, not PROCESSING. */
  readonly polls?: boolean;
  /** What went wrong. @default nothing */
  readonly errors?: readonly ErrorRow[];
}

/** An audit event, kept for 14 days. */
export interface CfEvent extends Row {
  readonly type: string;
  readonly actor: { readonly guid: string; readonly type: string; readonly name: string };
  readonly target: { readonly guid: string; readonly type: string; readonly name: string };
  readonly data: JsonObject;
  readonly space?: string;
  readonly org?: string;
}
