import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { writeJks } from './certificates/jks.ts';
import { openKeyStore } from './certificates/key-store.ts';
import { type Landscape, startLandscape } from './testing/landscape.ts';
import { TOKEN_SERVICE } from './testing/token-service.ts';

const RUNS = { numRuns: 40 };

let landscape: Landscape;
let user: string;
beforeAll(async () => {
  landscape = await startLandscape();
  user = await landscape.xsuaa.userToken('acme-dev');
});

/** Texts that parsers stumble over, among any others. */
const text = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom(
    '',
    "'",
    "''",
    '(',
    '%',
    '%zz',
    '__proto__',
    'constructor',
    'toString',
    '\0',
    '{tenant}',
    '\ud800',
    '<>&"',
  ),
);

/** What this was is refused or done; an answer may say that it is not emulated. */
async function expectSane(
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<number> {
  const { status } = await landscape.call(method, path, options);
  expect(status < 500 || status === 501, `${method} ${path}: ${status}`).toBe(true);
  return status;
}

const COLLECTIONS = ['subaccountDestinations', 'instanceDestinationFragments', 'subaccountCertificates'] as const;

const filter = fc.oneof(
  text,
  fc.array(text, { maxLength: 3 }).map((names) => `Name in (${names.map((name) => `'${name}'`).join(',')})`),
  text.map((part) => `startswith(Name,'${part}')`),
  fc.integer().map((minutes) => `modifiedwithin('${minutes}','minutes')`),
  fc.tuple(text, text).map(([key, value]) => `Label['${key}'] HAS ('${value}') AND Label['a'] HAS ('b')`),
);

test('queries of lists never make it fail', async () => {
  const query = fc.record(
    {
      $filter: filter,
      $select: text,
      $page: fc.oneof(fc.integer().map(String), text),
      $pageSize: fc.oneof(fc.integer().map(String), text),
      $includeMetadata: fc.oneof(fc.constant('etag;modification_time'), text),
    },
    { requiredKeys: [] },
  );
  const ask = fc.asyncProperty(
    fc.constantFrom(...COLLECTIONS),
    fc.constantFrom('GET', 'DELETE'),
    query,
    async (at, method, given) => {
      await expectSane(method, `${at}?${new URLSearchParams(given)}`);
    },
  );
  await fc.assert(ask, RUNS);
});

const KINDS = [
  'BasicAuthentication',
  'OAuth2Password',
  'OAuth2ClientCredentials',
  'OAuth2JWTBearer',
  'OAuth2UserTokenExchange',
];
const MORE_KINDS = [
  'OAuth2SAMLBearerAssertion',
  'OAuth2TokenExchange',
  'SAMLAssertion',
  'ClientCertificateAuthentication',
];

/** Properties that steer a token retrieval, with values that they may have and others. */
const steering = fc.record(
  {
    Authentication: fc.oneof(fc.constantFrom(...KINDS, ...MORE_KINDS), text),
    tokenServiceURL: fc.oneof(fc.constant(TOKEN_SERVICE), text),
    tokenServiceURLType: fc.constantFrom('Common', 'Dedicated', ''),
    clientId: text,
    User: text,
    Password: text,
    scope: text,
    audience: text,
    clientKey: text,
    authnContextClassRef: text,
    nameIdFormat: text,
    userIdSource: fc.oneof(fc.constantFrom('email', "$['xs.system.attributes']", '$.ext_attr.zdn', '$..'), text),
    'tokenServiceURL.headers.X': text,
    'tokenServiceURL.ConnectionTimeoutInSeconds': text,
  },
  { requiredKeys: ['Authentication', 'tokenServiceURL', 'clientId', 'User', 'Password', 'audience', 'clientKey'] },
);

/** These end a token retrieval early, so most destinations have none of them. */
const ending = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc.record({ 'tokenService.KeyStoreLocation': text }),
  fc.record({ 'clientAssertion.destinationName': text }),
  fc.record({ 'x_user_token.jwks': text }),
);
const properties = fc.tuple(steering, ending).map(([most, more]) => ({ ...most, ...more }));

test('no destination makes find fail, whatever headers come with it', async () => {
  const header = (name: string, value: fc.Arbitrary<string>) => value.map((given) => ({ [name]: given }));
  const userToken = header('x-user-token', fc.oneof(fc.constant(user), fc.base64String()));
  const headers = fc.oneof(
    { weight: 4, arbitrary: userToken },
    fc.constant({}),
    header('x-tenant', fc.base64String()),
    header('x-fragment-name', fc.base64String()),
  );
  const name = { Name: 'D', Type: 'HTTP', URL: 'https://app' };
  let found = 0;
  const ask = fc.asyncProperty(
    properties,
    headers,
    fc.constantFrom('destinations/D', 'v2/destinations/D@subaccount'),
    async (more, given, path) => {
      await landscape.call('DELETE', 'subaccountDestinations/D');
      await expectSane('POST', 'subaccountDestinations', { body: { ...name, ...more } });
      found += (await expectSane('GET', path, { headers: given })) === 200 ? 1 : 0;
    },
  );
  await fc.assert(ask, { numRuns: 150 });
  expect(found).toBeGreaterThan(50);
});

test('bodies are refused or taken, one by one and in arrays', async () => {
  const entity = fc.dictionary(
    fc.oneof(
      fc.constantFrom('Name', 'FragmentName', 'Type', 'Content', 'Attributes', 'key', 'values', 'action', 'labels'),
      text,
    ),
    fc.jsonValue({ maxDepth: 2 }),
    { maxKeys: 5 },
  );
  const body = fc.oneof(entity, fc.array(entity, { maxLength: 3 }), fc.jsonValue({ maxDepth: 3 }));
  await landscape.call('POST', 'subaccountDestinations', { body: { Name: 'L', Type: 'HTTP' } });
  const places = [...COLLECTIONS, 'subaccountDestinations/L/labels', 'saml2Metadata/rotateCertificate'];
  const ask = fc.asyncProperty(
    fc.constantFrom(...places),
    fc.constantFrom('POST', 'PUT', 'PATCH'),
    body,
    async (at, method, sent) => {
      await expectSane(method, at, { body: sent });
    },
  );
  await fc.assert(ask, RUNS);
});

test('a key store with changed bytes is opened or refused, and never breaks who reads it', async () => {
  await landscape.call('POST', 'subaccountCertificates', { body: { Name: 'key.p12', Attributes: {} } });
  const read = await landscape.call('GET', 'subaccountCertificates/key.p12');
  const { Content } = (await read.json()) as { Content: string };
  const p12 = Buffer.from(Content, 'base64');
  const [entry] = openKeyStore('key.p12', p12, '');
  const { certificates = [], privateKey = '' } = entry ?? {};
  const jks = writeJks('key', { certificates, privateKey }, '', { now: 0, salt: new Uint8Array(20) });
  const change = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
  const ask = fc.asyncProperty(fc.constantFrom('p12', 'jks', 'pem'), change, fc.nat(), async (kind, changes, cut) => {
    const bytes = Buffer.from(kind === 'p12' ? p12 : jks);
    for (const [at, byte] of changes) bytes[at % Math.min(bytes.length, 64)] = byte;
    const content = bytes.subarray(0, cut % 2 === 0 ? bytes.length : cut % bytes.length);
    const body = { Name: `changed.${kind}`, Content: content.toString('base64') };
    await landscape.call('DELETE', `subaccountCertificates/${body.Name}`);
    await expectSane('POST', 'subaccountCertificates', { body });
    await expectSane('GET', `subaccountCertificates/${body.Name}/publicKeys`);
  });
  await fc.assert(ask, RUNS);
});
