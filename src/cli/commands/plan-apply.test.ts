import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';
import { emptyPlan, gate, plan } from '../testing/fixtures.ts';
import { locum } from '../testing/locum.ts';

test('plan prints the plan and exits with 0 although there are changes', async () => {
  const { code, out } = await locum('plan');
  expect(code).toBe(EXIT.ok);
  expect(out).toContain('Plan: 2 to add, 1 to change, 1 to destroy.');
});

test.each(['--exit-code', '--detailed-exitcode'])('plan %s exits with 10 when there are changes', async (flag) => {
  expect((await locum(`plan ${flag}`)).code).toBe(EXIT.changes);
  const nothing = fakeParts(fixtureEngine({ plan: async () => emptyPlan }));
  expect((await locum(`plan ${flag}`, { parts: nothing.parts })).code).toBe(EXIT.ok);
});

test('plan exits with 8 when a finding would gate the apply', async () => {
  const gated = fakeParts(fixtureEngine({ plan: async () => ({ ...plan, findings: [gate] }) }));
  expect((await locum('plan --exit-code', { parts: gated.parts })).code).toBe(EXIT.policy);
});

test('plan --json is the plan, the same object as of the library', async () => {
  const { out } = await locum('plan --json');
  expect(JSON.parse(out)).toEqual(plan);
});

test('options of a plan reach the engine; what is not given is left to its defaults', async () => {
  const seen: unknown[] = [];
  const engine = fixtureEngine({
    plan: async (options) => {
      seen.push(options);
      return emptyPlan;
    },
  });
  await locum('plan --adopt --max-removals 3', { parts: fakeParts(engine).parts });
  await locum('plan', { parts: fakeParts(engine).parts });
  expect(seen).toEqual([{ adopt: true, maxRemovals: 3 }, {}]);
});

test('apply without a terminal needs --yes, and asks nobody before', async () => {
  const { requests, parts } = fakeParts();
  const { code, err } = await locum('apply', { parts });
  expect(code).toBe(EXIT.usage);
  expect(err).toContain('locum apply --yes');
  expect(requests).toEqual([]);
});

test('apply asks on a terminal, and changes nothing when the answer is no', async () => {
  const { code, out, err } = await locum('apply', { terminal: true });
  expect(code).toBe(EXIT.run);
  expect(out).toContain('Plan:');
  expect(err).toContain('nothing was changed');
});

test('apply goes on when the answer is yes', async () => {
  const asked: string[] = [];
  const { parts } = fakeParts(fixtureEngine(), {
    ask: {
      confirm: async (question) => {
        asked.push(question);
        return true;
      },
      secret: async () => undefined,
    },
  });
  const { code, out } = await locum('apply', { terminal: true, parts });
  expect(code).toBe(EXIT.ok);
  expect(asked).toHaveLength(1);
  expect(out).toContain('Apply complete!');
});

test('apply --json gives events as NDJSON, and the report at the end', async () => {
  const engine = fixtureEngine();
  const { parts } = fakeParts(engine, {
    openEngine: async ({ onEvent }) => ({
      engine: {
        ...engine,
        apply: async (options) => {
          onEvent?.({ event: 'step.started', fields: { address: 'a' } });
          onEvent?.({ event: 'step.done', fields: { address: 'a' } });
          return engine.apply(options);
        },
      },
      async [Symbol.asyncDispose]() {},
    }),
  });
  const { out, code } = await locum('apply --json --yes', { parts });
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(code).toBe(EXIT.ok);
  expect(lines.map((line) => line.event)).toEqual(['step.started', 'step.done', 'result']);
  expect(lines.at(-1)).toMatchObject({ result: { confirmed: true, remaining: { steps: [] } } });
});

test('apply exits with 7 when a step failed', async () => {
  const engine = fixtureEngine({
    apply: async () => ({
      plan,
      run: { run: 'r', steps: [{ address: 'a', action: 'create', result: 'failed', because: 'status 500' }] },
      remaining: plan,
      confirmed: true,
    }),
  });
  const { code, out } = await locum('apply --yes', { parts: fakeParts(engine).parts });
  expect(code).toBe(EXIT.run);
  expect(out).toContain('Apply incomplete.');
});
