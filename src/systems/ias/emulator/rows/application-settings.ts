/** What rules ask of a logon; all that is there must hold (ias 18d02ab, ad7f993). */
export interface Conditions {
  /** CIDR; the address that connects to the tenant. */
  readonly ipRange?: string;
  /** CIDR; the client's address as a proxy tells it in `X-Forwarded-For`. */
  readonly forwardedIpRange?: string;
  /** Display name of a group. */
  readonly group?: string;
  readonly userType?: string;
  /** What comes after the @, or with `*.` in front any subdomain. */
  readonly emailDomain?: string;
}

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

export interface ConditionalRule extends Conditions {
  /** Name of a corporate identity provider, or `local` for the tenant itself. */
  readonly identityProvider: string;
}

/** Conditional authentication of an application: which identity provider authenticates (ias 0143dce). */
export interface ConditionalAuthentication {
  /** By priority; the first that fits wins. Count only while the default is the tenant itself. */
  readonly rules: readonly ConditionalRule[];
  /** @default `local` */
  readonly defaultIdentityProvider?: string;
}

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
