import { expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import {
  ConfigError,
  InvariantError,
  ManifestError,
  PlanError,
  PolicyError,
  RemoteError,
  RunError,
} from '../kernel/errors.ts';
import { Secret } from '../kernel/secret.ts';
import { createMemoryStore } from '../store/index.ts';
import { EXIT } from './exit-codes.ts';
import { runProgram } from './program.ts';
import { type FakeIoOptions, fakeIo } from './testing/fake-io.ts';
import { fakeParts, fixtureEngine } from './testing/fake-parts.ts';
import { doctorReport, emptyPlan, gate, plan } from './testing/fixtures.ts';

async function locum(line: string, { parts = fakeParts().parts, ...options }: Setup = {}) {
  const io = fakeIo(line.split(' ').filter(Boolean), options);
  const code = await runProgram(io, parts);
  return { code, out: io.out(), err: io.err() };
}

type Setup = FakeIoOptions & { readonly parts?: ReturnType<typeof fakeParts>['parts'] };

test('a mistyped command suggests the nearest', async () => {
  const { code, err } = await locum('paln');
  expect(code).toBe(EXIT.usage);
  expect(err).toContain('Did you mean plan?');
});

test('a mistyped option suggests the nearest', async () => {
  const { code, err } = await locum('plan --max-removal 3');
  expect(code).toBe(EXIT.usage);
  expect(err).toContain('Did you mean --max-removals?');
});

test('help goes to stdout, and loads no parts', async () => {
  const parts = () => Promise.reject(new Error('help needs nothing'));
  const { code, out, err } = await locum('plan --help', { parts });
  expect({ code, err }).toEqual({ code: EXIT.ok, err: '' });
  expect(out).toContain('--adopt');
  expect(out).not.toContain('--detailed-exitcode');
});

test('help on a command is the same by either way', async () => {
  const [one, other] = [await locum('apply --help'), await locum('help apply')];
  expect(one.out.startsWith(other.out)).toBe(true);
});

test('the exit codes are documented in the program', async () => {
  expect((await locum('help exit-codes')).out).toMatchSnapshot();
});

test.each([
  [new ManifestError([]), EXIT.manifest],
  [new ConfigError('ERR_CONFIG', 'x'), EXIT.config],
  [new RemoteError('ERR_REMOTE_BROKEN', { system: 's', operation: 'o' }), EXIT.remote],
  [new PlanError('ERR_PLAN_STALE', 'x'), EXIT.plan],
  [new RunError('ERR_RUN_LOCKED', 'x'), EXIT.run],
  [new PolicyError('ERR_POLICY', 'x'), EXIT.policy],
  [new InvariantError('x'), EXIT.unexpected],
  [new TypeError('x'), EXIT.unexpected],
])('the class of an error gives the exit code: %s', async (error, code) => {
  const failing = fakeParts(fixtureEngine({ plan: () => Promise.reject(error) }));
  const result = await locum('plan', { parts: failing.parts });
  expect(result.code).toBe(code);
  expect(result.out).toBe('');
  const stack = code === EXIT.unexpected;
  expect(result.err.includes('    at ')).toBe(stack);
});

test('with --json an error is one JSON object on stderr', async () => {
  const error = new ConfigError('ERR_CONFIG_SECRET', "can't resolve env:X", { remedy: 'set X' });
  const failing = fakeParts(fixtureEngine({ plan: () => Promise.reject(error) }));
  const { err, out } = await locum('plan --json', { parts: failing.parts });
  expect(out).toBe('');
  expect(JSON.parse(err)).toEqual({
    error: { class: 'ConfigError', code: 'ERR_CONFIG_SECRET', message: "can't resolve env:X", remedy: 'set X' },
  });
});

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

test('a number that is none is a mistake in the command line', async () => {
  const { code, err } = await locum('plan --max-removals many');
  expect(code).toBe(EXIT.usage);
  expect(err).toContain('It must be a whole number.');
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

test('doctor exits with 9 when a hop failed, and with 0 when all is proven', async () => {
  expect((await locum('doctor')).code).toBe(EXIT.doctor);
  const warned = fakeParts(fixtureEngine({ doctor: async () => ({ ...doctorReport, status: 'warning' }) }));
  expect((await locum('doctor', { parts: warned.parts })).code).toBe(EXIT.ok);
  const unknown = fakeParts(fixtureEngine({ doctor: async () => ({ ...doctorReport, status: 'unknown' }) }));
  expect((await locum('doctor', { parts: unknown.parts })).code).toBe(EXIT.doctor);
});

test('doctor examines the named users only', async () => {
  let asked: unknown;
  const engine = fixtureEngine({
    doctor: async (options) => {
      asked = options;
      return doctorReport;
    },
  });
  await locum('doctor pipeline mtx-routes', { parts: fakeParts(engine).parts });
  expect(asked).toEqual({ users: ['pipeline', 'mtx-routes'] });
});

test('token prints the token and nothing else on stdout', async () => {
  const engine = fixtureEngine({
    token: async (user, target) => ({
      value: new Secret(`token of ${user} for ${target}`),
      expiresAt: Date.UTC(2026, 10, 21),
      scope: 'cloud_controller.read',
    }),
  });
  const { parts } = fakeParts(engine);
  expect((await locum('token pipeline --target dev', { parts })).out).toBe('token of pipeline for dev\n');
  expect(JSON.parse((await locum('token pipeline --target dev --json', { parts })).out)).toEqual({
    token: 'token of pipeline for dev',
    expiresAt: '2026-11-21T00:00:00.000Z',
    scope: 'cloud_controller.read',
  });
});

test('lint opens the engine offline, and exits with 8 for an error only', async () => {
  const warned = fakeParts(fixtureEngine({ lint: async () => [{ ...gate, severity: 'warning' }] }));
  expect((await locum('lint', { parts: warned.parts })).code).toBe(EXIT.ok);
  expect(warned.requests[0]?.offline).toBe(true);
  const wrong = fakeParts(fixtureEngine({ lint: async () => [gate] }));
  const { code, out } = await locum('lint', { parts: wrong.parts });
  expect(code).toBe(EXIT.policy);
  expect(out).toContain('locum.yaml:31:9');
});

test('the manifest comes from -m, LOCUM_MANIFEST or locum.yaml', async () => {
  const { requests, parts } = fakeParts();
  await locum('plan', { parts });
  await locum('plan', { parts, env: { LOCUM_MANIFEST: 'b.yaml' } });
  await locum('-m c.yaml plan', { parts });
  await locum('plan -m d.yaml', { parts });
  expect(requests.map(({ globals }) => globals.manifest)).toEqual(['locum.yaml', 'b.yaml', 'c.yaml', 'd.yaml']);
});

test('vault set reads the secret from stdin, keeps it and writes the trail without it', async () => {
  const { parts, store } = fakeParts();
  const { code, out, err } = await locum('vault set admin', { parts, input: 'pass word\n' });
  expect({ code, out }).toEqual({ code: EXIT.ok, out: '' });
  expect(err).toContain('vault:admin');
  expect((await store.vault.open('admin', 'current'))?.secret.reveal()).toBe('pass word');
  const trail = await store.trail.read();
  expect(trail).toHaveLength(1);
  expect(JSON.stringify(trail)).not.toContain('pass word');
});

test('vault set refuses an empty stdin', async () => {
  const { code, err } = await locum('vault set admin');
  expect(code).toBe(EXIT.usage);
  expect(err).toContain('stdin is empty');
});

test('vault list shows names and states, no secrets', async () => {
  const { parts } = fakeParts();
  await locum('vault set admin', { parts, input: 'one' });
  await locum('vault set admin', { parts, input: 'two' });
  expect((await locum('vault list', { parts })).out).toBe('admin  1 previous, 2 current\n');
});

test('trail prints entries, and --verify the state of the chain', async () => {
  const { parts } = fakeParts();
  await locum('vault set admin', { parts, input: 'one' });
  expect((await locum('trail', { parts })).out).toBe(
    '    1  2026-11-21T00:00:00.000Z  done     admin  tester@bench: locum vault set\n',
  );
  expect(await locum('trail --verify', { parts })).toMatchObject({
    code: EXIT.ok,
    out: '✓ 1 entry, the chain is unbroken\n',
  });
});

test('a name of a technical user that is none suggests the nearest', async () => {
  const engine = fixtureEngine({
    token: async () => {
      throw new ConfigError('ERR_CONFIG', "no technical user 'pipelin' in acme", {
        remedy: "did you mean 'pipeline'?",
      });
    },
  });
  const { code, err } = await locum('token pipelin', { parts: fakeParts(engine).parts });
  expect(code).toBe(EXIT.config);
  expect(err).toContain("did you mean 'pipeline'?");
});

test('a manifest that is not there is a manifest error', async () => {
  const engine = createEngine({ manifest: '/nowhere/locum.yaml', store: createMemoryStore(), who: 'tester' });
  const { code, err } = await locum('lint', { parts: fakeParts(engine).parts });
  expect(code).toBe(EXIT.manifest);
  expect(err).toContain("/nowhere/locum.yaml:1:1: can't read /nowhere/locum.yaml (ENOENT)");
});
