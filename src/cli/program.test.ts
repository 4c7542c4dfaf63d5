import { expect, test } from 'vitest';
import {
  ConfigError,
  InvariantError,
  ManifestError,
  PlanError,
  PolicyError,
  RemoteError,
  RunError,
} from '../kernel/errors.ts';
import { EXIT } from './exit-codes.ts';
import { fakeParts, fixtureEngine } from './testing/fake-parts.ts';
import { locum } from './testing/locum.ts';

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

test('a number that is none is a mistake in the command line', async () => {
  const { code, err } = await locum('plan --max-removals many');
  expect(code).toBe(EXIT.usage);
  expect(err).toContain('It must be a whole number.');
});

test('the manifest comes from -m, LOCUM_MANIFEST or locum.yaml', async () => {
  const { requests, parts } = fakeParts();
  await locum('plan', { parts });
  await locum('plan', { parts, env: { LOCUM_MANIFEST: 'b.yaml' } });
  await locum('-m c.yaml plan', { parts });
  await locum('plan -m d.yaml', { parts });
  expect(requests.map(({ globals }) => globals.manifest)).toEqual(['locum.yaml', 'b.yaml', 'c.yaml', 'd.yaml']);
});
