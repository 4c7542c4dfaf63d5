import { expect, test } from 'vitest';
import type { RotateOptions, RotationReport } from '../../engine/rotation-report.ts';
import type { PersonTask } from '../../kernel/rotate/person.ts';
import { Secret } from '../../kernel/secret.ts';
import { EXIT } from '../exit-codes.ts';
import { runProgram } from '../program.ts';
import { type FakeIoOptions, fakeIo } from '../testing/fake-io.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';

const TASK: PersonTask = {
  user: 'nightly-api',
  title: 'make a new secret of technical user Nightly at acme.accounts.ondemand.com',
  url: 'https://acme.accounts.ondemand.com/admin',
  steps: ['sign in', 'Secrets → Add'],
  wants: 'secret',
};
const DONE: PersonTask = { ...TASK, title: 'remove the old secret', wants: 'word' };

const report = (task?: PersonTask): RotationReport => ({
  user: 'nightly-api',
  credential: 'acme/nightly-api',
  strategy: 'overlap',
  consumers: [],
  staleMs: 0,
  findings: [],
  gated: false,
  outcome: task ? 'waiting' : 'done',
  steps: [],
  deliveries: {},
  ...(task ? { task } : {}),
});

/** Runs the command with an engine that asks its person. */
async function locum(
  line: string,
  asks: (person: NonNullable<RotateOptions['person']>) => Promise<PersonTask | undefined>,
  options: FakeIoOptions & { readonly typed?: string } = {},
) {
  const { typed, ...streams } = options;
  const io = fakeIo(line.split(' '), streams);
  const rotate = async ({ person }: RotateOptions) => [report(person && (await asks(person)))];
  const ask = { confirm: async () => true, secret: async () => (typed === undefined ? undefined : new Secret(typed)) };
  const code = await runProgram(io, fakeParts(fixtureEngine({ rotate }), { ask }).parts);
  return { code, out: io.out(), err: io.err() };
}

test('on a terminal the steps are shown, and the secret is asked for without showing it', async () => {
  let brought: Secret | undefined;
  const { code, out, err } = await locum(
    'rotate nightly-api --why x',
    async (person) => {
      brought = await person.bring(TASK);
      return undefined;
    },
    { terminal: true, typed: 'S3cret-of-the-console' },
  );
  expect(code).toBe(EXIT.ok);
  expect(brought?.reveal()).toBe('S3cret-of-the-console');
  expect(err).toContain('make a new secret of technical user Nightly');
  expect(err).toContain('2. Secrets → Add');
  expect(out + err).not.toContain('S3cret');
});

test('standard input brings one secret, for one credential, and only once', async () => {
  const all: (Secret | undefined)[] = [];
  await locum(
    'rotate nightly-api --secret-stdin --yes',
    async (person) => {
      all.push(await person.bring(TASK), await person.bring(TASK));
      return undefined;
    },
    { input: 'S3cret\n' },
  );
  expect(all.map((one) => one?.reveal())).toEqual(['S3cret', undefined]);
  const many = await locum('rotate a b --secret-stdin --yes', async () => undefined, { input: 'S3cret' });
  expect([many.code, many.err]).toEqual([EXIT.usage, expect.stringContaining('name the one credential')]);
  const unasked = await locum('rotate a --secret-stdin', async () => undefined, { input: 'S3cret' });
  expect(unasked.code).toBe(EXIT.usage);
});

test('without a terminal it tells what to do and fails, unless nobody waits', async () => {
  const asks = async (person: NonNullable<RotateOptions['person']>) => ((await person.bring(TASK)) ? undefined : TASK);
  const { code, out } = await locum('rotate nightly-api --yes', asks);
  expect(code).toBe(EXIT.run);
  expect(out).toMatchInlineSnapshot(`
    "… nightly-api waits for a person: no consumers

    make a new secret of technical user Nightly at acme.accounts.ondemand.com
      1. sign in
      2. Secrets → Add
    "
  `);
  expect((await locum('rotate nightly-api --yes --no-wait', asks)).code).toBe(EXIT.ok);
});

test('--done is the word for one task', async () => {
  const words: boolean[] = [];
  await locum('rotate nightly-api --yes --done', async (person) => {
    words.push(await person.did(DONE), await person.did(DONE));
    return undefined;
  });
  expect(words).toEqual([true, false]);
});
