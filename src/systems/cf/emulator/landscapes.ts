import type { Collection, State } from '../../../emulation/state.ts';

/** What passwords of a UAA's internal users must be like; names as in UAA's configuration, absent = no demand. */
export interface PasswordPolicy {
  readonly minLength?: number | undefined;
  /** @default 255 */
  readonly maxLength?: number | undefined;
  readonly requireUpperCaseCharacter?: number | undefined;
  readonly requireLowerCaseCharacter?: number | undefined;
  readonly requireDigit?: number | undefined;
  readonly requireSpecialCharacter?: number | undefined;
  readonly expirePasswordInMonths?: number | undefined;
}

/** A Cloud Foundry landscape: one UAA and one Cloud Controller. */
export interface CfLandscape {
  /** Name in host names, e.g. `eu10-004`. */
  readonly name: string;
  /** Region of the subaccounts whose orgs it holds, e.g. `eu10`. */
  readonly region: string;
  /** Seconds; SAP's landscapes give 1200 or 600 (recorded as expires_in 1199 and 599). */
  readonly accessTokenValidity: number;
  /** Calls per hour and user. */
  readonly rateLimit: number;
  /** Days after which UAA signs with a new key; absent = never. */
  readonly tokenKeyDays?: number | undefined;
  readonly passwordPolicy?: PasswordPolicy | undefined;
}

export type Landscapes = Collection<CfLandscape>;

export function openLandscapes(state: State): Landscapes {
  return state.collection<CfLandscape>('cf/landscapes');
}

/** Host of one of a landscape's services. */
export function hostOf(service: string, landscape: string): string {
  return `${service}.cf.${landscape}.hana.ondemand.com`;
}

/** Production URL of one of a landscape's services. */
export function urlOf(service: string, landscape: string): string {
  return `https://${hostOf(service, landscape)}`;
}
