import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runProgram } from '../../src/cli/program.ts';
import { type FakeIoOptions, fakeIo } from '../../src/cli/testing/fake-io.ts';
import { fakeParts } from '../../src/cli/testing/fake-parts.ts';
import type { Context } from '../../src/kernel/context.ts';
import { realContext } from '../../src/store/store.fixture.ts';
import { type OpenStore, openStore } from '../../src/store/store.ts';
import { ACME_MANIFEST, openAcme } from '../fixtures/acme.ts';
import { keptIn, leaksIn, recordsOf, secretsOf, textsIn } from '../fixtures/leaks.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'locum-leaks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const directory = path.join(folder, 'store');

/** Everything that a command told, by its command line. */
const told = new Map<string, string>();
/** What the processes that Locum started were given: arguments and environment. */
let children = '';
let secrets: readonly string[] = [];
/** Tokens and sessions that services gave out. */
const tokens = new Set<string>();
let exported = '';
let records = '';

/** Variables that the manifest takes the secrets of its connections from. */
const NAMED = /^ACME_(ADMIN_PASSWORD|IAS_CLIENT_(ID|SECRET)|(TMS|DEV)_DESTINATION_KEY)$/;

/** What makes a journey of everything that handles secrets, with a service that fails and echoes what it was sent. */
beforeAll(async () => {
  await using store = await openStore({ directory }, realContext);
  await using acme = await openAcme({ store });
  let broken: ((request: Request) => boolean) | undefined;
  const fetch: Context['fetch'] = async (input, init) => {
    const request = new Request(input, init);
    if (!broken?.(request)) return noted(await acme.context.fetch(request));
    return new Response(`${await request.text()} ${JSON.stringify([...request.headers])}`, { status: 500 });
  };
  const manifest = withPlaces();
  const locum = async (line: string, options: FakeIoOptions = {}) => {
    const connections = Object.entries(acme.landscape.credentials()).filter(([name]) => NAMED.test(name));
    const env = { ...Object.fromEntries(connections), LOCUM_MASTER_KEY: masterKey(), XDG_RUNTIME_DIR: folder };
    const io = fakeIo(line.split(' '), { cwd: folder, env, ...options });
    const { parts } = fakeParts(undefined, {
      now: acme.context.now,
      openStore: async () => lent(store),
      runChild: async ({ command, args, env: given }) => {
        children += JSON.stringify([command, args, given]);
        return 0;
      },
      openEngine: async ({ onEvent }) => ({
        engine: acme.engine({
          manifest,
          context: { ...acme.context, fetch },
          ...(onEvent ? { onEvent } : {}),
        }),
        async [Symbol.asyncDispose]() {},
      }),
    });
    const code = await runProgram(io, parts);
    told.set(line, `${io.out()}\n${io.err()}`);
    return code;
  };

  // Stops in the middle of setting a password, and of writing a destination; then goes on.
  broken = ({ method, url }) => method === 'PATCH' && url.includes('/scim/Users');
  expect(await locum('apply --yes --json')).toBe(7);
  broken = ({ method, url }) => method === 'POST' && url.includes('destination');
  expect(await locum('apply --yes')).toBe(7);
  broken = undefined;
  for (const line of [
    'plan --json',
    'plan --renew pipeline --out renew.plan',
    'apply --yes --json',
    'lint --json',
    'doctor --json',
    'doctor',
    'rotate pipeline --yes --no-wait --why test',
    'rotate ctms-deploy --yes --no-wait --json --why test',
    'due --json',
    'uses pipeline --json',
    'exec pipeline --target dev -- cf apps',
    'freeze pipeline --yes --why test --json',
    'plan',
    'thaw pipeline --yes --json',
    'unlock pipeline',
    'offboard mtx-routes --out bye.plan',
    'migrate --from dana.developer@acme.example --overview --json',
    'secret history pipeline',
    'secret export pipeline --to exported --why test',
    'vault list --json',
    'vault verify --json',
    'vault backup backup.locum',
    'trail --json',
  ]) {
    expect(await locum(line), `${line}\n${told.get(line)}`).toBe(0);
  }
  expect(await locum('secret show nobody --why test --yes')).toBe(4);
  // A crash shows a stack.
  broken = () => {
    throw new TypeError('a bug');
  };
  expect(await locum('rotate mtx-routes --yes --why test')).not.toBe(0);

  const landscape = Object.values(acme.landscape.credentials()).flatMap(secretsOf);
  secrets = [...(await keptIn(store)), ...landscape, ...tokens, masterKey()];
  records = await recordsOf(store, 'acme');
  children += readFileSync(path.join(folder, 'seen'), 'utf8');
  exported = readFileSync(path.join(folder, 'exported/acme/pipeline'), 'utf8');
}, 400_000);

