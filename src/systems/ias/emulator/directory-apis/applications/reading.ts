import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { APPLICATION_AUTHENTICATION as AUTHENTICATION } from '../../../wire.ts';
import { defined } from '../../defined.ts';
import { isRedirectUri } from '../../oidc/redirect-uris.ts';
import { settingsOf, UNLIMITED_EXCHANGE } from '../../oidc/settings.ts';
import { ENTERPRISE, STANDARD } from '../../policies.ts';
import {
  type Dependency,
  GRANT_TYPES,
  type GrantType,
  type StoredSettings,
  SUBJECT_NAME_IDENTIFIERS,
  type TokenPolicy,
} from '../../rows/application-settings.ts';
import type { Services } from '../../services.ts';
import type { StoredApplication, Tenant } from '../../store.ts';
import { withCertificateFacts } from '../certificate-facts.ts';
import { isoTime, overlaid, without } from '../documents.ts';
import { providerName } from '../identity-providers/references.ts';
import { DirectoryError, invalid } from '../rest.ts';
import { EXCHANGE_PERIODS, exchangeSeconds } from './exchange-period.ts';
import { AUTHORIZATION_CODE_PKCE, GRANT_TYPE_NAMES, SUBJECT_NAMES } from './names.ts';

/** Longest list of addresses of one kind; as in the console (ias 48fdb9a). */
const MAX_URIS = 20;

const redirectUri = z.string().max(499).refine(isRedirectUri, 'is no redirect URI');
const grantTypeNames = [...Object.values(GRANT_TYPE_NAMES), AUTHORIZATION_CODE_PKCE];

/** The ranges are those of the console (ias c4ba52e), in seconds. */
const tokenPolicy = z.looseObject({
  jwtValidity: z.int().min(60).max(43_200).optional(),
  refreshValidity: z.int().min(0).max(15_552_000).optional(),
  refreshParallel: z.int().min(1).max(10).optional(),
  maxExchangePeriod: z.enum(EXCHANGE_PERIODS).optional(),
  maxExchangePeriodSeconds: z.int().min(-1).max(UNLIMITED_EXCHANGE).optional(),
  refreshTokenRotationScenario: z.enum(['off', 'online', 'mobile']).optional(),
  accessTokenFormat: z.enum(['default', 'jwt', 'opaque']).optional(),
});

const rule = z.looseObject({
  userType: z.string().nullish(),
  userGroup: z.string().nullish(),
  userEmailDomain: z.string().nullish(),
  ipNetworkRange: z.string().nullish(),
  identityProviderId: z.string(),
});

const authentication = z.looseObject({
  ssoType: z.enum(['openIdConnect', 'saml2', 'saml2oidc']).nullish(),
  subjectNameIdentifier: z.string().nullish(),
  passwordPolicy: z.string().nullish(),
  verifyMail: z.boolean().nullish(),
  defaultAuthenticatingIdpId: z.string().nullish(),
  conditionalAuthentication: z.array(rule).max(100).nullish(),
  consumedApis: z
    .array(z.looseObject({ name: z.string(), apiName: z.string(), clientId: z.string() }))
    .max(100)
    .nullish(),
  openIdConnectConfiguration: z
    .looseObject({
      redirectUris: z.array(redirectUri).max(MAX_URIS).nullish(),
      postLogoutRedirectUris: z.array(redirectUri).max(MAX_URIS).nullish(),
      frontChannelLogoutUris: z.array(z.url()).max(MAX_URIS).nullish(),
      backChannelLogoutUris: z.array(z.url()).max(MAX_URIS).nullish(),
      tokenPolicy: tokenPolicy.nullish(),
      restrictedGrantTypes: z.array(z.enum(grantTypeNames)).nullish(),
      enforceCompliantIssuer: z.boolean().nullish(),
    })
    .nullish(),
  saml2Configuration: z
    .looseObject({ acsEndpoints: z.array(z.record(z.string(), z.json())).max(100).nullish() })
    .nullish(),
  restApiAuthentication: z
    .looseObject({
      allowPublicClientFlows: z.boolean().nullish(),
      allowLocking: z.boolean().nullish(),
      unlock: z.boolean().nullish(),
    })
    .nullish(),
});
type Authentication = z.infer<typeof authentication>;

const applicationBody = z.looseObject({
  name: z.string().trim().min(1).max(255),
  description: z.string().max(1000).nullish(),
  parentApplicationId: z.string().nullish(),
  [AUTHENTICATION]: authentication.nullish(),
});

