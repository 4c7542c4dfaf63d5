import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ManifestError } from '../errors.ts';
import type { Section } from '../system.ts';
import { loadManifest } from './load.ts';
import { matchesGlob } from './selector.ts';

const section: Section = {
  grant: { roleCollections: z.array(z.string()).optional() },
  credentialKinds: {
    secret: {
      of: z.enum(['user', 'system']).describe('What it belongs to'),
      clientId: z.string().min(2).describe('Of the client'),
    },
    key: { clientId: z.string().min(2).describe('Of the key'), space: z.string().describe('Name of the space') },
  },
  expand: () => ({ resources: [], findings: [] }),
};

const head = `locum: 1
name: acme
globalAccount: acme
connections: {}
identityProviders:
  - { name: acme-platform, host: acme-platform.accounts.ondemand.com, originKey: acme-platform }
`;

const load = (files: Record<string, string>) =>
  loadManifest(
    'locum.yaml',
    async (file) => {
      const text = files[file];
      if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' });
      return text;
    },
    [section],
  );

async function problems(files: Record<string, string>): Promise<string[]> {
  const error = await load(files).catch((caught: unknown) => caught);
  if (!(error instanceof ManifestError)) throw new Error('no ManifestError');
  return error.problems.map((p) => `${p.at.file}:${p.at.line}:${p.at.column} ${p.because} | ${p.remedy}`);
}

const user = (name: string, more = '') => `  - name: ${name}\n    owner: team\n    purpose: test\n${more}`;

test('fills in the only identity provider and the dummy e-mail', async () => {
  const manifest = await load({ 'locum.yaml': `${head}technicalUsers:\n${user('Pipeline')}` });
  expect(manifest.technicalUsers[0]).toMatchObject({
    name: 'Pipeline',
    kind: 'ias-user',
    identityProvider: 'acme-platform',
    email: 'pipeline@sap-test.de',
    grants: [],
  });
});

test('names line, column and the nearest known key for an unknown one, all problems at once', async () => {
  const text = `${head}technicalUsers:\n${user('a', '    grants:\n      - subaccount: dev\n        roleColections: [X]\n')}${user('a')}globalAcount: x\n`;
  expect(await problems({ 'locum.yaml': text })).toEqual([
    `locum.yaml:12:9 unknown key 'subaccount' | did you mean 'subaccounts'?`,
    `locum.yaml:13:9 unknown key 'roleColections' | did you mean 'roleCollections'?`,
    `locum.yaml:17:1 unknown key 'globalAcount' | did you mean 'globalAccount'?`,
  ]);
});

test('says that aliases are too many, or have no anchor', async () => {
  const kind = (text: string) => user('a', `    kind: ${text}\n`).replace('team', '&team team');
  const aliased = (count: number) =>
    Array.from({ length: count }, (_, index) => user(`u${index}`).replace('team', '*team')).join('');
  const manifest = await load({ 'locum.yaml': `${head}technicalUsers:\n${kind('ias-user')}${aliased(99)}` });
  expect(manifest.technicalUsers).toHaveLength(100);
  expect(await problems({ 'locum.yaml': `${head}technicalUsers:\n${kind('ias-user')}${aliased(100)}` })).toEqual([
    'locum.yaml:13:12 the value of an anchor stands in more than 100 places | write some of the values out; aliases within what an alias stands for are multiplied',
  ]);
  expect(await problems({ 'locum.yaml': `${head}technicalUsers:\n${kind('*none')}` })).toEqual([
    "locum.yaml:11:11 no anchor '&none' stands before '*none' | name an anchor that is set above",
  ]);
});

test('refuses the same name twice, over several files, and says where the first one stands', async () => {
  const files = {
    'locum.yaml': `${head}include: [more.yaml]\ntechnicalUsers:\n${user('a')}`,
    'more.yaml': `locum: 1\ntechnicalUsers:\n${user('A')}`,
  };
  expect(await problems(files)).toEqual([
    "more.yaml:3:11 'A' is declared already at locum.yaml:9 | give each technical user its own name",
  ]);
});

