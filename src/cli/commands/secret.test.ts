import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, expect, test } from 'vitest';
import { Secret } from '../../kernel/secret.ts';
import { EXIT } from '../exit-codes.ts';
import { runProgram } from '../program.ts';
import { type FakeIoOptions, fakeIo } from '../testing/fake-io.ts';
import { fakeParts } from '../testing/fake-parts.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'locum-secret-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const AT = Date.UTC(2026, 10, 21);

/** A vault with two versions of the password of `pipeline`, and one of `monitoring`. */
async function aVault() {
  const { parts, store } = fakeParts();
  for (const [name, secrets] of [
    ['acme/pipeline', ["old-'password", "new-'password"]],
    ['acme/monitoring', ['m$1']],
  ] as const) {
    for (const [index, text] of secrets.entries()) {
      await store.vault.propose(name, new Secret(text), AT + index * 1000);
      await store.vault.promote(name, index + 1, AT + index * 1000);
    }
  }
  const locum = async (words: readonly string[], options: FakeIoOptions = {}) => {
    const io = fakeIo(words, { cwd, ...options });
    const code = await runProgram(io, parts);
    return { code, out: io.out(), err: io.err() };
  };
  return { locum, store, parts };
}

const terminal = { terminal: true };

test('a secret is shown on a terminal for a reason, by the name of the technical user', async () => {
  const { locum, store } = await aVault();
  const shown = await locum(['secret', 'show', 'pipeline', '--why', 'INC-1'], terminal);
  expect(shown).toEqual({ code: EXIT.ok, out: "new-'password\n", err: '' });
  expect(await store.trail.read()).toMatchObject([
    {
      who: 'tester@bench',
      why: 'INC-1',
      subject: 'acme/pipeline',
      change: { action: 'disclose', version: 2, state: 'current', to: 'shown' },
    },
  ]);
});

test.each([
  ['without a reason', ['secret', 'show', 'pipeline'], terminal],
  ['for an empty reason', ['secret', 'show', 'pipeline', '--why', ' '], terminal],
  ['without a terminal', ['secret', 'show', 'pipeline', '--why', 'INC-1'], {}],
  ['into a pipe without --yes', ['secret', 'export', 'pipeline', '--why', 'INC-1'], {}],
])('a secret is not shown %s', async (_case, words, options) => {
  const { locum, store } = await aVault();
  const refused = await locum(words, options);
  expect(refused.code).toBe(EXIT.usage);
  expect(refused.out + refused.err).not.toContain('password\n');
  expect(await store.trail.read()).toEqual([]);
});

test('the reason is in the trail before anything is printed', async () => {
  const { parts, store } = await aVault();
  const trail = { ...store.trail, append: () => Promise.reject(new Error('the disk is full')) };
  const io = fakeIo(['secret', 'show', 'pipeline', '--why', 'INC-1', '--yes'], { cwd });
  const failing = async () => ({ ...(await parts()), openStore: async () => ({ ...store, trail }) });
  expect(await runProgram(io, failing)).toBe(EXIT.unexpected);
  expect(io.out()).toBe('');
});

test('an export for recipients of age is never in the clear, and needs no word that it may go into the output', async () => {
  const { locum, store } = await aVault();
  const recipient = await identityToRecipient(await generateIdentity());
  const words = ['secret', 'export', 'pipeline', '--why', 'handed over', '--age', recipient];
  const shown = await locum(words);
  expect(shown).toMatchObject({ code: EXIT.ok, out: expect.stringContaining('BEGIN AGE ENCRYPTED FILE') });
  expect(shown.out).not.toContain('password');
  expect((await store.trail.read()).at(-1)).toMatchObject({
    why: 'handed over',
    change: { to: `output, ${recipient}` },
  });
  const entries = (await store.trail.read()).length;
  expect(await locum([...words.slice(0, -1), 'age1nobody'])).toMatchObject({ code: EXIT.usage, out: '' });
  expect(await store.trail.read()).toHaveLength(entries);
});

