import { expect, test } from 'vitest';
import { RemoteError } from '../../src/kernel/errors.ts';
import type { Store } from '../../src/kernel/ports.ts';
import { type Acme, frozenAcme } from '../fixtures/acme.ts';
import { administrator, cloudFoundry } from '../fixtures/administrator.ts';

const thaw = await frozenAcme();
const CF = 'cf.eu10-004.hana.ondemand.com';

/** A landscape with the service instances that the manifest names. */
async function withInstances() {
  const acme = await thaw();
  const admin = await administrator(acme);
  const lite = { name: 'lite', offeringName: 'destination' };
  const { id: plan } = (await admin.command('services/plan', 'get', lite, 'tms')) as { readonly id: string };
  await admin.command('services/instance', 'create', { name: 'jobs', plan }, 'tms');
  const cf = await cloudFoundry(acme, CF);
  const [space] = await cf.list(`spaces?names=app`);
  const user = { data: { username: 'platform-admin@acme.example', origin: 'sap.ids' } };
  const developer = { type: 'space_developer', relationships: { user, space: { data: { guid: space?.guid } } } };
  await cf.call('POST', 'roles', developer);
  const [offer] = await cf.list('service_plans?names=lite&service_offering_names=destination');
  const relationships = { space: { data: { guid: space?.guid } }, service_plan: { data: { guid: offer?.guid } } };
  await cf.call('POST', 'service_instances', { type: 'managed', name: 'destinations', relationships });
  const engine = () => acme.engine({ manifest: 'test/fixtures/credentials.yaml' });
  return { acme, admin, cf, engine, [Symbol.asyncDispose]: () => acme[Symbol.asyncDispose]() };
}

const states = async ({ store }: Acme, name: string) => (await store.vault.history(name)).map(({ state }) => state);

test('credentials of services are made beside the old ones, proven by a token, and the old ones are retired', async () => {
  await using world = await withInstances();
  const { acme, admin, cf, engine } = world;
  for (const round of [1, 2, 3]) {
    const reports = await engine().rotate({ names: [], why: `round ${round}` });
    expect(
      reports.map(({ user, strategy, outcome, findings }) => [
        user,
        strategy,
        outcome,
        findings.filter((one) => one.severity === 'error'),
      ]),
    ).toEqual([
      ['user-api', 'overlap', 'done', []],
      ['app-destination', 'overlap', 'done', []],
      ['jobs-destination', 'overlap', 'done', []],
    ]);
  }
  for (const name of ['user-api', 'app-destination', 'jobs-destination']) {
    expect(await states(acme, `acme/${name}`)).toEqual(['retired', 'retired', 'current']);
  }
  // What is no longer in use is gone at the services, too.
  const bindings = (await admin.command('services/binding', 'list', {}, 'tms')) as readonly { readonly name: string }[];
  expect(bindings.filter(({ name }) => name.startsWith('jobs-destination-'))).toHaveLength(1);
  const api = (await admin.command('security/api-credential', 'list', {}, 'dev')) as readonly {
    readonly name: string;
  }[];
  expect(api.filter(({ name }) => name.startsWith('user-api-'))).toHaveLength(1);
  expect(await cf.list('service_credential_bindings?type=key&service_instance_names=destinations')).toHaveLength(1);
});

test('after a leak the old credential is gone before there is a new one, which is told before', async () => {
  await using world = await withInstances();
  const { acme, admin, engine } = world;
  await engine().rotate({ names: [], why: 'first' });
  acme.calls.length = 0;
  const reports = await engine().rotate({ names: [], why: 'leak', compromised: true });
  for (const { outcome, steps } of reports) {
    expect(outcome).toBe('done');
    expect(steps.map(({ step, result }) => `${step} ${result}`).slice(0, 3)).toEqual([
      'retire done',
      'mint done',
      'prove done',
    ]);
  }
  const bindings = (await admin.command('services/binding', 'list', {}, 'tms')) as readonly { readonly name: string }[];
  expect(bindings.filter(({ name }) => name.startsWith('jobs-destination-'))).toHaveLength(1);
  expect(await states(acme, 'acme/jobs-destination')).toEqual(['retired', 'current']);
});

