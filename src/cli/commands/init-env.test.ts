import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { runProgram } from '../program.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'locum-cli-test-'));
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function locum(argv: readonly string[], parts = fakeParts().parts, env = {}) {
  const io = fakeIo(argv, { cwd, env });
  const code = await runProgram(io, parts);
  return { code, out: io.out(), err: io.err() };
}

test('init writes a manifest, and never over one', async () => {
  expect((await locum(['init'])).code).toBe(EXIT.ok);
  const written = readFileSync(path.join(cwd, 'locum.yaml'), 'utf8');
  expect(written).toContain('expires: 2027-12-31');
  const again = await locum(['init']);
  expect(again.code).toBe(EXIT.config);
  expect(again.err).toContain('locum.yaml is there already');
  expect(readFileSync(path.join(cwd, 'locum.yaml'), 'utf8')).toBe(written);
});

test('init --schema prints the schema, or writes it to a file', async () => {
  const { out } = await locum(['init', '--schema']);
  expect(JSON.parse(out)).toMatchObject({ title: 'Locum manifest' });
  await locum(['init', '--schema', 'schema.json']);
  expect(readFileSync(path.join(cwd, 'schema.json'), 'utf8')).toBe(out);
});

test('a plan that was saved is applied as it is; anything else in the file is refused', async () => {
  await locum(['plan', '--out', 'acme.plan']);
  const applied: unknown[] = [];
  const fixture = fixtureEngine();
  const engine = fixtureEngine({
    apply: async (options) => {
      applied.push(options.plan);
      return fixture.apply(options);
    },
  });
  expect((await locum(['apply', 'acme.plan', '--yes'], fakeParts(engine).parts)).code).toBe(EXIT.ok);
  expect(applied).toEqual([JSON.parse(readFileSync(path.join(cwd, 'acme.plan'), 'utf8'))]);
  expect((await locum(['apply', 'acme.plan', '--yes', '--adopt'])).code).toBe(EXIT.usage);
  expect((await locum(['apply', 'locum.yaml', '--yes'])).code).toBe(EXIT.plan);
  expect((await locum(['apply', 'nowhere', '--yes'])).code).toBe(EXIT.plan);
});

const running = fakeParts(fixtureEngine(), {
  findLandscape: async () => ({
    pid: 1,
    proxy: 'http://127.0.0.1:24400',
    admin: 'http://127.0.0.1:24401',
    caFile: '/ca.pem',
    fetch: () => Promise.reject(new Error('not used')),
    now: () => 0,
    environment: async () => ({ HTTPS_PROXY: 'http://127.0.0.1:24400', SECRET: `it's \\ "$HOME"` }),
    async [Symbol.asyncDispose]() {},
  }),
}).parts;

test.each([
  ['bash', "export HTTPS_PROXY='http://127.0.0.1:24400'\nexport SECRET='it'\\''s \\ \"$HOME\"'\n"],
  ['fish', "set -gx HTTPS_PROXY 'http://127.0.0.1:24400'\nset -gx SECRET 'it\\'s \\\\ \"$HOME\"'\n"],
  ['powershell', "$env:HTTPS_PROXY = 'http://127.0.0.1:24400'\n$env:SECRET = 'it''s \\ \"$HOME\"'\n"],
])('env prints lines that %s can evaluate', async (shell, lines) => {
  expect((await locum(['env', '--shell', shell], running)).out).toBe(lines);
});

test('env takes the syntax from SHELL, and is one object with --json', async () => {
  expect((await locum(['env'], running, { SHELL: '/usr/bin/fish' })).out).toContain('set -gx');
  expect(JSON.parse((await locum(['env', '--json'], running)).out)).toMatchObject({
    HTTPS_PROXY: 'http://127.0.0.1:24400',
  });
});

test('env without a landscape says how to get one', async () => {
  const { code, err, out } = await locum(['env']);
  expect({ code, out }).toEqual({ code: EXIT.config, out: '' });
  expect(err).toContain('locum up');
});

test('--local with a name that is no directory is taken for a mistake', async () => {
  const { openLocalWorld } = await import('../parts/local-world.ts');
  const { parts } = fakeParts();
  await expect(openLocalWorld('pipeline', fakeIo([], { cwd }), await parts())).rejects.toThrow(
    "there is no landscape in 'pipeline'",
  );
});
