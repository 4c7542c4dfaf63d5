import {
  type ApplicationSettings,
  GRANT_TYPES,
  type GrantType,
  type RiskRules,
  type TokenPolicy,
} from '../rows/application-settings.ts';
import type { StoredApplication, Tenant } from '../store.ts';

/** What a new application allows: everything but implicit and token exchange (ias c342a7b). */
const DEFAULT_GRANT_TYPES: readonly GrantType[] = GRANT_TYPES.slice(0, 5);

/** Seconds of `maxExchangePeriod` that stand for no limit: about 68 years. */
export const UNLIMITED_EXCHANGE = 2_147_483_647;

const DAY_SECONDS = 86_400;

/** Defaults of ias c4ba52e; 3 months are taken as 90 days (assumed). */
const DEFAULT_TOKEN_POLICY: TokenPolicy = {
  jwtValidity: 60,
  refreshValidity: 12,
  refreshParallel: 1,
  maxExchangePeriod: 90 * DAY_SECONDS,
  refreshTokenRotationScenario: 'off',
  accessTokenFormat: 'default',
};

const NO_RULES: RiskRules = { rules: [], defaultAction: 'allow' };

/** The settings that count for an application: its own, else the tenant's, else SAP's defaults. */
export function settingsOf(tenant: Tenant, application: StoredApplication | undefined): ApplicationSettings {
  const { tokenPolicy, riskRules, ...own } = application?.settings ?? {};
  return {
    redirectUris: [],
    postLogoutRedirectUris: [],
    frontChannelLogoutUris: [],
    backChannelLogoutUris: [],
    grantTypes: DEFAULT_GRANT_TYPES,
    enforcePkce: false,
    publicClient: false,
    compliantIssuer: false,
    subjectNameIdentifier: 'userId',
    emailVerification: false,
    conditional: { rules: [] },
    assertionTrusts: [],
    dependencies: [],
    ...own,
    // "If you configure new values for an application, the service ignores the tenant token policy" (ias c4ba52e).
    tokenPolicy: { ...DEFAULT_TOKEN_POLICY, ...(tokenPolicy ?? tenant.tokenPolicy) },
    // The tenant's rules are for the applications left at the default (ias 1aab51a).
    riskRules: isDefault(riskRules) ? (tenant.riskRules ?? NO_RULES) : riskRules,
  };
}

function isDefault(rules: RiskRules | undefined): rules is undefined {
  return rules === undefined || (rules.rules.length === 0 && rules.defaultAction === 'allow');
}
