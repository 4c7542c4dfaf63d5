import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import type { LogonMethod, RiskAction } from '../rows/application-settings.ts';
import type { Services } from '../services.ts';
import type { StoredApplication, StoredUser, Tenant } from '../store.ts';
import { type Logon, meets } from './conditions.ts';
import { settingsOf } from './settings.ts';

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
