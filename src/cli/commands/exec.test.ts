import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../kernel/secret.ts';
import { openPrivateFolder } from '../files/private-folder.ts';
import type { Child } from '../parts/parts.ts';
import { runProgram } from '../program.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';

let base: string;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'locum-exec-test-'));
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

const engine = fixtureEngine({
  session: async (user, target) => ({
    files: [{ path: '.cf/config.json', content: new Secret(`{"user":"${user}","target":"${target}"}`) }],
    env: { CF_HOME: '{dir}', CF_COLOR: 'false' },
    withheld: ['ADMIN_PASSWORD'],
  }),
});

async function exec(words: readonly string[], runChild: (child: Child) => Promise<number>) {
  const vault = { LOCUM_VAULT_TOKEN: 't', LOCUM_VAULT_SECRET_ID: 's', LOCUM_VAULT_JWT: 'j' };
  const secrets = { LOCUM_MASTER_KEY: 'k', DATABASE_URL: 'postgres://u:p@h/d', ADMIN_PASSWORD: 'p', ...vault };
  const io = fakeIo(['exec', ...words], { env: { ...secrets, XDG_RUNTIME_DIR: base, PATH: '/bin' } });
  const code = await runProgram(io, fakeParts(engine, { runChild }).parts);
  return { code, out: io.out(), err: io.err() };
}

test('the command inherits the environment without the secrets of Locum and of its connections', async () => {
  const seen: unknown[] = [];
  await exec(['pipeline', '--', 'env'], async ({ env }) => seen.push(Object.keys(env).toSorted()));
  expect(seen).toEqual([['CF_COLOR', 'CF_HOME', 'PATH', 'XDG_RUNTIME_DIR']]);
});

test('the command finds a private CF_HOME, which is gone afterwards', async () => {
  const seen: unknown[] = [];
  const { code } = await exec(
    ['pipeline', '--target', 'dev', '--', 'cf', 'push', '--json', '-f', 'x'],
    async (child) => {
      // A command takes its time; the folder must be there until its end.
      await setImmediate();
      const home = child.env.CF_HOME ?? '';
      const config = path.join(home, '.cf/config.json');
      seen.push(child.command, child.args, statSync(home).mode & 0o777, statSync(config).mode & 0o777);
      seen.push(JSON.parse(readFileSync(config, 'utf8')), child.env.PATH, path.dirname(home) === base);
      return 42;
    },
  );
  expect(code).toBe(42);
  expect(seen).toEqual([
    'cf',
    ['push', '--json', '-f', 'x'],
    0o700,
    0o600,
    { user: 'pipeline', target: 'dev' },
    '/bin',
    true,
  ]);
  expect(readdirSync(base)).toEqual([]);
});

test('the folder is gone also when the command can not be run', async () => {
  const { code } = await exec(['pipeline', '--', 'cf'], () => Promise.reject(new Error('no such program')));
  expect(code).toBe(1);
  expect(readdirSync(base)).toEqual([]);
});

test('a command that is missing is a mistake in the command line', async () => {
  const { code, err } = await exec(['pipeline'], async () => 0);
  expect(code).toBe(2);
  expect(err).toContain("missing required argument 'command'");
});

test('what a killed process left behind is removed by the next, what a living one uses is not', async () => {
  const io = fakeIo([], { env: { XDG_RUNTIME_DIR: base } });
  mkdirSync(path.join(base, 'locum-exec-1-dead'));
  mkdirSync(path.join(base, 'locum-exec-2-alive'));
  mkdirSync(path.join(base, 'of-somebody-else'));
  await using folder = await openPrivateFolder([], { ...io, isAlive: (pid) => pid === 2 });
  expect(readdirSync(base).sort()).toEqual(
    ['locum-exec-2-alive', 'of-somebody-else', path.basename(folder.directory)].sort(),
  );
});

test('no file of a session can land outside of the folder', async () => {
  const io = fakeIo([], { env: { XDG_RUNTIME_DIR: base } });
  const outside = openPrivateFolder([{ path: '../escaped', content: new Secret('x') }], io);
  await expect(outside).rejects.toThrow('outside of its folder');
  expect(existsSync(path.join(base, 'escaped'))).toBe(false);
  expect(readdirSync(base)).toEqual([]);
});
