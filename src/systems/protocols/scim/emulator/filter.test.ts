import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../../kernel/json.ts';
import { anyOf, batchesOf, eq } from '../client.ts';
import { ScimError } from './errors.ts';
import { type Filter, matches, parseFilter } from './filter.ts';

const DEPARTMENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const options = { extensions: [DEPARTMENT] };
const finds = (filter: string, document: JsonObject) => matches(parseFilter(filter, options), document, options);

const user: JsonObject = {
  id: 'AbC',
  userName: 'Jdoe',
  active: true,
  emails: [{ value: 'joe@test.com', type: 'work' }, { value: 'j@home.com' }],
  name: { familyName: 'Doe' },
  [DEPARTMENT]: { department: 'IT' },
};

test.each([
  ['userName eq "jdoe"', true],
  ['USERNAME EQ "JDOE"', true],
  ['id eq "AbC"', true],
  ['id eq "abc"', false],
  ['emails.value eq "j@home.com"', true],
  ['emails eq "joe@test.com"', true],
  ['name.familyName eq "Doe" and active eq true', true],
  ['active eq "true"', true],
  [`${DEPARTMENT}:department eq "IT"`, true],
  ['userName eq "x" or userName eq "jdoe" and active eq false', false],
  ['(userName eq "x" or userName eq "jdoe") and active eq true', true],
  ['groups.display eq "CI/CD"', false],
])('judges %s', (filter, expected) => {
  expect(finds(filter, user)).toBe(expected);
});

test.each([
  '',
  'userName',
  'userName eq',
  'userName eq jdoe',
  'userName eq "x" and',
  '(userName eq "x"',
  'userName eq "x")',
  'userName co "x"',
  'userName pr',
  '__proto__ eq "x"',
  'constructor.name eq "Object"',
  'urn:unknown:schema:attribute eq "x"',
  'userName eq "unfinished',
])('refuses %j', (filter) => {
  expect(() => parseFilter(filter, options)).toThrow(ScimError);
});

test('finds exactly the value that the client quoted, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (id, other) => {
      const filter = eq('id', id);
      expect(finds(filter, { id })).toBe(true);
      expect(finds(filter, { id: other })).toBe(other === id);
    }),
  );
});

test('reads back every combination that can be written', () => {
  const leaf: fc.Arbitrary<Filter> = fc.record({
    kind: fc.constant('eq' as const),
    path: fc.constantFrom({ names: ['userName'] }, { names: ['emails', 'value'] }),
    value: fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null)),
  });
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.record({ kind: fc.constantFrom('and', 'or'), left: tie('filter'), right: tie('filter') }),
    ),
  }));
  const written = (one: Filter): string =>
    one.kind === 'eq'
      ? `${one.path.names.join('.')} eq ${JSON.stringify(one.value)}`
      : `(${written(one.left)}) ${one.kind} (${written(one.right)})`;
  fc.assert(
    fc.property(filter, (one) => {
      expect(parseFilter(written(one), options)).toEqual(one);
    }),
  );
});

test('refuses every other text with a SCIM error, never with a crash', () => {
  const piece = fc.constantFrom('(', ')', ' ', 'and', 'or', 'eq', 'userName', '"x"', '\\', '"', '[', '.', '__proto__');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(' ')),
      ),
      (text) => {
        try {
          parseFilter(text, options);
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError);
        }
      },
    ),
  );
});

test('refuses nesting that could exhaust the stack', () => {
  const deep = `${'('.repeat(50_000)}userName eq "x"${')'.repeat(50_000)}`;
  expect(() => parseFilter(deep, options)).toThrow(ScimError);
});

test('batches filters by number and by length, and keeps every one of them', () => {
  const filters = Array.from({ length: 120 }, (_, index) => eq('userName', `user-${index}`));
  const batches = batchesOf(filters, 50);
  expect(batches.map((batch) => batch.split(' or ').length)).toEqual([50, 50, 20]);
  expect(anyOf(batches)).toBe(anyOf(filters));
  const long = Array.from({ length: 20 }, (_, index) => eq('userName', `${index}${'x'.repeat(1000)}`));
  expect(Math.max(...batchesOf(long, 50).map((batch) => encodeURIComponent(batch).length))).toBeLessThan(6100);
});
