import type { JsonObject } from '../../../../../kernel/json.ts';
import type { Metadata } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import type { Row } from './row.ts';

export interface CfLifecycle {
  readonly type: string;
  readonly buildpacks: readonly string[];
  readonly stack?: string;
}

export interface CfApp extends Row {
  readonly name: string;
  readonly space: string;
  readonly started: boolean;
  readonly lifecycle: CfLifecycle;
  readonly environment: Readonly<Record<string, string>>;
  /** Names of the features that are on. */
  readonly features: readonly string[];
  readonly droplet?: string;
  /** As a manifest has them. @default none */
  readonly sidecars?: readonly JsonObject[];
  readonly metadata: Metadata;
}

export interface CfProcess extends Row {
  readonly app: string;
  readonly type: string;
  readonly command: string | null;
  readonly instances: number;
  readonly memory: number;
  readonly disk: number;
  /** Bytes per second; -1 = unlimited. */
  readonly logRate: number;
  readonly healthCheck: HealthCheck;
  readonly readinessHealthCheck: HealthCheck;
  /** GUID of what it was started as; absent before its first restart or deployment. */
  readonly revision?: string;
  readonly metadata: Metadata;
}

export interface HealthCheck {
  readonly type: string;
  readonly endpoint?: string;
  readonly timeout?: number;
  readonly invocationTimeout?: number;
  readonly interval?: number;
}

/** What staging finds in the bits of a package. */
export interface Contents {
  /** Kinds of buildpacks whose detection says yes, such as `nodejs`. */
  readonly kinds: readonly string[];
  /** Commands of the `Procfile`, by type of process. */
  readonly procfile: Readonly<Record<string, string>>;
}

export interface CfPackage extends Row {
  readonly app: string;
  readonly type: string;
  readonly image?: string;
  readonly username?: string;
  readonly state: string;
  /** Epoch milliseconds from which what was uploaded is READY. */
  readonly readyAt?: number;
  /** SHA-256 of what was uploaded, hex. */
  readonly checksum?: string;
  /** What is in it; absent where nobody can tell. */
  readonly contents?: Contents;
  readonly metadata: Metadata;
}

export interface CfBuild extends Row {
  readonly app: string;
  readonly package: string;
  readonly lifecycle: CfLifecycle;
  readonly createdBy: { readonly guid: string; readonly name: string; readonly email: string };
  /** Absent when staging fails. */
  readonly droplet?: string;
  /** Why staging fails. @default it does not */
  readonly error?: string;
  /** Epoch milliseconds from which it is STAGED, or FAILED. */
  readonly stagedAt: number;
  readonly metadata: Metadata;
}

export interface CfDeployment extends Row {
  readonly app: string;
  readonly droplet: string;
  readonly previousDroplet?: string;
  readonly strategy: 'rolling' | 'canary';
  readonly maxInFlight: number;
  /** Sizes that the new web process is given; absent = those of the old one. */
  readonly sizes: {
    readonly instances?: number;
    readonly memory?: number;
    readonly disk?: number;
    readonly logRate?: number;
  };
  /** Weights of a canary's steps, in percent. @default one step of one instance */
  readonly steps?: readonly number[];
  /** Step that a canary is at, from 1. */
  readonly step: number;
  /** Instances of the web process before. */
  readonly instances: number;
  /** GUID of the new web process; absent where the app was stopped, so that nothing was replaced. */
  readonly process?: string;
  readonly revision?: { readonly guid: string; readonly version: number };
  readonly state: 'DEPLOYING' | 'PREPAUSED' | 'PAUSED' | 'DEPLOYED' | 'CANCELING' | 'CANCELED';
  /** Whether the next deployment of the app came before its end. @default false */
  readonly superseded?: boolean;
  /** Epoch milliseconds from which DEPLOYING, PREPAUSED and CANCELING are over. */
  readonly doneAt: number;
  readonly metadata: Metadata;
}

/** What an app was when it was started, restarted or deployed. */
export interface CfRevision extends Row {
  readonly app: string;
  /** 1 for the first of its app. */
  readonly version: number;
  readonly droplet: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Commands of processes by their type; null = that of the droplet. */
  readonly commands: Readonly<Record<string, string | null>>;
  readonly sidecars: readonly JsonObject[];
  readonly description: string;
  readonly metadata: Metadata;
}

export interface CfDroplet extends Row {
  readonly app: string;
  readonly package?: string;
  readonly lifecycle: CfLifecycle;
  readonly image: string | null;
  /** SHA-256, hex. */
  readonly checksum: string | null;
  /** What it was staged with. @default those of the lifecycle, about which nothing is known */
  readonly buildpacks?: readonly {
    readonly name: string;
    readonly detectOutput: string | null;
    readonly buildpackName: string | null;
    readonly version: string | null;
  }[];
  /** Commands by type of process. @default unknown */
  readonly processTypes?: Readonly<Record<string, string>>;
  /** Ports that a docker image exposes. @default 8080 */
  readonly ports?: readonly number[];
  readonly metadata: Metadata;
}

export interface CfTask extends Row {
  readonly app: string;
  /** 1 for the first of its app. */
  readonly sequence: number;
  readonly name: string;
  readonly command: string;
  readonly droplet: string;
  readonly memory: number;
  readonly disk: number;
  /** Bytes per second; -1 = unlimited. */
  readonly logRate: number;
  /** Epoch milliseconds from which it is over. */
  readonly doneAt: number;
  /** @default false */
  readonly canceled?: boolean;
  readonly metadata: Metadata;
}
