import { expect, test } from 'vitest';
import { ACME_MANIFEST, type Acme } from '../fixtures/acme.ts';
import { administrator, foreignDestination, takeSpaceRoles } from '../fixtures/administrator.ts';
import { appliedAcme, manifestOf, manifestWith } from '../fixtures/life.ts';
import { mortal, mutations } from '../fixtures/mortal.ts';

const again = await appliedAcme(ACME_MANIFEST);
const left = manifestOf('mtx-routes', 'pipeline');
const WHY = { why: 'the project ended' };

/** What can be seen of a user after everything. */
async function traces(acme: Acme, name: string): Promise<readonly string[]> {
  const { found, unread } = await acme.engine({ manifest: ACME_MANIFEST }).uses(name);
  expect(unread).toEqual([]);
  return found.map((use) => use.title);
}

test('a user that has left the manifest is found by its mark and removed everywhere, in an order that lasts', async () => {
  await using acme = await again();
  const engine = acme.engine({ manifest: left });
  const plan = await engine.planOffboard({ name: 'ctms-deploy' });
  expect(plan.findings).toEqual([]);
  expect(plan.steps.map(({ address }) => address)).toMatchSnapshot();

  const report = await engine.offboard({ name: 'ctms-deploy', ...WHY, plan: JSON.parse(JSON.stringify(plan)) });
  expect(report.run?.steps.filter((step) => step.result !== 'done')).toEqual([]);
  expect(report.remaining.steps).toEqual([]);
  // The background job that recreates shadow users while a role in Cloud Foundry is left finds none.
  await acme.landscape.clock.advance(24 * 3600_000);
  expect(await traces(acme, 'ctms-deploy')).toEqual([]);

  // Nobody else was touched, and there is nothing that apply would do now.
  expect((await acme.engine({ manifest: left }).plan()).steps).toEqual([]);
  expect(await acme.store.vault.open('acme/ctms-deploy', 'current')).toBeUndefined();
  expect(await acme.store.holds.of('acme')).toEqual([]);
  const trail = await acme.store.trail.read({ subject: 'ias/user:acme-platform/ctms-deploy' });
  expect(trail.at(-1)).toMatchObject({ who: 'test', why: 'the project ended', result: 'done' });
  await expect(engine.offboard({ name: 'ctms-deploy', ...WHY })).rejects.toMatchObject({ code: 'ERR_CONFIG' });
});

test('roles in Cloud Foundry are gone before the shadow users that they would bring back, and the user goes last', async () => {
  await using acme = await again();
  await acme.engine().offboard({ name: 'pipeline', ...WHY });
  const done = (await acme.store.trail.read()).filter(({ why }) => why === WHY.why).map(({ subject }) => subject);
  for (const subaccount of ['dev', 'test']) {
    const shadow = done.findIndex((subject) => subject.startsWith(`authz/shadow-user:acme/${subaccount}/`));
    expect(shadow).toBeGreaterThan(done.findLastIndex((subject) => subject.includes(`role:acme-${subaccount}/`)));
    expect(shadow).toBeGreaterThan(done.findLastIndex((subject) => subject.includes(`assignment:acme/${subaccount}/`)));
  }
  expect(done.slice(-2)).toEqual(['ias/user:acme-platform/pipeline', 'ias/password:acme-platform/pipeline']);
});

test('a user that the manifest still declares is not made again by the next apply, until somebody wants it back', async () => {
  await using acme = await again();
  const report = await acme.engine().offboard({ name: 'mtx-routes', ...WHY });
  expect(report.declared).toBe(true);
  expect(report.plan.findings).toMatchObject([{ code: 'OFFBOARD_STILL_DECLARED', severity: 'warning' }]);

  const plan = await acme.engine().plan({ prune: true });
  expect(plan.steps).toEqual([]);
  expect(plan.findings).toMatchObject([{ code: 'USER_OFFBOARDED', subject: 'mtx-routes' }]);
  await expect(acme.engine().token('mtx-routes')).rejects.toMatchObject({ code: 'ERR_POLICY' });
  const doctor = await acme.engine().doctor({ users: ['mtx-routes'] });
  expect(doctor.users[0]?.hops).toMatchObject([
    { check: 'lifecycle/hold', status: 'unknown', code: 'USER_OFFBOARDED' },
  ]);

  // The entry leaves the manifest: under the same name somebody may come again later.
  await acme.engine({ manifest: manifestOf('ctms-deploy', 'pipeline') }).apply({ why: 'without it' });
  expect(await acme.store.holds.of('acme')).toEqual([]);
  expect((await acme.engine().plan()).steps.length).toBeGreaterThan(3);
});

