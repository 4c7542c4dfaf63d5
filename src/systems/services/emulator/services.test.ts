import { expect, test } from 'vitest';
import { commandLineEmulators } from '../../../../test/fixtures/command-line-emulators.ts';
import { startEmulators } from '../../../emulation/compose.ts';
import { Secret } from '../../../kernel/secret.ts';
import { destinationEmulator } from '../../destination/emulator/index.ts';
import { ACME, acmeSeed, cloudFoundryDouble } from '../../protocols/btp-cli/emulator/testing/acme.ts';
import { commandLine } from '../../protocols/btp-cli/emulator/testing/command-line.ts';
import { servicesEmulator } from './index.ts';

async function start(roleCollection = 'Subaccount Viewer') {
  const robot = {
    globalAccount: 'acme',
    in: { subaccounts: ['dev'] },
    userName: ACME.robot,
    originKey: ACME.originKey,
  };
  const landscape = await startEmulators({
    emulators: [...commandLineEmulators, cloudFoundryDouble(), destinationEmulator, servicesEmulator],
    seed: {
      ...acmeSeed,
      authz: { users: [...acmeSeed.authz.users, { ...robot, roleCollections: [roleCollection] }] },
      services: {
        offerings: [
          {
            name: 'database',
            plans: [
              { name: 'slow', asynchronous: true },
              { name: 'broken', refusal: { status: 422, description: 'no password was given' } },
            ],
          },
        ],
        instances: [
          {
            globalAccount: 'acme',
            subaccount: 'dev',
            name: 'alerts',
            offering: 'alert-notification',
            plan: 'standard',
            parameters: { a: 1 },
            labels: { org: ['x'] },
            bindings: [{ name: 'alerts-key' }],
          },
        ],
      },
    },
  });
  const subaccount = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid ?? '';
  const as = async (user: 'administrator' | 'robot') => {
    const run = await commandLine(landscape, user);
    return (command: string, params: Readonly<Record<string, string>> = {}) =>
      run(`services/${command}`, { subaccount, ...params });
  };
  return { landscape, subaccount, as, run: await as('administrator') };
}

type Run = Awaited<ReturnType<typeof start>>['run'];
const idOf = (body: unknown) => (body as { id: string }).id;

async function planId(run: Run, offeringName: string, name: string): Promise<string> {
  return idOf((await run('plan?get', { name, offeringName })).body);
}

