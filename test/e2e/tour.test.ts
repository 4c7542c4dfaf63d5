import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createNodeContext } from '../../src/engine/node-context.ts';
import type { DoctorReport, Plan } from '../../src/index.ts';
import { openStore } from '../../src/store/index.ts';

const root = path.join(import.meta.dirname, '../..');
const bin = path.join(root, 'bin/locum.js');
const manifest = path.join(root, 'examples/acme/locum.yaml');

// Whole processes with databases of their own: seconds each, more on a machine that is busy.
vi.setConfig({ testTimeout: 300_000 });

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'locum-tour-'));
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `locum` as a process of its own, in the folder of this test. */
async function locum(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const options = { cwd, env: { PATH: process.env.PATH, LOCUM_MANIFEST: manifest, XDG_RUNTIME_DIR: cwd, ...env } };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [bin, ...args], options)) };
  } catch (error) {
    return error as Ended;
  }
}

test('the tour takes the users of acme to proven logins, and the second time finds nothing to do', async () => {
  const first = await locum(['start', '--once']);
  expect(first.stderr).not.toContain('failed');
  expect(first.stdout).toMatch(/Plan: \d+ to add, 0 to change, 0 to destroy\./);
  expect(first.stdout).toContain('Apply complete!');
  expect(first.stdout).toContain('3 of 3 technical users proven.');
  expect(first.code).toBe(0);

  const second = await locum(['start', '--once']);
  expect(second.code).toBe(0);
  expect(second.stdout).toContain('No changes.');
  expect(second.stdout).toContain('3 of 3 technical users proven.');
});

test('commands work on the landscape that nobody has up, in process', async () => {
  const plan = await locum(['plan', '--local', '--json', '--exit-code']);
  expect(plan.code).toBe(0);
  expect((JSON.parse(plan.stdout) as Plan).steps).toEqual([]);

  const { stdout } = await locum(['token', 'pipeline', '--target', 'dev', '--local']);
  const [, claims = ''] = stdout.split('.');
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    user_name: 'pipeline@sap-test.de',
    origin: 'acme-platform',
  });

  const trail = await locum(['trail', '--verify']);
  expect(trail.stdout).toMatch(/^✓ \d+ entries, the chain is unbroken\n$/);
});

test('commands work on the landscape that is up: through its proxy, and with what env prints', async () => {
  const up = spawn(process.execPath, [bin, 'up'], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    let said = '';
    for await (const chunk of up.stderr) {
      said += String(chunk);
      if (said.includes('Ctrl-C')) break;
    }
    const doctor = await locum(['doctor', 'pipeline', '--local', '--json']);
    expect(doctor.code).toBe(0);
    expect((JSON.parse(doctor.stdout) as DoctorReport).users.map(({ user, status }) => ({ user, status }))).toEqual([
      { user: 'pipeline', status: 'ok' },
    ]);

    const env = JSON.parse((await locum(['env', '--json'])).stdout) as Record<string, string>;
    const plan = await locum(['plan', '--json'], env);
    expect((JSON.parse(plan.stdout) as Plan).steps).toEqual([]);

    const home =
      "const fs = require('node:fs'), h = process.env.CF_HOME; console.log(h, (fs.statSync(h).mode & 0o777).toString(8), Object.keys(JSON.parse(fs.readFileSync(h + '/.cf/config.json'))).includes('AccessToken')); process.exit(3)";
    const exec = await locum(['exec', 'pipeline', '--target', 'dev', '--', process.execPath, '-e', home], env);
    expect(exec.stderr).toBe('');
    expect(exec.code).toBe(3);
    const [folder = '', mode, hasToken] = exec.stdout.trim().split(' ');
    expect({ mode, hasToken, left: existsSync(folder) }).toEqual({ mode: '700', hasToken: 'true', left: false });
    expect(readdirSync(cwd).filter((name) => name.startsWith('locum-exec-'))).toEqual([]);
  } finally {
    const ended = new Promise((resolve) => up.once('exit', resolve));
    up.kill('SIGTERM');
    expect(await ended).toBe(0);
  }
});

test('a second process on the same store gets an error that says who has it', async () => {
  const ctx = createNodeContext();
  await using _store = await openStore({ directory: path.join(cwd, '.locum/store') }, ctx);
  const { code, stdout, stderr } = await locum(['vault', 'list', '--json']);
  // It passes: whoever goes by the exit code tries again.
  expect({ code, stdout }).toEqual({ code: 7, stdout: '' });
  expect(JSON.parse(stderr)).toMatchObject({
    error: { code: 'ERR_STORE_LOCKED', message: expect.stringContaining(`process ${process.pid}`) },
  });
});
