import fc from 'fast-check';
import { expect, test } from 'vitest';
import { API, APP, DEV, startAuthz } from '../../../../test/fixtures/authz.ts';

const RUNS = { numRuns: 120 };
const noLimit = { switches: { 'xsuaa.rateLimit': false } };

/** Texts that parsers stumble over, among any others. */
const text = fc.oneof(
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.constantFrom(
    '',
    '(',
    '"',
    '\\',
    '%',
    '%zz',
    '__proto__',
    'constructor',
    '{"origin":',
    '\u0000',
    'eq',
    'null',
    '+',
    '..',
  ),
);

async function start() {
  const landscape = await startAuthz(noLimit);
  const token = await landscape.apiToken();
  return { landscape, call: (method: string, path: string, body?: string) => landscape.api(method, path, body, token) };
}

/** Refused or done, and never a fault of ours; an answer may say that something is not emulated. */
function expectSane(status: number): void {
  expect(status < 500 || status === 501, `status ${status}`).toBe(true);
}

test('forms of the token endpoint never make it fail', async () => {
  const { landscape } = await start();
  const name = fc.oneof(
    fc.constantFrom(
      'grant_type',
      'scope',
      'login_hint',
      'token_format',
      'assertion',
      'refresh_token',
      'code',
      'username',
    ),
    text,
  );
  const grant = fc.constantFrom(
    'client_credentials',
    'password',
    'refresh_token',
    'authorization_code',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
  );
  await fc.assert(
    fc.asyncProperty(grant, fc.array(fc.tuple(name, text), { maxLength: 5 }), async (grant_type, fields) => {
      const form = new URLSearchParams([['grant_type', grant_type], ...fields]);
      form.set('client_id', APP.clientId);
      form.set('client_secret', APP.clientSecret);
      expectSane((await landscape.fetch(`${DEV}/oauth/token`, { method: 'POST', body: form })).status);
    }),
    RUNS,
  );
});

test('bodies and headers that are no form are refused', async () => {
  const { landscape } = await start();
  const bytes = fc.uint8Array({ maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(bytes, bytes, async (body, credentials) => {
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        'x-cf-encoded-credentials': 'true',
      };
      const response = await landscape.fetch(`${DEV}/oauth/token`, { method: 'POST', headers, body });
      expect(response.status).toBe(401);
    }),
    RUNS,
  );
});

test('whatever calls itself a token is read or refused, and never believed', async () => {
  const { landscape } = await start();
  const part = fc.oneof(
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    fc.string({ maxLength: 30 }),
  );
  const header = fc.record({
    alg: fc.constantFrom('none', 'HS256', 'RS256'),
    kid: fc.constantFrom('key-1', '../../etc/passwd'),
  });
  const claims = fc.record({
    zid: fc.constantFrom(landscape.dev.guid, 'x', '__proto__'),
    iss: fc.constantFrom(`${DEV}/oauth/token`, 'https://people.accounts.ondemand.com', 'x'),
    scope: fc.constant(['xs_user.read', 'xs_user.write']),
  });
  const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = fc
    .tuple(header, claims, part)
    .map(([head, body, signature]) => `${json(head)}.${json(body)}.${signature}`);
  const token = fc.oneof(
    forged,
    fc.array(part, { maxLength: 4 }).map((parts) => parts.join('.')),
  );
  await fc.assert(
    fc.asyncProperty(token, async (sent) => {
      const safe = sent.replace(/[^\x21-\x7e]/g, '') || 'x';
      const headers = { authorization: `Bearer ${safe}` };
      expect((await landscape.fetch(`${API}/Users`, { headers })).status).toBe(401);
      const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
      expect((await landscape.token({ grant_type, assertion: sent })).status).toBe(401);
      const seen = await landscape.token({ token: sent || 'x' }, { url: `${DEV}/introspect` });
      expect(await seen.json()).toEqual({ active: false, revocable: false });
    }),
    RUNS,
  );
});

test('filters, sort orders and pages of SCIM never make it fail', async () => {
  const { call } = await start();
  const word = fc.constantFrom(
    'userName',
    'eq',
    'and',
    'or',
    '(',
    ')',
    '"x"',
    'pr',
    'true',
    '3',
    'origin',
    'co',
    "'y'",
  );
  const filter = fc.oneof(
    fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
    text,
  );
  await fc.assert(
    fc.asyncProperty(filter, text, text, fc.constantFrom('Users', 'Groups'), async (wanted, sortBy, count, kind) => {
      const query = new URLSearchParams({ filter: wanted, sortBy, count, attributes: sortBy });
      expectSane((await call('GET', `/${kind}?${query}`)).status);
      expectSane((await call('GET', `/${kind}?${new URLSearchParams({ filter: wanted })}`)).status);
    }),
    RUNS,
  );
});

test('a filter that is nested without end is refused at once', async () => {
  const { call } = await start();
  const deep = `${'('.repeat(3000)}id pr${')'.repeat(3000)}`;
  expect((await call('GET', `/Users?filter=${encodeURIComponent(deep)}`)).status).toBe(400);
});

test('JSON bodies of the APIs never make them fail', async () => {
  const { call } = await start();
  const target = fc.constantFrom(
    ['POST', '/Users'],
    ['POST', '/Groups'],
    ['PATCH', '/Groups/Subaccount%20Viewer'],
    ['POST', '/sap/rest/user'],
    ['PUT', '/sap/rest/user'],
    ['POST', '/sap/rest/user/bulk'],
    ['POST', '/sap/rest/authorization/v2/rolecollections'],
    ['POST', '/sap/rest/authorization/v2/rolecollections/bulk'],
    ['PATCH', '/sap/rest/authorization/v2/securitySettings'],
    ['POST', '/sap/rest/authorization/v2/identity-providers/sap.custom/attributes'],
    ['POST', '/sap/rest/authorization/v2/apps/roles'],
    ['POST', '/sap/rest/identity-providers'],
    ['PATCH', '/sap/rest/identity-providers/btpcli/originKey/sap.custom'],
  );
  const known = fc.record(
    {
      userName: text,
      username: text,
      name: fc.oneof(text, fc.record({ givenName: text })),
      origin: text,
      emails: fc.array(fc.record({ value: text }), { maxLength: 2 }),
      displayName: text,
      members: fc.array(fc.record({ value: text }), { maxLength: 2 }),
      roleCollections: fc.oneof(
        fc.array(text, { maxLength: 2 }),
        fc.array(fc.record({ name: text }), { maxLength: 2 }),
      ),
      config: fc.record({ issuer: text }),
      tokenPolicySettings: fc.record({ accessTokenValidity: fc.oneof(fc.integer(), text) }),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    known.map((value) => JSON.stringify(value)),
    fc.json(),
    text,
  );
  await fc.assert(
    fc.asyncProperty(target, body, async ([method = 'GET', path = '/'], sent) => {
      expectSane((await call(method, path, sent)).status);
    }),
    { numRuns: 300 },
  );
});

test('authorization requests never make the logon fail', async () => {
  const { landscape } = await start();
  const name = fc.constantFrom(
    'redirect_uri',
    'state',
    'scope',
    'login_hint',
    'sap_idp',
    'code_challenge',
    'prompt',
    'nonce',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, text), { maxLength: 6 }), async (fields) => {
      const query = new URLSearchParams([
        ['response_type', 'code'],
        ['client_id', APP.clientId],
        ['redirect_uri', APP.redirectUri],
        ...fields,
      ]);
      const response = await landscape.fetch(`${DEV}/oauth/authorize?${query}`, { redirect: 'manual' });
      expectSane(response.status);
    }),
    RUNS,
  );
});
