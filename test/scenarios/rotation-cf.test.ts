import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { appsWithCopies, CF, MANIFEST, withApps } from '../fixtures/apps-with-copies.ts';

test('apply writes user and password where apps read them, beside what is there, and restarts them; then there is nothing to do', async () => {
  await using made = await withApps();
  const plan = await made.engine().plan();
  expect(
    plan.steps.filter(({ address }) => /service:|environment:/.test(address)).map(({ address }) => address),
  ).toEqual(expect.arrayContaining([expect.stringContaining('cf-api'), expect.stringContaining('CF_API_PASSWORD')]));
  await made.engine().apply({ why: 'make it so' });
  const { variables, api, jobs } = await made.environment();
  const password = await made.secret('mtx-routes');
  expect(api).toEqual({
    url: 'https://api.example.com',
    cf_api_user: 'mtx-routes@sap-test.de',
    cf_api_password: password,
    jobs_user: 'jobs-a@sap-test.de',
    jobs_password: await made.secret('jobs-a'),
  });
  expect(variables).toMatchObject({
    LOG_LEVEL: 'info',
    CF_API_USER: 'mtx-routes@sap-test.de',
    CF_API_PASSWORD: password,
    JOBS_USER: 'jobs-a@sap-test.de',
  });
  expect(jobs).toEqual({ username: 'jobs-a@sap-test.de', password: await made.secret('jobs-a') });
  expect(made.starts().sort()).toEqual(['deployments', 'deployments', 'restart', 'restart', 'restart']);
  expect(await made.marks()).not.toContain('locum-restart');
  expect((await made.engine().plan()).steps).toEqual([]);
  expect(made.acme.calls.filter(({ url }) => url.includes(password ?? '')).length).toBe(0);
});

test('a rotation brings the new password to services and environments, and restages or restarts who reads them', async () => {
  await using made = await appsWithCopies();
  const before = await made.secret('mtx-routes');
  const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'CHG-1' });
  expect(report).toMatchObject({ outcome: 'done', strategy: 'in place' });
  expect(Object.values(report?.deliveries ?? {}).map(({ state }) => state)).toEqual(['unproven', 'unproven']);
  const password = await made.secret('mtx-routes');
  expect(password).not.toBe(before);
  const { variables, api } = await made.environment();
  expect([variables.CF_API_PASSWORD, api?.cf_api_password]).toEqual([password, password]);
  expect(made.starts()).toHaveLength(2);
  expect(made.acme.calls.filter(({ method, url }) => method === 'POST' && url.endsWith('/v3/builds'))).toHaveLength(1);
  expect((await made.engine().plan()).steps).toEqual([]);
});

test('twins take turns in them', async () => {
  await using made = await appsWithCopies();
  const [report] = await made.engine().rotate({ names: ['jobs'], why: 'CHG-2' });
  expect(report).toMatchObject({ user: 'jobs-b', outcome: 'done', strategy: 'twins' });
  const { variables, jobs } = await made.environment();
  const password = await made.secret('jobs-b');
  expect(jobs).toEqual({ username: 'jobs-b@sap-test.de', password });
  expect(variables).toMatchObject({ JOBS_USER: 'jobs-b@sap-test.de', JOBS_PASSWORD: password });
  expect((await made.engine().plan()).steps).toEqual([]);
  const [back] = await made.engine().rotate({ names: ['jobs'], why: 'CHG-3' });
  expect(back).toMatchObject({ user: 'jobs-a', outcome: 'done' });
});

test.each([
  ['the new credentials', 'PATCH', '/v3/service_instances/*', 'drop'],
  ['the new variables', 'PATCH', '/v3/apps/*/environment_variables', 'drop'],
  ['the restart', 'POST', '/v3/apps/*/actions/restart', 'drop'],
] as const)(
  'when the reply to %s is lost, the app is restarted all the same, and no mark is left',
  async (_case, method, path, kind) => {
    await using made = await appsWithCopies();
    await made.acme.landscape.faults.add({ host: `api.${CF}`, method, path, times: 1, effect: { kind } });
    const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report?.steps.map(({ step, result }) => `${step} ${result}`)).toContain('deliver unknown');
    const password = await made.secret('mtx-routes');
    const { variables, api } = await made.environment();
    expect([variables.CF_API_PASSWORD, api?.cf_api_password]).toEqual([password, password]);
    expect(made.starts().length).toBeGreaterThanOrEqual(2);
    expect(await made.marks()).not.toContain('locum-restart');
    expect((await made.engine().plan()).steps).toEqual([]);
  },
);

