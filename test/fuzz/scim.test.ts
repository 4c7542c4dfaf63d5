import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, HOST, type Identity, nastyBody, nastyJson, nastyText, openIdentity } from './identity.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await openIdentity();
});
afterAll(() => identity[Symbol.asyncDispose]());

const SAP = 'urn:ietf:params:scim:schemas:extension:sap:2.0:User';

const attribute = fc.oneof(
  fc.constantFrom(
    'userName',
    'emails',
    'emails.value',
    'name.familyName',
    'groups.display',
    'active',
    'id',
    'meta.created',
  ),
  fc.constantFrom(`${SAP}:status`, `${SAP}:passwordDetails.status`, 'members', 'members[value eq "x"]', 'schemas', 'x'),
  nastyText,
);
const value = fc.oneof(
  fc.string().map((text) => JSON.stringify(text)),
  fc.constantFrom('true', 'false', 'null', '1', '-0', '"', '"\\u12"', '2020-01-01T00:00:00Z'),
  nastyText,
);
const operator = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'pr', 'gt', 'ge', 'lt', 'le', 'EQ', 'xx', '');

/** What looks like the grammar of RFC 7644, figure 1, with what does not belong there in between. */
const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(attribute, operator, value).map((parts) => parts.join(' ')),
    fc
      .tuple(tie('filter'), fc.constantFrom('and', 'or', 'AND', 'xor', ''), tie('filter'))
      .map((parts) => parts.join(' ')),
    fc.tuple(fc.constantFrom('not ', ''), tie('filter')).map(([not, inner]) => `${not}(${inner})`),
    fc.tuple(attribute, tie('filter')).map(([name, inner]) => `${name}[${inner}]`),
    nastyText,
  ),
}));

const headers = () => ({ authorization: identity.basic.scim, 'content-type': 'application/scim+json' });
const ask = (path: string, init: RequestInit = {}) =>
  answered(
    identity.landscape.fetch(`${HOST.ias}/scim/${path}`, { headers: headers(), ...init }),
    `${init.method ?? 'GET'} ${path.slice(0, 300)} ${String(init.body ?? '').slice(0, 300)}`,
  );

test('every filter gets a list or a refusal', async () => {
  await fc.assert(
    fc.asyncProperty(filter, fc.constantFrom('Users', 'Groups'), async (text, kind) => {
      const response = await ask(`${kind}?${new URLSearchParams({ filter: text })}`);
      expect([200, 400]).toContain(response.status);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['parentheses', `${'('.repeat(20_000)}userName eq "x"${')'.repeat(20_000)}`],
  ['negations', `${'not ('.repeat(20_000)}userName eq "x"${')'.repeat(20_000)}`],
  ['brackets', `${'emails['.repeat(20_000)}value eq "x"${']'.repeat(20_000)}`],
  ['conjunctions', Array.from({ length: 20_000 }, () => 'userName eq "x"').join(' and ')],
  ['a long text', `userName eq "${'x'.repeat(200_000)}"`],
  ['a text that never ends', `userName eq "${'\\\\'.repeat(50_000)}`],
  ['blanks', `userName${' '.repeat(100_000)}eq${' '.repeat(100_000)}"x"`],
])('a filter that is deep or long is no danger: %s', async (_, text) => {
  await ask(`Users?${new URLSearchParams({ filter: text })}`);
});

test('paging parameters can be anything', async () => {
  const anything = fc.oneof(nastyText, fc.integer().map(String), fc.double().map(String));
  await fc.assert(
    fc.asyncProperty(anything, anything, anything, nastyText, async (startIndex, count, startId, attributes) => {
      await ask(`Users?${new URLSearchParams({ startIndex, count, startId, attributes })}`);
      await ask(
        `Groups?${new URLSearchParams({ startIndex, count, sortBy: startId, excludedAttributes: attributes })}`,
      );
    }),
    { numRuns: 100 },
  );
});

const path = fc.oneof(
  attribute,
  filter.map((inner) => `emails[${inner}].value`),
  fc.constantFrom(
    '',
    'members',
    'members[value eq "x"]',
    'emails[type eq "work"]',
    SAP,
    `${SAP}:userId`,
    'id',
    'meta',
    'password',
  ),
);
const operation = fc.oneof(
  fc.record(
    { op: fc.constantFrom('add', 'remove', 'replace', 'Replace', 'move'), path, value: nastyJson },
    { requiredKeys: ['op'] },
  ),
  nastyJson,
);

test('every PATCH gets the resource or a refusal, and the resource can be read after it', async () => {
  const create = async (kind: string, body: unknown): Promise<string> => {
    const response = await ask(kind, { method: 'POST', body: JSON.stringify(body) });
    return String(Object(await response.json()).id);
  };
  const user = await create('Users', {
    userName: 'fuzz',
    emails: [{ value: 'fuzz@sap-test.de' }],
    name: { familyName: 'F' },
  });
  const group = await create('Groups', { displayName: 'fuzz', members: [{ value: user }] });
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 4 }), async (Operations) => {
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
      for (const target of [`Users/${user}`, `Groups/${group}`]) {
        await ask(target, { method: 'PATCH', body: JSON.stringify({ schemas, Operations }) });
        expect([200, 404]).toContain((await ask(target)).status);
      }
      await ask(`Users?${new URLSearchParams({ filter: 'emails.value eq "x" or groups.display eq "x"' })}`);
    }),
    { numRuns: 200 },
  );
});

test('bodies of every kind are taken or refused', async () => {
  await fc.assert(
    fc.asyncProperty(nastyBody, fc.constantFrom('Users', 'Groups'), async (body, kind) => {
      await ask(kind, { method: 'POST', body });
      await ask(`${kind}/x`, { method: 'PUT', body });
      await ask(`${kind}/x`, { method: 'PATCH', body });
    }),
    { numRuns: 150 },
  );
});

test('resources with attributes of every kind are taken or refused, and all can be listed after it', async () => {
  const resource = fc.record(
    {
      userName: fc.oneof(nastyText, nastyJson),
      emails: fc.oneof(
        fc.array(fc.record({ value: nastyText, type: nastyText, primary: nastyJson }, { requiredKeys: [] })),
        nastyJson,
      ),
      name: nastyJson,
      displayName: fc.oneof(nastyText, nastyJson),
      active: nastyJson,
      // Short: each password that is taken costs a hash.
      password: fc.oneof(fc.string({ maxLength: 7 }), nastyJson),
      members: fc.oneof(fc.array(fc.record({ value: nastyText })), nastyJson),
      [SAP]: nastyJson,
      schemas: nastyJson,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(resource, fc.constantFrom('Users', 'Groups'), async (body, kind) => {
      await ask(kind, { method: 'POST', body: JSON.stringify(body) });
    }),
    { numRuns: 150 },
  );
  expect((await ask('Users')).status).toBe(200);
  expect((await ask('Groups')).status).toBe(200);
});
