import { expect, test } from 'vitest';
import { ACME_MANIFEST, type Acme } from '../fixtures/acme.ts';
import { administrator, destinationOf, foreignDestination } from '../fixtures/administrator.ts';
import { appliedAcme, manifestWith } from '../fixtures/life.ts';
import { mortal } from '../fixtures/mortal.ts';

const again = await appliedAcme(ACME_MANIFEST);
const DANA = { from: 'P2000000002', email: 'dana.developer@acme.example', to: 'release-robot' };
const DEPLOY = 'https://deploy-service.cf.eu10-004.hana.ondemand.com/slprot/acme-dev/app/slp';
const WHY = { why: 'no more borrowed users', graceMs: 7 * 86_400_000 };

/** A deployment with Dana's own user, and something that nobody knows. */
async function borrowed(acme: Acme): Promise<void> {
  const admin = await administrator(acme);
  await foreignDestination(admin, 'tms', 'deploy-app', DANA.email, { URL: DEPLOY });
  await foreignDestination(admin, 'dev', 'reports', 'P2000000002', { URL: 'https://reports.example.com' });
}

/** The manifest with the entry that the overview proposed. */
async function withEntry(acme: Acme): Promise<string> {
  const { entry } = await acme.engine().surveyMigration(DANA);
  return manifestWith('migrated', (manifest) => {
    manifest.technicalUsers.push({ ...(entry as { name: string }) });
  });
}

test('the overview finds every place by id and e-mail, and proposes an entry with the same rights', async () => {
  await using acme = await again();
  await borrowed(acme);
  const survey = await acme.engine().surveyMigration(DANA);
  expect(survey.uses.unread).toEqual([]);
  expect(survey.uses.found.map((use) => use.title).sort()).toEqual([
    'Subaccount Viewer in subaccount dev (sap.default)',
    'Subaccount Viewer in subaccount test (sap.default)',
    'destination deploy-app in tms (BasicAuthentication)',
    'destination reports in dev (BasicAuthentication)',
    'organization_user in acme-dev',
    'organization_user in acme-test',
    'shadow user in subaccount dev (sap.default)',
    'shadow user in subaccount test (sap.default)',
    'space_auditor in acme-test/app',
    'space_developer in acme-dev/app',
  ]);
  expect(survey.entry).toMatchSnapshot();
  expect(survey.byHand.map(({ use }) => use.title)).toEqual(['destination reports in dev (BasicAuthentication)']);
  await expect(acme.engine().migrate({ ...DANA, ...WHY })).rejects.toMatchObject({ code: 'ERR_CONFIG' });
});

test('the successor is made, proven and given the destination; the old user keeps its rights for the grace, then loses them', async () => {
  await using acme = await again();
  await borrowed(acme);
  const engine = acme.engine({ manifest: await withEntry(acme) });
  const report = await engine.migrate({ ...DANA, ...WHY });
  expect(report).toMatchObject({ ended: 'grace', findings: [] });
  expect(report.doctor?.status).toBe('ok');
  const admin = await administrator(acme);
  expect(await destinationOf(admin, 'tms', 'deploy-app')).toMatchObject({
    User: 'release-robot@sap-test.de',
    Authentication: 'OAuth2Password',
    origin: 'acme-platform',
  });
  // Called again it finds nothing to do, and the grace does not begin anew.
  const second = await engine.migrate({ ...DANA, ...WHY });
  expect(second).toMatchObject({ ended: 'grace', until: report.until });
  expect(second.flipped?.run).toBeUndefined();

  const plan = await engine.plan();
  expect(plan.steps).toEqual([]);
  expect(plan.findings).toMatchObject([{ code: 'MIGRATION_GRACE', severity: 'info', subject: DANA.from }]);
  const { due } = await engine.due({ within: 8 * 86_400_000 });
  expect(due[0]).toMatchObject({ title: `rights of ${DANA.from}`, status: 'soon', end: { at: report.until } });
  await expect(engine.finishMigration({ ...DANA, ...WHY })).rejects.toMatchObject({
    message: expect.stringMatching(/MIGRATION_GRACE[\s\S]*OFFBOARD_FOREIGN_USE.*reports/),
  });

  const finished = await engine.finishMigration({ ...DANA, ...WHY, early: true, leaveForeign: true });
  expect(finished.complete).toBe(true);
  const rights = async () => {
    const { uses } = await engine.surveyMigration(DANA);
    return uses.found.filter((use) => use.what === 'role').map((use) => use.title);
  };
  expect(await rights()).toEqual([]);
  expect((await engine.plan()).findings).toEqual([]);
  expect((await engine.doctor({ users: ['release-robot'] })).status).toBe('ok');

  // The old user is a person's own: it is neither offboarded nor frozen.
  await expect(engine.offboard({ name: DANA.from, ...WHY })).rejects.toMatchObject({ code: 'ERR_CONFIG' });

  // Something was overlooked: everything that was taken comes back.
  expect((await engine.thaw({ name: DANA.from, why: 'a consumer was overlooked' })).complete).toBe(true);
  expect((await rights()).length).toBe(6);
});

