import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ManifestError } from '../../kernel/errors.ts';
import { lint } from '../../kernel/lint.ts';
import { expandGraph } from '../../kernel/plan/graph.ts';
import { createCloudFoundryDouble } from './emulator/testing/cloud-foundry.ts';
import { inventoryOf } from './emulator/testing/landscape.ts';
import { CF_API, CTMS, load, manifestText } from './emulator/testing/run.ts';
import { destination } from './index.ts';

const inventory = inventoryOf(createCloudFoundryDouble());

async function expand(...declared: string[]) {
  return expandGraph([destination], await load(destination, manifestText(...declared)), inventory);
}

test('one declaration fans out over every subaccount that `in` selects', async () => {
  const { resources } = await expand(CTMS.replace('in: tms', 'in: [tms, d*]'));
  expect([...resources.keys()]).toEqual([
    'destination/destination:dev/deploy-prod',
    'destination/destination:tms/deploy-prod',
  ]);
});

test('a destination waits for the password of its user', async () => {
  const { resources } = await expand(CTMS);
  expect([...resources.values()][0]?.needs).toEqual(['ias/password:acme-platform/robot']);
});

test('needs the details of target and home', async () => {
  const manifest = await load(destination, manifestText(CTMS));
  const [user] = manifest.technicalUsers;
  expect(user && destination.section.selectors?.(user)).toEqual([{ names: ['prod'] }, { names: ['tms'] }]);
});

test('takes more properties, and a description instead of its own', async () => {
  const { resources } = await expand(`${CTMS.slice(0, -1)}, properties: { Description: mine, sap-client: "100" } }`);
  expect([...resources.values()][0]?.props).toMatchObject({
    properties: { Description: 'mine', 'sap-client': '100', clientId: 'cf' },
  });
});

test.each([
  ['a secret', 'properties: { Password: x }', 'secrets do not stand in a manifest'],
  ['a property of the preset', 'properties: { tokenServiceURL: x }', 'the preset sets this property'],
  ['the mark of ownership', 'properties: { locum.technicalUser: x }', 'the preset sets this property'],
  ['a key that does not exist', 'preest: x', 'preest'],
])('refuses %s with its place', async (_what, more, because) => {
  const error = await load(destination, manifestText(`${CTMS.slice(0, -1)}, ${more} }`)).catch((caught) => caught);
  expect(error).toBeInstanceOf(ManifestError);
  expect(error.message).toMatch(/^locum\.yaml:1\d:\d+: /);
  expect(error.message).toContain(because);
});

test('refuses a service key that stands in the manifest, without quoting it', async () => {
  const text = manifestText(CTMS).replace("'env:ACME_TMS_DESTINATION_KEY'", '\'{"clientsecret":"hush"}\'');
  const error = await load(destination, text).catch((caught) => caught);
  expect(error).toBeInstanceOf(ManifestError);
  expect(error.message).not.toContain('hush');
});

test.each([
  ['a subaccount without a service key', CTMS.replace('in: tms', 'in: prod'), 'DESTINATION_NO_SERVICE_KEY'],
  ['no subaccount', CTMS.replace('in: tms', 'in: nope*'), 'DESTINATION_NO_SUBACCOUNT'],
  [
    'a target subaccount that does not exist',
    CTMS.replace('subaccount: prod', 'subaccount: nope'),
    'DESTINATION_NO_TARGET',
  ],
  ['a target without an org', CTMS.replace('subaccount: prod', 'subaccount: tms'), 'DESTINATION_NO_TARGET'],
  ['a space that does not exist', CTMS.replace('"a,b"', 'nope'), 'DESTINATION_NO_TARGET'],
])('tells %s, where it stands', async (_what, declared, code) => {
  const { resources, findings } = await expand(declared);
  expect(resources.size).toBe(0);
  expect(findings).toMatchObject([{ code, severity: 'error', subject: 'robot', at: { line: 15 } }]);
});

test('two destinations of one subaccount must not share a name, by manifest or after selection', async () => {
  const cfApi = '{ name: deploy-prod, preset: cf-api, in: tms, target: { subaccount: dev } }';
  const manifest = await load(destination, manifestText(CTMS, cfApi));
  expect(lint([destination], manifest, 0)).toContainEqual(
    expect.objectContaining({
      code: 'DESTINATION_NAME_SHARED',
      severity: 'error',
      at: expect.objectContaining({ line: 16 }),
    }),
  );
  const { resources, findings } = await expand(CTMS, cfApi.replace('in: tms', 'in: "t*"'));
  expect(resources.size).toBe(1);
  expect(findings).toMatchObject([{ code: 'DESTINATION_NAME_SHARED', severity: 'error' }]);
});

test('twins share their destinations: none is declared twice, and what is to be said of one is said once', async () => {
  const text = manifestText(CF_API).replace('name: robot', 'name: robot\n    twins: true');
  const manifest = await load(destination, text);
  expect(manifest.technicalUsers.map(({ name }) => name)).toEqual(['robot-a', 'robot-b']);
  expect(lint([destination], manifest, 0).map(({ code, subject }) => [code, subject])).toEqual([
    ['DESTINATION_HOLDS_PASSWORD', 'robot-a'],
  ]);
});

test('a deploy destination needs a space; one for the CF API does not', async () => {
  const declared = CTMS.replace(', space: "a,b"', '');
  const manifest = await load(destination, manifestText(declared));
  expect(lint([destination], manifest, 0)).toMatchObject([{ code: 'DESTINATION_SPACE_MISSING', severity: 'error' }]);
  expect((await expand(CF_API)).findings).toEqual([]);
});

test('mentions that an app destination holds a password; CTMS is the documented exception', async () => {
  const manifest = await load(destination, manifestText(CTMS, CF_API));
  expect(lint([destination], manifest, 0)).toMatchObject([{ code: 'DESTINATION_HOLDS_PASSWORD', severity: 'info' }]);
});

test('explains every finding code that it can give, and no other', () => {
  const folder = import.meta.dirname;
  const sources = readdirSync(folder).filter((name) => /^(?!findings).*(?<!\.test)\.ts$/.test(name));
  const given = sources.flatMap(
    (name) => readFileSync(path.join(folder, name), 'utf8').match(/'DESTINATION_[A-Z_]+'/g) ?? [],
  );
  const explained = [...destination.findings, ...destination.rules.map((rule) => rule.kind)].map((kind) => kind.code);
  expect([...explained].sort()).toEqual([...new Set(given.map((code) => code.slice(1, -1)))].sort());
});
