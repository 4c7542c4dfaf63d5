import { expect, test } from 'vitest';
import { start } from '../../../../test/fixtures/accounts.ts';
import { ACME } from '../../protocols/btp-cli/emulator/testing/acme.ts';
import { commandLine } from '../../protocols/btp-cli/emulator/testing/command-line.ts';

const qa = {
  globalAccount: 'acme',
  displayName: 'qa',
  subdomain: 'acme-qa',
  region: 'eu10',
  labels: '{"stage":["qa"]}',
};
const guidOf = (body: unknown) => (body as { guid: string }).guid;
const SECOND = 1000;

test('a subaccount comes into being by the clock: started, creating, there', async () => {
  const { landscape, run } = await start();
  const created = await run('accounts/subaccount?create', qa);
  expect(created.body).toMatchObject({ state: 'STARTED', technicalName: 'N/A', usedForProduction: 'UNSET' });
  expect(created.body).not.toHaveProperty('stateMessage');
  const get = () => run('accounts/subaccount?get', { globalAccount: 'acme', subaccount: guidOf(created.body) });
  expect((await get()).body).toMatchObject({ state: 'CREATING', stateMessage: 'Creating subaccount tenant.' });
  landscape.advance(20 * SECOND);
  expect((await get()).body).toMatchObject({
    state: 'CREATING',
    stateMessage: 'Assigning entitlements for subaccount.',
    technicalName: guidOf(created.body),
  });
  landscape.advance(20 * SECOND);
  expect((await get()).body).toMatchObject({ state: 'OK', labels: { stage: ['qa'] } });
  expect(landscape.world.use('accounts').subaccountByName('acme', 'qa')?.subdomain).toBe('acme-qa');
});

test('with operations that take no time it is there at once', async () => {
  const { run } = await start({ switches: { 'accounts.operationsTakeTime': false } });
  const { body } = await run('accounts/subaccount?create', qa);
  const got = await run('accounts/subaccount?get', { globalAccount: 'acme', subaccount: guidOf(body) });
  expect(got.body).toMatchObject({ state: 'OK', technicalName: guidOf(body) });
});

test('an update moves a subaccount, answers with times as numbers, and leaves what it does not name', async () => {
  const { landscape, zoneOf, run } = await start();
  const directoryID = landscape.world.use('accounts').zone(zoneOf('prod'))?.parent;
  const update = { globalAccount: 'acme', subaccount: zoneOf('tms'), directoryID, usedForProduction: 'true' };
  expect((await run('accounts/subaccount?update', update)).body).toMatchObject({
    displayName: 'tms',
    parentGUID: directoryID,
    parentType: 'FOLDER',
    usedForProduction: 'USED_FOR_PRODUCTION',
    createdDate: expect.any(Number),
    description: null,
  });
  const root = { ...update, directoryID: landscape.world.use('accounts').zone(zoneOf('tms'))?.globalAccount };
  expect((await run('accounts/subaccount?update', root)).body).toMatchObject({ parentType: 'ROOT' });
});

test('a subaccount with an environment is not deleted unless forced, and one for production not even then', async () => {
  const { landscape, zoneOf, run } = await start();
  const remove = (forceDelete: string) =>
    run('accounts/subaccount?delete', {
      globalAccount: 'acme',
      subaccount: zoneOf('dev'),
      confirm: 'true',
      forceDelete,
    });
  expect(await remove('false')).toMatchObject({ status: 409, body: { error: expect.stringContaining('70015/409') } });
  await run('accounts/subaccount?update', {
    globalAccount: 'acme',
    subaccount: zoneOf('dev'),
    usedForProduction: 'true',
  });
  expect(await remove('true')).toEqual({
    status: 400,
    body: {
      error:
        'Subaccount is marked as used for production and cannot be deleted with forceDelete=true [Error: 12003/400]',
    },
  });
  const tms = { globalAccount: 'acme', subaccount: zoneOf('tms'), confirm: 'true', forceDelete: 'false' };
  expect((await run('accounts/subaccount?delete', tms)).body).toMatchObject({ state: 'DELETING' });
  expect((await run('accounts/subaccount?get', tms)).body).toMatchObject({ stateMessage: 'Deleting subaccount.' });
  landscape.advance(60 * SECOND);
  expect(zoneOf('tms')).toBe('');
  expect((await run('accounts/subaccount?get', tms)).status).toBe(404);
});

test('refuses a subdomain that is taken or malformed, an unknown region and broken labels', async () => {
  const { run } = await start();
  const status = async (more: Readonly<Record<string, string>>) =>
    (await run('accounts/subaccount?create', { ...qa, ...more })).status;
  expect(await status({ subdomain: 'acme-dev' })).toBe(409);
  expect(await status({ subdomain: 'Not a name' })).toBe(400);
  expect(await status({ region: 'xx99' })).toBe(400);
  expect(await status({ labels: 'stage' })).toBe(400);
  expect(await status({ directoryID: 'nowhere' })).toBe(404);
});