/** What counts for the landscape and is kept as settings; the rest of a document is kept as it is. */
const READ: readonly (readonly string[])[] = [
  ...['id', 'meta', 'name', 'parentApplicationId', 'schemas'].map((name) => [name]),
  ...[
    'clientId',
    'passwordPolicy',
    'subjectNameIdentifier',
    'defaultAuthenticatingIdpId',
    'conditionalAuthentication',
    'consumedApis',
    'apiCertificates',
  ].map((name) => [AUTHENTICATION, name]),
  ...['redirectUris', 'postLogoutRedirectUris', 'frontChannelLogoutUris', 'backChannelLogoutUris'].map((name) => [
    AUTHENTICATION,
    'openIdConnectConfiguration',
    name,
  ]),
  [AUTHENTICATION, 'openIdConnectConfiguration', 'restrictedGrantTypes'],
  [AUTHENTICATION, 'openIdConnectConfiguration', 'enforceCompliantIssuer'],
  ...Object.keys(tokenPolicy.shape)
    .filter((name) => name !== 'maxExchangePeriod')
    .map((name) => [AUTHENTICATION, 'openIdConnectConfiguration', 'tokenPolicy', name]),
  ...['allowPublicClientFlows', 'allowLocking', 'failedLoginAttempts', 'unlock'].map((name) => [
    AUTHENTICATION,
    'restApiAuthentication',
    name,
  ]),
];

/** What a document says of an application. */
export interface ReadApplication
  extends Pick<StoredApplication, 'name' | 'policy' | 'settings' | 'document' | 'parent' | 'allowLocking'> {
  /** Whether the lock of the client id ends with it. */
  readonly unlock: boolean;
}

/**
 * Reads the document of an application.
 * @param before what it was, whose settings stay where the document has none
 * @throws DirectoryError 400 with the paths of what is wrong
 */
export function readApplication(
  services: Services,
  tenant: Tenant,
  document: JsonObject,
  before: StoredApplication | undefined,
): ReadApplication {
  const parsed = applicationBody.safeParse(document);
  if (!parsed.success) throw invalid('The application is not valid.', parsed.error);
  const { name, parentApplicationId: parent } = parsed.data;
  const read = parsed.data[AUTHENTICATION] ?? {};
  const { allowLocking, unlock } = read.restApiAuthentication ?? {};
  return {
    name,
    policy: policyFrom(tenant, read.passwordPolicy ?? before?.policy ?? STANDARD.uri),
    ...(typeof parent === 'string' ? { parent } : {}),
    ...(typeof allowLocking === 'boolean' ? { allowLocking } : {}),
    settings: settingsFrom(services, tenant, read, before),
    document: documentFrom(services, document, read, before),
    unlock: unlock === true,
  };
}

/** What is kept of a document as it is. */
function documentFrom(
  { ctx }: Services,
  document: JsonObject,
  { restApiAuthentication: rest, saml2Configuration: saml }: Authentication,
  before: StoredApplication | undefined,
): JsonObject {
  const kept = without(withCertificateFacts(document), [
    ...READ,
    ...(document.description === '' ? [['description']] : []),
  ]);
  const opened = (rest?.allowPublicClientFlows ?? false) !== (before?.settings?.publicClient ?? false);
  const endpoints = saml?.acsEndpoints;
  // Both are told in the answers (recorded).
  return overlaid(kept, {
    ...(opened || endpoints
      ? {
          [AUTHENTICATION]: {
            ...(opened ? { restApiAuthentication: { publicClientModificationTime: isoTime(ctx.now()) } } : {}),
            ...(endpoints
              ? { saml2Configuration: { acsEndpoints: endpoints.map((one) => ({ isDefault: false, ...one })) } }
              : {}),
          },
        }
      : {}),
  });
}

function policyFrom({ customPolicies }: Tenant, uri: string): string {
  if ([STANDARD, ENTERPRISE, ...customPolicies].some((policy) => policy.uri === uri)) return uri;
  throw new DirectoryError(400, 'The application is not valid.', [
    { target: `/${AUTHENTICATION}/passwordPolicy`, message: `There is no password policy ${uri}.` },
  ]);
}

