import type { JsonObject } from '../../../../../kernel/json.ts';
import type { Metadata } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import type { Row } from './row.ts';

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
