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
    SAPAssertionSSO: [],
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

const BOOLEAN = ['true', 'false'];

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
  if (properties.Type !== 'HTTP') return [];
  const strange = Object.entries(VALUES).flatMap(([name, values]) => {
    const value = properties[name];
    return value === undefined || values.includes(value) ? [] : [`Invalid value for property ${name}`];
  });
  const url = properties.URL === undefined ? ['URL'] : [];
  return [...[...url, ...missingFor(properties)].map((name) => `Missing property ${name}`), ...strange];
}
