import { expect, test } from 'vitest';
import type { RotationReport } from '../../src/engine/rotation-report.ts';
import { frozenAcme, openAcme } from '../fixtures/acme.ts';
import { administrator, foreignDestination, takeSpaceRoles } from '../fixtures/administrator.ts';
import { orderingClock, rotateUnderLoad } from '../fixtures/rotation-load.ts';

const thaw = await frozenAcme();

async function applied() {
  const acme = await thaw();
  await acme.engine().apply({ why: 'make it so' });
  return acme;
}

const outcomes = (reports: readonly RotationReport[]) => reports.map(({ user, outcome }) => `${user}: ${outcome}`);
const codes = (reports: readonly RotationReport[]) =>
  reports.flatMap(({ findings }) => findings.map(({ code, severity }) => `${severity} ${code}`));

test('a password is replaced everywhere: in the vault before IAS has it, proven, delivered, proven as each consumer, the old one retired', async () => {
  await using acme = await applied();
  const before = await acme.store.vault.open('acme/ctms-deploy', 'current');
  const reports = await acme.engine().rotate({ names: ['ctms-deploy'], why: 'CHG-7' });
  expect(reports).toMatchObject([
    {
      user: 'ctms-deploy',
      strategy: 'in place',
      outcome: 'done',
      consumers: [{ title: 'deploy-dev in tms' }, { title: 'deploy-test in tms' }, { title: 'deploy-prod in tms' }],
    },
  ]);
  expect(Object.values(reports[0]?.deliveries ?? {}).map(({ state }) => state)).toEqual(['proven', 'proven', 'proven']);
  expect(reports[0]?.gapMs).toBeGreaterThanOrEqual(0);
  const after = await acme.store.vault.open('acme/ctms-deploy', 'current');
  expect(after?.secret.equals(before?.secret ?? after.secret)).toBe(false);
  expect((await acme.store.vault.history('acme/ctms-deploy')).map(({ state }) => state)).toEqual([
    'retired',
    'current',
  ]);
  expect((await acme.engine().doctor({ users: ['ctms-deploy'] })).status).toBe('ok');
  expect((await acme.engine().plan()).steps).toEqual([]);
  expect(await acme.store.rotations.open('acme')).toEqual([]);
  const trail = await acme.store.trail.read({ subject: 'acme/ctms-deploy' });
  expect(trail.at(-1)).toMatchObject({
    result: 'done',
    why: 'CHG-7',
    change: { strategy: 'in place', from: 1, to: 2 },
  });
});

test('a destination that somebody else wrote gates the rotation before anything is sent', async () => {
  await using acme = await applied();
  await foreignDestination(await administrator(acme), 'prod', 'nightly-job', 'Pipeline@sap-test.de');
  acme.calls.length = 0;
  const reports = await acme.engine().rotate({ names: ['pipeline'], why: 'x' });
  expect(outcomes(reports)).toEqual(['pipeline: refused']);
  expect(codes(reports)).toContain('error ROTATION_FOREIGN_CONSUMER');
  expect(acme.calls.filter(({ method }) => method === 'PATCH')).toEqual([]);
  const accepted = await acme.engine().rotate({ names: ['pipeline'], why: 'x', accept: ['ROTATION_FOREIGN_CONSUMER'] });
  expect(outcomes(accepted)).toEqual(['pipeline: done']);
  expect(codes(accepted)).toContain('warning ROTATION_FOREIGN_CONSUMER');
});