test('what somebody changed by hand is drift that apply mends; a secret that was never ours is not written over', async () => {
  await using made = await appsWithCopies();
  const [app] = await made.cf.list('apps?names=router');
  const old = await made.secret('mtx-routes');
  await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
  const set = (value: string | undefined) =>
    made.cf.call('PATCH', `apps/${app?.guid}/environment_variables`, { var: { CF_API_PASSWORD: value } });
  await set(old);
  expect((await made.engine().doctor({ users: ['mtx-routes'] })).status).toBe('failed');
  expect((await made.engine().plan()).steps).toMatchObject([{ action: 'update' }]);
  await made.engine().apply({ why: 'drift' });
  expect((await made.environment()).variables.CF_API_PASSWORD).toBe(await made.secret('mtx-routes'));
  await set('of somebody else');
  const { steps, findings } = await made.engine().plan();
  expect(steps).toEqual([]);
  expect(findings.map(({ code }) => code)).toContain('CONSUMER_NOT_OURS');
});

test('where somebody else restarts the app, a rotation waits an hour for that', async () => {
  await using made = await appsWithCopies();
  const folder = mkdtempSync(path.join(tmpdir(), 'locum-cf-'));
  const manifest = path.join(folder, 'locum.yaml');
  writeFileSync(manifest, readFileSync(MANIFEST, 'utf8').replace('after: restage', 'after: none'));
  try {
    const engine = () => made.acme.engine({ manifest });
    const [report] = await engine().rotate({ names: ['mtx-routes'], why: 'x', wait: false });
    expect(report).toMatchObject({ outcome: 'settling' });
    expect(made.acme.calls.filter(({ url }) => url.endsWith('/v3/builds'))).toEqual([]);
    expect((await made.environment()).variables.CF_API_PASSWORD).toBe(await made.secret('mtx-routes'));
    await made.acme.context.sleep(3_600_000);
    const [later] = await engine().rotate({ names: ['mtx-routes'], why: 'x', wait: false });
    expect(later).toMatchObject({ outcome: 'done' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('places in Cloud Foundry that have left the manifest are removed without what else is there; so they are by offboard', async () => {
  await using made = await appsWithCopies();
  const folder = mkdtempSync(path.join(tmpdir(), 'locum-cf-left-'));
  const manifest = path.join(folder, 'locum.yaml');
  const { technicalUsers, ...rest } = parse(readFileSync(MANIFEST, 'utf8')) as { technicalUsers: object[] };
  const [mtx, jobs] = technicalUsers;
  writeFileSync(manifest, stringify({ ...rest, technicalUsers: [{ ...mtx, cloudFoundry: {} }, jobs] }));
  try {
    const engine = made.acme.engine({ manifest });
    const plan = await engine.plan({ prune: true });
    expect(plan.steps.map(({ address, action }) => `${action} ${address}`).sort()).toEqual([
      'delete cf/app-environment:acme-dev/app/router/CF_API_PASSWORD',
      'delete cf/user-provided-service:acme-dev/app/cf-api/cf_api_password',
    ]);
    const { remaining } = await engine.apply({ prune: true, why: 'no more' });
    expect(remaining).toMatchObject({ steps: [] });
    const { variables, api } = await made.environment();
    expect(variables).toMatchObject({ LOG_LEVEL: 'info', JOBS_USER: 'jobs-a@sap-test.de' });
    expect(Object.keys(variables)).not.toContain('CF_API_PASSWORD');
    expect(Object.keys(api ?? {}).sort()).toEqual(['jobs_password', 'jobs_user', 'url']);
    expect(made.starts()).toEqual([]);

    await engine.offboard({ name: 'jobs', why: 'bye' });
    const after = await made.environment();
    expect(after).toMatchObject({
      variables: { LOG_LEVEL: 'info' },
      api: { url: 'https://api.example.com' },
      jobs: {},
    });
    expect(JSON.stringify(after)).not.toMatch(/jobs-[ab]@|JOBS_PASSWORD|CF_API/);
    expect(await made.acme.store.copies.of('acme')).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
