import type { StoredApplication, Tenant } from '../store.ts';
import type { ConditionalAuthentication } from './conditional.ts';
import type { RiskRules } from './risk.ts';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** Grant types that an application may allow, as in the administration console (ias c342a7b). */
export const GRANT_TYPES = [
  'authorization_code',
  'password',
  'refresh_token',
  'client_credentials',
  JWT_BEARER,
  TOKEN_EXCHANGE,
  'implicit',
] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

/** What a new application allows: everything but implicit and token exchange (ias c342a7b). */
const DEFAULT_GRANT_TYPES: readonly GrantType[] = GRANT_TYPES.slice(0, 5);

/** Validity and rotation of tokens (ias c4ba52e); names as in the Applications API. */
export interface TokenPolicy {
  /** Minutes that access and ID tokens are valid, 1 to 720. */
  readonly jwtValidity: number;
  /** Hours that refresh tokens are valid, 1 to 4320. */
  readonly refreshValidity: number;
  /** Refresh tokens of one session at a time, 1 to 10. */
  readonly refreshParallel: number;
  /** Seconds after which the user must authenticate again, however often tokens were refreshed. */
  readonly maxExchangePeriod: number;
  /** What becomes of a used refresh token: void at once, good for 5 minutes more, or as long as it would have been. */
  readonly refreshTokenRotationScenario: 'off' | 'online' | 'mobile';
  readonly accessTokenFormat: 'default' | 'jwt' | 'opaque';
}

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

/** Attribute that becomes `sub`. */
export const SUBJECT_NAME_IDENTIFIERS = ['userId', 'loginName', 'mail', 'userUuid'] as const;

/** Whose tokens an application takes as its own authentication (ias db97a69). */
export interface AssertionTrust {
  /** Absent = trust by URI: issuer and subject are the client id itself (OpenID Connect Core §9). */
  readonly issuer?: string;
  /** Needed with an issuer. */
  readonly subject?: string;
  /** Beside the issuer and the token endpoint of the tenant. */
  readonly audience?: string;
  readonly jwksUri: string;
}

/** How an application consumes another one's APIs (ias 29e204d). */
export interface Dependency {
  readonly name: string;
  /** Client id of the application that provides the APIs. */
  readonly clientId: string;
  readonly apis: readonly string[];
}

/** OpenID Connect configuration of an application. */
export interface ApplicationSettings {
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly frontChannelLogoutUris: readonly string[];
  readonly backChannelLogoutUris: readonly string[];
  readonly grantTypes: readonly GrantType[];
  /** Authorization code only with a S256 challenge. */
  readonly enforcePkce: boolean;
  /** Public client flows: no secret. */
  readonly publicClient: boolean;
  /** Enforce Compliant OIDC Issuer (ias c297516): `iss` has https whatever the tenant says. */
  readonly compliantIssuer: boolean;
  readonly tokenPolicy: TokenPolicy;
  readonly subjectNameIdentifier: (typeof SUBJECT_NAME_IDENTIFIERS)[number];
  /** Logon only with a verified address (ias 483d26c). */
  readonly emailVerification: boolean;
  readonly riskRules: RiskRules;
  readonly conditional: ConditionalAuthentication;
  readonly assertionTrusts: readonly AssertionTrust[];
  readonly dependencies: readonly Dependency[];
}

/** What an application was configured with; everything else has its default. */
export type StoredSettings = Partial<Omit<ApplicationSettings, 'tokenPolicy'>> & {
  readonly tokenPolicy?: Partial<TokenPolicy>;
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
