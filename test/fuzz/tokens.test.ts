import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, HOST, type Identity, nastyBody, nastyJson, nastyText, openIdentity } from './identity.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await openIdentity();
});
afterAll(() => identity[Symbol.asyncDispose]());

const GRANTS = [
  ...['password', 'client_credentials', 'refresh_token', 'authorization_code', 'implicit', 'user_token'],
  ...['jwt-bearer', 'token-exchange', 'saml2-bearer'].map((name) => `urn:ietf:params:oauth:grant-type:${name}`),
];

/** Token endpoints with a client that may ask there. */
const endpoints = () => [
  { url: `${HOST.ias}/oauth2/token`, authorization: identity.basic.application },
  { url: `${HOST.uaa}/oauth/token`, authorization: identity.basic.cf },
  { url: `${HOST.xsuaa}/oauth/token`, authorization: identity.basic.xsuaa },
];

function post(url: string, body: RequestInit['body'], headers: Readonly<Record<string, string>>): Promise<Response> {
  const init = { method: 'POST', headers, body: body ?? null, redirect: 'manual' } as const;
  return answered(identity.landscape.fetch(url, init), `${url} ${String(body).slice(0, 400)}`);
}

const grantType = fc.oneof(fc.constantFrom(...GRANTS), nastyText);
const parameters = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'username',
      'password',
      'assertion',
      'refresh_token',
      'code',
      'redirect_uri',
      'code_verifier',
      'scope',
    ),
    fc.constantFrom(
      'client_id',
      'client_secret',
      'client_assertion',
      'client_assertion_type',
      'login_hint',
      'token_format',
    ),
    fc.constantFrom(
      'subject_token',
      'subject_token_type',
      'passcode',
      'app_tid',
      'refresh_expiry',
      'response_type',
      'resource',
    ),
    nastyText,
  ),
  nastyText,
  { maxKeys: 8 },
);

test('token requests with any parameters get a token or a refusal', async () => {
  await fc.assert(
    fc.asyncProperty(grantType, parameters, async (grant_type, more) => {
      for (const { url, authorization } of endpoints()) {
        await post(url, new URLSearchParams({ ...more, grant_type }), { authorization });
        await post(url, new URLSearchParams({ ...more, grant_type }), {});
      }
    }),
    { numRuns: 150 },
  );
});

test('token requests with any body, media type and Authorization header are refused or granted', async () => {
  const type = fc.constantFrom('application/x-www-form-urlencoded', 'application/json', 'multipart/form-data', 'x');
  const latin = fc.string({ maxLength: 60 }).filter((text) => /^[\x20-\x7e]*$/.test(text));
  const header = fc.oneof(
    nastyText.map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
    fc.tuple(fc.constantFrom('Basic ', 'Bearer ', 'basic', ''), latin).map((parts) => parts.join('')),
  );
  await fc.assert(
    fc.asyncProperty(nastyBody, type, header, async (body, contentType, authorization) => {
      for (const { url } of endpoints()) await post(url, body, { 'content-type': contentType, authorization });
    }),
    { numRuns: 150 },
  );
});

test('a login_hint can be anything, once or twice encoded, in the query or in the body', async () => {
  const hint = fc.oneof(
    nastyText,
    nastyJson.map((value) => JSON.stringify(value)),
    fc.record({ origin: fc.oneof(nastyText, nastyJson) }).map((value) => JSON.stringify(value)),
    fc.constantFrom(
      '{"origin":"acme-platform"}',
      '{"origin":"sap.ids","origin":"x"}',
      '{"origin":null}',
      '{"ORIGIN":"x"}',
    ),
  );
  const form = { grant_type: 'password', username: 'nobody@acme.example', password: 'x' };
  await fc.assert(
    fc.asyncProperty(hint, fc.boolean(), async (text, twice) => {
      // A lone half of a surrogate pair cannot be encoded, and so cannot be sent.
      const login_hint = twice ? encodeURIComponent(text.toWellFormed()) : text;
      for (const { url, authorization } of endpoints()) {
        await post(url, new URLSearchParams({ ...form, login_hint }), { authorization });
        await post(`${url}?${new URLSearchParams({ login_hint })}`, new URLSearchParams(form), { authorization });
      }
    }),
    { numRuns: 60 },
  );
});

