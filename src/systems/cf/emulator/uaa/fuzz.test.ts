import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Emulators } from '../../../../emulation/compose.ts';
import { createBrowser } from '../testing/browser.ts';
import { LOGIN, ORIGIN, passwordOf, ROBOT, startTestLandscape, UAA } from '../testing/landscape.ts';
import { adminClient, basicOf, bearerCaller, hint, robotLogin, rootLogin, tokenOf, webClient } from '../testing/uaa.ts';
import { CSRF } from './web/pages.ts';

/** Whatever clients send: a refusal is fine, a failure or a hang is not. */

const walker = { landscape: 'eu10-004', userName: 'walker', password: 'WALKER' };
let emulators: Emulators;
/** Tokens of an administrator's client, of an administrator, of an ordinary user, and none. */
let tokens: readonly string[];
beforeAll(async () => {
  emulators = await startTestLandscape({
    cf: { uaaClients: [adminClient, { ...webClient, allowPublic: true }], uaaUsers: [walker] },
  });
  const client = await emulators.fetch(`${UAA}/oauth/token`, {
    method: 'POST',
    headers: { authorization: basicOf(emulators, adminClient) },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const logins = await Promise.all([client, rootLogin(emulators), robotLogin(emulators)].map(async (one) => one));
  tokens = [...(await Promise.all(logins.map(async (one) => (await tokenOf(one)).access_token))), 'none'];
});

const NAMES = [
  'grant_type client_id client_secret client_assertion client_assertion_type username password passcode scope code',
  'redirect_uri code_verifier refresh_token assertion token_format response_type login_hint origin state nonce prompt',
  'code_challenge code_challenge_method token redirect X-Uaa-Csrf form_redirect_uri user_oauth_approval scope.0 __proto__',
  'authorities user_attributes mfaCode constructor requested_token_type filter attributes sortBy sortOrder startIndex count',
].flatMap((line) => line.split(' '));

const GRANTS = [
  'password',
  'client_credentials',
  'authorization_code',
  'refresh_token',
  'implicit',
  'user_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
];

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '0', '-1', '%', '%zz', '%25', '+', '\u0000', 'a.b.c', '..', '*', 'true', 'x'.repeat(5000)),
);
const known = fc.constantFrom(
  ...GRANTS,
  ...['openid', 'opaque', 'jwt', 'cf', 'web', 'admin', 'ssh-proxy', 'code', 'token', 'none', 'login', 'S256', 'plain'],
  ...[ROBOT, 'root', ORIGIN, 'uaa', hint(ORIGIN), hint('uaa'), 'https://web.example/callback'],
);
const fields = fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(text, known), { maxKeys: 12, noNullPrototype: true });
const RUNS = { numRuns: 300 };

function queryOf(fields: Readonly<Record<string, string>>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) query.set(name, value.toWellFormed());
  return query;
}

async function judge(url: string, init: RequestInit = {}): Promise<void> {
  const response = await emulators.fetch(url, { redirect: 'manual', ...init });
  const body = await response.text();
  const asked = `${init.method ?? 'GET'} ${url}`;
  // 501 is what is not emulated.
  const failed = response.status >= 500 && response.status !== 501;
  expect([asked, response.status, failed ? body : '']).toEqual([asked, response.status, '']);
}

test('no login hint breaks a login', async () => {
  const json = fc.json({ maxDepth: 3 });
  const half = fc.tuple(json, fc.nat(40)).map(([whole, end]) => whole.slice(0, end));
  const origins = fc.oneof(text, known).map((origin) => JSON.stringify({ origin }));
  const encoded = fc.oneof(text, json, half, origins).chain((one) => {
    const wellFormed = one.toWellFormed();
    return fc.constantFrom(one, encodeURIComponent(wellFormed), encodeURIComponent(encodeURIComponent(wellFormed)));
  });
  const property = fc.asyncProperty(encoded, fc.boolean(), async (login_hint, inQuery) => {
    const form = { grant_type: 'password', username: ROBOT, password: passwordOf(emulators, 'ROBOT_PASSWORD') };
    const query = new URLSearchParams({ login_hint: login_hint.toWellFormed() });
    await judge(`${LOGIN}/oauth/token${inQuery ? `?${query}` : ''}`, {
      method: 'POST',
      headers: { authorization: 'Basic Y2Y6' },
      body: new URLSearchParams({ ...form, ...(inQuery ? {} : { login_hint }) }),
    });
    await judge(`${LOGIN}/login?${query}`, { headers: { accept: 'text/html' } });
    await judge(`${LOGIN}/passcode?${query}`, { headers: { accept: 'text/html' } });
  });
  await fc.assert(property, RUNS);
});

