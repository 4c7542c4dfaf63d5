import { expect, test } from 'vitest';
import { objections } from './catalogue.ts';
import { startLandscape } from './testing/landscape.ts';

const http = (Authentication: string, more: Record<string, string> = {}) => ({
  Name: 'D',
  Type: 'HTTP',
  URL: 'https://app',
  Authentication,
  ...more,
});
const OAUTH = { clientId: 'c', tokenServiceURL: 'https://t' };
const KEY = { 'tokenService.KeyStoreLocation': 'k.p12' };

const GOOD: readonly Record<string, string>[] = [
  http('NoAuthentication'),
  http('BasicAuthentication', { User: 'u', Password: 'p', ProxyType: 'PrivateLink', TrustAll: 'TRUE' }),
  http('ClientCertificateAuthentication', { 'KeyStore.Source': 'ClientProvided' }),
  http('PrincipalPropagation', { ProxyType: 'OnPremise', CloudConnectorLocationId: 'berlin' }),
  http('OAuth2Password', { ...OAUTH, User: 'u', Password: 'p', ...KEY }),
  http('OAuth2ClientCredentials', { ...OAUTH, tokenServiceURLType: 'Common' }),
  http('OAuth2TechnicalUserPropagation', { ...OAUTH, ProxyType: 'OnPremise', ...KEY }),
  http('OAuth2SAMLBearerAssertion', {
    clientKey: 'k',
    tokenServiceURL: 'https://t',
    SAMLAssertionProvider: 'ClientProvided',
  }),
  http('SAMLAssertion', { audience: 'a', authnContextClassRef: 'urn:none', samlAssertionEncoding: 'base64url' }),
  { Name: 'D', Type: 'TCP', Address: 'tcp://host:1', ProxyType: 'OnPremise' },
  {
    Name: 'D',
    Type: 'LDAP',
    'ldap.url': 'ldap://l',
    'ldap.proxyType': 'Internet',
    'ldap.authentication': 'NoAuthentication',
  },
  { Name: 'D', Type: 'MAIL' },
];

test.each(GOOD.map((one) => [one.Authentication ?? one.Type, one] as const))(
  '%s is complete with what its page in the docs requires',
  (_, properties) => expect(objections(properties)).toEqual([]),
);

const BAD = [
  ['Missing property URL', { Name: 'D', Type: 'HTTP', Authentication: 'NoAuthentication' }],
  ['Missing property Password', http('BasicAuthentication', { User: 'u' })],
  ['Missing property KeyStoreLocation', http('ClientCertificateAuthentication')],
  ['Missing property tokenServiceURL', http('OAuth2TokenExchange', { clientId: 'c' })],
  ['Missing property audience', http('SAMLAssertion', { authnContextClassRef: 'urn:none' })],
  ['Missing property SigningKey', http('SAPAssertionSSO', { ...ssoWithout('SigningKey') })],
  ['Missing property Address', { Name: 'D', Type: 'TCP', ProxyType: 'Internet' }],
  [
    'Missing property ldap.password',
    {
      Name: 'D',
      Type: 'LDAP',
      'ldap.url': 'ldap://l',
      'ldap.proxyType': 'Internet',
      'ldap.authentication': 'BasicAuthentication',
      'ldap.user': 'u',
    },
  ],
  ['Invalid value for property Authentication', http('OAuth1')],
  ['Invalid value for property ProxyType', http('PrincipalPropagation')],
  ['Invalid value for property ProxyType', http('OAuth2JWTBearer', { ...OAUTH, ProxyType: 'PrivateLink' })],
  [
    'Invalid value for property tokenService.KeyStoreLocation',
    http('OAuth2ClientCredentials', { ...OAUTH, ...KEY, ProxyType: 'OnPremise' }),
  ],
  ['Invalid value for property TrustAll', http('NoAuthentication', { TrustAll: 'yes' })],
  ['Invalid value for property HostnameVerifier', http('NoAuthentication', { HostnameVerifier: 'None' })],
] as const;

function ssoWithout(left: string): Record<string, string> {
  const all = ['IssuerSID', 'IssuerClient', 'RecipientSID', 'RecipientClient', 'Certificate', 'SigningKey'];
  return Object.fromEntries(all.filter((name) => name !== left).map((name) => [name, 'x']));
}

test.each(BAD)('%s is said of what the cockpit would not let through', (objection, properties) =>
  expect(objections(properties)).toEqual([objection]),
);

test('with destination.strictProperties the REST API refuses what the cockpit refuses, without it the failure shows at find', async () => {
  const body = http('OAuth2Password', OAUTH);
  const strict = await startLandscape({ switches: { 'destination.strictProperties': true } });
  const refused = await strict.call('POST', 'subaccountDestinations', { body });
  expect([refused.status, await refused.json()]).toEqual([400, { ErrorMessage: 'Missing property User' }]);
  const landscape = await startLandscape();
  expect((await landscape.call('POST', 'subaccountDestinations', { body })).status).toBe(201);
  const found = await landscape.call('GET', 'destinations/D');
  expect(await found.json()).toMatchObject({
    authTokens: [{ error: expect.stringContaining('property User is missing') }],
  });
});

test('a configuration may say that it is shared with the subscriber, and is stored without that', async () => {
  const landscape = await startLandscape();
  const body = { ...http('NoAuthentication'), $metadata: { shared_with_subscriber: true } };
  expect((await landscape.call('POST', 'instanceDestinations', { body })).status).toBe(201);
  const read = await landscape.call('GET', 'instanceDestinations/D');
  expect(await read.json()).toEqual(http('NoAuthentication'));
});