test('an older version is shown by its number, and as JSON', async () => {
  const { locum } = await aVault();
  const words = ['secret', 'show', 'acme/pipeline', '--at-version', '1', '--yes', '--why', 'audit', '--json'];
  expect(JSON.parse((await locum(words)).out)).toEqual({
    name: 'acme/pipeline',
    version: 1,
    state: 'previous',
    createdAt: AT,
    secret: "old-'password",
  });
  const missing = await locum(['secret', 'show', 'pipeline', '--at-version', '9', '--yes', '--why', 'audit']);
  expect(missing).toMatchObject({ code: EXIT.config, err: expect.stringContaining('has no version 9') });
});

test('the history tells every version, its states and their times, and no secret', async () => {
  const { locum } = await aVault();
  expect((await locum(['secret', 'history', 'pipeline'])).out).toBe(
    [
      '  1  previous  pending 2026-11-21 00:00:00, current 2026-11-21 00:00:00, previous 2026-11-21 00:00:01',
      '  2  current   pending 2026-11-21 00:00:01, current 2026-11-21 00:00:01',
      '',
    ].join('\n'),
  );
});

test('a name that is none suggests the nearest, and one of several manifests has to be whole', async () => {
  const { locum, store } = await aVault();
  expect((await locum(['secret', 'history', 'pipelin'])).err).toContain("did you mean 'pipeline'?");
  await store.vault.propose('other/pipeline', new Secret('x'), AT);
  const several = await locum(['secret', 'history', 'pipeline']);
  expect(several).toMatchObject({ code: EXIT.config, err: expect.stringContaining('acme/pipeline, other/pipeline') });
});

test('an export writes private files, each secret as it is, and overwrites none', async () => {
  const { locum, store } = await aVault();
  const words = ['secret', 'export', 'pipeline', 'monitoring', '--to', 'out', '--why', 'deploy'];
  const exported = await locum(words);
  const file = path.join(cwd, 'out/acme/pipeline');
  expect(exported).toMatchObject({ code: EXIT.ok, out: `${file}\n${path.join(cwd, 'out/acme/monitoring')}\n` });
  expect(readFileSync(file, 'utf8')).toBe("new-'password");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(await store.trail.read({ subject: 'acme/monitoring' })).toMatchObject([
    { change: { action: 'disclose', to: path.join(cwd, 'out') } },
  ]);
  expect(await locum(words)).toMatchObject({ code: EXIT.config, err: expect.stringContaining('remove the file') });
});

test('no name leads out of the folder of an export', async () => {
  const { locum, store } = await aVault();
  const name = '../../escaped';
  await store.vault.propose(name, new Secret('x'), AT);
  await store.vault.promote(name, 1, AT);
  const { out } = await locum(['secret', 'export', name, '--to', 'inside', '--why', 'test']);
  expect(out.startsWith(path.join(cwd, 'inside') + path.sep)).toBe(true);
  expect(existsSync(path.join(cwd, '../escaped'))).toBe(false);
});

test('an export into a pipe is variables that a shell reads, or JSON', async () => {
  const { locum } = await aVault();
  const words = ['secret', 'export', 'pipeline', 'monitoring', '--yes', '--why', 'deploy'];
  expect((await locum(words)).out).toBe("ACME_PIPELINE='new-'\\''password'\nACME_MONITORING='m$1'\n");
  expect(JSON.parse((await locum([...words, '--format', 'json'])).out)).toEqual({
    'acme/pipeline': { version: 2, secret: "new-'password" },
    'acme/monitoring': { version: 1, secret: 'm$1' },
  });
});

test('a format is for the output: files hold the bare secrets', async () => {
  const { locum, store } = await aVault();
  const words = ['secret', 'export', 'pipeline', '--why', 'INC-1', '--to', 'formatted', '--format', 'json'];
  expect((await locum(words)).code).toBe(EXIT.usage);
  expect(await store.trail.read()).toEqual([]);
});