test('a plain directory is there at once; one with features gets a tenant, and enabling features takes its time too', async () => {
  const { landscape, run } = await start();
  const plain = await run('accounts/directory?create', { globalAccount: 'acme', displayName: 'plain' });
  expect(plain.body).toMatchObject({ entityState: 'OK', directoryType: 'FOLDER' });
  const directoryID = guidOf(plain.body);
  const features = { globalAccount: 'acme', directoryID, directoryFeatures: 'ENTITLEMENTS,AUTHORIZATIONS' };
  expect((await run('accounts/directory?enable', features)).body).toMatchObject({
    entityState: 'UPDATING',
    directoryType: 'PROJECT',
    subdomain: directoryID,
  });
  landscape.advance(30 * SECOND);
  const get = () => run('accounts/directory?get', { globalAccount: 'acme', directoryID });
  expect((await get()).body).toMatchObject({
    entityState: 'OK',
    stateMessage: 'Updated features assigned to directory.',
  });
  await run('accounts/directory?delete', { globalAccount: 'acme', directoryID, forceDelete: 'true', confirm: 'true' });
  expect((await get()).body).toMatchObject({ entityState: 'DELETING' });
  landscape.advance(30 * SECOND);
  expect(await get()).toEqual({ status: 404, body: { error: `Could not find ${directoryID} [Error: 20002/404]` } });
});

test('a directory with something in it stays', async () => {
  const { landscape, run } = await start();
  const directory = landscape.world
    .use('accounts')
    .zones()
    .find((zone) => zone.displayName === 'Delivery');
  const remove = { globalAccount: 'acme', directoryID: directory?.guid, forceDelete: 'true', confirm: 'true' };
  expect((await run('accounts/directory?delete', remove)).status).toBe(409);
});

test('who creates a subaccount or a directory with users is its first administrator, and nobody else', async () => {
  const { landscape, run } = await start();
  const subaccount = guidOf((await run('accounts/subaccount?create', qa)).body);
  const features = { directoryFeatures: 'DEFAULT,ENTITLEMENTS,AUTHORIZATIONS' };
  const directory = guidOf(
    (await run('accounts/directory?create', { globalAccount: 'acme', displayName: 'made', ...features })).body,
  );
  const held = (zone: string, user: string, originKey: string) =>
    landscape.world.use('authorization').roleCollections(zone, user, originKey);
  expect(held(subaccount, ACME.administrator, 'sap.default')).toEqual(['Subaccount Administrator']);
  expect(held(directory, ACME.administrator, 'sap.default')).toEqual(['Directory Administrator']);
  expect(held(subaccount, ACME.robot, ACME.originKey)).toEqual([]);
});

test('an administrator of the global account gets into a subaccount by the emergency path, and is told so in plain text', async () => {
  const { landscape, zoneOf } = await start({ roleCollections: ['Global Account Administrator'] });
  const run = await commandLine(landscape, 'robot');
  const tms = { globalAccount: 'acme', subaccount: zoneOf('tms') };
  const users = () => run('security/user?list', { subaccount: zoneOf('tms') });
  expect((await users()).status).toBe(403);
  expect(await run('accounts/subaccount?update', { ...tms, addMeAsAdmin: 'true' })).toEqual({
    status: 200,
    body: `Your current user is now assigned as an administrator to the subaccount ${zoneOf('tms')}`,
  });
  expect((await users()).status).toBe(200);
  const nowhere = { globalAccount: 'acme', subaccount: 'nowhere', addMeAsAdmin: 'true' };
  expect((await run('accounts/subaccount?update', nowhere)).status).toBe(404);
});

test('an environment brings its org, says where it is from the first answer on, and takes it away', async () => {
  const { landscape, zoneOf, run } = await start();
  const subaccount = zoneOf('tms');
  const create = {
    subaccount,
    displayName: 'cf',
    environmentType: 'cloudfoundry',
    service: 'cloudfoundry',
    plan: 'standard',
    landscapeLabel: 'cf-eu10-004',
    parameters: '{"instance_name":"acme-tms"}',
  };
  expect((await run('accounts/environment-instance?create', { ...create, landscapeLabel: 'cf-us20' })).status).toBe(
    400,
  );
  const { body } = await run('accounts/environment-instance?create', create);
  const { id, labels } = body as { id: string; labels: string };
  expect(body).toMatchObject({ state: 'CREATING', status: 'Processing', name: 'cf' });
  const org = landscape.world.use('cloudFoundry').org(subaccount);
  expect(JSON.parse(labels)).toMatchObject({ 'Org ID': org?.guid, 'Org Name': 'acme-tms' });
  expect((await run('accounts/environment-instance?create', create)).status).toBe(409);

  const get = () => run('accounts/environment-instance?get', { subaccount, environmentID: id });
  expect((await get()).body).toMatchObject({ state: 'CREATING', platformId: org?.guid });
  landscape.advance(12 * SECOND);
  expect((await get()).body).toMatchObject({ state: 'OK', stateMessage: 'Environment instance created.' });
  const parameters = JSON.stringify({
    instance_name: 'acme-tms',
    users: [{ id: 'a@b.example', email: 'a@b.example' }],
  });
  await run('accounts/environment-instance?update', { subaccount, environmentID: id, plan: 'standard', parameters });
  expect((await get()).body).toMatchObject({ state: 'OK', operation: 'update' });

  const removed = await run('accounts/environment-instance?delete', { subaccount, environmentID: id, confirm: 'true' });
  expect(removed.body).toMatchObject({ state: 'OK', operation: 'update' });
  expect(landscape.world.use('cloudFoundry').org(subaccount)).toBeUndefined();
  expect((await get()).body).toMatchObject({ state: 'DELETING' });
  landscape.advance(20 * SECOND);
  expect((await get()).status).toBe(404);
});

