import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import type { Services } from '../services.ts';
import type { StoredApplication, StoredUser, Tenant } from '../store.ts';
import { type Conditions, type Logon, meets } from './conditions.ts';
import { settingsOf } from './settings.ts';

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

/** Somebody on the way in. */
export interface Arrival {
  /** Absent = only a corporate identity provider knows him. */
  readonly user: StoredUser | undefined;
  readonly method: LogonMethod;
  readonly logon: Logon;
}

/**
 * What an application demands of whoever logs on to it, by its rules or the tenant's. A user with `enforceMfa` needs a
 * second factor everywhere (assumed from the name of the attribute).
 * @param application absent = none is involved (password service): the tenant's rules
 */
export function demandedAction(
  services: Services,
  tenant: Tenant,
  application: StoredApplication | undefined,
  { user, method, logon }: Arrival,
): RiskAction {
  const { rules, defaultAction } = settingsOf(tenant, application).riskRules;
  const rule = rules.find(
    ({ method: wanted, action: _action, ...conditions }) =>
      (wanted === undefined || wanted === method) && meets(services, tenant, conditions, user, logon),
  );
  const action = rule?.action ?? defaultAction;
  return action === 'allow' && enforcesMfa(user) ? 'two-factor' : action;
}

function enforcesMfa(user: StoredUser | undefined): boolean {
  const extension = user?.resource[IAS_SCHEMA.sap];
  return isObject(extension) && extension.enforceMfa === true;
}
