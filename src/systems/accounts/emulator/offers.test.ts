import { expect, test } from 'vitest';
import { start } from '../../../../test/fixtures/accounts.ts';
import { ACME } from '../../protocols/btp-cli/emulator/testing/acme.ts';
import { commandLine } from '../../protocols/btp-cli/emulator/testing/command-line.ts';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

test('a subscription is in process, then there with the roles of its application, and goes again', async () => {
  const { landscape, zoneOf, run } = await start();
  const subaccount = zoneOf('tms');
  const get = async () => (await run('accounts/subscription?get', { subaccount, appName: 'shop' })).body;
  expect(await get()).toMatchObject({ state: 'NOT_SUBSCRIBED', planName: 'default' });
  const subscribe = { subaccount, appName: 'shop', planName: 'large' };
  const answer = await run('accounts/subaccount?subscribe', subscribe);
  expect(answer.body).toEqual({ jobId: expect.stringMatching(/^\d{8}$/) });
  expect(await get()).toMatchObject({ state: 'IN_PROCESS', planName: 'large' });
  landscape.advance(12 * SECOND);
  expect(await get()).toMatchObject({ state: 'SUBSCRIBED', createdBy: ACME.administrator });
  expect((await run('accounts/subaccount?subscribe', subscribe)).status).toBe(409);
  const roles = (await run('security/role?list', { subaccount })).body as readonly { readonly name: string }[];
  expect(roles.map((role) => role.name)).toContain('Buyer');
  await run('accounts/subscription?update', { subaccount, appName: 'shop', planName: 'default' });
  expect((await run('accounts/subscription?list', { subaccount })).body).toMatchObject({
    applications: [
      { planName: 'default', state: 'IN_PROCESS' },
      { planName: 'large', state: 'NOT_SUBSCRIBED' },
    ],
  });
  await run('accounts/subaccount?unsubscribe', { subaccount, appName: 'shop', confirm: 'true' });
  landscape.advance(12 * SECOND);
  expect(await get()).toMatchObject({ state: 'NOT_SUBSCRIBED' });
  expect((await run('accounts/subscription?get', { subaccount, appName: 'nothing' })).status).toBe(404);
  expect((await run('accounts/subaccount?subscribe', { subaccount: 'nowhere', appName: 'shop' })).status).toBe(404);
});

test('entitlements are assigned to subaccounts and directories as far as they go', async () => {
  const { landscape, zoneOf, run } = await start();
  const hana = { globalAccount: 'acme', serviceName: 'hana-cloud', servicePlanName: 'hana' };
  const assign = (more: Readonly<Record<string, string>>) => run('accounts/entitlement?assign', { ...hana, ...more });
  expect((await assign({ subaccount: zoneOf('tms'), amount: '2' })).body).toEqual({ jobId: expect.any(String) });
  expect((await assign({ subaccount: zoneOf('dev'), amount: '1' })).status).toBe(400);
  const list = () => run('accounts/entitlement?list', { globalAccount: 'acme', subaccountFilter: zoneOf('tms') });
  const info = async () =>
    ((await list()).body as { assignedServices: { servicePlans: { assignmentInfo: object[] }[] }[] })
      .assignedServices[0]?.servicePlans[0]?.assignmentInfo[0];
  expect(await info()).toMatchObject({ entityId: zoneOf('tms'), amount: 2, entityState: 'PROCESSING' });
  landscape.advance(6 * SECOND);
  expect(await info()).toMatchObject({ entityState: 'OK', parentType: 'GLOBAL_ACCOUNT' });
  await assign({ subaccount: zoneOf('tms'), amount: '0' });
  expect(await info()).toBeUndefined();
  const directory =
    landscape.world
      .use('accounts')
      .zones()
      .find((zone) => zone.displayName === 'Delivery')?.guid ?? '';
  const lite = { servicePlanName: 'lite', serviceName: 'destination', enable: 'true' };
  expect(await assign({ ...lite, directory, distribute: 'false', autoAssign: 'true' })).toEqual({
    status: 200,
    body: 'null',
  });
  expect((await run('accounts/entitlement?list', { globalAccount: 'acme' })).body).toMatchObject({
    entitledServices: [{ name: 'destination' }, { name: 'hana-cloud' }],
    assignedServices: [
      { name: 'destination', servicePlans: [{ unlimited: true, assignmentInfo: [{ entityId: directory }] }] },
    ],
  });
  expect((await assign({ subaccount: zoneOf('tms'), serviceName: 'unknown', amount: '1' })).status).toBe(400);
});

test('a directory hands down what it was given, at once where it is told to', async () => {
  const { landscape, run } = await start();
  const zones = landscape.world.use('accounts').zones();
  const directory = zones.find((zone) => zone.displayName === 'Delivery')?.guid ?? '';
  const below = zones.find((zone) => zone.kind === 'subaccount' && zone.parent === directory);
  const lite = { globalAccount: 'acme', serviceName: 'destination', servicePlanName: 'lite', enable: 'true' };
  await run('accounts/entitlement?assign', { ...lite, directory, distribute: 'true', autoAssign: 'true' });
  const list = (params: object) => run('accounts/entitlement?list', { globalAccount: 'acme', ...params });
  expect((await list({ subaccountFilter: below?.guid, directory })).body).toMatchObject({
    entitledServices: [{ name: 'destination' }],
    assignedServices: [{ servicePlans: [{ assignmentInfo: [{ entityId: below?.guid, parentId: directory }] }] }],
  });
  const unknown = await list({ directory: '00000000-0000-0000-0000-000000000000' });
  expect(unknown.body).toEqual({ error: expect.stringContaining('not allowed for directory 00000000-') });
});

