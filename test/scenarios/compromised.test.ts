import { expect, test } from 'vitest';
import type { RotationReport } from '../../src/engine/rotation-report.ts';
import { type Acme, frozenAcme } from '../fixtures/acme.ts';

const thaw = await frozenAcme();
const TWINS = 'test/fixtures/twins.yaml';
const UAA = 'https://login.cf.eu10-004.hana.ondemand.com';
const LEAK = { why: 'found in a log', compromised: true } as const;

async function applied(manifest?: string) {
  const acme = await thaw();
  const engine = () => acme.engine(manifest === undefined ? {} : { manifest });
  await engine().apply({ why: 'make it so' });
  return { acme, engine, [Symbol.asyncDispose]: () => acme[Symbol.asyncDispose]() };
}

/** What a thief does: logs on with the password, and keeps what he got. */
async function logOn({ landscape, store }: Acme, user: string, password?: string) {
  const kept = await store.vault.open(`acme/${user}`, 'current');
  const secret = password ?? kept?.secret.reveal() ?? '';
  const response = await landscape.fetch(`${UAA}/oauth/token`, {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams({
      grant_type: 'password',
      username: `${user}@sap-test.de`,
      password: secret,
      login_hint: JSON.stringify({ origin: 'acme-platform' }),
    }),
  });
  const { refresh_token: refresh = '' } = (await response.json()) as { readonly refresh_token?: string };
  return { status: response.status, secret, refresh };
}

async function refreshed({ landscape }: Acme, token: string): Promise<number> {
  const response = await landscape.fetch(`${UAA}/oauth/token`, {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
  });
  return response.status;
}

const stepsOf = (report: RotationReport | undefined) =>
  report?.steps.map(({ step, address, result }) => `${step} ${address.split('/').slice(0, 2).join('/')} ${result}`) ??
  [];
const codesOf = (report: RotationReport | undefined) =>
  report?.findings.map(({ code, severity }) => `${severity} ${code}`) ?? [];

test('after a leak the password ends, then the tokens that it got, and only then anybody is supplied', async () => {
  await using world = await applied();
  const { acme, engine } = world;
  const stolen = await logOn(acme, 'ctms-deploy');
  expect(await refreshed(acme, stolen.refresh)).toBe(200);
  const [report] = await engine().rotate({ names: ['ctms-deploy'], ...LEAK });
  expect(report).toMatchObject({ outcome: 'done', strategy: 'in place' });
  const steps = stepsOf(report).map((step) => step.replace(/ done$/, ''));
  expect(steps.slice(0, 3)).toEqual([
    'mint ias/password:acme-platform',
    'set ias/password:acme-platform',
    'prove ias/password:acme-platform',
  ]);
  const revokes = steps.filter((step) => step.startsWith('revoke'));
  expect(revokes.length).toBeGreaterThan(0);
  expect(steps.slice(3, 3 + revokes.length)).toEqual(revokes);
  expect(steps.slice(3 + revokes.length).every((step) => !step.startsWith('revoke'))).toBe(true);
  expect(codesOf(report)).toContain('warning ROTATION_TOKENS_OUT');
  expect((await engine().doctor({ users: ['ctms-deploy'] })).status).toBe('ok');
  expect((await logOn(acme, 'ctms-deploy', stolen.secret)).status).toBe(401);
  expect(await refreshed(acme, stolen.refresh)).toBe(401);
});

test('tokens that can not be ended keep nobody from the new password; they are tried again, and told', async () => {
  await using world = await applied();
  const { acme, engine } = world;
  const broken = (times: number) =>
    acme.landscape.faults.add({
      host: 'uaa.cf.eu10-004.hana.ondemand.com',
      path: '/oauth/token/revoke/user/*',
      method: 'DELETE',
      times,
      effect: { kind: 'answer', status: 403 },
    });
  await broken(1);
  const [once] = await engine().rotate({ names: ['ctms-deploy'], ...LEAK });
  expect(once).toMatchObject({ outcome: 'done' });
  expect(codesOf(once)).not.toContain('error ROTATION_TOKENS_LEFT');
  await broken(9);
  const [report] = await engine().rotate({ names: ['ctms-deploy'], ...LEAK });
  expect(Object.values(report?.deliveries ?? {}).map(({ state }) => state)).toEqual(['proven', 'proven', 'proven']);
  expect(codesOf(report)).toContain('error ROTATION_TOKENS_LEFT');
});

