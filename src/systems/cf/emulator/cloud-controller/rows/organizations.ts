import type { Metadata } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import type { Row } from './row.ts';

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
