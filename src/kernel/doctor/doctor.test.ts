import { expect, test } from 'vitest';
import { RemoteError } from '../errors.ts';
import type { Check, Subject } from '../system.ts';
import { context } from '../testing.ts';
import { examine, worst } from './doctor.ts';
import { createLoginGuard } from './logins.ts';

const subject: Subject = {
  user: {
    name: 'robot',
    kind: 'ias-user',
    identityProvider: 'idp',
    email: 'r@sap-test.de',
    owner: 'o',
    purpose: 'p',
    grants: [],
  },
  identityProvider: { name: 'idp', host: 'idp.example', originKey: 'idp-platform', trust: 'expect' },
  resources: [],
  inventory: { globalAccount: { guid: '', subdomain: '', displayName: '' }, directories: [], subaccounts: [] },
  observed: () => undefined,
  diff: () => undefined,
  unobserved: () => undefined,
};

const system = (...checks: Check[]) => ({
  id: 'toy',
  section: { expand: () => ({ resources: [], findings: [] }) },
  resources: [],
  checks,
  rules: [],
  findings: [],
});

const good = (id: string, link: Check['link']): Check => ({
  id,
  link,
  run: async () => [{ check: id, title: id, status: 'ok', evidence: [] }],
});

test('walks the chain in its order, whichever order the slices have', async () => {
  const report = await examine(
    [system(good('c', 'consumer'), good('t', 'tenant')), system(good('u', 'user'))],
    [subject],
    context(),
  );
  expect(report.users[0]?.hops.map((hop) => hop.check)).toEqual(['t', 'u', 'c']);
  expect(report.status).toBe('ok');
});

test('a check that gets no answer leaves its hop unknown, and unknown is not green', async () => {
  const silent: Check = {
    id: 's',
    link: 'token',
    run: () => Promise.reject(new RemoteError('ERR_REMOTE_UNREACHABLE', { system: 'toy', operation: 'ask' })),
  };
  const report = await examine([system(good('t', 'tenant'), silent)], [subject], context());
  expect(report.status).toBe('unknown');
  expect(report.users[0]?.hops[1]).toMatchObject({ status: 'unknown', code: 'ERR_REMOTE_UNREACHABLE' });
});

test('a bug in a check is not a finding about the world', async () => {
  const broken: Check = { id: 'b', link: 'token', run: () => Promise.reject(new TypeError('bug')) };
  await expect(examine([system(broken)], [subject], context())).rejects.toThrow('bug');
});

test('an empty chain proves nothing', () => {
  expect(worst([])).toBe('unknown');
  expect(worst(['ok', 'failed', 'unknown'])).toBe('failed');
});

test('spends one failed login per user, also when two are tried at once', async () => {
  const guard = createLoginGuard();
  let sent = 0;
  const refuse = async () => {
    sent++;
    return { status: 'refused', reason: 'Bad credentials' } as const;
  };
  const outcomes = await Promise.all([guard.attempt('robot', refuse), guard.attempt('robot', refuse)]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['refused', 'spared']);
  expect(sent).toBe(1);
  expect((await guard.attempt('other', refuse)).status).toBe('refused');
  guard.renewed('robot');
  expect((await guard.attempt('robot', async () => ({ status: 'accepted', value: 1 }))).status).toBe('accepted');
});

test('a login without an answer spends nothing', async () => {
  const guard = createLoginGuard();
  await expect(guard.attempt('robot', () => Promise.reject(new Error('network')))).rejects.toThrow('network');
  expect((await guard.attempt('robot', async () => ({ status: 'accepted', value: 1 }))).status).toBe('accepted');
});