test('Locum does not cut off the branch on which it sits', async () => {
  await using acme = await again();
  const own = { from: 'P2000000001', email: 'platform-admin@acme.example', to: 'administrator' };
  const survey = await acme.engine().surveyMigration(own);
  const manifest = manifestWith('own', (text) => {
    text.technicalUsers.push({ name: 'administrator', owner: 'team', purpose: 'tests' });
  });
  const engine = acme.engine({ manifest });
  const report = await engine.migrate({ ...own, ...WHY });
  expect(survey.flips.map((use) => use.title)).toEqual(['destination deploy-old in tms (BasicAuthentication)']);
  expect(report.findings.map(({ code }) => code)).toContain('MIGRATION_RIGHTS_MISSING');
  expect(report.ended).toBe('grace');
  await expect(engine.finishMigration({ ...own, why: 'x', early: true, leaveForeign: true })).rejects.toMatchObject({
    message: expect.stringContaining('MIGRATION_OWN_LOGIN'),
  });
});

test('a successor that can not log on gets no destination', async () => {
  await using acme = await again();
  await borrowed(acme);
  const manifest = await withEntry(acme);
  const engine = acme.engine({
    manifest,
    context: {
      ...acme.context,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const text = await request.clone().text();
        if (request.url.includes('/oauth/token') && text.includes('release-robot'))
          return Response.json({ error: 'unauthorized', error_description: 'locked' }, { status: 401 });
        return acme.context.fetch(input, init);
      },
    },
  });
  const report = await engine.migrate({ ...DANA, ...WHY });
  expect(['not-made', 'not-proven']).toContain(report.ended);
  const admin = await administrator(acme);
  expect(await destinationOf(admin, 'tms', 'deploy-app')).toMatchObject({ User: DANA.email });
});

test('a crash after any effect leaves a migration that the next call ends', async () => {
  const prepared = async () => {
    const acme = await again();
    await borrowed(acme);
    return acme;
  };
  let whole = 0;
  let manifest = '';
  {
    await using acme = await prepared();
    manifest = await withEntry(acme);
    const life = mortal(Number.POSITIVE_INFINITY);
    await acme
      .engine({ manifest, store: life.store(acme.store), context: life.context(acme.context) })
      .migrate({ ...DANA, ...WHY });
    whole = life.effects();
  }
  const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(whole / 8)));
  for (let point = every; point < whole; point += every) {
    await using acme = await prepared();
    const life = mortal(point);
    await acme
      .engine({ manifest, store: life.store(acme.store), context: life.context(acme.context) })
      .migrate({ ...DANA, ...WHY })
      .catch(() => undefined);
    const report = await acme.engine({ manifest }).migrate({ ...DANA, ...WHY });
    expect(report, `after a crash at ${point}`).toMatchObject({ ended: 'grace', doctor: { status: 'ok' } });
    const done = await acme.engine({ manifest }).finishMigration({ ...DANA, ...WHY, early: true, leaveForeign: true });
    expect(done.complete).toBe(true);
  }
}, 300_000);
