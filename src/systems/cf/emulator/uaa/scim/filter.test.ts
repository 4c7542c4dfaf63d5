import { describe, expect, test } from 'vitest';
import { anchors, checkAttributes, FilterError, matchesFilter, parseFilter } from './filter.ts';

const AT = Date.parse('2026-11-21T00:00:00.000Z');
const JANE = {
  username: 'Jane@acme.example',
  origin: 'acme-platform',
  active: true,
  version: 3,
  'meta.created': AT,
  familyname: undefined,
};
const matches = (text: string) => matchesFilter(parseFilter(text), JANE);

describe('a filter', () => {
  test.each([
    ['userName eq "jane@ACME.example"', true],
    ["userName eq 'jane@acme.example'", true],
    ['USERNAME EQ "jane@acme.example"', true],
    ['userName eq "jane"', false],
    ['userName sw "jane"', true],
    ['userName co "@acme"', true],
    ['userName co "%"', false],
    ['urn:scim:schemas:core:1.0:userName pr', true],
    ['familyName pr', false],
    ['familyName eq ""', false],
    ['active eq true', true],
    ['active eq "true"', false],
    ['version gt 2 and version lt 4', true],
    ['version ge 3 and version le 3', true],
    ['version gt 3 or version lt 3', false],
    ['meta.created ge "2026-11-21T00:00:00.000Z"', true],
    ['meta.created gt "2026-11-21T00:00:00.000Z"', false],
    ['meta.created gt "yesterday"', false],
    ['origin eq "x" and userName pr or active eq true', true],
    ['origin eq "x" and (userName pr or active eq true)', false],
    ['userName eq "a\\"b"', false],
  ])('%s', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  test.each([
    '',
    'userName',
    'userName eq',
    'userName eq jane',
    'userName ne "jane"',
    'userName eq "jane',
    'userName eq "jane" and',
    'userName eq "jane" userName pr',
    '(userName pr',
    'userName pr)',
    'not (userName pr)',
    '"userName" pr',
    'emails[type eq "work"]',
    `${'('.repeat(100)}userName pr${')'.repeat(100)}`,
  ])('is not: %s', (text) => {
    expect(() => parseFilter(text)).toThrow(FilterError);
  });

  test('names attributes that the resource has', () => {
    const known = new Set(['username', 'origin']);
    expect(() => checkAttributes(parseFilter('userName pr or origin pr'), known)).not.toThrow();
    expect(() => checkAttributes(parseFilter('userName pr or password pr'), known)).toThrow(FilterError);
  });

  test('says which names to look up, where any match must have one of them', () => {
    const by = (text: string) => anchors(parseFilter(text), new Set(['username']))?.map(({ value }) => value);
    expect(by('userName eq "a" or userName eq "b"')).toEqual(['a', 'b']);
    expect(by('origin eq "x" and (userName eq "a" or userName eq "b")')).toEqual(['a', 'b']);
    expect(by('userName eq "a" or origin eq "x"')).toBeUndefined();
    expect(by('userName sw "a"')).toBeUndefined();
  });
});
