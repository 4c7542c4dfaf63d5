import type { Json, JsonObject } from '../../../../../kernel/json.ts';
import { APPLICATION_AUTHENTICATION as AUTHENTICATION } from '../../../wire.ts';
import { defined } from '../../defined.ts';
import { settingsOf } from '../../oidc/settings.ts';
import type { ApplicationSettings } from '../../rows/application-settings.ts';
import type { Services } from '../../services.ts';
import { keyIn, type StoredApplication, type Tenant } from '../../store.ts';
import { at, isoTime, overlaid } from '../documents.ts';
import { providerReference } from '../identity-providers/references.ts';
import { exchangePeriod } from './exchange-period.ts';
import {
  AUTHORIZATION_CODE_PKCE,
  GRANT_TYPE_NAMES,
  SCHEMAS,
  SUBJECT_NAMES,
  SYSTEM_APPLICATION_NAMES,
} from './names.ts';

/** An application as `/Applications/v1` shows it (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export function applicationDocument(services: Services, tenant: Tenant, application: StoredApplication): JsonObject {
  const { id, name, createdAt, changedAt, createdBy = SAP, changedBy = SAP, parent, document = {} } = application;
  const configured = overlaid(DEFAULTS, document);
  return overlaid(configured, {
    id,
    meta: {
      created: isoTime(createdAt),
      createdBy,
      lastModified: isoTime(changedAt),
      modifiedBy: changedBy,
      location: `https://${tenant.host}/Applications/v1/${id}`,
      type: typeOf(application),
      version: '1',
    },
    name,
    ...(parent === undefined ? {} : { parentApplicationId: parent }),
    [AUTHENTICATION]: authentication(services, tenant, application),
  });
}

/** The stand-in of the certificate with which BTP registers its applications. */
const SAP = 'CN=sap.hana.ondemand.com,L=sap-uaa,OU=sap-uaa,OU=SAP Cloud Platform Clients,O=SAP SE,C=DE';

/** `bundled` are those that SAP's services registered, `system` those of every tenant, `charged` the customer's own. */
function typeOf({ name, managedBySap }: StoredApplication): 'bundled' | 'system' | 'charged' {
  if (SYSTEM_APPLICATION_NAMES.includes(name)) return 'system';
  return managedBySap === true ? 'bundled' : 'charged';
}

function authentication(services: Services, tenant: Tenant, application: StoredApplication): JsonObject {
  const { clientId, policy, settings: own = {}, certificates = [] } = application;
  const settings = settingsOf(tenant, application);
  const { conditional, dependencies } = settings;
  const rules = conditional.rules.map(({ identityProvider, ipRange, emailDomain, group, userType }) =>
    defined({
      userType,
      userGroup: group,
      userEmailDomain: emailDomain,
      identityProviderId: providerReference(services, tenant, identityProvider),
      ipNetworkRange: ipRange,
    }),
  );
  return defined({
    clientId,
    passwordPolicy: policy,
    subjectNameIdentifier: SUBJECT_NAMES[settings.subjectNameIdentifier],
    ...(own.emailVerification === undefined ? {} : { verifyMail: own.emailVerification }),
    defaultAuthenticatingIdpId: providerReference(services, tenant, conditional.defaultIdentityProvider),
    ...(rules.length > 0 ? { conditionalAuthentication: rules } : {}),
    ...(certificates.length > 0
      ? {
          apiCertificates: certificates.map(({ id, subject }) => ({
            id,
            dn: subject,
            authorizationScopes: ['oAuth'],
            allApisAccess: false,
          })),
        }
      : {}),
    ...(dependencies.length > 0 ? { consumedApis: consumedApis(services, tenant, dependencies) } : {}),
    openIdConnectConfiguration: openIdConnect(settings, givenPeriod(application)),
    restApiAuthentication: {
      allowPublicClientFlows: settings.publicClient,
      allowLocking: application.allowLocking ?? true,
      failedLoginAttempts: services.store.clientLocks.get(keyIn(tenant.id, clientId))?.failedAttempts ?? 0,
    },
  } as Record<string, Json>);
}

function consumedApis({ store }: Services, tenant: Tenant, dependencies: ApplicationSettings['dependencies']): Json {
  return dependencies.flatMap(({ name, clientId, apis }) => {
    const [provider] = store.applications.by('client', keyIn(tenant.id, clientId));
    return apis.map((apiName) => ({ name, apiName, appId: provider?.id ?? clientId, clientId }));
  });
}