test('a preview tells what would be done and what stands against it, and changes nothing anywhere', async () => {
  await using acme = await applied();
  await foreignDestination(await administrator(acme), 'prod', 'nightly-job', 'Pipeline@sap-test.de');
  acme.calls.length = 0;
  const [gated, free] = await acme
    .engine()
    .previewRotations({ names: ['pipeline', 'ctms-deploy'] })
    .then((all) => all.toSorted((a, b) => Number(b.gated) - Number(a.gated)));
  expect(gated).toMatchObject({ user: 'pipeline', gated: true });
  expect(gated?.findings.map(({ code }) => code)).toContain('ROTATION_FOREIGN_CONSUMER');
  expect(free).toMatchObject({ user: 'ctms-deploy', strategy: 'in place', gated: false });
  expect(free?.consumers).toHaveLength(3);
  expect(acme.calls.filter(({ method }) => ['PUT', 'PATCH', 'DELETE'].includes(method))).toEqual([]);
  expect(await acme.store.rotations.open('acme')).toEqual([]);
  expect(await acme.store.trail.read({ subject: 'acme/ctms-deploy', limit: 1 })).toEqual([]);
  expect(await acme.store.vault.history('acme/ctms-deploy')).toHaveLength(1);
  await expect(acme.engine().previewRotations({ names: ['nobody'] })).rejects.toThrow("no technical user 'nobody'");
});

const TWINS = 'test/fixtures/twins.yaml';

async function appliedTwins() {
  const acme = await thaw();
  const engine = () => acme.engine({ manifest: TWINS });
  await engine().apply({ why: 'make it so' });
  return { acme, engine, [Symbol.asyncDispose]: () => acme[Symbol.asyncDispose]() };
}

/** Every destination of a subaccount with the user that it names. */
async function usersIn(acme: Awaited<ReturnType<typeof thaw>>, subaccount: string) {
  const admin = await administrator(acme);
  const rows = (await admin.command(
    'connectivity/destination',
    'list',
    { namesOnly: 'false' },
    subaccount,
  )) as readonly {
    readonly destinationConfiguration: { readonly Name: string; readonly User?: string };
  }[];
  return Object.fromEntries(rows.map(({ destinationConfiguration: { Name, User } }) => [Name, User]));
}

test('of twins the one that stands by gets a new password, and the consumers go over one by one', async () => {
  await using twins = await appliedTwins();
  const { acme, engine } = twins;
  expect(await usersIn(acme, 'tms')).toMatchObject({ 'deploy-dev': 'ctms-deploy-a@sap-test.de' });
  const before = await acme.store.vault.open('acme/ctms-deploy-a', 'current');
  const [report] = await engine().rotate({ names: ['ctms-deploy'], why: 'CHG-8' });
  expect(report).toMatchObject({ user: 'ctms-deploy-b', strategy: 'twins', outcome: 'done' });
  expect(await usersIn(acme, 'tms')).toMatchObject({
    'deploy-dev': 'ctms-deploy-b@sap-test.de',
    'deploy-test': 'ctms-deploy-b@sap-test.de',
    'deploy-prod': 'ctms-deploy-b@sap-test.de',
  });
  // Who still has the old one goes on working.
  const after = await acme.store.vault.open('acme/ctms-deploy-a', 'current');
  expect(after?.secret.equals(before?.secret ?? after.secret)).toBe(true);
  expect((await engine().doctor()).status).toBe('ok');
  expect((await engine().plan()).steps).toEqual([]);
  const [back] = await engine().rotate({ names: ['ctms-deploy'], why: 'CHG-9' });
  expect(back).toMatchObject({ user: 'ctms-deploy-a', outcome: 'done' });
});

