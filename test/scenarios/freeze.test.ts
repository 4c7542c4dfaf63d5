import { expect, test } from 'vitest';
import { ACME_MANIFEST, type Acme } from '../fixtures/acme.ts';
import { administrator, cloudFoundry } from '../fixtures/administrator.ts';
import { appliedAcme, manifestOf } from '../fixtures/life.ts';
import { mortal, mutations } from '../fixtures/mortal.ts';

const again = await appliedAcme(ACME_MANIFEST);
const WHY = { why: 'password found in a log' };
const LOGIN = 'https://login.cf.eu10-004.hana.ondemand.com';

async function held(acme: Acme, name: string): Promise<readonly string[]> {
  return (await acme.engine().uses(name)).found.map((use) => use.title);
}

/** What a consumer does that has the password. */
async function logOn(
  acme: Acme,
  name: string,
): Promise<{ readonly status: number; readonly body: { [key: string]: string } }> {
  const kept = await acme.store.vault.open(`acme/${name}`, 'current');
  const form = {
    grant_type: 'password',
    username: `${name}@sap-test.de`,
    password: kept?.secret.reveal() ?? '',
    login_hint: JSON.stringify({ origin: 'acme-platform' }),
  };
  const response = await acme.landscape.fetch(`${LOGIN}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('cf:').toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as { [key: string]: string } };
}

async function refresh(acme: Acme, token: string): Promise<number> {
  const response = await acme.landscape.fetch(`${LOGIN}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('cf:').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
  });
  return response.status;
}

test('a frozen user can not log on, holds no role and no token that works; thawed, it has exactly what it had', async () => {
  await using acme = await again();
  const before = await held(acme, 'pipeline');
  const stolen = await logOn(acme, 'pipeline');
  expect(stolen.status).toBe(200);

  const report = await acme.engine().freeze({ name: 'pipeline', ...WHY });
  expect(report.parts.filter((part) => part.state !== 'frozen')).toEqual([]);
  expect(report.complete).toBe(true);
  expect(report.parts.map((part) => part.title)).toContain('tokens in Cloud Foundry eu10-004');
  expect((await logOn(acme, 'pipeline')).status).toBe(401);
  expect(await refresh(acme, stolen.body.refresh_token ?? '')).toBe(401);
  expect((await held(acme, 'pipeline')).filter((title) => /role|developer|Viewer|organization/.test(title))).toEqual(
    [],
  );

  // Who plans meanwhile hears of it, and nothing is put back, pruned or tried.
  const plan = await acme.engine().plan({ prune: true });
  expect(plan.steps).toEqual([]);
  expect(plan.findings).toMatchObject([{ code: 'USER_FROZEN', subject: 'pipeline', severity: 'warning' }]);
  expect(plan.findings[0]?.because).toContain('password found in a log');
  await expect(acme.engine().token('pipeline')).rejects.toMatchObject({ code: 'ERR_POLICY' });
  const doctor = await acme.engine().doctor();
  expect(doctor.users.find(({ user }) => user === 'pipeline')?.hops).toMatchObject([{ code: 'USER_FROZEN' }]);
  expect(doctor.users.filter(({ status }) => status !== 'ok').map(({ user }) => user)).toEqual(['pipeline']);

  const thawed = await acme.engine().thaw({ name: 'pipeline', why: 'a new password is set' });
  expect(thawed.run?.steps.filter((step) => step.result !== 'done')).toEqual([]);
  expect(await held(acme, 'pipeline')).toEqual(before);
  expect((await acme.engine().plan()).findings).toEqual([]);
  expect((await acme.engine().doctor({ users: ['pipeline'] })).status).toBe('ok');
  const told = (await acme.store.trail.read({ subject: 'pipeline' })).map(({ why, change }) => ({ why, change }));
  expect(told).toEqual([
    { why: WHY.why, change: { frozen: 'fully' } },
    { why: 'a new password is set', change: { thawed: 'frozen' } },
  ]);
  await expect(acme.engine().thaw({ name: 'pipeline', why: 'again' })).rejects.toMatchObject({ code: 'ERR_CONFIG' });
});

test('a role that was given by hand is put back too, one that came while it was frozen is taken as well', async () => {
  await using acme = await again();
  const admin = await administrator(acme);
  const give = (roleCollectionName: string) => {
    const robot = { userName: 'pipeline@sap-test.de', origin: 'acme-platform', createUserIfMissing: 'true' };
    return admin.command('security/role-collection', 'assign', { roleCollectionName, ...robot }, 'prod');
  };
  await give('Destination Administrator');
  await acme.engine().freeze({ name: 'pipeline', ...WHY });
  await give('Subaccount Viewer');
  const second = await acme.engine().freeze({ name: 'pipeline', ...WHY });
  expect(second.parts.map((part) => part.title)).toContain('Subaccount Viewer in subaccount prod (acme-platform)');
  await acme.engine().thaw({ name: 'pipeline', why: 'over' });
  const roles = await held(acme, 'pipeline');
  expect(roles).toContain('Destination Administrator in subaccount prod (acme-platform)');
  expect(roles).toContain('Subaccount Viewer in subaccount prod (acme-platform)');
});