test('a subaccount with something in it goes by force a week later, and can be restored until then', async () => {
  const { landscape, zoneOf, run } = await start();
  const dev = { globalAccount: 'acme', subaccount: zoneOf('dev') };
  const remove = (forceDelete: string) => run('accounts/subaccount?delete', { ...dev, confirm: 'true', forceDelete });
  const get = async () => (await run('accounts/subaccount?get', dev)).body;
  expect((await run('accounts/subaccount?restore', { subaccount: dev.subaccount })).status).toBe(400);
  expect((await remove('false')).status).toBe(409);
  const pending = { state: 'OK', contractStatus: 'PENDING_FORCED_DELETION' };
  expect((await remove('true')).body).toMatchObject(pending);
  landscape.advance(DAY / 4);
  expect(await get()).toMatchObject({ ...pending, forceDeleteTargetTime: expect.stringContaining(', ') });
  const restored = await run('accounts/subaccount?restore', { subaccount: dev.subaccount });
  expect(restored.body).toMatchObject({ state: 'UPDATING', stateMessage: 'Suspend subaccount entity' });
  landscape.advance(30 * SECOND);
  expect(await get()).toMatchObject({ state: 'OK', contractStatus: 'ACTIVE' });
  expect(await get()).not.toHaveProperty('forceDeleteTargetTime');
  await remove('true');
  landscape.advance(8 * DAY);
  expect(landscape.world.use('accounts').zone(dev.subaccount)).toBeUndefined();
});

test('a resource provider is shown with its configuration only alone', async () => {
  const { run } = await start();
  const aws = { globalAccount: 'acme', provider: 'AWS', technicalName: 'mine' };
  const configurationInfo = '{"region":"eu-central-1"}';
  const created = await run('accounts/resource-provider?create', {
    ...aws,
    displayName: 'Mine',
    description: 'x',
    configurationInfo,
  });
  expect(created.body).toMatchObject({ resourceType: 'IAAS_ACCOUNT', additionalInfo: { region: 'eu-central-1' } });
  expect((await run('accounts/resource-provider?create', aws)).status).toBe(409);
  const changed = await run('accounts/resource-provider?update', { ...aws, displayName: 'Ours', configurationInfo });
  expect(changed.body).toEqual({
    technicalName: 'mine',
    displayName: 'Ours',
    resourceType: 'IAAS_ACCOUNT',
    resourceProvider: 'AWS',
    additionalInfo: { region: 'eu-central-1' },
  });
  const listed = (await run('accounts/resource-provider?list', { globalAccount: 'acme' })).body as readonly object[];
  expect(listed).toMatchObject([{ technicalName: 'old' }, { technicalName: 'mine' }]);
  for (const row of listed) expect(row).not.toHaveProperty('additionalInfo');
  expect((await run('accounts/resource-provider?delete', { ...aws, confirm: 'true' })).body).toBe('null');
  expect((await run('accounts/resource-provider?get', aws)).status).toBe(404);
});

test('two subaccounts stand in for each other, and no third with them', async () => {
  const { zoneOf, run } = await start();
  const pair = (subaccount: string, withSubaccount: string) =>
    run('disaster-recovery/subaccount-pair?create', { subaccount, withSubaccount });
  expect(await pair(zoneOf('dev'), zoneOf('tms'))).toMatchObject({ status: 201 });
  expect((await pair(zoneOf('prod'), zoneOf('tms'))).body).toMatchObject({
    error_code: 'INVALID_INPUT',
    error_message: expect.stringContaining(`subaccount ${zoneOf('tms')} is already paired in subaccount pair `),
  });
  const subaccount = zoneOf('tms');
  const found = await run('disaster-recovery/subaccount-pair?get', { subaccount });
  expect(found.body).toMatchObject({
    created_by: ACME.administrator,
    subaccounts: [{ id: zoneOf('dev') }, { id: subaccount }],
  });
  await run('disaster-recovery/subaccount-pair?delete', { subaccount });
  expect((await run('disaster-recovery/subaccount-pair?get', { subaccount })).status).toBe(404);
});

test('errors about pairs have the media type of other answers about them', async () => {
  const { landscape, zoneOf } = await start();
  const types: (string | null)[] = [];
  const fetch: typeof landscape.fetch = async (...request) => {
    const response = await landscape.fetch(...request);
    types.push(response.headers.get('x-cpcli-backend-mediatype'));
    return response;
  };
  const run = await commandLine({ ...landscape, fetch }, 'administrator');
  const [subaccount, withSubaccount] = [zoneOf('dev'), zoneOf('tms')];
  const pair = () => run('disaster-recovery/subaccount-pair?create', { subaccount, withSubaccount });
  expect((await run('disaster-recovery/subaccount-pair?get', { subaccount })).status).toBe(404);
  expect([(await pair()).status, (await pair()).status]).toEqual([201, 400]);
  const [, unpaired, paired, again] = types;
  expect(paired).toMatch(/json/);
  expect([unpaired, again]).toEqual([paired, paired]);
  // Those of most services come without what the service's answers have beside it.
  await run('accounts/resource-provider?get', { globalAccount: 'acme', provider: 'AWS', technicalName: 'none' });
  expect(types.at(-1)).toBe('application/json');
});

test('a subaccount that is not there has no plans, and its global account is entitled to its own all the same', async () => {
  const { run } = await start();
  const subaccountFilter = '00000000-0000-4000-8000-000000000001';
  const { status, body } = await run('accounts/entitlement?list', { globalAccount: 'acme', subaccountFilter });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    entitledServices: [{ name: 'destination' }, { name: 'hana-cloud' }],
    assignedServices: [],
  });
});