test("somebody else's destination that logs in as the user stands against it, and is never touched", async () => {
  await using acme = await again();
  const admin = await administrator(acme);
  await foreignDestination(admin, 'prod', 'nightly-job', 'pipeline@sap-test.de');
  const engine = acme.engine();
  await expect(engine.offboard({ name: 'pipeline', ...WHY })).rejects.toMatchObject({
    code: 'ERR_POLICY',
    message: expect.stringContaining('destination nightly-job in prod'),
  });
  expect(mutations(acme.calls)).toEqual([]);
  const report = await engine.offboard({ name: 'pipeline', leaveForeign: true, ...WHY });
  expect(report.remaining.steps).toEqual([]);
  expect(await traces(acme, 'pipeline')).toEqual(['destination nightly-job in prod (BasicAuthentication)']);
});

test('the last administrator stays, and with it the whole user', async () => {
  await using acme = await again();
  const admin = await administrator(acme);
  const collection = 'Directory Administrator';
  const directories = (await admin.command('accounts/global-account', 'get', { showHierarchy: 'true' })) as {
    readonly children: readonly { readonly guid: string }[];
  };
  const directory = directories.children[0]?.guid ?? '';
  const role = { directory, roleCollectionName: collection, createUserIfMissing: 'true' };
  const robot = { userName: 'pipeline@sap-test.de', origin: 'acme-platform' };
  await admin.command('security/role-collection', 'assign', { ...role, ...robot });
  const person = { userName: 'platform-admin@acme.example', origin: 'sap.default' };
  const viewer = { ...role, ...person, roleCollectionName: 'Directory Viewer' };
  await admin.command('security/role-collection', 'assign', viewer);
  await admin.command('security/role-collection', 'unassign', { ...role, ...person });
  await expect(acme.engine().offboard({ name: 'pipeline', ...WHY })).rejects.toMatchObject({
    message: expect.stringContaining('nobody else holds Directory Administrator'),
  });
  expect(mutations(acme.calls)).toEqual([]);
});

test('a place that nobody can look at stands against it, and more removals than the ceiling do', async () => {
  await using acme = await again();
  const blind = acme.engine({
    context: {
      ...acme.context,
      fetch: async (input, init) =>
        /cf\.us20/.test(new Request(input, init).url)
          ? new Response('', { status: 503 })
          : acme.context.fetch(input, init),
    },
  });
  const plan = await blind.planOffboard({ name: 'ctms-deploy', leaveUnread: true });
  expect(plan.findings.map(({ code, severity }) => `${severity} ${code}`)).toContain('warning OFFBOARD_UNREAD');
  await expect(blind.offboard({ name: 'ctms-deploy', ...WHY })).rejects.toMatchObject({ code: 'ERR_POLICY' });
  await expect(acme.engine().offboard({ name: 'ctms-deploy', maxRemovals: 5, ...WHY })).rejects.toMatchObject({
    message: expect.stringContaining('PLAN_REMOVAL_CEILING'),
  });
  expect(mutations(acme.calls)).toEqual([]);
});

test('what was kept on purpose stays: the user at its tenant and its password, or shadow users', async () => {
  await using acme = await again();
  await acme.engine().offboard({ name: 'mtx-routes', keepIas: true, keepShadowUsers: true, ...WHY });
  expect(await traces(acme, 'mtx-routes')).toEqual([
    'shadow user in subaccount dev (acme-platform)',
    'user mtx-routes of acme-platform.accounts.ondemand.com',
    'password in the vault (version 1 current)',
  ]);
});

