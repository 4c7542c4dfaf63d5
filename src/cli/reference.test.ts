import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { manifestSchemaForEditors } from '../engine/engine.ts';
import { loadManifest } from '../kernel/manifest/load.ts';
import { declaredKinds } from '../kernel/rotate/kinds.ts';
import { systems } from '../systems/index.ts';
import { catalogue } from './catalogue.ts';
import type { CommandSpec } from './command.ts';
import { EXAMPLE_MANIFEST } from './example.ts';
import { EXIT, EXIT_CODES } from './exit-codes.ts';
import { runProgram } from './program.ts';
import { starterManifest } from './starter-manifest.ts';
import { COMMANDS, GLOBAL_OPTIONS } from './table/commands.ts';
import { fakeIo } from './testing/fake-io.ts';
import { fakeParts } from './testing/fake-parts.ts';

const root = path.join(import.meta.dirname, '../..');
const sections = systems.map((system) => system.section);

async function locum(...argv: string[]) {
  const io = fakeIo(argv);
  const code = await runProgram(io, fakeParts().parts);
  return { code, out: io.out(), err: io.err() };
}

test('explain knows every finding code that the sources name', () => {
  const known = new Set(catalogue().map((kind) => kind.code));
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/\/(emulator|testing|landscape|emulation)\//.test(file) && !file.endsWith('/emulator.ts'));
  const named = sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bcode: '([A-Z][A-Z_]+_[A-Z_]+)'/g)].map(([, code]) => code ?? ''),
  );
  expect([...new Set(named)].filter((code) => !known.has(code))).toEqual([]);
});

test('explain tells about a code, in any case, and suggests the nearest for a mistyped one', async () => {
  expect((await locum('explain', 'err_policy')).out).toContain('Findings of severity error gate an apply.');
  const { code, err } = await locum('explain', 'ERR_POLCY');
  expect(code).toBe(EXIT.usage);
  expect(err).toContain('did you mean ERR_POLICY?');
});

test('explain tells what a slice declares of a kind of credential', async () => {
  const { out } = await locum('explain', 'IAS-client-secret');
  expect(out).toContain('strategy       overlap, by a person');
  expect(out).toContain('valid at once  20 of a technical user, 2 of a system');
  expect((await locum('explain', 'twins')).out).toMatch(/^minimum age +standard: none; enterprise: 24 h;/m);
  expect((await locum('explain')).out).toMatch(/^passcode +passcode of Cloud Foundry$/m);
  expect((await locum('explain', 'service-kye')).err).toContain('did you mean service-key?');
  const json: unknown = JSON.parse((await locum('explain', 'jwt-assertion', '--json')).out);
  expect(json).toMatchObject({ name: 'jwt-assertion', strategy: 'none', policy: { minimumAge: { is: 'none' } } });
});

test('every kind of credential is declared once, in full, with a source for what its service demands', () => {
  const declared = declaredKinds(systems);
  const names = declared.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  const kinds = systems.flatMap(({ section, credentials = [] }) => [
    ...Object.keys(section.credentialKinds ?? {}),
    ...credentials.map(({ declares }) => declares[0]?.name),
  ]);
  expect(kinds.filter((name) => name === undefined || !names.includes(name))).toEqual([]);
  const facts = declared.flatMap(({ validAtOnce, policy, ...kind }) => [
    ...[kind.name, kind.title, kind.declaredAs, kind.minted, kind.proven, kind.retired],
    ...[validAtOnce, ...Object.values(policy)].flatMap(({ is, source }) => [is, source]),
  ]);
  expect(facts.filter((text) => text.trim() === '')).toEqual([]);
});

test('every code has a title and an explanation that ends as a sentence', () => {
  const bad = catalogue().filter(({ title, explanation }) => title === '' || !/[.?)]$/.test(explanation));
  expect(bad).toEqual([]);
});

test('the manifest that init writes is valid', async () => {
  const manifest = await loadManifest('locum.yaml', async () => starterManifest(2027), sections);
  expect(manifest.technicalUsers.map((user) => user.name)).toEqual(['pipeline']);
});

test('the manifest of the example is valid', async () => {
  const manifest = await loadManifest(EXAMPLE_MANIFEST, async (file) => readFileSync(file, 'utf8'), sections);
  expect(manifest.technicalUsers.map((user) => user.name)).toEqual(['ctms-deploy', 'mtx-routes', 'pipeline']);
});

test('the committed JSON Schema is current (npm run schema)', () => {
  const committed: unknown = JSON.parse(readFileSync(path.join(root, 'locum.schema.json'), 'utf8'));
  expect(committed).toEqual(JSON.parse(JSON.stringify(manifestSchemaForEditors())));
});

test('docs/cli.md names every command, option, exit code and variable', () => {
  const text = readFileSync(path.join(root, 'docs/cli.md'), 'utf8');
  const flat = (commands: readonly CommandSpec[]): readonly CommandSpec[] =>
    commands.flatMap((command) => [command, ...flat(command.commands ?? [])]);
  const all = flat(COMMANDS);
  const options = [...GLOBAL_OPTIONS, ...all.flatMap((command) => command.options ?? [])];
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(path.join(import.meta.dirname, file), 'utf8'));
  const words = [
    ...all.map(({ name }) => (name === 'help' ? 'locum help' : name)),
    ...options.map(({ flags }) => /--[\w-]+/.exec(flags)?.[0] ?? flags).filter((flag) => flag !== '--no-color'),
    ...EXIT_CODES.map(({ code }) => `| ${code} | `),
    ...sources.flatMap((source) =>
      [...source.matchAll(/env\.((?:LOCUM_|DATABASE)\w+)/g)].map(([, name]) => name ?? ''),
    ),
  ];
  expect(words.filter((word) => !text.includes(word))).toEqual([]);
});
