import type { JsonObject } from '../../../../../kernel/json.ts';
import type { Metadata } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import type { Row } from './row.ts';

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
