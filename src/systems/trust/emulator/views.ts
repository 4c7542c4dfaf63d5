import { DEFAULT_ORIGIN_KEY } from '../../protocols/btp-cli/wire.ts';
import type { StoredDefault, StoredTrust } from './store.ts';

/** Tenant id: the first label of the host. It is what `btp login --idp` takes. */
export function tenantId(host: string): string {
  return host.split('.')[0] ?? host;
}

/** The view that list, get and update give; two of its booleans are texts (recordings of security/trust). */
export function trustView(trust: StoredTrust, inherited = false): object {
  return {
    name: trust.name,
    originKey: trust.originKey,
    originKeyCfuaa: trust.originKeyCfuaa ?? null,
    typeOfTrust: trust.type,
    status: trust.active ? 'active' : 'inactive',
    description: trust.description,
    identityProvider: trust.host,
    domain: trust.domain,
    linkTextForUserLogon: trust.linkText,
    availableForUserLogon: String(trust.availableForUserLogon),
    createShadowUsersDuringLogon: String(trust.createShadowUsers),
    sapBtpCli: tenantId(trust.host),
    // That SAML is the word for the other one is assumed: every recorded trust is OpenID Connect.
    protocol: trust.protocol ?? 'OpenID Connect',
    readOnly: inherited,
    defaultIdp: false,
    idpType: 'SAP IAS',
  };
}

/** The answer to an update at the global account is poorer than a following get (notes §2.2). */
export function updatedPlatformView(trust: StoredTrust): object {
  return {
    ...trustView(trust),
    originKeyCfuaa: null,
    identityProvider: `https://${trust.host}`,
    linkTextForUserLogon: null,
    availableForUserLogon: null,
    createShadowUsersDuringLogon: null,
    sapBtpCli: null,
    idpType: null,
  };
}

export function defaultView(settings: StoredDefault): object {
  return {
    name: DEFAULT_ORIGIN_KEY,
    originKey: DEFAULT_ORIGIN_KEY,
    originKeyCfuaa: null,
    typeOfTrust: 'Application',
    status: settings.active ? 'active' : 'inactive',
    description: null,
    identityProvider: null,
    domain: null,
    linkTextForUserLogon: 'Default Identity Provider',
    availableForUserLogon: String(settings.availableForUserLogon),
    createShadowUsersDuringLogon: String(settings.createShadowUsers),
    sapBtpCli: null,
    protocol: 'OpenID Connect',
    readOnly: false,
    defaultIdp: true,
    idpType: 'SAP IAS',
  };
}

/** What create and delete give at the global account; the name that was sent does not come back. */
export function platformRecord(trust: StoredTrust, application: { id: string; clientId: string }): object {
  return {
    originKey: trust.originKey,
    iasTenantUrl: `https://${trust.host}`,
    iasAppId: `/Applications/v1/${application.id}`,
    iasAdminUrl: `https://${trust.host}/admin/#/applications//Applications/v1/${application.id}`,
    active: trust.active,
    createdByUsername: null,
    createdByOriginKey: null,
    createdAt: null,
    modifiedByUsername: null,
    modifiedByOriginKey: null,
    modifiedAt: null,
    deleted: false,
    distribution: null,
    registration: null,
    result: 0,
    relyingPartyId: application.clientId,
    originXsuaa: trust.originKey,
    version: trust.version,
    iasWellKnownMetadata: null,
    ipsIntegrationSetupStatus: null,
    neoAuthnWithOidc: false,
    domain: trust.domain,
    name: null,
    aliasZid: null,
    iasTenantUrlWithoutProtocol: trust.host,
  };
}

/** What create and delete give at a subaccount: the OIDC configuration of XSUAA. Endpoints are null at create. */
export function applicationRecord(
  trust: StoredTrust,
  application: { id: string; clientId: string },
  phase: 'create' | 'delete',
): object {
  const endpoint = (path: string) => (phase === 'create' ? null : `https://${trust.host}/oauth2/${path}`);
  return {
    type: 'oidc1.0',
    config: {
      emailDomain: null,
      additionalConfiguration: trust.domain === null ? (phase === 'create' ? null : {}) : { domain: trust.domain },
      providerDescription: trust.description,
      externalGroupsWhitelist: [],
      attributeMappings: {
        'user.attribute.groups': 'groups',
        'user.attribute.remoteEntityId': 'iss',
        user_uuid: 'user_uuid',
      },
      addShadowUserOnLogin: trust.createShadowUsers,
      storeCustomAttributes: true,
      authUrl: endpoint('authorize'),
      tokenUrl: endpoint('token'),
      tokenKeyUrl: endpoint('certs'),
      tokenKey: null,
      userInfoUrl: endpoint('userinfo'),
      logoutUrl: endpoint('logout'),
      linkText: trust.linkText,
      showLinkText: trust.availableForUserLogon,
      clientAuthInBody: false,
      skipSslValidation: false,
      relyingPartyId: application.clientId,
      scopes: ['openid', 'email', 'profile'],
      issuer: `https://${trust.host}`,
      responseType: 'code',
      userPropagationParameter: null,
      pkce: true,
      performRpInitiatedLogout: true,
      cacheJwks: true,
      discoveryUrl: `https://${trust.host}/.well-known/openid-configuration`,
      passwordGrantEnabled: true,
      setForwardHeader: true,
      tokenExchangeEnabled: false,
      jwtClientAuthentication: true,
      platformIdp: false,
      applicationIdp: true,
      originKeyCfuaa: null,
      ...(phase === 'create' ? { defaultIdp: false } : {}),
      iasTenant: { host: trust.host, adminUrl: `https://${trust.host}/admin/#/applications/${application.id}` },
      neoAuthnWithOidc: false,
      idpType: 'SAP IAS',
    },
    id: trust.id,
    originKey: trust.originKey,
    name: trust.name,
    version: trust.version,
    created: trust.createdAt,
    last_modified: trust.modifiedAt,
    active: trust.active,
    identityZoneId: trust.zone,
    aliasId: null,
    aliasZid: null,
  };
}

/** An IAS tenant that may be trusted (recordings of security/available-idp; `neoAuthnWithOidc` only in get). */
export function tenantView(host: string, single: boolean): object {
  return {
    tenantType: 'enterprise',
    displayName: null,
    commonHost: host.replace(/\.ondemand\.com$/, '.cloud.sap'),
    description: 'Cloud Identity Services',
    customHost: null,
    customerName: null,
    ...(single ? { neoAuthnWithOidc: true } : {}),
    costCenterId: 0,
    dataCenterId: 'EU1',
    host,
    customerId: null,
    tenantId: tenantId(host),
    region: 'Europe (Frankfurt)',
    status: 'ACTIVE',
  };
}