test('where one system fails the others are frozen all the same, and the report says which part still works', async () => {
  await using acme = await again();
  const engine = acme.engine({
    context: {
      ...acme.context,
      fetch: async (input, init) =>
        new Request(input, init).url.includes('acme-platform.accounts.ondemand.com/scim')
          ? new Response('', { status: 503 })
          : acme.context.fetch(input, init),
    },
  });
  const report = await engine.freeze({ name: 'ctms-deploy', ...WHY });
  expect(report.complete).toBe(false);
  const open = report.parts.filter((part) => part.state !== 'frozen').map((part) => part.title);
  expect(open).toEqual(['what ias can end', 'users of acme-platform.accounts.ondemand.com']);
  expect(report.parts.filter((part) => part.state === 'frozen').length).toBeGreaterThan(8);
  expect((await acme.store.trail.read({ subject: 'ctms-deploy' })).at(-1)?.change).toEqual({ frozen: 'in part' });

  const mended = await acme.engine().freeze({ name: 'ctms-deploy', ...WHY });
  expect(mended.parts.map(({ title, state }) => `${state} ${title}`)).toContain(
    'frozen logon of ctms-deploy at acme-platform.accounts.ondemand.com',
  );
  const thawed = await acme.engine().thaw({ name: 'ctms-deploy', why: 'over' });
  expect(thawed.complete).toBe(true);
  expect((await acme.engine().doctor({ users: ['ctms-deploy'] })).status).toBe('ok');
});

test('the accounts can not be reached: the logon is ended, and the rest is told to be unknown', async () => {
  await using acme = await again();
  const engine = acme.engine({
    context: {
      ...acme.context,
      fetch: async (input, init) =>
        new Request(input, init).url.includes('cli.btp.cloud.sap')
          ? new Response('', { status: 503 })
          : acme.context.fetch(input, init),
    },
  });
  const report = await engine.freeze({ name: 'pipeline', ...WHY });
  expect(report.complete).toBe(false);
  expect(report.parts[0]).toMatchObject({ title: expect.stringContaining('logon'), state: 'frozen' });
  expect(report.parts.slice(1).every((part) => part.state === 'unknown')).toBe(true);
  expect((await logOn(acme, 'pipeline')).status).toBe(401);
});

test('the logon ends after a few calls, however many accounts there are to be looked at afterwards', async () => {
  await using acme = await again();
  await acme.engine().freeze({ name: 'mtx-routes', ...WHY });
  const ended = acme.calls.findIndex(({ method, url }) => method === 'PATCH' && url.includes('/scim/Users/'));
  const before = acme.calls.slice(0, ended).filter(({ url }) => url.includes('cli.btp.cloud.sap/command'));
  expect(before.map(({ url }) => new URL(url).pathname.split('/').slice(3).join('/'))).toEqual([
    'accounts/global-account',
    'accounts/environment-instance',
  ]);
});

test('at once: the logon is ended before anything is looked for', async () => {
  await using acme = await again();
  await acme.engine().freeze({ name: 'pipeline', atOnce: true, ...WHY });
  const calls = acme.calls.map(({ method, url }) => `${method} ${new URL(url).host}`);
  expect(calls.findIndex((call) => call.startsWith('PATCH acme-platform'))).toBeLessThan(
    calls.findIndex((call) => call.includes('cli.btp.cloud.sap')),
  );
  expect((await acme.engine().uses('pipeline')).found.filter((use) => use.what === 'role')).toEqual([]);
});

test('the last administrator keeps the collection without which nobody manages the account, and the report says so', async () => {
  await using acme = await again();
  const admin = await administrator(acme);
  const collection = { roleCollectionName: 'Subaccount Administrator' };
  const robot = { userName: 'pipeline@sap-test.de', origin: 'acme-platform', createUserIfMissing: 'true' };
  const person = { userName: 'platform-admin@acme.example', origin: 'sap.default' };
  await admin.command('security/role-collection', 'assign', { ...collection, ...robot }, 'test');
  const viewer = { roleCollectionName: 'Subaccount Viewer', createUserIfMissing: 'true' };
  await admin.command('security/role-collection', 'assign', { ...viewer, ...person }, 'test');
  await admin.command('security/role-collection', 'unassign', { ...collection, ...person }, 'test');
  const report = await acme.engine().freeze({ name: 'pipeline', ...WHY });
  const bad = report.parts.filter((part) => part.state !== 'frozen');
  const kept = bad.find((part) => part.title.startsWith('Subaccount Administrator in subaccount test'));
  expect(kept).toMatchObject({ state: 'open', because: expect.stringContaining('nobody else holds') });
  expect((await logOn(acme, 'pipeline')).status).toBe(401);
});

