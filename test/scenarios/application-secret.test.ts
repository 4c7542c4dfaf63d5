import { expect, test } from 'vitest';
import type { RotationReport } from '../../src/engine/rotation-report.ts';
import type { Context } from '../../src/kernel/context.ts';
import { administrator } from '../fixtures/administrator.ts';
import { openBroker, TENANT } from '../fixtures/application.ts';

const DAY = 86_400_000;

const stepsOf = (report: RotationReport | undefined) => report?.steps.map(({ step, result }) => `${step} ${result}`);
const codesOf = (report: RotationReport | undefined) =>
  report?.findings.map(({ code, severity }) => `${severity} ${code}`) ?? [];

test('a secret of an application is made with its end, proven, delivered, and its predecessor deleted when the consumer has it', async () => {
  await using world = await openBroker({ keys: { validity: '90d' } });
  const { acme, bao, engine } = world;
  const [first] = await engine().rotate({ names: ['broker'], why: 'first' });
  expect(codesOf(first).filter((code) => code.startsWith('error'))).toEqual([]);
  expect(first).toMatchObject({ outcome: 'done', strategy: 'overlap' });
  const old = await world.current();
  expect(bao.stored()).toMatchObject({ login: world.clientId, secret: old?.reveal() });
  const end = new Date(acme.context.now() - (acme.context.now() % 1000) + 90 * DAY).toISOString().replace('.000', '');
  expect(await world.listed()).toMatchObject([
    {
      description: expect.stringMatching(/^locum acme\/broker ./),
      hint: old?.reveal().slice(0, 4),
      validTo: end,
      authorizationScopes: ['oAuth'],
    },
  ]);

  await acme.context.sleep(30 * DAY);
  let both: readonly number[] = [];
  const fetch: Context['fetch'] = async (input, init) => {
    if (init?.method === 'DELETE') both = [await world.token(old), await world.token(bao.stored()?.secret)];
    return world.context.fetch(input, init);
  };
  const watched = engine({ context: { ...world.context, fetch } });
  const [report] = await watched.rotate({ names: ['broker'], why: 'CHG-1' });
  expect(both, 'both are good until the consumer has the new one').toEqual([200, 200]);
  expect(report).toMatchObject({ outcome: 'done' });
  expect(await world.states()).toEqual(['retired', 'current']);
  expect(await world.listed()).toHaveLength(1);
  expect([await world.token(old), await world.token(await world.current())]).toEqual([401, 200]);
  expect((await engine().doctor({ users: ['broker'] })).users).toMatchObject([{ user: 'broker', status: 'ok' }]);
  expect((await engine().uses('broker')).found.map(({ title }) => title).join()).toContain(
    'secret/acme/robot in OpenBao',
  );
});

test('the tenant tells when a secret ends: due says it, doctor warns, and the schedule replaces it in time', async () => {
  await using world = await openBroker({ keys: { validity: '90d' } });
  const { acme, engine } = world;
  await engine().rotate({ names: ['broker'], why: 'first' });
  const [made] = await world.listed();
  const due = async () =>
    (await engine().due({ users: ['broker'], within: 30 * DAY })).due.find(({ user }) => user === 'broker');
  expect(await due()).toMatchObject({ status: 'later', end: { at: Date.parse(made?.validTo ?? '') } });
  expect(await engine().rotate({ names: [], why: 'daily', due: true })).toEqual([]);
  await acme.context.sleep(77 * DAY);
  expect(await due()).toMatchObject({ status: 'soon' });
  expect((await engine().doctor({ users: ['broker'] })).users[0]?.hops[0]).toMatchObject({
    code: 'CREDENTIAL_ENDS_SOON',
  });
  const [report] = await engine().rotate({ names: [], why: 'daily', due: true });
  expect(report).toMatchObject({ user: 'broker', outcome: 'done' });
  expect(await due()).toMatchObject({ status: 'later' });
  await world.write({ validity: 'never' });
  await engine().rotate({ names: ['broker'], why: 'never ends' });
  expect(await due()).toMatchObject({ status: 'never' });
  expect((await engine().lint()).map(({ code, subject }) => [code, subject])).toContainEqual([
    'IAS_SECRET_ENDLESS',
    'broker',
  ]);
});