test('A29: administrators of Kyma are who provisions it, all replaced by a list, and kept by an empty one', async () => {
  const { landscape, zoneOf, run } = await start();
  const subaccount = zoneOf('prod');
  const offer = { subaccount, displayName: 'cluster', environmentType: 'kyma', service: 'kymaruntime' };
  expect((await run('accounts/environment-instance?create', { ...offer, plan: 'moon' })).status).toBe(400);
  const { body } = await run('accounts/environment-instance?create', {
    ...offer,
    plan: 'aws',
    parameters: '{"name":"c"}',
  });
  const { id: environmentID } = body as { readonly id: string };
  expect(body).toMatchObject({ state: 'CREATING', environmentType: 'kyma', planName: 'aws' });
  landscape.advance(16 * 60 * SECOND);
  const get = async () => (await run('accounts/environment-instance?get', { subaccount, environmentID })).body;
  const parameters = async () => JSON.parse(((await get()) as { readonly parameters: string }).parameters);
  const administrators = async () => (await parameters()).administrators;
  const send = (changes: object) =>
    run('accounts/environment-instance?update', {
      subaccount,
      environmentID,
      plan: 'aws',
      parameters: JSON.stringify(changes),
    });
  const update = (administrators: readonly string[]) => send({ administrators });
  expect(await get()).toMatchObject({ state: 'OK' });
  expect(await administrators()).toEqual([ACME.administrator]);
  await update([]);
  expect(await administrators()).toEqual([ACME.administrator]);
  await update(['dummy@acme.example']);
  expect(await administrators()).toEqual(['dummy@acme.example']);
  // Another identity provider alone locks everybody out: its users are not those who administer.
  const oidc = { issuerURL: 'https://people.accounts.ondemand.com', clientID: 'kyma' };
  await send({ oidc });
  expect(await parameters()).toMatchObject({ oidc, administrators: ['dummy@acme.example'] });
  await send({ administrators: ['nora@acme.example'] });
  expect(await parameters()).toMatchObject({ oidc, administrators: ['nora@acme.example'] });
  await run('accounts/environment-instance?delete', { subaccount, environmentID, confirm: 'true' });
  expect(await get()).toMatchObject({ state: 'DELETING' });
  landscape.advance(11 * 60 * SECOND);
  expect((await run('accounts/environment-instance?list', { subaccount })).body).toEqual({ environmentInstances: [] });
});

test('a subaccount is offered Cloud Foundry in the landscapes of its region', async () => {
  const { zoneOf, run } = await start();
  const offered = async (name: string) =>
    (await run('accounts/available-environment?list', { subaccount: zoneOf(name) })).body;
  expect(await offered('tms')).toMatchObject({
    availableEnvironments: [{ landscapeLabel: 'cf-eu10-004' }, { environmentType: 'kyma' }],
  });
  expect(await offered('prod')).toMatchObject({ availableEnvironments: [{ environmentType: 'kyma' }] });
});

test('a viewer of the global account reads everything and changes nothing', async () => {
  const { landscape, zoneOf } = await start();
  const run = await commandLine(landscape, 'robot');
  const tms = { globalAccount: 'acme', subaccount: zoneOf('tms') };
  expect((await run('accounts/subaccount?get', tms)).status).toBe(200);
  for (const [command, params] of [
    ['accounts/subaccount?create', qa],
    ['accounts/subaccount?update', { ...tms, displayName: 'mine' }],
    ['accounts/subaccount?update', { ...tms, addMeAsAdmin: 'true' }],
    ['accounts/subaccount?delete', { ...tms, confirm: 'true' }],
    ['accounts/directory?create', { globalAccount: 'acme', displayName: 'mine' }],
  ] as const) {
    expect((await run(command, params)).status, command).toBe(403);
  }
});