test('one that has left the manifest can be frozen and thawed', async () => {
  await using acme = await again();
  const manifest = manifestOf('ctms-deploy', 'mtx-routes');
  const before = await held(acme, 'pipeline');
  const report = await acme.engine({ manifest }).freeze({ name: 'pipeline', ...WHY });
  expect(report.complete).toBe(true);
  expect((await logOn(acme, 'pipeline')).status).toBe(401);
  expect((await acme.engine({ manifest }).thaw({ name: 'pipeline', why: 'over' })).complete).toBe(true);
  expect(await held(acme, 'pipeline')).toEqual(before);
});

test('a run at work is waited for; two freezes at once end in one frozen user', async () => {
  await using acme = await again();
  const results = await Promise.allSettled([
    acme.engine().freeze({ name: 'pipeline', ...WHY }),
    acme.engine().freeze({ name: 'pipeline', ...WHY }),
  ]);
  expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
  const refused = results.find((one) => one.status === 'rejected');
  if (refused) expect(refused.reason).toMatchObject({ code: 'ERR_RUN_LOCKED' });
  expect((await acme.engine().thaw({ name: 'pipeline', why: 'over' })).complete).toBe(true);
  expect((await acme.engine().doctor({ users: ['pipeline'] })).status).toBe('ok');
});

test('a crash after any effect of freeze or thaw loses nothing of what has to be put back', async () => {
  const before = await (async () => {
    await using acme = await again();
    return await held(acme, 'mtx-routes');
  })();
  const short = async (acme: Acme, limit: number, work: (engine: ReturnType<Acme['engine']>) => Promise<unknown>) => {
    const life = mortal(limit);
    const engine = acme.engine({ store: life.store(acme.store), context: life.context(acme.context) });
    await work(engine).catch(() => undefined);
    return life.effects();
  };
  await using whole = await again();
  const frozen = await short(whole, Number.POSITIVE_INFINITY, (engine) =>
    engine.freeze({ name: 'mtx-routes', ...WHY }),
  );
  const thawed = await short(whole, Number.POSITIVE_INFINITY, (engine) => engine.thaw({ name: 'mtx-routes', ...WHY }));
  const every = (effects: number) => Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(effects / 7)));

  for (let point = every(frozen); point < frozen; point += every(frozen)) {
    await using acme = await again();
    await short(acme, point, (engine) => engine.freeze({ name: 'mtx-routes', ...WHY }));
    const report = await acme.engine().freeze({ name: 'mtx-routes', ...WHY });
    expect(
      report.parts.filter((part) => part.state === 'open' && !part.title.startsWith('tokens')),
      `freeze after ${point}`,
    ).toEqual([]);
    await acme.engine().thaw({ name: 'mtx-routes', why: 'over' });
    expect(await held(acme, 'mtx-routes'), `thaw after a freeze that died at ${point}`).toEqual(before);
  }
  for (let point = every(thawed); point < thawed; point += every(thawed)) {
    await using acme = await again();
    await acme.engine().freeze({ name: 'mtx-routes', ...WHY });
    acme.calls.length = 0;
    await short(acme, point, (engine) => engine.thaw({ name: 'mtx-routes', why: 'over' }));
    const left = await acme.store.holds.of('acme');
    if (left.length > 0) await acme.engine().thaw({ name: 'mtx-routes', why: 'over' });
    expect(await held(acme, 'mtx-routes'), `thaw after ${point}`).toEqual(before);
    expect((await acme.engine().plan()).steps).toEqual([]);
    const roles = mutations(acme.calls).filter((call) => /v3\/roles|assign/.test(call));
    expect(roles.length - new Set(roles).size).toBe(0);
  }
}, 300_000);

test('frozen twice it is as frozen as before; given back its logon in between, its new tokens are revoked too', async () => {
  await using acme = await again();
  await acme.engine().freeze({ name: 'pipeline', ...WHY });
  const second = await acme.engine().freeze({ name: 'pipeline', ...WHY });
  expect(second.parts.filter((part) => part.state !== 'frozen')).toEqual([]);
  expect(second.parts.map((part) => part.title)).toContain('tokens in Cloud Foundry eu10-004');
  expect(second.complete).toBe(true);

  await activate(acme, 'pipeline');
  const fresh = await logOn(acme, 'pipeline');
  expect(fresh.status).toBe(200);
  expect((await acme.engine().freeze({ name: 'pipeline', ...WHY })).complete).toBe(true);
  expect(await refresh(acme, fresh.body.refresh_token ?? '')).toBe(401);
  expect((await acme.engine().thaw({ name: 'pipeline', why: 'over' })).complete).toBe(true);
  expect((await acme.engine().doctor({ users: ['pipeline'] })).status).toBe('ok');
});