test('tells which included file is missing, at the place that includes it', async () => {
  expect(await problems({ 'locum.yaml': `${head}include: [gone.yaml]\n` })).toEqual([
    expect.stringMatching(/^locum\.yaml:7:11 can't read gone\.yaml \(ENOENT\)/),
  ]);
});

test('tells which identity provider was meant', async () => {
  const text = `${head}technicalUsers:\n${user('a', '    identityProvider: acme-plattform\n')}`;
  expect(await problems({ 'locum.yaml': text })).toEqual([
    "locum.yaml:11:23 no identity provider 'acme-plattform' | did you mean 'acme-platform'?",
  ]);
});

test('points into broken YAML', async () => {
  expect((await problems({ 'locum.yaml': 'locum: [1\n' }))[0]).toMatch(/^locum\.yaml:\d+:\d+ /);
});

test('explains a selector with an unknown key instead of "invalid input"', async () => {
  const text = `${head}technicalUsers:\n${user('a', '    grants:\n      - subaccounts: { nmaes: [x] }\n')}`;
  expect(await problems({ 'locum.yaml': text })).toEqual([
    "locum.yaml:12:24 unknown key 'nmaes' | did you mean 'names'?",
  ]);
});

test('finds the place of a value of an included file', async () => {
  const manifest = await load({
    'locum.yaml': `${head}include: [more.yaml]\ntechnicalUsers:\n${user('a')}`,
    'more.yaml': `locum: 1\ntechnicalUsers:\n${user('b')}`,
  });
  expect(manifest.locate(['technicalUsers', 1, 'owner'])).toEqual({ file: 'more.yaml', line: 4, column: 12 });
});

test('never fails on any text with anything but a ManifestError', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
      const error = await load({ 'locum.yaml': text }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ManifestError);
    }),
    { numRuns: 200 },
  );
});

test('a glob without wildcards matches itself only', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const literal = a.replace(/[*?]/g, '');
      expect(matchesGlob(literal, literal)).toBe(true);
      if (literal !== b) expect(matchesGlob(literal, b)).toBe(false);
    }),
  );
});

test('knows the calendar, and tells what a missing key is for', async () => {
  const text = `${head}technicalUsers:\n  - name: a\n    owner: team\n    expires: 2027-02-30\n`;
  expect(await problems({ 'locum.yaml': text })).toEqual([
    "locum.yaml:8:5 'technicalUsers.0.purpose' is missing | add purpose: What the user is for",
    "locum.yaml:10:14 'technicalUsers.0.expires': no such day in the calendar | Last day of the user (UTC)",
  ]);
});

test('tells of a credential what its own kind wants, and which kinds there are', async () => {
  const one = (kind: string, more: string) => `  - { name: n, owner: o, purpose: p, kind: ${kind}, ${more} }\n`;
  const text = (entry: string) => ({ 'locum.yaml': `${head}credentials:\n${entry}` });
  expect(await problems(text(one('key', 'clientId: x, sapce: dev')))).toEqual([
    expect.stringMatching(/'credentials\.0\.space' is missing \| add space: Name of the space$/),
    expect.stringMatching(/'credentials\.0\.clientId': .* \| Of the key$/),
    expect.stringMatching(/unknown key 'sapce' \| did you mean 'space'\?$/),
  ]);
  expect(await problems(text(one('key', 'clientId: xy, space: dev, of: user')))).toEqual([
    expect.stringMatching(
      /unknown key 'of' \| known keys here: name, kind, owner, purpose, rotation, clientId, space$/,
    ),
  ]);
  expect(await problems(text(one('kee', 'clientId: xy')))).toEqual([
    expect.stringMatching(/'credentials\.0\.kind': .* \| one of: secret, key$/),
  ]);
  expect(await problems(text('  - { name: n, owner: o, purpose: p }\n'))).toEqual([
    expect.stringMatching(/'credentials\.0\.kind'.* \| .*one of: secret, key$/),
  ]);
});