/** Something between a JWT and rubbish: parts that are JSON or not, and a signature that nobody made. */
const part = fc.oneof(
  nastyText,
  nastyJson.map((value) => JSON.stringify(value)),
  fc
    .record(
      {
        alg: fc.constantFrom('RS256', 'none', 'HS256', 'ES256', 'rs256', ''),
        kid: fc.oneof(fc.constantFrom('key-1', 'key-2', '../key-1'), nastyText),
        typ: nastyText,
        jku: fc.constantFrom(`${HOST.uaa}/token_keys`, 'https://evil.example/keys', 'file:///etc/passwd', 'x'),
        iss: fc.constantFrom(
          HOST.ias,
          `${HOST.uaa}/oauth/token`,
          `${HOST.xsuaa}/oauth/token`,
          'https://evil.example',
          '',
        ),
        aud: nastyJson,
        exp: nastyJson,
        zid: nastyText,
        cid: nastyText,
        scope: nastyJson,
        user_id: nastyJson,
        crit: nastyJson,
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);
const encoded = part.map((text) => Buffer.from(text).toString('base64url'));
const rubbish = fc.oneof(
  fc.tuple(encoded, encoded, encoded).map((parts) => parts.join('.')),
  fc.array(encoded, { maxLength: 6 }).map((parts) => parts.join('.')),
  nastyText.filter((text) => /^[\x21-\x7e]*$/.test(text)),
);

/** Everything that takes a token, by what it does with it. */
const bearers = (token: string) => {
  const authorization = `Bearer ${token}`;
  const get = (url: string) => () =>
    answered(
      identity.landscape.fetch(url, { headers: { authorization }, redirect: 'manual' }),
      `${url} with ${token.slice(0, 300)}`,
    );
  return [
    get(`${HOST.ias}/oauth2/userinfo`),
    get(`${HOST.ias}/scim/Users?count=1`),
    get(`${HOST.uaa}/userinfo`),
    get('https://api.cf.eu10-004.hana.ondemand.com/v3/organizations'),
    get(
      'https://destination-configuration.cfapps.eu10.hana.ondemand.com/destination-configuration/v1/subaccountDestinations',
    ),
    () =>
      post(`${HOST.ias}/oauth2/introspect`, new URLSearchParams({ token }), {
        authorization: identity.basic.application,
      }),
    () =>
      post(`${HOST.ias}/oauth2/revoke`, new URLSearchParams({ token }), { authorization: identity.basic.application }),
    () => post(`${HOST.uaa}/introspect`, new URLSearchParams({ token }), { authorization: identity.basic.inspector }),
    () => post(`${HOST.uaa}/check_token`, new URLSearchParams({ token }), { authorization: identity.basic.inspector }),
    ...endpoints().flatMap(({ url, authorization: client }) => [
      () =>
        post(url, new URLSearchParams({ grant_type: GRANTS[6] ?? '', assertion: token }), { authorization: client }),
      () =>
        post(url, new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }), {
          authorization: client,
        }),
      () =>
        post(url, new URLSearchParams({ grant_type: GRANTS[7] ?? '', subject_token: token, subject_token_type: 'x' }), {
          authorization: client,
        }),
    ]),
  ];
};

test('what is no token is refused as such, wherever a token is taken', async () => {
  await fc.assert(
    fc.asyncProperty(rubbish, async (token) => {
      for (const take of bearers(token)) await take();
    }),
    { numRuns: 100 },
  );
});

test('a genuine token that was tampered with opens nothing', async () => {
  const form = { grant_type: 'password', username: identity.person.userName, password: identity.person.password };
  const response = await post(`${HOST.ias}/oauth2/token`, new URLSearchParams({ ...form, token_format: 'jwt' }), {
    authorization: identity.basic.application,
  });
  const [head = '', claims = '', signature = ''] = String(Object(await response.json()).id_token).split('.');
  const known: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const changed = fc.dictionary(fc.constantFrom('sub', 'aud', 'exp', 'iss', 'email', 'groups'), nastyJson, {
    minKeys: 1,
  });
  await fc.assert(
    fc.asyncProperty(changed, async (more) => {
      const other = Buffer.from(JSON.stringify({ ...Object(known), ...more })).toString('base64url');
      fc.pre(other !== claims);
      for (const take of bearers(`${head}.${other}.${signature}`)) {
        const answer = await take();
        const body = await answer.text();
        // Introspection says that it is none; a revocation has nothing to do (RFC 7009 §2.2).
        if (answer.status !== 200 || body === '') continue;
        // UAA adds that it is not kept (recorded).
        const { revocable: _kept, ...told } = JSON.parse(body);
        expect(told).toEqual({ active: false });
      }
    }),
    { numRuns: 25 },
  );
});

test('documents and pages can be asked with any query', async () => {
  const pages = [
    ...['/oauth2/authorize', '/oauth2/logout', '/.well-known/openid-configuration', '/oauth2/certs'].map(
      (path) => HOST.ias + path,
    ),
    ...['/oauth/authorize', '/login', '/passcode', '/token_keys', '/info'].map((path) => HOST.uaa + path),
    ...['/oauth/authorize', '/token_keys', '/.well-known/openid-configuration'].map((path) => HOST.xsuaa + path),
  ];
  const name = fc.oneof(
    fc.constantFrom(
      'client_id',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
      'nonce',
      'prompt',
      'max_age',
      'login_hint',
    ),
    fc.constantFrom(
      'code_challenge',
      'code_challenge_method',
      'idp',
      'id_token_hint',
      'post_logout_redirect_uri',
      'zid',
    ),
    nastyText,
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...pages), fc.dictionary(name, nastyText, { maxKeys: 6 }), async (page, query) => {
      const response = identity.landscape.fetch(`${page}?${new URLSearchParams(query)}`, { redirect: 'manual' });
      // What an emulator does not have is 501 with method and URL.
      if ((await response).status !== 501) await answered(response, `${page} ${JSON.stringify(query).slice(0, 300)}`);
    }),
    { numRuns: 200 },
  );
});
