import { expect, test } from 'vitest';
import type { Context } from '../../src/kernel/context.ts';
import { ACME_MANIFEST, type Acme } from '../fixtures/acme.ts';
import { administrator, destinationOf, foreignDestination } from '../fixtures/administrator.ts';
import { appliedAcme, manifestWith } from '../fixtures/life.ts';

const DAY = 86_400_000;
const again = await appliedAcme(ACME_MANIFEST);
const DANA = { from: 'P2000000002', email: 'dana.developer@acme.example', to: 'release-robot' };
const DEPLOY = 'https://deploy-service.cf.eu10-004.hana.ondemand.com/slprot/acme-dev/app/slp';
const WHY = { why: 'no more borrowed users', graceMs: 7 * DAY };

/** A deployment with Dana's own user, and the manifest with the entry that the overview proposes. */
async function borrowed(acme: Acme, user = DANA.email): Promise<string> {
  await foreignDestination(await administrator(acme), 'tms', 'deploy-app', user, { URL: DEPLOY });
  const { entry } = await acme.engine().surveyMigration(DANA);
  return manifestWith('endings', (manifest) => {
    manifest.technicalUsers.push({ ...(entry as { name: string }) });
  });
}

/** UAA refuses the successor. */
const refusing = ({ fetch, ...context }: Context): Context => ({
  ...context,
  async fetch(input, init) {
    const request = new Request(input, init);
    const text = await request.clone().text();
    if (!request.url.includes('/oauth/token') || !text.includes('release-robot')) return fetch(input, init);
    return Response.json({ error: 'unauthorized', error_description: 'User authentication failed.' }, { status: 401 });
  },
});

test('a successor that was made but gets no token ends the migration before any destination is given to it; mended, it goes on', async () => {
  await using acme = await again();
  const manifest = await borrowed(acme);
  const made = await acme
    .engine({ manifest })
    .migrate({ ...DANA, ...WHY, confirm: async (_plan, phase) => phase === 'make' });
  expect(made).toMatchObject({ ended: 'not-confirmed', flipped: { confirmed: false } });

  const report = await acme.engine({ manifest, context: refusing(acme.context) }).migrate({ ...DANA, ...WHY });
  expect(report).toMatchObject({ ended: 'not-proven', doctor: { status: 'failed' } });
  expect(report.flipped).toBeUndefined();
  expect(report.doctor?.users[0]?.hops.some(({ link, status }) => link === 'token' && status === 'failed')).toBe(true);
  const admin = await administrator(acme);
  expect(await destinationOf(admin, 'tms', 'deploy-app')).toMatchObject({ User: DANA.email });
  // No grace has begun, and so nothing can be finished.
  expect(await acme.store.holds.of('acme')).toEqual([]);
  await expect(acme.engine({ manifest }).finishMigration({ ...DANA, ...WHY })).rejects.toMatchObject({
    code: 'ERR_CONFIG',
  });

  expect(await acme.engine({ manifest }).migrate({ ...DANA, ...WHY })).toMatchObject({ ended: 'grace' });
  expect(await destinationOf(admin, 'tms', 'deploy-app')).toMatchObject({ User: 'release-robot@sap-test.de' });
});

test('when the grace is over its rights are taken as a matter of course; the person keeps its account and its shadow users, and all of it comes back by thaw', async () => {
  await using acme = await again();
  const manifest = await borrowed(acme);
  const engine = acme.engine({ manifest });
  await engine.migrate({ ...DANA, ...WHY });
  await acme.context.sleep(6 * DAY);
  await expect(engine.finishMigration({ ...DANA, ...WHY })).rejects.toMatchObject({
    message: expect.stringContaining('MIGRATION_GRACE'),
  });
  await acme.context.sleep(2 * DAY);
  expect((await engine.plan()).findings).toMatchObject([{ code: 'MIGRATION_GRACE', severity: 'warning' }]);
  const before = (await engine.surveyMigration(DANA)).uses.found;

  expect(await engine.finishMigration({ ...DANA, ...WHY })).toMatchObject({ complete: true });
  const kept = (await engine.surveyMigration(DANA)).uses.found;
  expect(kept.map(({ title }) => title).sort()).toEqual([
    'shadow user in subaccount dev (sap.default)',
    'shadow user in subaccount test (sap.default)',
  ]);
  // Called again it finds nothing to take; nobody is reminded any more.
  expect(await engine.finishMigration({ ...DANA, ...WHY })).toMatchObject({ complete: true, plan: { steps: [] } });
  expect((await engine.plan()).findings).toEqual([]);

  expect(await engine.thaw({ name: DANA.from, why: 'a consumer was overlooked' })).toMatchObject({ complete: true });
  const titles = (uses: typeof kept) => uses.map(({ title }) => title).sort();
  expect(titles((await engine.surveyMigration(DANA)).uses.found)).toEqual(titles(before));
  expect(await acme.store.holds.of('acme')).toEqual([]);
});

test('accounts of one person behind a Universal ID share the rights of their e-mail; destinations are those that name the id, or the e-mail', async () => {
  await using acme = await again();
  const admin = await administrator(acme);
  await foreignDestination(admin, 'dev', 'by-s-user', 's0001234567', { URL: 'https://a.example.com' });
  await foreignDestination(admin, 'dev', 'by-p-user', 'P2000000002', { URL: 'https://b.example.com' });
  await foreignDestination(admin, 'dev', 'by-e-mail', 'Dana.Developer@acme.example', { URL: 'https://c.example.com' });
  const survey = async (from: string) => {
    const { uses, entry } = await acme.engine().surveyMigration({ ...DANA, from });
    const titles = uses.found.map(({ title, what }) => `${what} ${title.replace(/ \(.*/, '')}`).sort();
    return {
      rights: titles.filter((one) => one.startsWith('role')),
      named: titles.filter((one) => /by-/.test(one)),
      entry,
    };
  };
  const [s, p] = [await survey('S0001234567'), await survey('P2000000002')];
  expect(s.rights).toEqual(p.rights);
  expect(s.rights.length).toBe(6);
  expect(s.named).toEqual(['credential destination by-e-mail in dev', 'credential destination by-s-user in dev']);
  expect(p.named).toEqual(['credential destination by-e-mail in dev', 'credential destination by-p-user in dev']);
  expect(s.entry).toMatchObject({ purpose: 'Replaces S0001234567' });
});
