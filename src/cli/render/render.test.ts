import path from 'node:path';
import { expect, test } from 'vitest';
import { InvariantError, ManifestError, RemoteError } from '../../kernel/errors.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { doctorReport, emptyPlan, gate, plan } from '../testing/fixtures.ts';
import { renderDoctor } from './doctor.ts';
import { errorObject, renderError } from './errors.ts';
import { renderAddresses } from './landscape.ts';
import { renderPlan } from './plan.ts';
import { renderApply } from './run.ts';
import { styleFor } from './style.ts';
import { printable, wrap } from './text.ts';

const io = fakeIo([]);
const style = styleFor(io.stdout, io, { color: true });

test('a plan looks as Terraform users know it', () => {
  expect(renderPlan(plan, style)).toMatchSnapshot();
});

test('a plan without steps says that there are no changes', () => {
  expect(renderPlan(emptyPlan, style)).toMatchSnapshot();
});

test('a plan that only a finding stopped does not claim that there is nothing to change', () => {
  expect(renderPlan({ ...emptyPlan, findings: [gate] }, style)).toMatchSnapshot();
});

test('a chain shows each hop under its link, and what is wrong with what mends it', () => {
  expect(renderDoctor(doctorReport, style)).toMatchSnapshot();
});

test('a user whom no check looks at is not proven', () => {
  const report = { status: 'unknown' as const, users: [{ user: 'x', status: 'unknown' as const, hops: [] }] };
  expect(renderDoctor(report, style)).toMatchSnapshot();
});

test('an apply that failed in part lists what is not done, why, and how to go on', () => {
  const run = {
    run: 'r-1',
    steps: [
      { address: 'ias/user:t/a', action: 'create' as const, result: 'done' as const },
      {
        address: 'ias/password:t/a',
        action: 'create' as const,
        result: 'failed' as const,
        because: 'ias: set password: status 400',
        remedy: 'look at the password policy of the tenant',
      },
      {
        address: 'cf/user:eu10/a',
        action: 'create' as const,
        result: 'skipped' as const,
        because: 'it needs ias/password:t/a',
      },
      { address: 'cf/org-role:o/a', action: 'delete' as const, result: 'unknown' as const, because: 'no answer' },
    ],
  };
  expect(renderApply({ plan, run, remaining: plan, confirmed: true }, style)).toMatchSnapshot();
});

test('an apply that did everything but left something to do says so', () => {
  const run = { run: 'r-1', steps: [] };
  expect(renderApply({ plan, run, remaining: plan, confirmed: true }, style)).toMatchSnapshot();
});

test('addresses come with the ways to point other programs at them', () => {
  const addresses = {
    proxy: 'http://127.0.0.1:24400',
    admin: 'http://127.0.0.1:24401',
    caFile: '/data/ca/ca.pem',
    origins: {
      'api.cf.eu10-004.hana.ondemand.com': 'http://localhost:24403',
      'cli.btp.cloud.sap': 'http://localhost:24402',
    },
  };
  const cwd = path.join(import.meta.dirname, '../../..');
  expect(renderAddresses(addresses, 'data', { ...style, cwd })).toMatchSnapshot();
});

test('a manifest error lists every problem with its place', () => {
  const error = new ManifestError([
    {
      at: { file: '/work/locum.yaml', line: 3, column: 1 },
      because: "unknown key 'nmae'",
      remedy: "did you mean 'name'?",
    },
    { at: { file: '/elsewhere/users.yaml', line: 9, column: 5 }, because: "'owner' is missing", remedy: 'add it' },
  ]);
  expect(renderError(error, style)).toMatchSnapshot();
});

test('an error of a service shows facts and remedy, never a stack', () => {
  const error = new RemoteError('ERR_REMOTE_CREDENTIALS', {
    system: 'ias',
    operation: 'list users',
    status: 401,
    correlationId: 'c-1',
    remedy: 'mend connections.ias.acme-platform',
    cause: new Error('inner'),
  });
  const text = renderError(error, style);
  expect(text).toMatchSnapshot();
  expect(text).not.toContain('    at ');
  expect(errorObject(error)).toMatchObject({ class: 'RemoteError', code: 'ERR_REMOTE_CREDENTIALS', status: 401 });
});

test('our own bug shows its stack, with the causes', () => {
  const text = renderError(new InvariantError('x needs itself', { cause: new TypeError('inner') }), style);
  expect(text).toContain('this is a bug of Locum');
  expect(text).toContain('    at ');
  expect(text).toContain('caused by TypeError: inner');
});

test('what a service says can not move the cursor', () => {
  expect(printable('a\u001b[2Jb\r\u202ec\nd')).toBe('a\\x1b[2Jb\\x0d\\u202ec\nd');
});

test('long words are not broken', () => {
  expect(wrap('one two three-is-a-long-word four', 8)).toEqual(['one two', 'three-is-a-long-word', 'four']);
});

test.each([
  ['a terminal', { terminal: true, env: {}, color: true }, true],
  ['a pipe', { terminal: false, env: {}, color: true }, false],
  ['NO_COLOR', { terminal: true, env: { NO_COLOR: '1' }, color: true }, false],
  ['--no-color', { terminal: true, env: {}, color: false }, false],
  ['a dumb terminal', { terminal: true, env: { TERM: 'dumb' }, color: true }, false],
  ['FORCE_COLOR in a pipe', { terminal: false, env: { FORCE_COLOR: '1' }, color: true }, true],
  ['FORCE_COLOR against --no-color', { terminal: false, env: { FORCE_COLOR: '1' }, color: false }, false],
])('colours: %s', (_name, { terminal, env, color }, expected) => {
  const stream = fakeIo([], { terminal, env });
  expect(styleFor(stream.stdout, stream, { color }).paint.isColorSupported).toBe(expected);
});