test('no form breaks an endpoint', async () => {
  const path = fc.constantFrom(
    ...['oauth/token', 'oauth/authorize', 'check_token', 'introspect', 'oauth/token/revoke', 'login.do', 'logout.do'],
    ...['login', 'login/passcode', 'force_password_change', 'origin-chooser', 'oauth/token/alias/x'],
  );
  const authorization = fc.constantFrom(
    ...['Basic Y2Y6', 'Basic', 'Basic %%%', 'Bearer', 'Bearer a.b.c', 'Digest x', '', 'Basic d2ViOg==', 'web', 'admin'],
  );
  const property = fc.asyncProperty(path, fields, authorization, async (at, form, how) => {
    const client = [webClient, adminClient].find(({ id }) => id === how);
    await judge(`${LOGIN}/${at}`, {
      method: 'POST',
      headers: how === '' ? {} : { authorization: client ? basicOf(emulators, client) : how },
      body: new URLSearchParams(form),
    });
  });
  await fc.assert(property, { numRuns: 500 });
});

test('nothing that a person who is signed in sends breaks a page', async () => {
  const browser = createBrowser(emulators);
  const form = await browser.open(`${LOGIN}/login?login_hint=${encodeURIComponent(hint('uaa'))}`);
  await browser.submit(form, { username: 'walker', password: passwordOf(emulators, 'WALKER') });
  const cookies = browser.cookies(new URL(LOGIN).host);
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const csrf = cookies.get(CSRF) ?? '';
  const client = fc.constantFrom('cf', 'web', 'admin', 'none');
  const wish = fc.record(
    {
      response_type: fc.oneof(fc.constantFrom('code', 'token', 'id_token', 'code id_token', 'token id_token'), text),
      redirect_uri: fc.oneof(fc.constantFrom('https://web.example/callback', 'https://web.example'), fc.webUrl(), text),
      scope: fc.oneof(fc.constantFrom('openid', 'openid cloud_controller.read', 'x'), text),
      state: text,
      nonce: text,
      prompt: fc.oneof(fc.constantFrom('none', 'login'), text),
      max_age: fc.oneof(fc.integer().map(String), text),
      code_challenge: text,
      code_challenge_method: fc.oneof(fc.constantFrom('S256', 'plain'), text),
      user_oauth_approval: fc.constantFrom('true', 'false'),
    },
    { requiredKeys: ['response_type'], noNullPrototype: true },
  );
  const property = fc.asyncProperty(client, wish, fields, async (client_id, asked, others) => {
    const headers = { cookie, accept: 'text/html' };
    const query = queryOf({ ...asked, client_id });
    await judge(`${LOGIN}/oauth/authorize?${query}`, { headers });
    const body = queryOf({ ...others, ...asked, client_id, [CSRF]: csrf });
    await judge(`${LOGIN}/oauth/authorize`, { method: 'POST', headers, body });
    await judge(`${LOGIN}/origin-chooser`, { method: 'POST', headers, body: queryOf({ ...others, [CSRF]: csrf }) });
  });
  await fc.assert(property, RUNS);
  // The session was there all along.
  expect((await emulators.fetch(`${LOGIN}/passcode`, { headers: { cookie } })).status).toBe(200);
});

test('no body of any type breaks the token endpoint', async () => {
  const types = fc.constantFrom(
    ...['application/x-www-form-urlencoded', 'application/json', 'multipart/form-data; boundary=b', 'text/plain', '*'],
  );
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => new Blob([new Uint8Array(bytes)])),
    text,
  );
  const property = fc.asyncProperty(types, body, async (type, sent) => {
    const headers = { 'content-type': type, authorization: 'Basic Y2Y6' };
    await judge(`${LOGIN}/oauth/token`, { method: 'POST', headers, body: sent });
  });
  await fc.assert(property, RUNS);
});

test('no query breaks a page or document', async () => {
  const path = fc.constantFrom(
    ...['oauth/authorize', 'login', 'passcode', 'logout.do', 'login/callback/acme-platform', 'login/callback/none'],
    ...['info', 'token_key', 'token_keys', '.well-known/openid-configuration', 'userinfo', 'check_token', '', '%zz'],
    ...[
      'oauth/token/list/user/x',
      'oauth/token/revoke/user/%25',
      'oauth/clients/%00',
      'Users/%2e%2e',
      'Groups/x/members',
    ],
  );
  const accept = fc.constantFrom('text/html', 'application/json', '*/*', '', 'x');
  const property = fc.asyncProperty(path, fields, accept, fc.nat(3), async (at, query, type, whose) => {
    const params = queryOf(query);
    await judge(`${LOGIN}/${at}?${params}`, { headers: { accept: type, authorization: `Bearer ${tokens[whose]}` } });
  });
  await fc.assert(property, { numRuns: 500 });
});

