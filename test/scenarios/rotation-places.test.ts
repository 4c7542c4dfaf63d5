import { expect, test } from 'vitest';
import type { RotationReport } from '../../src/engine/rotation-report.ts';
import { frozenAcme } from '../fixtures/acme.ts';

const thaw = await frozenAcme();

async function applied() {
  const acme = await thaw();
  await acme.engine().apply({ why: 'make it so' });
  return acme;
}

const outcomes = (reports: readonly RotationReport[]) => reports.map(({ user, outcome }) => `${user}: ${outcome}`);
const errors = (reports: readonly RotationReport[]) =>
  reports.flatMap(({ findings }) =>
    findings.filter(({ severity }) => severity === 'error').map(({ code, because }) => `${code} ${because}`),
  );

const CFAPI_AWAY = {
  host: 'destination-configuration.*',
  path: '*CFAPI*',
  effect: { kind: 'answer', status: 503 },
} as const;

test('a place that does not answer gates its own rotation before anything is sent; the others are made', async () => {
  await using acme = await applied();
  const away = await acme.landscape.faults.add(CFAPI_AWAY);
  acme.calls.length = 0;
  const names = ['mtx-routes', 'ctms-deploy'];
  const reports = await acme.engine().rotate({ names, why: 'x' });
  expect(outcomes(reports)).toEqual(['ctms-deploy: done', 'mtx-routes: refused']);
  expect(errors(reports)).toEqual([
    expect.stringMatching(/^ROTATION_CONSUMER_UNREACHABLE CFAPI in dev can't be reached.* 503$/),
  ]);
  expect(acme.calls.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  await acme.landscape.faults.remove(away.id);
  expect(outcomes(await acme.engine().rotate({ names: ['mtx-routes'], why: 'x' }))).toEqual(['mtx-routes: done']);
});

test('after a leak a place that does not answer keeps nothing: the secret ends, and the place is supplied later', async () => {
  await using acme = await applied();
  const away = await acme.landscape.faults.add(CFAPI_AWAY);
  const leaked = await acme.store.vault.open('acme/mtx-routes', 'current');
  const reports = await acme.engine().rotate({ names: ['mtx-routes'], why: 'leak', compromised: true });
  expect(outcomes(reports)).toEqual(['mtx-routes: stopped']);
  expect((await acme.store.vault.open('acme/mtx-routes', 'current'))?.version.version).toBe(
    (leaked?.version.version ?? 0) + 1,
  );
  await acme.landscape.faults.remove(away.id);
  expect(outcomes(await acme.engine().rotate({ why: 'on', underWay: true }))).toEqual(['mtx-routes: done']);
});

test('a place that takes nothing is named, and those beside it have the new secret', async () => {
  await using acme = await applied();
  await acme.landscape.faults.add({
    host: 'destination-configuration.*',
    path: '*deploy-test*',
    nth: 2,
    times: 4,
    effect: { kind: 'answer', status: 503 },
  });
  const [report] = await acme.engine().rotate({ names: ['ctms-deploy'], why: 'x' });
  expect(report?.outcome).toBe('stopped');
  expect(errors(report ? [report] : [])).toEqual([
    expect.stringMatching(/^ROTATION_STOPPED deploy-test in tms could not be supplied: .*503$/),
  ]);
  expect(Object.values(report?.deliveries ?? {}).map(({ title }) => title)).toEqual([
    'deploy-dev in tms',
    'deploy-prod in tms',
  ]);
  expect(outcomes(await acme.engine().rotate({ why: 'on', underWay: true }))).toEqual(['ctms-deploy: done']);
});

test('a wait is told with what is left of it, from time to time', async () => {
  await using acme = await applied();
  const left: number[] = [];
  const engine = acme.engine({
    onEvent({ event, fields }) {
      if (event === 'rotation.settling') left.push(Number(fields.leftMs));
    },
  });
  expect(outcomes(await engine.rotate({ names: ['mtx-routes'], why: 'x' }))).toEqual(['mtx-routes: done']);
  expect(left.length).toBeGreaterThan(10);
  expect(left[0]).toBeLessThanOrEqual(300_000);
  expect(left).toEqual(left.toSorted((a, b) => b - a));
});

test('who asks to go back where that is not possible is told what goes on, not to mend something', async () => {
  await using acme = await applied();
  await acme.engine().rotate({ names: ['mtx-routes'], why: 'x', wait: false });
  const [report] = await acme.engine().rotate({ names: ['mtx-routes'], why: 'CHG-9', abort: true });
  expect(report?.findings).toMatchObject([
    {
      code: 'ROTATION_NO_WAY_BACK',
      because: 'the old secret has ended, so the rotation can only go on',
      remedy: '`locum rotate mtx-routes` goes on',
    },
  ]);
});

test('a rotation that goes on says where it is, and until when it waits', async () => {
  await using acme = await applied();
  await acme.engine().rotate({ names: ['mtx-routes'], why: 'x', wait: false });
  const [preview] = await acme.engine().rotate({ names: ['mtx-routes'], why: 'x', confirm: async () => false });
  expect(preview).toMatchObject({ phase: 'settle', staleMs: 300_000, outcome: 'cancelled' });
  expect(preview?.settleUntil).toBeGreaterThan(acme.context.now());
});