test('a secret whose reply was lost is found by its description and deleted before another is made', async () => {
  await using world = await openBroker();
  const { acme, engine } = world;
  await engine().rotate({ names: ['broker'], why: 'first' });
  const lose = { host: TENANT, path: '/Applications/v1/*/apiSecrets', method: 'POST', times: 1 } as const;
  await acme.landscape.faults.add({ ...lose, effect: { kind: 'drop' } });
  const [report] = await engine().rotate({ names: ['broker'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(stepsOf(report)).toContain('mint unknown');
  expect(await world.listed()).toHaveLength(1);
  expect(await world.token(await world.current())).toBe(200);
});

test('after a leak the leaked one is deleted before there is a new one', async () => {
  await using world = await openBroker();
  const { engine } = world;
  await engine().rotate({ names: ['broker'], why: 'first' });
  const leaked = await world.current();
  const [report] = await engine().rotate({ names: ['broker'], why: 'leak', compromised: true });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(stepsOf(report)?.slice(0, 3)).toEqual(['retire done', 'mint done', 'prove done']);
  expect(codesOf(report)).toContain('warning ROTATION_OUTAGE');
  expect([await world.token(leaked), await world.token(world.bao.stored()?.secret)]).toEqual([401, 200]);
});

test('a deletion that changed nothing is seen, and the next call deletes again', async () => {
  await using world = await openBroker();
  const { acme, engine } = world;
  await engine().rotate({ names: ['broker'], why: 'first' });
  const old = await world.current();
  const nothing = { host: TENANT, path: '/Applications/v1/*/apiSecrets', method: 'DELETE', times: 1 } as const;
  await acme.landscape.faults.add({ ...nothing, effect: { kind: 'answer', status: 200 } });
  const [stopped] = await engine().rotate({ names: ['broker'], why: 'x' });
  expect(stopped).toMatchObject({ outcome: 'stopped' });
  expect(stopped?.findings.map(({ remedy }) => remedy).join()).toContain(`see the secrets of "Broker"`);
  expect(await world.token(old)).toBe(200);
  expect(await engine().rotate({ names: ['broker'], why: 'goes on' })).toMatchObject([{ outcome: 'done' }]);
  expect([await world.token(old), await world.token(await world.current())]).toEqual([401, 200]);
});

test('secrets of others stay and are told; when all twenty are taken nothing is sent', async () => {
  await using world = await openBroker();
  const { engine } = world;
  const foreign = await world.addSecret({ description: 'locum acme/broker-2 by hand' });
  const [report] = await engine().rotate({ names: ['broker'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(codesOf(report)).toContain('warning ROTATION_UNMARKED_SLOT');
  await engine().rotate({ names: ['broker'], why: 'leak', compromised: true });
  expect(await world.token(foreign.secret)).toBe(200);
  for (let n = 2; n < 20; n++) await world.addSecret({ description: `n${n}` });
  const [full] = await engine().rotate({ names: ['broker'], why: 'x' });
  expect(full).toMatchObject({ outcome: 'refused', steps: [] });
  expect(codesOf(full)).toContain('error ROTATION_NO_SLOT');
});

test('an application that may exchange tokens only proves its secret all the same', async () => {
  await using world = await openBroker({ grants: ['tokenExchange'] });
  const { acme, engine } = world;
  const [report] = await engine().rotate({ names: ['broker'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(acme.calls.filter(({ url }) => url.endsWith('/oauth2/token')).map(({ status }) => status)).toEqual([400]);
  expect((await engine().doctor({ users: ['broker'] })).users).toMatchObject([{ status: 'ok' }]);
  const [made] = await world.listed();
  await world.removeSecret(made?.id ?? '');
  expect((await engine().doctor({ users: ['broker'] })).users[0]?.hops).toMatchObject([{ code: 'CREDENTIAL_REFUSED' }]);
});

test('failed logins of others gate the rotation, and unlock begins their count anew', async () => {
  await using world = await openBroker();
  const { engine } = world;
  await engine().rotate({ names: ['broker'], why: 'first' });
  for (let n = 0; n < 5; n++) await world.token('an old secret');
  const [refused] = await engine().rotate({ names: ['broker'], why: 'x' });
  expect(refused).toMatchObject({ outcome: 'refused', steps: [] });
  expect(codesOf(refused)).toContain('error ROTATION_LOCKED');
  expect(await engine().unlock('broker')).toEqual(['broker']);
  expect(await engine().rotate({ names: ['broker'], why: 'x' })).toMatchObject([{ outcome: 'done' }]);
});

test('a destination that names the client, and that Locum did not write, is told before', async () => {
  await using world = await openBroker();
  const { acme, clientId, engine } = world;
  const destinationConfiguration = JSON.stringify({
    Name: 'BROKER',
    Type: 'HTTP',
    URL: 'https://example.com',
    ProxyType: 'Internet',
    Authentication: 'OAuth2ClientCredentials',
    clientId,
    clientSecret: 'a copy',
    tokenServiceURL: `https://${TENANT}/oauth2/token`,
  });
  const admin = await administrator(acme);
  await admin.command('connectivity/destination', 'create', { destinationConfiguration }, 'dev');
  const [report] = await engine().rotate({ names: ['broker'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'refused' });
  expect(report?.findings).toContainEqual(
    expect.objectContaining({
      code: 'ROTATION_FOREIGN_CONSUMER',
      because: expect.stringContaining('BROKER in dev'),
    }),
  );
});

test('what keeps it from the application is told before anything is sent', async () => {
  await using world = await openBroker({ permissions: ['Manage Users'] });
  const { acme, engine } = world;
  await expect(engine().rotate({ names: ['broker'], why: 'x' })).rejects.toMatchObject({
    status: 403,
    remedy: expect.stringContaining('Manage Applications'),
  });
  const { due } = await engine().due({ users: ['broker'], within: DAY });
  expect(due.find(({ user }) => user === 'broker')).toMatchObject({
    status: 'unknown',
    end: { because: expect.stringContaining('find application at') },
  });
  await world.write({ identityProvider: 'nobody' });
  const [nobody] = await engine().rotate({ names: ['broker'], why: 'x' });
  expect(codesOf(nobody)).toContain('error CREDENTIAL_NO_ACCOUNT');
  await using other = await openBroker();
  await other.write({ clientId: '00000000-0000-0000-0000-000000000000' });
  const [missing] = await other.engine().rotate({ names: ['broker'], why: 'x' });
  expect(codesOf(missing)).toContain('error IAS_APPLICATION_MISSING');
  expect(acme.calls.filter(({ method, url }) => method !== 'GET' && url.includes('/Applications/'))).toEqual([]);
});

test.each([
  [{ validity: '10d' }, 'at least 15d'],
  [{ validity: '1 year' }, 'such as 90d'],
  [{ scopes: ['manageApp'] }, 'with oAuth'],
  [{ scopes: ['openid'] }, 'Invalid option'],
])('the manifest is refused with %j', async (keys, because) => {
  await using world = await openBroker({ keys });
  await expect(world.engine().lint()).rejects.toMatchObject({
    problems: [{ because: expect.stringContaining(because) }],
  });
});

test('no report, event, trail or rotation holds a secret of the application', async () => {
  await using world = await openBroker();
  const { acme } = world;
  const events: unknown[] = [];
  const engine = world.engine({ onEvent: (event) => events.push(event) });
  const reports = [
    await engine.rotate({ names: ['broker'], why: 'x' }),
    await engine.rotate({ names: ['broker'], why: 'y' }),
    await engine.doctor(),
    await engine.due({ within: DAY }),
  ];
  const told = JSON.stringify([
    reports,
    events,
    await acme.store.trail.read({ limit: 1000 }),
    await acme.store.rotations.history('acme/broker'),
  ]);
  for (const version of [1, 2]) {
    const opened = await acme.store.vault.openVersion('acme/broker', version);
    expect(opened?.secret.reveal()).toHaveLength(31);
    expect(told).not.toContain(opened?.secret.reveal());
  }
});