test('after a leak a service that makes no new credential stops the rotation: there is no way back, and the next call goes on', async () => {
  await using world = await withInstances();
  const { acme, engine } = world;
  await engine().rotate({ names: ['user-api'], why: 'first' });
  // Listing, then deletion of the leaked one, then listing: the next is the creation.
  await acme.landscape.faults.add({
    host: 'cli.btp.cloud.sap',
    path: '/command/*/security/api-credential',
    times: 1,
    nth: 4,
    effect: { kind: 'answer', status: 403 },
  });
  const [stopped] = await engine().rotate({ names: ['user-api'], why: 'leak', compromised: true });
  expect(stopped).toMatchObject({ outcome: 'stopped' });
  expect(stopped?.findings.map(({ code }) => code)).toContain('ROTATION_NO_WAY_BACK');
  const [report] = await engine().rotate({ names: ['user-api'], why: 'goes on' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(await states(acme, 'acme/user-api')).toEqual(['retired', 'current']);
});

test('a secret whose reply was lost is found by its mark and ended; nobody ever had it', async () => {
  await using world = await withInstances();
  const { acme, admin, engine } = world;
  await acme.landscape.faults.add({
    host: 'cli.btp.cloud.sap',
    path: '/command/*/security/api-credential',
    times: 1,
    nth: 3,
    effect: { kind: 'drop' },
  });
  const [report] = await engine().rotate({ names: ['user-api'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(report?.steps.map(({ step, result }) => `${step} ${result}`)).toEqual([
    'mint unknown',
    'retire done',
    'mint done',
    'prove done',
  ]);
  const api = (await admin.command('security/api-credential', 'list', {}, 'dev')) as readonly {
    readonly name: string;
  }[];
  expect(api.filter(({ name }) => name.startsWith('user-api-'))).toHaveLength(1);
});

test('a credential of an instance that is not there is refused before anything is sent', async () => {
  await using acme = await thaw();
  const [report] = await acme
    .engine({ manifest: 'test/fixtures/credentials.yaml' })
    .rotate({ names: ['jobs-destination'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'refused', findings: [{ code: 'CREDENTIAL_NO_INSTANCE' }, {}] });
});

test('while the vault can keep nothing a rotation does not begin: no service makes a secret that would be lost', async () => {
  await using world = await withInstances();
  const { acme, engine } = world;
  await engine().rotate({ names: [], why: 'first' });
  acme.calls.length = 0;
  const sealed = new RemoteError('ERR_REMOTE_BROKEN', { system: 'openbao', operation: 'look', status: 503 });
  const store: Store = {
    ...acme.store,
    fenced: (lease) => {
      const records = acme.store.fenced(lease);
      return { ...records, vault: { ...records.vault, ready: () => Promise.reject(sealed) } };
    },
  };
  const away = acme.engine({ manifest: 'test/fixtures/credentials.yaml', store });
  await expect(away.rotate({ names: [], why: 'second' })).rejects.toBe(sealed);
  await expect(away.rotate({ names: [], why: 'leak', compromised: true })).rejects.toBe(sealed);
  await expect(acme.engine({ store }).apply({ why: 'third' })).rejects.toBe(sealed);
  expect(
    acme.calls.filter(({ method, url }) => method !== 'GET' && !/token|log(in|out)|\?(get|list)$/.test(url)),
  ).toEqual([]);
  expect(await states(acme, 'acme/user-api')).toEqual(['current']);
  const [report] = await engine().rotate({ names: ['user-api'], why: 'the server is back' });
  expect(report).toMatchObject({ user: 'user-api', outcome: 'done' });
});