test('no filter, page or order breaks a list', async () => {
  const attribute = fc.constantFrom(
    ...[
      'userName',
      'id',
      'emails.value',
      'meta.created',
      'origin',
      'displayName',
      'active',
      'externalGroup',
      'x',
      '__proto__',
    ],
    ...['client_id', 'meta.version', 'constructor', 'lastmodified', 'groups.display'],
  );
  const operator = fc.constantFrom('eq', 'co', 'sw', 'pr', 'gt', 'ge', 'lt', 'le', 'ne', 'EQ', '');
  const value = fc.oneof(
    text.map((one) => JSON.stringify(one)),
    text,
    fc.constantFrom('true', 'null', '12', "'a'", '"2024-01-01T00:00:00.000Z"', '"*"', '"%"'),
  );
  const simple = fc.tuple(attribute, operator, value).map((parts) => parts.join(' '));
  const { filter } = fc.letrec<{ filter: string }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4 },
      simple,
      fc.tuple(tie('filter'), fc.constantFrom('and', 'or', 'AND', ''), tie('filter')).map((parts) => parts.join(' ')),
      tie('filter').map((inner) => `(${inner})`),
      tie('filter').map((inner) => `!(${inner})`),
    ),
  }));
  const hard = fc.constantFrom(
    '('.repeat(10_000),
    `${'id pr and '.repeat(3_000)}id pr`,
    `id eq "${'\\'.repeat(9_999)}`,
  );
  const path = fc.constantFrom('Users', 'Groups', 'Groups/External', 'ids/Users', 'oauth/clients');
  const number = fc.oneof(fc.integer().map(String), text);
  const params = fc.record(
    { filter: fc.oneof(filter, text, hard), startIndex: number, count: number, sortBy: fc.oneof(attribute, text) },
    { requiredKeys: [], noNullPrototype: true },
  );
  const property = fc.asyncProperty(path, params, fc.nat(1), async (at, query, whose) => {
    const search = queryOf(query);
    await judge(`${UAA}/${at}?${search}`, { headers: { authorization: `Bearer ${tokens[whose]}` } });
  });
  await fc.assert(property, { numRuns: 500 });
});

test('no document breaks users, groups, members, mappings or clients', async () => {
  const admin = bearerCaller(emulators, tokens[0] ?? '');
  const { body: user } = await admin('POST', '/Users', {
    userName: 'fuzz',
    password: 'Fuzz-1234-x',
    emails: [{ value: 'fuzz@acme.example' }],
  });
  const { body: group } = await admin('POST', '/Groups', { displayName: 'fuzz' });
  const path = fc.constantFrom(
    ...['/Users', `/Users/${user.id}`, `/Users/${user.id}/password`, `/Users/${user.id}/status`, '/Groups'],
    ...[
      `/Groups/${group.id}`,
      `/Groups/${group.id}/members`,
      '/Groups/External',
      '/oauth/clients',
      '/oauth/clients/web',
    ],
    ...['/oauth/clients/web/secret', '/Users/x', '/Groups/x/members/y'],
  );
  const key = fc.constantFrom(
    ...[
      'userName',
      'name',
      'emails',
      'groups',
      'meta',
      'members',
      'value',
      'type',
      'origin',
      'password',
      'oldPassword',
    ],
    ...[
      'displayName',
      'externalGroup',
      'groupId',
      'client_id',
      'authorized_grant_types',
      'scope',
      'redirect_uri',
      'jwks',
    ],
    ...['locked', 'passwordChangeRequired', 'secret', 'changeMode', 'access_token_validity', 'attributes', '__proto__'],
  );
  const leaf = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null), fc.integer());
  const document = fc.oneof(
    fc.dictionary(key, fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(key, leaf, { maxKeys: 3 }))),
    fc.dictionary(key, fc.array(fc.dictionary(key, leaf, { maxKeys: 3 }), { maxLength: 3 })),
    fc.jsonValue(),
  );
  const body = fc.oneof({ weight: 9, arbitrary: document.map((one) => JSON.stringify(one)) }, text);
  const method = fc.constantFrom('POST', 'PUT', 'PATCH');
  const ifMatch = fc.constantFrom('*', '0', '"0"', 'x', '-1', '1e400');
  const property = fc.asyncProperty(path, method, body, ifMatch, async (at, how, sent, version) => {
    const authorization = `Bearer ${tokens[0]}`;
    const headers = { authorization, 'content-type': 'application/json', 'if-match': version };
    await judge(`${UAA}${at}`, { method: how, headers, body: sent.toWellFormed() });
  });
  await fc.assert(property, { numRuns: 800 });
});