/** The example, and a program of the user's that notes what it is given. */
function withPlaces(): string {
  const program = path.join(folder, 'program.cjs');
  writeFileSync(
    program,
    `const fs = require('node:fs'); fs.readFileSync(0);
     fs.appendFileSync(${JSON.stringify(path.join(folder, 'seen'))}, JSON.stringify([process.argv, process.env]) + '\\n');`,
  );
  const manifest = parse(readFileSync(ACME_MANIFEST, 'utf8')) as { technicalUsers: Record<string, unknown>[] };
  for (const user of manifest.technicalUsers) user.deliverTo = [{ to: 'command', run: [process.execPath, program] }];
  const file = path.join(folder, 'locum.yaml');
  const users = manifest.technicalUsers.map((user) =>
    user.name === 'pipeline' ? user : { ...user, deliverTo: undefined },
  );
  writeFileSync(file, JSON.stringify({ ...manifest, technicalUsers: users }));
  return file;
}

/** The store for a command that closes what it opened. */
function lent(store: OpenStore): OpenStore {
  return { ...store, [Symbol.asyncDispose]: async () => undefined };
}

function masterKey(): string {
  return readFileSync(path.join(directory, 'master.key'), 'utf8').trim();
}

/** Remembers what an answer gave out: a token must not be told any more than a password. */
async function noted(response: Response): Promise<Response> {
  const session = response.headers.get('x-cpcli-sessionid');
  if (session) tokens.add(session);
  if (response.headers.get('content-type')?.includes('json')) {
    for (const [, token = ''] of (await response.clone().text()).matchAll(/"(?:access|refresh|id)_token": ?"([^"]+)"/g))
      tokens.add(token);
  }
  return response;
}

const leaks = (text: string): readonly string[] => leaksIn(secrets, text);

test('the journey handled secrets, and the search finds them where they belong', () => {
  expect(secrets.filter((secret) => secret.length >= 12).length).toBeGreaterThan(20);
  expect(tokens.size).toBeGreaterThan(5);
  expect(leaks(exported)).toHaveLength(1);
  expect(children).toContain('LOCUM_SECRET');
  expect(children).toContain('"cf",["apps"]');
  expect(children).toContain('"XDG_RUNTIME_DIR"');
  expect(told.get('trail --json')).toContain('acme/pipeline');
});

test.each([
  ['as it is', (secret: string) => `x${secret}x`],
  ['as JSON in JSON', (secret: string) => JSON.stringify(JSON.stringify({ secret }))],
  ['in a URL', (secret: string) => `https://host/?a=${encodeURIComponent(secret)}&b`],
  ['in a form', (secret: string) => new URLSearchParams({ user: 'a b', secret }).toString()],
  ['as Basic credentials', (secret: string) => `Basic ${btoa(`a-user:${secret}`)}`],
  ['as other Basic credentials', (secret: string) => `Basic ${btoa(`ab-user:${secret}\n`)}`],
  ['as base64url', (secret: string) => Buffer.from(`{"password":"${secret}"}`).toString('base64url')],
  ['as hexadecimal digits', (secret: string) => `\\x${Buffer.from(`id ${secret}`).toString('hex')}`],
])('the search finds a secret %s', (_case, put) => {
  for (const secret of ['S3cret/+?&\' with"quotes', 'plain-secret_0123456789'])
    expect(leaksIn([secret, 'another-secret-altogether'], put(secret))).toEqual([secret]);
});

test('no command tells a secret, neither in its output nor in its errors nor in a crash', () => {
  expect(told.size).toBeGreaterThan(15);
  for (const [line, text] of told) {
    expect(leaks(text), line).toEqual([]);
    expect(text, line).not.toMatch(/eyJ[A-Za-z0-9_-]{20,}\./);
  }
});

test('no process that Locum starts gets a secret as an argument or in its environment', () => {
  expect(leaks(children)).toEqual([]);
});

test('neither journal nor trail nor what rotations remember holds a secret', () => {
  expect(leaks(records)).toEqual([]);
});

test('neither the files of the store nor a backup hold a secret', () => {
  // A database keeps the same page in many files: each text is searched once.
  const places = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || file.startsWith(path.join(folder, 'exported')) || entry.name === 'master.key') continue;
    for (const text of textsIn(readFileSync(file))) places.set(text, file);
  }
  const all = [...places.keys()].join('\n');
  expect(all).toContain('acme/pipeline');
  const leaked = leaks(all);
  expect([...places].filter(([text]) => leaksIn(leaked, text).length > 0).map(([, file]) => file)).toEqual([]);
  expect(leaked).toEqual([]);
  for (const file of ['backup.locum', 'renew.plan', 'bye.plan']) expect(readdirSync(folder)).toContain(file);
});
