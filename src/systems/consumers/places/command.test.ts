import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../../kernel/secret.ts';
import type { Copy } from '../../protocols/copies/place.ts';
import { AT, contextOn } from '../testing/context.ts';
import { command } from './command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'locum-command-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const copy: Copy = {
  name: 'acme/robot',
  version: 3,
  createdAt: AT,
  login: 'robot@sap-test.de',
  secret: new Secret('pä"s\n'),
};

/** A program of these lines of JavaScript, started as a user's own would be. */
function program(source: string): [string, ...string[]] {
  const file = path.join(folder, `program-${source.length}.cjs`);
  writeFileSync(file, `const fs = require('node:fs'); const input = fs.readFileSync(0, 'utf8');\n${source}`);
  return [process.execPath, file, folder];
}

const parse = (declared: object) =>
  command.target.parse({ to: 'command', ...declared }) as Parameters<typeof command.write>[0];
const context = (target: Readonly<Record<string, unknown>>) =>
  contextOn({ fetch: async () => new Response(), connections: {}, secrets: { KUBE: 'c1' }, target });

test('the secret comes on standard input, and in no argument and no environment', async () => {
  const declared = {
    to: 'command',
    run: program(
      'fs.writeFileSync(process.argv[2] + "/seen", JSON.stringify({ input, argv: process.argv, env: process.env }))',
    ),
    env: { TOOL_CONFIG: 'env:KUBE', MODE: 'plain' },
  };
  await command.write(parse(declared), copy, await context(declared));
  const seen = JSON.parse(readFileSync(path.join(folder, 'seen'), 'utf8')) as {
    input: string;
    argv: string[];
    env: object;
  };
  expect(seen.input).toBe('pä"s\n');
  expect(JSON.stringify([seen.argv, seen.env])).not.toContain('pä');
  // Our own environment holds secrets of its own: the program gets what is named, and nothing else.
  const added = ['__CF_USER_TEXT_ENCODING'];
  expect(
    Object.keys(seen.env)
      .filter((name) => !added.includes(name))
      .sort(),
  ).toEqual(['LOCUM_LOGIN', 'LOCUM_SECRET', 'LOCUM_VERSION', 'MODE', 'PATH', 'TOOL_CONFIG'].sort());
  expect(seen.env).toMatchObject({ LOCUM_SECRET: 'acme/robot', LOCUM_VERSION: '3', TOOL_CONFIG: 'c1', MODE: 'plain' });
});

test('a program that fails is told by its exit code, and what it printed is kept from everybody', async () => {
  const declared = { to: 'command', run: program('console.error(input); console.log(input); process.exit(4)') };
  const error: unknown = await command
    .write(parse(declared), copy, await context(declared))
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'ERR_REMOTE_REFUSED', outcome: 'unknown', serviceCode: 'exit code 4' });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('pä');
});

test('the check of the user compares', async () => {
  const check = program('process.exit(input === process.env.LOCUM_EXPECTED ? 0 : input === "?" ? 7 : 1)');
  const look = async (text: string) => {
    const declared = { to: 'command', run: ['/bin/true'], check, env: { LOCUM_EXPECTED: 'right' } };
    return command.look(parse(declared), { ...copy, secret: new Secret(text) }, await context(declared));
  };
  expect(await look('right')).toEqual({ is: 'compared', same: true });
  expect(await look('wrong')).toEqual({ is: 'compared', same: false });
  expect(await look('?')).toEqual({ is: 'opaque' });
});

test('a program that is not there is a mistake of the set-up, and one that does not read its input is none', async () => {
  const missing = { to: 'command', run: ['/nowhere/program'] };
  await expect(command.write(parse(missing), copy, await context(missing))).rejects.toMatchObject({
    code: 'ERR_CONFIG',
  });
  const deaf = { to: 'command', run: ['/bin/true'] };
  const long = { ...copy, secret: new Secret('x'.repeat(60_000)) };
  expect(await command.write(parse(deaf), long, await context(deaf))).toEqual({ command: '/bin/true', version: 3 });
});

test('a program that does not end is killed when its time is over, and nobody knows what it did', async () => {
  const hangs = ['/bin/sh', '-c', 'exec sleep 600'];
  const declared = { to: 'command', run: hangs, check: hangs, remove: hangs, timeout: 0.1 };
  const ctx = await context(declared);
  const told = {
    code: 'ERR_REMOTE_OUTCOME_UNKNOWN',
    outcome: 'unknown',
    message: 'consumers: run /bin/sh: no answer, not ended after 0.1 s, and killed',
    remedy: expect.stringContaining('`timeout`'),
  };
  await expect(command.write(parse(declared), copy, ctx)).rejects.toMatchObject(told);
  await expect(command.remove?.(parse(declared), copy, ctx)).rejects.toMatchObject(told);
  expect(await command.look(parse(declared), copy, ctx)).toEqual({ is: 'opaque' });
});