test('a plan that fits no more is refused, and two operators at once do not get into each other', async () => {
  await using acme = await again();
  const plan = await acme.engine().planOffboard({ name: 'pipeline' });
  const admin = await administrator(acme);
  await foreignDestination(admin, 'tms', 'another', 'somebody@acme.example');
  const role = { roleCollectionName: 'Subaccount Viewer', userName: 'pipeline@sap-test.de', origin: 'acme-platform' };
  await admin.command('security/role-collection', 'assign', { ...role, createUserIfMissing: 'true' }, 'tms');
  await expect(acme.engine().offboard({ name: 'pipeline', plan, ...WHY })).rejects.toMatchObject({
    code: 'ERR_PLAN_STALE',
  });
  const both = await Promise.allSettled([
    acme.engine().offboard({ name: 'pipeline', ...WHY }),
    acme.engine().offboard({ name: 'pipeline', ...WHY }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'ERR_RUN_LOCKED' });
  expect(await traces(acme, 'pipeline')).toEqual([]);
});

test('a step that fails is told, what needs it stays, and the next call ends it', async () => {
  await using acme = await again();
  let refused = true;
  const engine = acme.engine({
    manifest: left,
    context: {
      ...acme.context,
      fetch: async (input, init) => {
        const { method, url } = new Request(input, init);
        if (refused && method === 'DELETE' && /us20.*\/v3\/roles\//.test(url)) return new Response('', { status: 403 });
        return acme.context.fetch(input, init);
      },
    },
  });
  const first = await engine.offboard({ name: 'ctms-deploy', ...WHY });
  const results = new Map(first.run?.steps.map((step) => [step.address, step.result]));
  const who = 'ctms-deploy@sap-test.de@acme-platform';
  expect(results.get(`cf/space-role:acme-prod/app/${who}/space_developer`)).toBe('failed');
  expect(results.get(`authz/shadow-user:acme/prod/${who}`)).toBe('skipped');
  expect(results.get(`authz/shadow-user:acme/dev/${who}`)).toBe('done');
  expect(results.get('ias/user:acme-platform/ctms-deploy')).toBe('skipped');
  expect(first.remaining.steps.length).toBeGreaterThan(0);

  refused = false;
  const second = await engine.offboard({ name: 'ctms-deploy', ...WHY });
  expect(second.remaining.steps).toEqual([]);
  expect(await traces(acme, 'ctms-deploy')).toEqual([]);
});

test('roles that somebody takes away meanwhile are gone as they should be, and a rotation under way ends with its user', async () => {
  await using acme = await again();
  await acme.engine().rotate({ names: ['ctms-deploy'], why: 'CHG-7', wait: false });
  let taken = false;
  const engine = acme.engine({
    context: {
      ...acme.context,
      fetch: async (input, init) => {
        const { method, url } = new Request(input, init);
        if (!taken && method === 'DELETE' && /\/v3\/roles\//.test(url)) {
          taken = true;
          await takeSpaceRoles(acme, 'cf.eu10-004.hana.ondemand.com', 'ctms-deploy@sap-test.de');
        }
        return acme.context.fetch(input, init);
      },
    },
  });
  const report = await engine.offboard({ name: 'ctms-deploy', ...WHY });
  expect(taken).toBe(true);
  expect(report.run?.steps.filter(({ result }) => result !== 'done' && result !== 'found')).toEqual([]);
  expect(report.remaining.steps).toEqual([]);
  expect(await acme.store.rotations.open('acme')).toEqual([]);
  expect(await acme.store.rotations.history('acme/ctms-deploy')).toMatchObject([
    { record: { phase: 'rolled back', because: 'its user was offboarded' } },
  ]);
  // The trail concludes it, as every rotation.
  const told = (await acme.store.trail.read({ subject: 'acme/ctms-deploy' })).map(({ result }) => result);
  expect(told.filter((result) => result === 'rolled back')).toHaveLength(1);
  expect(await acme.engine().rotate({ why: 'goes on', underWay: true })).toEqual([]);
});

const small = manifestWith('nobody', (manifest) => {
  manifest.technicalUsers = [];
});

test('a crash after any effect leaves what the next call finishes, and nothing is sent twice', async () => {
  const life = mortal(Number.POSITIVE_INFINITY);
  {
    await using acme = await again();
    const engine = acme.engine({ manifest: small, store: life.store(acme.store), context: life.context(acme.context) });
    await engine.offboard({ name: 'mtx-routes', ...WHY });
  }
  const whole = life.effects();
  const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(whole / 12)));
  for (let point = every; point < whole; point += every) {
    await using acme = await again();
    const short = mortal(point);
    await acme
      .engine({ manifest: small, store: short.store(acme.store), context: short.context(acme.context) })
      .offboard({ name: 'mtx-routes', ...WHY })
      .catch(() => undefined);
    // The user may be gone from its tenant: a hold says whom the name means.
    const resumed = await acme
      .engine({ manifest: small })
      .offboard({ name: 'mtx-routes', ...WHY })
      .catch((error: unknown) => error);
    // Nobody of that name: it was all done, but for saying so.
    if (resumed instanceof Error) expect(resumed).toMatchObject({ code: 'ERR_CONFIG' });
    else expect(resumed, `after a crash at ${point}`).toMatchObject({ remaining: { steps: [] } });
    expect(await traces(acme, 'mtx-routes'), `after a crash at ${point}`).toEqual([]);
    const sent = mutations(acme.calls);
    expect(sent.length - new Set(sent).size, `sent twice after a crash at ${point}`).toBe(0);
    expect(await acme.store.journal.openRuns('acme')).toEqual([]);
    expect(await acme.store.holds.of('acme')).toEqual([]);
  }
}, 300_000);

test('a reply that is lost, and a service that asks to wait, do not make a removal fail', async () => {
  await using acme = await again();
  const lost = new Set<string>();
  const slow = new Set<string>();
  const engine = acme.engine({
    context: {
      ...acme.context,
      fetch: async (input, init) => {
        const { method, url } = new Request(input, init);
        const removal = method === 'DELETE' || /\?(unassign|delete)$/.test(url);
        const key = `${method} ${url.replace(/[0-9a-f-]{36}/g, '')}`;
        if (removal && !slow.has(key)) {
          slow.add(key);
          return new Response('', { status: 429, headers: { 'retry-after': '1' } });
        }
        const response = await acme.context.fetch(input, init);
        if (!removal || lost.has(key)) return response;
        lost.add(key);
        throw new TypeError('the connection was reset');
      },
    },
  });
  const report = await engine.offboard({ name: 'pipeline', ...WHY });
  expect(report.run?.steps.filter((step) => step.result !== 'done' && step.result !== 'found')).toEqual([]);
  expect(lost.size).toBeGreaterThan(2);
  expect(await traces(acme, 'pipeline')).toEqual([]);
});