test('the credentials of a destination binding open the instance’s own destinations as long as the binding is there', async () => {
  const { landscape, subaccount, run } = await start();
  const plan = await planId(run, 'destination', 'lite');
  const instance = await run('instance?create', { name: 'my-destinations', plan });
  expect(instance).toMatchObject({ status: 201, body: { name: 'my-destinations', usable: true } });
  const serviceInstance = idOf(instance.body);
  const created = await run('binding?create', { name: 'key', serviceInstanceID: serviceInstance, parameters: '{}' });
  expect(created.status).toBe(201);
  expect(created.body).not.toHaveProperty('credentials');
  const { body } = await run('binding?get', { id: idOf(created.body) });
  const { credentials } = body as { credentials: Readonly<Record<string, string>> };

  const connectivity = await commandLine(landscape, 'administrator');
  const destinationConfiguration = JSON.stringify({ Name: 'own', Type: 'HTTP' });
  await connectivity('connectivity/destination?create', { subaccount, serviceInstance, destinationConfiguration });
  const token = () =>
    landscape.fetch(`${credentials.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credentials.clientid ?? '',
        client_secret: credentials.clientsecret ?? '',
      }),
    });
  const { access_token } = (await (await token()).json()) as { access_token: string };
  const read = await landscape.fetch(`${credentials.uri}/destination-configuration/v1/instanceDestinations`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(await read.json()).toEqual([{ Name: 'own', Type: 'HTTP' }]);

  await run('binding?delete', { id: idOf(created.body) });
  expect((await token()).status).toBe(401);
});

test('a binding of type x509 has a certificate in place of the secret, good as long as the binding is there', async () => {
  const { landscape, run } = await start();
  const plan = await planId(run, 'destination', 'lite');
  const serviceInstance = idOf((await run('instance?create', { name: 'd', plan })).body);
  const parameters = JSON.stringify({ xsuaa: { 'credential-type': 'x509', x509: { validity: 2 } } });
  const id = idOf((await run('binding?create', { name: 'key', serviceInstanceID: serviceInstance, parameters })).body);
  const { body } = await run('binding?get', { id });
  const { credentials } = body as { credentials: Readonly<Record<string, string>> };
  expect(credentials).toMatchObject({ 'credential-type': 'x509', certificate_expires_at: '2026-11-23T00:00:00Z' });
  expect(credentials).not.toHaveProperty('clientsecret');
  const tls = { cert: credentials.certificate ?? '', key: new Secret(credentials.key ?? '') };
  const token = async (base: string | undefined, init: { readonly tls?: typeof tls }) => {
    const form = { grant_type: 'client_credentials', client_id: credentials.clientid ?? '' };
    const body = new URLSearchParams(form);
    return (await landscape.fetch(`${base}/oauth/token`, { method: 'POST', body, ...init })).status;
  };
  expect(await token(credentials.certurl, { tls })).toBe(200);
  expect(await token(credentials.certurl, {})).toBe(401);
  expect(await token(credentials.url, { tls })).toBe(401);
  await run('binding?delete', { id });
  expect(await token(credentials.certurl, { tls })).toBe(401);
});

test('an XSUAA instance makes its application known, with a role for each template', async () => {
  const { landscape, subaccount, run } = await start();
  const parameters = JSON.stringify({
    xsappname: 'shop',
    'role-templates': [{ name: 'Buyer', 'scope-references': ['$XSAPPNAME.buy'] }],
    'role-collections': [{ name: 'Shop Buyer', 'role-template-references': ['$XSAPPNAME.Buyer'] }],
  });
  await run('instance?create', { name: 'shop-uaa', plan: await planId(run, 'xsuaa', 'application'), parameters });
  const security = await commandLine(landscape, 'administrator');
  const { body } = await security('security/role-collection?get', { subaccount, roleCollectionName: 'Shop Buyer' });
  expect(body).toMatchObject({ name: 'Shop Buyer' });
});

test('parameters are read back only where the offering lets them', async () => {
  const { run } = await start();
  expect((await run('instance?get', { name: 'alerts', parameters: 'true' })).body).toEqual({ a: 1 });
  await run('instance?create', { name: 'd', plan: await planId(run, 'destination', 'lite') });
  expect(await run('instance?get', { name: 'd', parameters: 'true' })).toEqual({
    status: 400,
    body: { error: 'BadRequest', description: 'this operation is not supported.' },
  });
});

test('labels are one text in answers, and changed one by one', async () => {
  const { subaccount, run } = await start();
  const { body } = await run('instance?get', { name: 'alerts', parameters: 'false' });
  expect(body).toMatchObject({ labels: `org = x; subaccount_id = ${subaccount}` });
  const labels = JSON.stringify([
    { op: 'add', key: 'stage', values: ['dev'] },
    { op: 'remove', key: 'org', values: ['x'] },
  ]);
  const update = await run('instance?update', { id: idOf(body), newName: 'alarms', labels });
  expect(update).toMatchObject({ status: 202, body: { id: idOf(body) } });
  expect((await run('instance?list', { labelsFilter: "stage eq 'dev'" })).body).toMatchObject([
    { name: 'alarms', labels: `stage = dev; subaccount_id = ${subaccount}` },
  ]);
  expect((await run('instance?list', { fieldsFilter: "usable eq 'false'" })).body).toEqual([]);
  expect((await run('instance?list', { fieldsFilter: 'usable' })).status).toBe(400);
});

test('an instance with bindings stays, and names are given once', async () => {
  const { run } = await start();
  const alerts = idOf((await run('instance?get', { name: 'alerts', parameters: 'false' })).body);
  expect((await run('instance?delete', { id: alerts, confirm: 'true' })).status).toBe(409);
  const plan = await planId(run, 'destination', 'lite');
  expect((await run('instance?create', { name: 'alerts', plan })).status).toBe(409);
  expect((await run('instance?share', { id: alerts, name: 'alerts' })).status).toBe(400);
  const binding = idOf((await run('binding?get', { name: 'alerts-key' })).body);
  expect(await run('binding?delete', { id: binding })).toEqual({ status: 200, body: {} });
  expect((await run('instance?delete', { id: alerts, confirm: 'true' })).body).toEqual({});
  expect((await run('binding?get', { id: binding })).body).toEqual({
    error: 'NotFound',
    description: 'could not find such /v1/service_bindings',
  });
});

test('offerings and plans can be listed and found by name', async () => {
  const { run } = await start();
  const found = await run('plan?list', { fieldsFilter: "name eq 'lite'" });
  expect(found.body).toMatchObject([{ service_offering_name: 'destination' }]);
  const offering = await run('offering?get', { name: 'alert-notification' });
  expect(offering.body).toMatchObject({ instances_retrievable: true });
  expect((await run('offering?list', { fieldsFilter: "name eq 'xsuaa'" })).body).toHaveLength(1);
});

test('a broker that takes its time is asked again, and one that refuses is quoted', async () => {
  const { landscape, run } = await start();
  const begun = await run('instance?create', { name: 'db', plan: await planId(run, 'database', 'slow') });
  const id = idOf(begun.body);
  expect(begun).toMatchObject({
    status: 202,
    body: { command: expect.stringContaining(`btp get services/instance ${id}`) },
  });
  const state = async () => (await run('instance?get', { id, parameters: 'false' })).body;
  expect(await state()).toMatchObject({ ready: false, last_operation: { type: 'create', state: 'in progress' } });
  landscape.advance(60_000);
  expect(await state()).toMatchObject({ ready: true, last_operation: { state: 'succeeded' } });
  const refused = await run('instance?create', { name: 'db2', plan: await planId(run, 'database', 'broken') });
  expect(refused).toMatchObject({
    status: 502,
    body: { error: 'BrokerError', broker_error: { StatusCode: 422, Description: 'no password was given' } },
  });
  expect((await run('instance?get', { name: 'db2' })).status).toBe(404);
});

test('instances are shared where the plan says so', async () => {
  const { run } = await start();
  const made = await run('instance?create', { name: 'd', plan: await planId(run, 'destination', 'lite') });
  const id = idOf(made.body);
  expect((await run('instance?share', { id, name: 'd' })).body).toMatchObject({ id, shared: true });
  expect((await run('instance?unshare', { id, name: 'd' })).body).toMatchObject({ id, shared: false });
});

test('a service broker is known by its name and the subaccount, without its credentials', async () => {
  const { subaccount, run } = await start();
  const sent = { name: 'mine', url: 'https://broker.example.com', user: 'u', password: 'top-secret' };
  const { status, body } = await run('broker?register', sent);
  expect(status).toBe(201);
  expect(JSON.stringify(body)).not.toContain('top-secret');
  const labels = `cred_revision = 0; subaccount_id = ${subaccount}`;
  expect(body).toMatchObject({ name: `mine-${subaccount}`, broker_url: sent.url, labels });
  expect((await run('broker?register', sent)).status).toBe(409);
  expect((await run('broker?register', { name: 'bare', url: sent.url })).status).toBe(400);
  const changed = { id: idOf(body), newName: 'ours', description: 'x', url: 'https://b.example.com' };
  expect((await run('broker?update', changed)).body).toMatchObject({ name: `ours-${subaccount}`, description: 'x' });
  expect((await run('broker?list')).body).toMatchObject([{ name: `ours-${subaccount}` }]);
  expect(await run('broker?unregister', { id: idOf(body), confirm: 'true' })).toEqual({ status: 200, body: {} });
  expect((await run('broker?get', { id: idOf(body) })).body).toMatchObject({
    description: 'could not find such /v1/service_brokers',
  });
});

test('a platform gets its credentials once', async () => {
  const { run } = await start();
  const { status, body } = await run('platform?register', { name: 'cluster', type: 'kubernetes' });
  expect(status).toBe(201);
  expect(body).toMatchObject({ type: 'kubernetes', credentials: { basic: { username: expect.any(String) } } });
  expect((await run('platform?update', { name: 'cluster', newName: 'k8s' })).body).toMatchObject({ name: 'k8s' });
  const [listed] = (await run('platform?list')).body as readonly object[];
  expect(listed).not.toHaveProperty('credentials');
  expect((await run('platform?unregister', { id: idOf(listed), confirm: 'true' })).status).toBe(200);
  expect((await run('platform?get', { name: 'k8s' })).status).toBe(404);
});

test('a viewer sees bindings without their credentials and changes nothing', async () => {
  const { as } = await start('Subaccount Viewer');
  const run = await as('robot');
  const { body } = await run('binding?list');
  expect(body).toMatchObject([{ name: 'alerts-key', service_instance_name: 'alerts' }]);
  expect((body as object[])[0]).not.toHaveProperty('credentials');
  expect((await run('binding?delete', { id: idOf((body as object[])[0]) })).status).toBe(403);
});
