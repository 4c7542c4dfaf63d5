import type { Properties } from './store.ts';

/** Kinds of destinations (OpenAPI 1.0.0, `Destination`; TCP: btp-connectivity:f6d753f). */
const TYPES = ['HTTP', 'RFC', 'MAIL', 'LDAP', 'TCP'] as const;

/** What every token retrieval of OAuth needs (btp-connectivity:452357c, 4e1d742, 283cd2d, e3c333f …). */
const OAUTH = ['clientId', 'tokenServiceURL'] as const;

/** Properties without which an authentication type of HTTP destinations does not work, as its page in the docs lists them. */
const REQUIRED: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    NoAuthentication: [],
    BasicAuthentication: ['User', 'Password'],
    ClientCertificateAuthentication: ['KeyStoreLocation'],
    PrincipalPropagation: [],
    // No longer documented: SAP Cloud SDK for Java, its tests.
    SAPAssertionSSO: ['IssuerSID', 'IssuerClient', 'RecipientSID', 'RecipientClient', 'Certificate', 'SigningKey'],
    OAuth2Password: [...OAUTH, 'User', 'Password'],
    OAuth2ClientCredentials: OAUTH,
    OAuth2JWTBearer: OAUTH,
    OAuth2UserTokenExchange: OAUTH,
    OAuth2TokenExchange: OAUTH,
    OAuth2RefreshToken: OAUTH,
    OAuth2AuthorizationCode: OAUTH,
    OAuth2TechnicalUserPropagation: OAUTH,
    OAuth2SAMLBearerAssertion: ['audience', 'clientKey', 'tokenServiceURL', 'authnContextClassRef'],
    SAMLAssertion: ['audience', 'authnContextClassRef'],
  }),
);

/** btp-connectivity:e75d7f1 writes them large, all others small. */
const BOOLEAN = ['true', 'false', 'TRUE', 'FALSE'];

const INTERNET = ['Internet'];
const ON_PREMISE = ['OnPremise'];
const TOKEN_PROXIES = [...INTERNET, ...ON_PREMISE];

/** Where an authentication type may lead, as the rows `ProxyType` of its page say; the others may lead everywhere. */
const PROXIES: Readonly<Record<string, readonly string[]>> = {
  // btp-connectivity:73194cc, 8634e21.
  PrincipalPropagation: ON_PREMISE,
  OAuth2TechnicalUserPropagation: ON_PREMISE,
  // btp-connectivity:452357c, 4e1d742, 283cd2d, e3c333f, f4d28ea, bff0136, 9f634f6, c69ea6a.
  OAuth2Password: TOKEN_PROXIES,
  OAuth2ClientCredentials: TOKEN_PROXIES,
  OAuth2JWTBearer: TOKEN_PROXIES,
  OAuth2UserTokenExchange: TOKEN_PROXIES,
  OAuth2TokenExchange: TOKEN_PROXIES,
  OAuth2RefreshToken: TOKEN_PROXIES,
  OAuth2AuthorizationCode: TOKEN_PROXIES,
  OAuth2SAMLBearerAssertion: TOKEN_PROXIES,
};

/** Properties without which destinations that are not HTTP do not work (btp-connectivity:f6d753f, 47128a8). */
const REQUIRED_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  TCP: ['Address', 'ProxyType'],
  LDAP: ['ldap.url', 'ldap.proxyType', 'ldap.authentication'],
};

/** Properties that know certain values only, of whichever authentication type. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  ProxyType: ['Internet', 'OnPremise', 'PrivateLink'],
  Authentication: [...REQUIRED.keys()],
  tokenServiceURLType: ['Dedicated', 'Common'],
  'tokenServiceURL.ProxyType': ['Internet', 'OnPremise'],
  'tokenService.addClientCredentialsInBody': BOOLEAN,
  SAMLAssertionProvider: ['DestinationServiceGenerated', 'ClientProvided'],
  'KeyStore.Source': ['ClientProvided', 'DestinationService'],
  'clientAssertion.type': [
    'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
    'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  ],
  TrustAll: BOOLEAN,
  // btp-connectivity:e75d7f1.
  HostnameVerifier: ['Strict', 'BrowserCompatible'],
  // btp-connectivity:c69ea6a.
  samlAssertionEncoding: ['base64', 'base64url'],
  Preemptive: BOOLEAN,
  includeSigningCertificateInSAMLAssertion: BOOLEAN,
  skipUserAttributesPrefixInSAMLAttributes: BOOLEAN,
  skipUserUuidInSAMLAttributes: BOOLEAN,
};

export function isType(type: string): boolean {
  return TYPES.some((known) => known === type);
}

/** Names of the properties that a destination's authentication type needs and that it does not have. */
export function missingFor(properties: Properties): readonly string[] {
  if (properties.Type !== 'HTTP') return [];
  const authentication = properties.Authentication ?? 'NoAuthentication';
  const provided = properties.SAMLAssertionProvider === 'ClientProvided';
  const required = (REQUIRED.get(authentication) ?? []).filter(
    (name) =>
      !(name === 'KeyStoreLocation' && properties['KeyStore.Source'] === 'ClientProvided') &&
      // Who hands in the assertion does not say what is in it.
      !(provided && (name === 'audience' || name === 'authnContextClassRef')),
  );
  return required.filter((name) => (properties[name] ?? '') === '');
}

/** What the cockpit's form does not let through: a missing property, or a value that its property does not know. */
export function objections(properties: Properties): readonly string[] {
  if (properties.Type !== 'HTTP') return missingOfType(properties).map((name) => `Missing property ${name}`);
  const strange = Object.entries(VALUES).flatMap(([name, values]) => {
    const value = properties[name];
    return value === undefined || values.includes(value) ? [] : [name];
  });
  const url = properties.URL === undefined ? ['URL'] : [];
  return [
    ...[...url, ...missingFor(properties)].map((name) => `Missing property ${name}`),
    ...[...strange, ...misled(properties)].map((name) => `Invalid value for property ${name}`),
  ];
}

/** Where a destination leads that its authentication type does not lead to. `Internet` is the default (btp-connectivity:42a0e6b). */
function misled({ Authentication: kind = '', ProxyType: proxy = 'Internet', ...properties }: Properties): string[] {
  const allowed = PROXIES[kind] ?? [proxy];
  // "OAuth with X.509 is only supported for Internet" (btp-connectivity:2c162aa).
  const certified = properties['tokenService.KeyStoreLocation'] !== undefined;
  const tokenProxy =
    properties['tokenServiceURL.ProxyType'] ?? (kind === 'OAuth2TechnicalUserPropagation' ? 'Internet' : proxy);
  return [
    ...(allowed.includes(proxy) ? [] : ['ProxyType']),
    ...(certified && tokenProxy !== 'Internet' ? ['tokenService.KeyStoreLocation'] : []),
  ];
}

function missingOfType(properties: Properties): readonly string[] {
  const basic = properties['ldap.authentication'] === 'BasicAuthentication' ? ['ldap.user', 'ldap.password'] : [];
  const required = [...(REQUIRED_OF_TYPE[properties.Type ?? ''] ?? []), ...(properties.Type === 'LDAP' ? basic : [])];
  return required.filter((name) => (properties[name] ?? '') === '');
}
