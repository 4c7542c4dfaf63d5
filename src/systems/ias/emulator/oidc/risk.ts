import type { Services } from '../services.ts';
import type { StoredUser, Tenant } from '../store.ts';
import { type Conditions, type Logon, meets } from './conditions.ts';

/** What a rule demands (ias bc52fbf). Of the second factors only time-based codes are emulated. */
export const RISK_ACTIONS = ['allow', 'deny', 'two-factor'] as const;
export type RiskAction = (typeof RISK_ACTIONS)[number];

/** How somebody authenticates, as rules name it (ias 18d02ab); the others are not emulated. */
export const LOGON_METHODS = ['password', 'certificate', 'token', 'identity-provider'] as const;
export type LogonMethod = (typeof LOGON_METHODS)[number];

export interface RiskRule extends Conditions {
  /** Absent = any. */
  readonly method?: LogonMethod;
  readonly action: RiskAction;
}

/** Risk-based authentication of an application or tenant: rules by priority, the first that fits wins (ias bc52fbf). */
export interface RiskRules {
  readonly rules: readonly RiskRule[];
  readonly defaultAction: RiskAction;
}

/** What the rules demand of a logon. */
export function riskAction(
  services: Services,
  tenant: Tenant,
  { rules, defaultAction }: RiskRules,
  user: StoredUser | undefined,
  logon: Logon & { readonly method: LogonMethod },
): RiskAction {
  const rule = rules.find(
    ({ method, ...conditions }) =>
      (method === undefined || method === logon.method) && meets(services, tenant, conditions, user, logon),
  );
  return rule?.action ?? defaultAction;
}
