import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../kernel/json.ts';
import { ScimError } from './errors.ts';
import { applyPatch } from './patch.ts';

const SAP = 'urn:ietf:params:scim:schemas:extension:sap:2.0:User';
const options = { extensions: [SAP], multiValued: new Set(['emails', 'members', 'phonenumbers']) };
const patched = (document: JsonObject, ...operations: Parameters<typeof applyPatch>[1]) =>
  applyPatch(document, operations, options);

test('replaces a core attribute and one of an extension, and leaves its neighbours', () => {
  const before = { userName: 'a', [SAP]: { status: 'new', mailVerified: false } };
  const after = patched(
    before,
    { op: 'replace', path: 'USERNAME', value: 'b' },
    { op: 'replace', path: `${SAP}:mailVerified`, value: true },
  );
  expect(after).toEqual({ userName: 'b', [SAP]: { status: 'new', mailVerified: true } });
  expect(before[SAP]).toEqual({ status: 'new', mailVerified: false });
});

test('reaches into a complex attribute of an extension', () => {
  expect(patched({}, { op: 'add', path: `${SAP}:passwordDetails.status`, value: 'enabled' })).toEqual({
    [SAP]: { passwordDetails: { status: 'enabled' } },
  });
});

test('merges an extension that is given without a path', () => {
  expect(patched({ [SAP]: { status: 'new' } }, { op: 'add', value: { [SAP]: { mailVerified: true } } })).toEqual({
    [SAP]: { status: 'new', mailVerified: true },
  });
});

test('adds to a list without doubling, and removes by a value filter', () => {
  const first = patched({}, { op: 'add', path: 'members', value: [{ value: '1' }] });
  const both = patched(first, { op: 'add', path: 'members', value: [{ value: '1' }, { value: '2' }] });
  expect(both).toEqual({ members: [{ value: '1' }, { value: '2' }] });
  expect(patched(both, { op: 'remove', path: 'members[value eq "1"]' })).toEqual({ members: [{ value: '2' }] });
});

test('replaces a part of the values that a filter finds', () => {
  const phones = {
    phoneNumbers: [
      { type: 'work', value: '1' },
      { type: 'home', value: '1' },
    ],
  };
  expect(
    patched(phones, { op: 'replace', path: 'phoneNumbers[type eq "work" and value eq "1"].value', value: '2' }),
  ).toEqual({
    phoneNumbers: [
      { type: 'work', value: '2' },
      { type: 'home', value: '1' },
    ],
  });
});

test('refuses to replace what its filter does not find', () => {
  expect(() => patched({ emails: [] }, { op: 'replace', path: 'emails[type eq "x"].value', value: 'y' })).toThrow(
    expect.objectContaining({ status: 400, scimType: 'noTarget' }),
  );
});

test.each(['__proto__', '__proto__.polluted', 'constructor.prototype', 'a.b.c', 'emails[', 'x y', 'urn:x:y'])(
  'refuses the path %s',
  (path) => {
    expect(() => patched({}, { op: 'add', path, value: true })).toThrow(ScimError);
  },
);

test('refuses forbidden names inside a value', () => {
  const value = JSON.parse('{"name":{"__proto__":{"polluted":true}}}') as JsonObject;
  expect(() => patched({}, { op: 'add', value })).toThrow(ScimError);
});

test('never changes its input nor the prototype of objects, whatever it is sent', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'userName',
      'emails',
      'name.givenName',
      '__proto__.x',
      `${SAP}:status`,
      SAP,
      'members[value eq "1"]',
    ),
    fc.string(),
  );
  const operation = fc.record({
    op: fc.constantFrom('add', 'replace', 'remove'),
    path: fc.option(name, { nil: undefined }),
    value: fc.option(fc.jsonValue() as fc.Arbitrary<Json>, { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 6 }), (operations) => {
      const document = { userName: 'a', members: [{ value: '1' }], name: { givenName: 'b' } };
      const copy = structuredClone(document);
      try {
        applyPatch(document, operations, options);
      } catch (error) {
        expect(error).toBeInstanceOf(ScimError);
      }
      expect(document).toEqual(copy);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});
