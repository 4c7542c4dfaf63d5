import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { context } from '../../kernel/testing.ts';
import { createOpenbao } from '../../systems/consumers/testing/openbao.ts';
import { EXIT } from '../exit-codes.ts';
import { runProgram } from '../program.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { fakeParts } from '../testing/fake-parts.ts';
import { externalPayloads } from './external-payloads.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'locum-payloads-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const env = {
  LOCUM_VAULT_URL: 'https://bao.acme.example:8200',
  LOCUM_VAULT_NAMESPACE: 'team',
  LOCUM_VAULT_ROLE_ID: 'locum',
};

test('the login of the external vault comes from a variable, or from a file beside the command', async () => {
  writeFileSync(path.join(cwd, 'secret-id'), 'app-role-secret\n');
  for (const login of [{ LOCUM_VAULT_SECRET_ID: 'app-role-secret' }, { LOCUM_VAULT_SECRET_ID_FILE: 'secret-id' }]) {
    const bao = createOpenbao({ alone: true });
    const payloads = await externalPayloads({ env: { ...env, ...login }, cwd }, { ...context(), fetch: bao.fetch });
    const reference = await payloads?.put('a/1', Buffer.from('sealed'));
    expect(reference?.kv2).toMatchObject({ mount: 'secret', path: 'locum/a/1', version: 1 });
    expect(bao.paths.get('locum/a/1')).toMatchObject([{ data: { sealed: Buffer.from('sealed').toString('base64') } }]);
  }
  expect(await externalPayloads({ env: {}, cwd }, context())).toBeUndefined();
});

test('vault move tells where to, and how many versions moved', async () => {
  const { parts, store } = fakeParts();
  const moves: unknown[] = [];
  const openStore = async () => ({
    ...store,
    move: async (...args: unknown[]) => {
      moves.push(args);
      return moves.length === 1 ? 3 : 0;
    },
  });
  const locum = async (...words: string[]) => {
    const io = fakeIo(words, { cwd });
    const code = await runProgram(io, async () => ({ ...(await parts()), openStore }));
    return { code, out: io.out(), err: io.err() };
  };
  const done = await locum('vault', 'move', '--to', 'openbao', '--why', 'CHG-9', '--json');
  expect(done.code).toBe(EXIT.ok);
  expect(JSON.parse(done.out)).toEqual({ to: 'openbao', versions: 3 });
  expect(moves).toEqual([['openbao', { at: expect.any(Number), who: 'tester@bench', why: 'CHG-9' }]]);
  expect((await locum('vault', 'move', '--to', 'store')).err).toContain('everything is in the store already');
  for (const words of [['--to', 'elsewhere'], []]) {
    const refused = await locum('vault', 'move', ...words);
    expect(refused.code).toBe(EXIT.usage);
    expect(refused.err).toContain('store or openbao');
  }
});

test('vault verify tells what no version refers to, and removes it when told to', async () => {
  const { parts, store } = fakeParts();
  const asked: unknown[] = [];
  const whole = { secrets: 1, versions: 1, unreadable: [], trail: { entries: 0 }, runs: 0, intact: true };
  const openStore = async () => ({
    ...store,
    verify: async (remove?: unknown) => {
      asked.push(remove);
      return { ...whole, unreferenced: remove ? [] : ['secret/locum/f00/acme/a/2-abc'] };
    },
  });
  const locum = async (...words: string[]) => {
    const io = fakeIo(words, { cwd });
    const code = await runProgram(io, async () => ({ ...(await parts()), openStore }));
    return { code, out: io.out(), err: io.err() };
  };
  const told = await locum('vault', 'verify');
  expect(told.code).toBe(EXIT.ok);
  expect(told.out).toContain('secret/locum/f00/acme/a/2-abc: no version refers to it; remove it with --prune');
  expect((await locum('vault', 'verify', '--prune')).out).not.toContain('locum/f00');
  expect(asked).toEqual([
    undefined,
    expect.objectContaining({ who: 'tester@bench', why: 'locum vault verify --prune' }),
  ]);
  expect((await locum('vault', 'verify', 'backup.locum', '--prune')).code).toBe(EXIT.usage);
});
