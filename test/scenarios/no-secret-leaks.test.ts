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

const folder = mkdtempSync(path.join(tmpdir(), 'locum-leaks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const directory = path.join(folder, 'store');

/** Everything that a command told, by its command line. */
const told = new Map<string, string>();
/** What the processes that Locum started were given: arguments and environment. */
let children = '';
let secrets: readonly string[] = [];
let exported = '';
let records = '';

/** What makes a journey of everything that handles secrets, with a service that fails and echoes what it was sent. */
beforeAll(async () => {
  await using store = await openStore({ directory }, realContext);
  await using acme = await openAcme({ store });
  let broken: ((request: Request) => boolean) | undefined;
  const fetch: Context['fetch'] = async (input, init) => {
    const request = new Request(input, init);
    if (!broken?.(request)) return acme.context.fetch(request);
    return new Response(`${await request.text()} ${JSON.stringify([...request.headers])}`, { status: 500 });
  };
  const manifest = withPlaces();
  const locum = async (line: string, options: FakeIoOptions = {}) => {
    const io = fakeIo(line.split(' '), { cwd: folder, ...options });
    const { parts } = fakeParts(undefined, {
      now: acme.context.now,
      openStore: async () => lent(store),
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
    'apply --yes --json',
    'doctor --json',
    'doctor',
    'rotate pipeline --yes --no-wait --why test',
    'rotate ctms-deploy --yes --no-wait --json --why test',
    'due --json',
    'uses pipeline --json',
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

  const kept: string[] = [];
  for (const name of await store.vault.names()) {
    for (const { version } of await store.vault.history(name)) {
      kept.push((await store.vault.openVersion(name, version))?.secret.reveal() ?? '');
    }
  }
  secrets = [...kept, ...Object.values(acme.landscape.credentials()).flatMap(secretsOf)];
  records = JSON.stringify([
    await store.trail.read(),
    await store.journal.openRuns('acme'),
    ...(await Promise.all((await store.vault.names()).map((name) => store.rotations.history(name)))),
  ]);
  children = readFileSync(path.join(folder, 'seen'), 'utf8');
  exported = readFileSync(path.join(folder, 'exported/acme/pipeline'), 'utf8');
}, 180_000);

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

/** A credential, or the secrets in a service key. */
function secretsOf(credential: string): readonly string[] {
  if (!credential.startsWith('{')) return [credential];
  const { clientsecret } = JSON.parse(credential) as { clientsecret?: string };
  return clientsecret === undefined ? [] : [clientsecret];
}

/** The forms in which a secret gets somewhere by accident. */
function formsOf(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64];
}

function leaks(text: string | Buffer): readonly string[] {
  return secrets.filter((secret) => secret.length >= 12 && formsOf(secret).some((form) => text.includes(form)));
}

test('the journey handled secrets, and the search finds them where they belong', () => {
  expect(secrets.filter((secret) => secret.length >= 12).length).toBeGreaterThan(8);
  expect(leaks(exported)).toHaveLength(1);
  expect(children).toContain('LOCUM_SECRET');
  expect(told.get('trail --json')).toContain('acme/pipeline');
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
  let names = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(path.join(entry.parentPath, entry.name));
    if (bytes.includes('acme/pipeline')) names++;
    expect(leaks(bytes), entry.name).toEqual([]);
  }
  expect(names).toBeGreaterThan(0);
  expect(leaks(readFileSync(path.join(folder, 'backup.locum')))).toEqual([]);
});