/** The name of the exchange period that the application was configured with. */
function givenPeriod({ document }: StoredApplication): Json | undefined {
  return at(document, [AUTHENTICATION, 'openIdConnectConfiguration', 'tokenPolicy', 'maxExchangePeriod']);
}

const MINUTE = 60;
const HOUR = 3600;

function openIdConnect(settings: ApplicationSettings, given: Json | undefined): JsonObject {
  const { tokenPolicy, grantTypes, enforcePkce } = settings;
  const uris = (list: readonly string[]) => (list.length > 0 ? list : undefined);
  const { maxExchangePeriod: seconds, refreshValidity } = tokenPolicy;
  const period = exchangePeriod(seconds, refreshValidity, given);
  return defined({
    redirectUris: uris(settings.redirectUris),
    postLogoutRedirectUris: uris(settings.postLogoutRedirectUris),
    frontChannelLogoutUris: uris(settings.frontChannelLogoutUris),
    backChannelLogoutUris: uris(settings.backChannelLogoutUris),
    tokenPolicy: {
      // The console and the documentation count minutes and hours, the API seconds (recorded).
      jwtValidity: Math.round(tokenPolicy.jwtValidity * MINUTE),
      refreshValidity: Math.round(tokenPolicy.refreshValidity * HOUR),
      refreshParallel: tokenPolicy.refreshParallel,
      maxExchangePeriod: period,
      maxExchangePeriodSeconds: period === 'unlimited' ? -1 : seconds,
      refreshTokenRotationScenario: tokenPolicy.refreshTokenRotationScenario,
      accessTokenFormat: tokenPolicy.accessTokenFormat,
    },
    restrictedGrantTypes: grantTypes.map((grant) =>
      grant === 'authorization_code' && enforcePkce ? AUTHORIZATION_CODE_PKCE : GRANT_TYPE_NAMES[grant],
    ),
    enforceCompliantIssuer: settings.compliantIssuer,
  } as Record<string, Json>);
}

const attribute = (assertionAttributeName: string, userAttributeName: string) => ({
  assertionAttributeName,
  userAttributeName,
  inherited: false,
});

/** What a new application has where nobody configured anything (recorded). */
const DEFAULTS: JsonObject = {
  multiTenantApp: false,
  globalAccount: 'unknown',
  schemas: SCHEMAS,
  branding: {
    showDisplayNameOnLogonScreen: true,
    rememberMeVisible: true,
    rememberMeChecked: false,
    refreshParent: true,
    tokenUrlEmbedCharacter: ';',
    theme: { type: 'horizon' },
  },
  [AUTHENTICATION]: {
    ssoType: 'saml2',
    subjectNameIdentifierFunction: 'none',
    rememberMeExpirationTimeInMonths: 3,
    userAccess: {
      type: 'internal',
      userAttributesForAccess: [
        { userAttributeName: 'firstName', isRequired: false },
        { userAttributeName: 'lastName', isRequired: true },
        { userAttributeName: 'mail', isRequired: true },
      ],
    },
    companyId: 'global',
    assertionAttributes: [
      attribute('first_name', 'firstName'),
      attribute('last_name', 'lastName'),
      attribute('mail', 'mail'),
      attribute('user_uuid', 'userUuid'),
      attribute('locale', 'language'),
    ],
    disabledInheritedProperties: {},
    spnegoEnabled: false,
    biometricAuthenticationEnabled: false,
    verifyMail: true,
    forceAuthentication: false,
    trustAllCorporateIdentityProviders: false,
    allowIasUsers: false,
    riskBasedAuthentication: { defaultAction: ['allow'] },
    saml2Configuration: {
      defaultNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
      signSLOMessages: true,
      requireSignedSLOMessages: true,
      requireSignedAuthnRequest: false,
      signAssertions: true,
      signAuthnResponses: false,
      responseElementsToEncrypt: 'none',
      digestAlgorithm: 'sha256',
      proxyAuthnRequest: { authenticationContext: 'none' },
    },
    openIdConnectConfiguration: { tokenPolicy: { enableAuthzRuntime: false, offlineAccess: true } },
    restApiAuthentication: { allApisAccess: false },
  },
  'urn:sap:identity:application:schemas:extension:sci:1.0:Provisioning': { centralStoreProvisioningEnabled: false },
  'urn:sap:identity:application:schemas:extension:sci:1.0:Authorization': {
    amsConfiguration: { enabled: false, amsManagedAttributes: {} },
  },
};