function settingsFrom(
  services: Services,
  tenant: Tenant,
  read: Authentication,
  before: StoredApplication | undefined,
): StoredSettings {
  const { openIdConnectConfiguration: oidc, restApiAuthentication: rest, conditionalAuthentication: rules } = read;
  const nameOf = (id: string) => {
    const name = providerName(services, tenant, id);
    if (name !== undefined) return name;
    throw new DirectoryError(400, 'The application is not valid.', [
      { message: `There is no identity provider ${id}.` },
    ]);
  };
  const grants = oidc?.restrictedGrantTypes;
  const fallback = read.defaultAuthenticatingIdpId;
  const { riskRules, assertionTrusts, emailVerification } = before?.settings ?? {};
  return defined({
    riskRules,
    assertionTrusts,
    redirectUris: oidc?.redirectUris ?? undefined,
    postLogoutRedirectUris: oidc?.postLogoutRedirectUris ?? undefined,
    frontChannelLogoutUris: oidc?.frontChannelLogoutUris ?? undefined,
    backChannelLogoutUris: oidc?.backChannelLogoutUris ?? undefined,
    ...(grants
      ? {
          grantTypes: grantTypesFrom(grants),
          enforcePkce: grants.includes(AUTHORIZATION_CODE_PKCE),
        }
      : {}),
    compliantIssuer: oidc?.enforceCompliantIssuer ?? undefined,
    tokenPolicy: oidc?.tokenPolicy ? policyOfTokens(oidc.tokenPolicy, tenant, before) : undefined,
    publicClient: rest?.allowPublicClientFlows ?? undefined,
    // Shown as true also where nobody decided (recorded), which a patch of something else must not turn into a decision.
    emailVerification:
      before && emailVerification === undefined && read.verifyMail === true
        ? undefined
        : (read.verifyMail ?? undefined),
    subjectNameIdentifier: SUBJECT_NAME_IDENTIFIERS.find((one) => SUBJECT_NAMES[one] === read.subjectNameIdentifier),
    dependencies: read.consumedApis ? dependenciesFrom(read.consumedApis) : undefined,
    conditional: defined({
      rules: (rules ?? []).map((one) =>
        defined({
          identityProvider: nameOf(one.identityProviderId),
          userType: one.userType ?? undefined,
          group: one.userGroup ?? undefined,
          emailDomain: one.userEmailDomain ?? undefined,
          ipRange: one.ipNetworkRange ?? undefined,
        }),
      ),
      defaultIdentityProvider: typeof fallback === 'string' ? nameOf(fallback) : undefined,
    }),
  }) as StoredSettings;
}

/** In the order in which they came, as they are shown (recorded). */
function grantTypesFrom(names: readonly string[]): readonly GrantType[] {
  const types = names.flatMap(
    (name) =>
      GRANT_TYPES.find((type) => GRANT_TYPE_NAMES[type] === name) ??
      (name === AUTHORIZATION_CODE_PKCE ? ('authorization_code' as const) : []),
  );
  return [...new Set(types)];
}

function policyOfTokens(
  read: z.infer<typeof tokenPolicy>,
  tenant: Tenant,
  before: StoredApplication | undefined,
): TokenPolicy {
  const now = settingsOf(tenant, before).tokenPolicy;
  const refreshValidity = read.refreshValidity === undefined ? now.refreshValidity : read.refreshValidity / 3600;
  const { maxExchangePeriod: period, maxExchangePeriodSeconds: custom = now.maxExchangePeriod } = read;
  return {
    jwtValidity: read.jwtValidity === undefined ? now.jwtValidity : read.jwtValidity / 60,
    refreshValidity,
    refreshParallel: read.refreshParallel ?? now.refreshParallel,
    maxExchangePeriod:
      period === undefined ? now.maxExchangePeriod : (exchangeSeconds(period, refreshValidity) ?? custom),
    refreshTokenRotationScenario: read.refreshTokenRotationScenario ?? now.refreshTokenRotationScenario,
    accessTokenFormat: read.accessTokenFormat ?? now.accessTokenFormat,
  };
}

/** The API has an entry for each API, the landscape one for each dependency. */
function dependenciesFrom(consumed: readonly { name: string; apiName: string; clientId: string }[]): Dependency[] {
  const byName = Map.groupBy(consumed, ({ name, clientId }) => `${clientId} ${name}`);
  return [...byName.values()].flatMap((entries) => {
    const [first] = entries;
    return first ? [{ name: first.name, clientId: first.clientId, apis: entries.map(({ apiName }) => apiName) }] : [];
  });
}