test('a rotation that is under way stands still while its user is frozen, and goes on when it is back', async () => {
  await using acme = await again();
  const options = { names: ['ctms-deploy'], why: 'CHG-7', wait: false } as const;
  expect(await acme.engine().rotate(options)).toMatchObject([{ outcome: 'settling' }]);
  await acme.engine().freeze({ name: 'ctms-deploy', ...WHY });
  acme.calls.length = 0;
  for (const accept of [[], ['USER_FROZEN']]) {
    expect(await acme.engine().rotate({ why: 'goes on', underWay: true, accept })).toMatchObject([
      { outcome: 'refused', findings: [{ code: 'USER_FROZEN', severity: 'error' }] },
    ]);
  }
  expect(await acme.engine().rotate({ names: ['pipeline', 'ctms-deploy'], why: 'both', wait: false })).toMatchObject([
    { user: 'ctms-deploy', outcome: 'refused' },
    { user: 'pipeline', outcome: 'done' },
  ]);
  const frozen = mutations(acme.calls).filter((call) => call.includes('ctms-deploy'));
  expect(frozen).toEqual([]);
  await acme.engine().thaw({ name: 'ctms-deploy', why: 'over' });
  expect(await acme.engine().rotate({ why: 'goes on', underWay: true })).toMatchObject([{ outcome: 'done' }]);
  expect((await acme.engine().doctor()).status).toBe('ok');
});

test('what can not be put back, as its place is gone, can be left: else the user would be held for ever', async () => {
  await using acme = await again();
  await acme.engine().freeze({ name: 'pipeline', ...WHY });
  const { call, list } = await cloudFoundry(acme, 'cf.eu10-004.hana.ondemand.com');
  const [shared] = await list('spaces?names=shared');
  await call('DELETE', `spaces/${shared?.guid}`);
  await acme.landscape.clock.advance(60_000);
  const stuck = await acme.engine().thaw({ name: 'pipeline', why: 'over' });
  expect(stuck).toMatchObject({ complete: false, left: [] });
  expect(await acme.store.holds.of('acme')).toHaveLength(1);
  const gone = 'cf/space-role:acme-dev/shared/pipeline@sap-test.de@acme-platform/space_developer';
  const thawed = await acme.engine().thaw({ name: 'pipeline', why: 'the space is gone', leaveMissing: true });
  expect(thawed).toMatchObject({ complete: true, left: [gone] });
  expect(await acme.store.holds.of('acme')).toEqual([]);
  expect((await acme.store.trail.read({ subject: 'pipeline' })).at(-1)?.change).toEqual({
    thawed: 'frozen',
    left: [gone],
  });
});

test('one that was offboarded stays so when it is frozen', async () => {
  await using acme = await again();
  await acme.engine().offboard({ name: 'pipeline', keepIas: true, why: 'the project ended' });
  await acme.engine().freeze({ name: 'pipeline', ...WHY });
  expect(await acme.store.holds.of('acme')).toMatchObject([
    { subject: 'pipeline', kind: 'offboarded', why: 'the project ended' },
  ]);
  expect((await acme.engine().plan()).findings).toMatchObject([{ code: 'USER_OFFBOARDED' }]);
  // What was frozen of it comes back: its logon. Apply gives it the rest when it is wanted again.
  expect(await acme.engine().thaw({ name: 'pipeline', why: 'needed again' })).toMatchObject({ complete: true });
  await acme.engine().apply({ why: 'make it so' });
  expect((await acme.engine().doctor({ users: ['pipeline'] })).status).toBe('ok');
});

/** Somebody activates the user at the tenant's console. */
async function activate(acme: Acme, name: string): Promise<void> {
  const { ACME_IAS_CLIENT_ID: id, ACME_IAS_CLIENT_SECRET: secret } = acme.landscape.credentials();
  const headers = {
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    'content-type': 'application/scim+json',
  };
  const users = 'https://acme-platform.accounts.ondemand.com/scim/Users';
  const filter = encodeURIComponent(`userName eq "${name}"`);
  const found = await acme.landscape.fetch(`${users}?filter=${filter}`, { headers });
  const { Resources } = (await found.json()) as { readonly Resources: readonly { readonly id: string }[] };
  const body = JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'active', value: true }],
  });
  const answer = await acme.landscape.fetch(`${users}/${Resources[0]?.id}`, { method: 'PATCH', headers, body });
  expect(answer.ok).toBe(true);
}
