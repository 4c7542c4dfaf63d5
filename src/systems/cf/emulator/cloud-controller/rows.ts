import type { JsonObject } from '../../../../kernel/json.ts';
import type { ErrorRow } from '../../../protocols/cf-v3/emulator/errors.ts';
import type { Metadata } from '../../../protocols/cf-v3/emulator/metadata.ts';

/** What every row of the Cloud Controller has. */
export interface Row {
  readonly guid: string;
  readonly landscape: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface CfOrg extends Row {
  readonly name: string;
  readonly suspended: boolean;
  readonly quota: string;
  /** GUID of the subaccount that it belongs to; absent for orgs that BTP did not make. */
  readonly subaccount?: string;
  readonly defaultIsolationSegment?: string;
  readonly metadata: Metadata;
}

export interface CfSpace extends Row {
  readonly name: string;
  readonly org: string;
  readonly ssh: boolean;
  readonly quota?: string;
  readonly isolationSegment?: string;
  readonly metadata: Metadata;
}

export interface CfRole extends Row {
  readonly type: string;
  readonly user: string;
  /** GUID of the org of an org role. */
  readonly org?: string;
  /** GUID of the space of a space role. */
  readonly space?: string;
}

/** The Cloud Controller's row of a user; names come from UAA. */
export interface CfUser extends Row {
  readonly metadata: Metadata;
}

/** Limits of a quota, by the names of the API; null = unlimited. */
export interface QuotaLimits {
  readonly apps: Readonly<Record<string, number | null>>;
  readonly services: Readonly<Record<string, number | boolean | null>>;
  readonly routes: Readonly<Record<string, number | null>>;
}

export interface CfOrgQuota extends Row, QuotaLimits {
  readonly name: string;
  readonly domains: Readonly<Record<string, number | null>>;
}

export interface CfSpaceQuota extends Row, QuotaLimits {
  readonly name: string;
  readonly org: string;
}

export interface CfDomain extends Row {
  readonly name: string;
  readonly internal: boolean;
  /** The owning org; absent = shared with all. */
  readonly org?: string;
  readonly sharedOrgs: readonly string[];
  readonly routerGroup?: string;
  readonly metadata: Metadata;
}

export interface CfDestination {
  readonly guid: string;
  readonly app: string;
  readonly process: string;
  readonly port: number;
  /** 1 to 100; null = not weighted. */
  readonly weight: number | null;
  readonly protocol: string;
}

export interface CfRoute extends Row {
  readonly space: string;
  readonly domain: string;
  readonly host: string;
  readonly path: string;
  readonly port: number | null;
  readonly destinations: readonly CfDestination[];
  /** Absent for routes that are older than options (Cloud Controller 3.183). */
  readonly options?: JsonObject;
  /** Spaces that may map it beside its own. */
  readonly sharedSpaces: readonly string[];
  readonly metadata: Metadata;
}

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
  readonly metadata: Metadata;
}

export interface HealthCheck {
  readonly type: string;
  readonly endpoint?: string;
  readonly timeout?: number;
  readonly invocationTimeout?: number;
  readonly interval?: number;
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
  readonly metadata: Metadata;
}

export interface CfBuild extends Row {
  readonly app: string;
  readonly package: string;
  readonly lifecycle: CfLifecycle;
  readonly createdBy: { readonly guid: string; readonly name: string; readonly email: string };
  readonly droplet: string;
  /** Epoch milliseconds from which it is STAGED. */
  readonly stagedAt: number;
  readonly metadata: Metadata;
}

export interface CfDeployment extends Row {
  readonly app: string;
  readonly droplet: string;
  readonly previousDroplet?: string;
  readonly strategy: 'rolling' | 'canary' | 'recreate';
  readonly maxInFlight: number;
  /** Whether it stops after its first instance until it is told to go on. */
  readonly waits: boolean;
  /** What it was told; absent = nothing yet. */
  readonly ended?: 'CANCELED' | 'DEPLOYED';
  /** Epoch milliseconds from which it is DEPLOYED, if nothing holds it up. */
  readonly doneAt: number;
  readonly metadata: Metadata;
}

export interface CfDroplet extends Row {
  readonly app: string;
  readonly package?: string;
  readonly lifecycle: CfLifecycle;
  readonly image: string | null;
  /** SHA-256, hex. */
  readonly checksum: string | null;
  /** Ports that a docker image exposes. @default 8080 */
  readonly ports?: readonly number[];
  readonly metadata: Metadata;
}

export interface CfServiceBroker extends Row {
  readonly name: string;
  readonly url: string;
  readonly space?: string;
  readonly metadata: Metadata;
}

export interface CfServiceOffering extends Row {
  readonly name: string;
  readonly description: string;
  readonly available: boolean;
  readonly tags: readonly string[];
  readonly requires: readonly string[];
  readonly broker: string;
  readonly catalogId: string;
  readonly catalogMetadata: JsonObject;
  readonly features: JsonObject;
  readonly metadata: Metadata;
}

export interface CfServicePlan extends Row {
  readonly name: string;
  readonly offering: string;
  readonly description: string;
  readonly available: boolean;
  readonly free: boolean;
  /** `public`, `admin`, `organization` or `space`. */
  readonly visibility: string;
  /** Orgs that see it, when the visibility is `organization`. */
  readonly orgs: readonly string[];
  readonly catalogId: string;
  readonly catalogMetadata: JsonObject;
  readonly features: JsonObject;
  readonly costs: readonly JsonObject[];
  readonly maximumPollingDuration: number | null;
  readonly maintenanceInfo: JsonObject;
  readonly schemas: JsonObject;
  readonly metadata: Metadata;
}

/** What was last done to an instance or binding. */
export interface LastOperation {
  readonly type: string;
  /** `failed`, or what comes out at `doneAt`. */
  readonly state: 'succeeded' | 'failed' | 'initial';
  readonly description: string | null;
  readonly startedAt: number;
  /** Epoch milliseconds; before that it is in progress. */
  readonly doneAt: number;
}

export interface CfServiceInstance extends Row {
  readonly name: string;
  readonly space: string;
  /** Absent = user-provided. */
  readonly plan?: string;
  readonly tags: readonly string[];
  readonly parameters?: JsonObject;
  /** Of a user-provided instance. */
  readonly credentials?: JsonObject;
  readonly syslogDrainUrl?: string | null;
  readonly routeServiceUrl?: string | null;
  readonly dashboardUrl?: string | null;
  readonly maintenanceInfo?: JsonObject;
  readonly sharedSpaces: readonly string[];
  readonly lastOperation: LastOperation;
  readonly metadata: Metadata;
}

export interface CfCredentialBinding extends Row {
  /** Null where a binding of an app has no name. */
  readonly name: string | null;
  readonly type: 'app' | 'key';
  readonly instance: string;
  readonly app?: string;
  readonly credentials: JsonObject;
  readonly parameters?: JsonObject;
  readonly lastOperation: LastOperation;
  readonly metadata: Metadata;
}

export interface CfServiceRouteBinding extends Row {
  readonly instance: string;
  readonly route: string;
  readonly routeServiceUrl: string | null;
  readonly lastOperation: LastOperation;
  readonly metadata: Metadata;
}

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
  readonly state: string;
  readonly filename: string | null;
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
