import { expect, test } from 'vitest';
import type { RotationReport } from '../../src/engine/rotate.ts';
import { frozenAcme } from '../fixtures/acme.ts';
import { administrator, foreignDestination } from '../fixtures/administrator.ts';

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
});