test('when a consumer does not work with the new twin, those that went over go back', async () => {
  await using twins = await appliedTwins();
  const { acme, engine } = twins;
  // The standby lost its role in prod: the third import would fail.
  await takeSpaceRoles(acme, 'cf.us20.hana.ondemand.com', 'ctms-deploy-b@sap-test.de');
  const [report] = await engine().rotate({ names: ['ctms-deploy'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'rolled back' });
  expect(await usersIn(acme, 'tms')).toMatchObject({
    'deploy-dev': 'ctms-deploy-a@sap-test.de',
    'deploy-test': 'ctms-deploy-a@sap-test.de',
    'deploy-prod': 'ctms-deploy-a@sap-test.de',
  });
  expect((await engine().doctor({ users: ['ctms-deploy-a'] })).status).toBe('ok');
});

test('while twins rotate no call of a consumer fails', async () => {
  const { reports, failed, leastCalls } = await rotateUnderLoad(4, true, orderingClock());
  expect(outcomes(reports).filter((one) => !one.endsWith('done'))).toEqual([]);
  expect(failed).toEqual([]);
  expect(leastCalls).toBeGreaterThan(3);
});

test('in place a consumer is refused between the end of the old password and the delivery of the new one, and at no other time', async () => {
  const { reports, failed, unexplained, leastCalls } = await rotateUnderLoad(4, false, orderingClock());
  expect(outcomes(reports).filter((one) => !one.endsWith('done'))).toEqual([]);
  expect(reports.flatMap(({ deliveries }) => Object.values(deliveries).map(({ state }) => state))).toEqual(
    Array.from({ length: 4 }, () => 'proven'),
  );
  expect(unexplained).toEqual([]);
  expect(leastCalls).toBeGreaterThan(3);
  // The load is such that the gap shows.
  expect(failed.length).toBeGreaterThan(0);
});

test('a tenant that makes every password initial gets its first logon completed, and the rotation ends', async () => {
  await using acme = await openAcme({ switches: { 'ias.honourEnabled': false } });
  await acme.engine().apply({ why: 'make it so' });
  // The first logon gave the user the enterprise policy, which demands a day between two passwords.
  const early = await acme.engine().rotate({ names: ['pipeline'], why: 'x' });
  expect(codes(early)).toContain('error ROTATION_TOO_SOON');
  await acme.context.sleep(25 * 3_600_000);
  expect(outcomes(await acme.engine().rotate({ names: ['pipeline'], why: 'x' }))).toEqual(['pipeline: done']);
  expect((await acme.engine().doctor({ users: ['pipeline'] })).status).toBe('ok');
});

test('a frozen user is not rotated', async () => {
  await using acme = await applied();
  await acme.engine().freeze({ name: 'pipeline', why: 'incident' });
  acme.calls.length = 0;
  const [report] = await acme.engine().rotate({ names: ['pipeline'], why: 'x' });
  expect(report).toMatchObject({
    outcome: 'refused',
    findings: expect.arrayContaining([expect.objectContaining({ severity: 'error' })]),
  });
  expect(acme.calls.filter(({ method }) => method === 'PATCH')).toEqual([]);
});

test.for([
  ['a policy that refuses every new password', 400, 3],
  ['an administrator who may not set it', 403, 1],
] as const)('%s leaves everything as it was', async ([, status, times]) => {
  await using acme = await applied();
  const before = await acme.store.vault.open('acme/pipeline', 'current');
  await acme.landscape.faults.add({
    host: 'acme-platform.accounts.ondemand.com',
    path: '/scim/Users/*',
    method: 'PATCH',
    times,
    effect: { kind: 'answer', status },
  });
  const [report] = await acme.engine().rotate({ names: ['pipeline'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'rolled back' });
  const after = await acme.store.vault.open('acme/pipeline', 'current');
  expect(after?.version).toEqual(before?.version);
  expect((await acme.store.vault.history('acme/pipeline')).filter(({ state }) => state === 'pending')).toEqual([]);
  expect((await acme.engine().doctor({ users: ['pipeline'] })).status).toBe('ok');
  expect(outcomes(await acme.engine().rotate({ names: ['pipeline'], why: 'again' }))).toEqual(['pipeline: done']);
});

test('logins that others fail keep the standby free of consumers; unlocked, the rotation goes on', async () => {
  await using twins = await appliedTwins();
  const { acme, engine } = twins;
  const failLogins = async (count: number) => {
    for (let index = 0; index < count; index++) {
      await acme.landscape.fetch('https://acme-platform.accounts.ondemand.com/service/users/password', {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from('ctms-deploy-b:stale').toString('base64')}` },
      });
    }
  };
  let failed = false;
  const first = await acme
    .engine({
      manifest: TWINS,
      onEvent({ event, fields }) {
        // Somebody's stale script wakes up when the first consumer went over.
        if (event !== 'step.done' || fields.action !== 'prove' || !String(fields.address).includes('deploy-dev'))
          return;
        failed = true;
      },
      context: {
        ...acme.context,
        async fetch(input, init) {
          if (failed) {
            failed = false;
            await failLogins(2);
          }
          return acme.context.fetch(input, init);
        },
      },
    })
    .rotate({ names: ['ctms-deploy'], why: 'x' });
  expect(first[0]).toMatchObject({ outcome: 'stopped' });
  expect(codes(first)).toContain('error ROTATION_FROZEN');
  const seen = await engine().due({ users: ['ctms-deploy'], within: 0 });
  expect(seen.findings).toContainEqual(
    expect.objectContaining({ code: 'ROTATION_STOPPED', severity: 'error', subject: 'ctms-deploy-b' }),
  );
  expect(seen.due.find(({ title }) => title === 'rotation under way')?.end.because).toBe(
    'it stopped: consumers are to get the new secret; without it: deploy-test in tms, deploy-prod in tms',
  );
  expect(await engine().unlock('ctms-deploy')).toEqual(['ctms-deploy-a', 'ctms-deploy-b']);
  const [report] = await engine().rotate({ names: ['ctms-deploy'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(Object.values(report?.deliveries ?? {}).map(({ state }) => state)).toEqual(['proven', 'proven', 'proven']);
});

test('twins that are settling can be called back; in place there is no way back, and the next call goes on', async () => {
  await using twins = await appliedTwins();
  const { acme, engine } = twins;
  expect(outcomes(await engine().rotate({ names: ['ctms-deploy'], why: 'x', wait: false }))).toEqual([
    'ctms-deploy-b: settling',
  ]);
  const { due, findings } = await engine().due({ users: ['ctms-deploy'], within: 0 });
  expect(due.find(({ title }) => title === 'rotation under way')).toMatchObject({
    user: 'ctms-deploy-b',
    status: 'never',
    end: { because: expect.stringMatching(/^it settles: caches may hold the old secret until \d{4}-/) },
  });
  expect(findings).toEqual([]);
  expect(outcomes(await engine().rotate({ names: ['ctms-deploy'], why: 'wrong one', abort: true }))).toEqual([
    'ctms-deploy-b: rolled back',
  ]);
  expect(await usersIn(acme, 'tms')).toMatchObject({ 'deploy-dev': 'ctms-deploy-a@sap-test.de' });
  expect((await engine().doctor()).status).toBe('ok');

  await using single = await applied();
  await single.engine().rotate({ names: ['ctms-deploy'], why: 'x', wait: false });
  const aborted = await single.engine().rotate({ names: ['ctms-deploy'], why: 'no', abort: true });
  expect(outcomes(aborted)).toEqual(['ctms-deploy: stopped']);
  expect(codes(aborted)).toContain('error ROTATION_NO_WAY_BACK');
  expect(outcomes(await single.engine().rotate({ names: ['ctms-deploy'], why: 'on' }))).toEqual(['ctms-deploy: done']);
});

test('twins are asked after by the name that the manifest gives to both: when they end, and whether they are frozen', async () => {
  await using twins = await appliedTwins();
  const { due } = await twins.engine().due({ users: ['ctms-deploy'], within: 1 });
  expect(new Set(due.map(({ user }) => user))).toEqual(new Set(['ctms-deploy-a', 'ctms-deploy-b']));
  await twins.engine().freeze({ name: 'ctms-deploy', why: 'incident' });
  await expect(twins.engine().token('ctms-deploy', 'dev')).rejects.toMatchObject({ code: 'ERR_POLICY' });
});