test('of leaked twins the one in use ends when the other is proven; then all go over, and both have new passwords', async () => {
  await using world = await applied(TWINS);
  const { acme, engine } = world;
  const stolen = await logOn(acme, 'ctms-deploy-a');
  const standby = await logOn(acme, 'ctms-deploy-b');
  const [report, ...others] = await engine().rotate({ names: ['ctms-deploy'], ...LEAK });
  expect(others).toEqual([]);
  expect(report).toMatchObject({ user: 'ctms-deploy-b', strategy: 'twins', outcome: 'done' });
  expect(codesOf(report)).toContain('warning ROTATION_OUTAGE');
  const order = report?.steps.map(({ step, address }) => `${step} ${address}`) ?? [];
  const at = (text: string) => order.findIndex((step) => step.startsWith(text));
  const proven = at('prove ias/password:acme-platform/ctms-deploy-b');
  const ended = at('set ias/password:acme-platform/ctms-deploy-a');
  expect(proven).toBeGreaterThanOrEqual(0);
  expect(ended).toBeGreaterThan(proven);
  expect(at('revoke cf/tokens')).toBeGreaterThan(ended);
  expect(at('deliver')).toBeGreaterThan(at('revoke cf/tokens'));
  expect((await engine().doctor()).status).toBe('ok');
  expect((await engine().plan()).steps).toEqual([]);
  expect((await logOn(acme, 'ctms-deploy-a', stolen.secret)).status).toBe(401);
  expect((await logOn(acme, 'ctms-deploy-b', standby.secret)).status).toBe(401);
  expect(await refreshed(acme, stolen.refresh)).toBe(401);
});

test('a twin that leaked and that nobody uses gets a new password alone', async () => {
  await using world = await applied(TWINS);
  const reports = await world.engine().rotate({ names: ['ctms-deploy-b'], ...LEAK });
  expect(reports.map(({ user, strategy, outcome }) => `${user} ${strategy} ${outcome}`)).toEqual([
    'ctms-deploy-b in place done',
  ]);
  expect((await world.engine().doctor()).status).toBe('ok');
});

test('when the leaked twin can not be given another password, the consumers go over all the same, and the next call ends it', async () => {
  await using world = await applied(TWINS);
  const { acme, engine } = world;
  const stolen = await logOn(acme, 'ctms-deploy-a');
  // The first change is that of the standby; those of the leaked one fail.
  await acme.landscape.faults.add({
    host: 'acme-platform.accounts.ondemand.com',
    path: '/scim/Users/*',
    method: 'PATCH',
    nth: 2,
    times: 6,
    effect: { kind: 'answer', status: 503 },
  });
  const [stopped] = await engine().rotate({ names: ['ctms-deploy'], ...LEAK });
  expect(stopped).toMatchObject({ outcome: 'stopped' });
  expect(Object.values(stopped?.deliveries ?? {}).map(({ state }) => state)).toEqual(['proven', 'proven', 'proven']);
  const [report] = await engine().rotate({ names: ['ctms-deploy'], ...LEAK });
  expect(report).toMatchObject({ outcome: 'done' });
  expect((await engine().doctor()).status).toBe('ok');
  expect((await logOn(acme, 'ctms-deploy-a', stolen.secret)).status).toBe(401);
});

test('a leak that becomes known while a rotation settles ends what leaked at once', async () => {
  await using world = await applied(TWINS);
  const { acme, engine } = world;
  const stolen = await logOn(acme, 'ctms-deploy-a');
  const [settling] = await engine().rotate({ names: ['ctms-deploy'], why: 'CHG-1', wait: false });
  expect(settling).toMatchObject({ outcome: 'settling' });
  const [report] = await engine().rotate({ names: ['ctms-deploy'], ...LEAK });
  expect(report).toMatchObject({ outcome: 'done' });
  expect((await logOn(acme, 'ctms-deploy-a', stolen.secret)).status).toBe(401);
  expect(await refreshed(acme, stolen.refresh)).toBe(401);
});
