import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { frozenAcme } from '../fixtures/acme.ts';
import { cloudFoundry } from '../fixtures/administrator.ts';

const MANIFEST = 'test/fixtures/cloud-foundry-copies.yaml';
const CF = 'cf.eu10-004.hana.ondemand.com';
const thaw = await frozenAcme();

/** An app that reads its credentials from a user-provided service and from its environment; who calls is a Space Developer. */
async function withApps() {
  const acme = await thaw();
  const cf = await cloudFoundry(acme, CF);
  const make = async (path: string, body: object): Promise<{ readonly guid: string }> => {
    const { guid } = (await (await cf.call('POST', path, body)).json()) as { readonly guid: string };
    return { guid };
  };
  const [space] = await cf.list('spaces?names=app');
  const inSpace = { space: { data: { guid: space?.guid } } };
  const user = { data: { username: 'platform-admin@acme.example', origin: 'sap.ids' } };
  const { guid: role } = await make('roles', { type: 'space_developer', relationships: { user, ...inSpace } });
  const app = await make('apps', {
    name: 'router',
    relationships: inSpace,
    environment_variables: { LOG_LEVEL: 'info' },
  });
  const bits = await make('packages', { type: 'bits', relationships: { app: { data: app } } });
  await cf.call('POST', `packages/${bits.guid}/upload`, { some: 'bits' });
  const { guid: build } = await make('builds', { package: bits });
  const { droplet } = (await (await cf.call('GET', `builds/${build}`)).json()) as { readonly droplet: object };
  await cf.call('PATCH', `apps/${app.guid}/relationships/current_droplet`, { data: droplet });
  await cf.call('POST', `apps/${app.guid}/actions/start`);
  const instance = async (name: string, credentials: object) => {
    const one = await make('service_instances', { type: 'user-provided', name, credentials, relationships: inSpace });
    const relationships = { app: { data: app }, service_instance: { data: one } };
    await make('service_credential_bindings', { type: 'app', relationships });
    return one.guid;
  };
  const service = await instance('cf-api', { url: 'https://api.example.com' });
  await instance('jobs-user', {});

  const json = async (path: string) => (await cf.call('GET', path)).json();
  return {
    acme,
    cf,
    role,
    instance,
    engine: () => acme.engine({ manifest: MANIFEST }),
    /** What the app finds around it at its next start. */
    async environment() {
      const { environment_variables: variables, system_env_json: system } = (await json(`apps/${app.guid}/env`)) as {
        readonly environment_variables: Readonly<Record<string, string>>;
        readonly system_env_json: {
          readonly VCAP_SERVICES: {
            readonly 'user-provided': readonly {
              readonly name: string;
              readonly credentials: Readonly<Record<string, string>>;
            }[];
          };
        };
      };
      const bound = Object.fromEntries(system.VCAP_SERVICES['user-provided'].map((one) => [one.name, one.credentials]));
      return { variables, api: bound['cf-api'], jobs: bound['jobs-user'] };
    },
    marks: async () =>
      JSON.stringify([
        ((await json(`apps/${app.guid}`)) as { readonly metadata: object }).metadata,
        ((await json(`service_instances/${service}`)) as { readonly metadata: object }).metadata,
      ]),
    /** How often the app was started anew since. */
    starts: () =>
      acme.calls
        .filter(({ method, url }) => method === 'POST' && /\/(actions\/restart|deployments)$/.test(url))
        .map(({ url }) => url.replace(/.*\//, '')),
    secret: async (user: string) => (await acme.store.vault.open(`acme/${user}`, 'current'))?.secret.reveal(),
    [Symbol.asyncDispose]: () => acme[Symbol.asyncDispose](),
  };
}

const world = async () => {
  const made = await withApps();
  await made.engine().apply({ why: 'make it so' });
  made.acme.calls.length = 0;
  return made;
};

test('apply writes user and password where apps read them, beside what is there, and restarts them; then there is nothing to do', async () => {
  await using made = await withApps();
  const plan = await made.engine().plan();
  expect(
    plan.steps.filter(({ address }) => /service:|environment:/.test(address)).map(({ address }) => address),
  ).toEqual(expect.arrayContaining([expect.stringContaining('cf-api'), expect.stringContaining('CF_API_PASSWORD')]));
  await made.engine().apply({ why: 'make it so' });
  const { variables, api, jobs } = await made.environment();
  const password = await made.secret('mtx-routes');
  expect(api).toEqual({
    url: 'https://api.example.com',
    cf_api_user: 'mtx-routes@sap-test.de',
    cf_api_password: password,
    jobs_user: 'jobs-a@sap-test.de',
    jobs_password: await made.secret('jobs-a'),
  });
  expect(variables).toMatchObject({
    LOG_LEVEL: 'info',
    CF_API_USER: 'mtx-routes@sap-test.de',
    CF_API_PASSWORD: password,
    JOBS_USER: 'jobs-a@sap-test.de',
  });
  expect(jobs).toEqual({ username: 'jobs-a@sap-test.de', password: await made.secret('jobs-a') });
  expect(made.starts().sort()).toEqual(['deployments', 'deployments', 'restart', 'restart', 'restart']);
  expect(await made.marks()).not.toContain('locum-restart');
  expect((await made.engine().plan()).steps).toEqual([]);
  expect(made.acme.calls.filter(({ url }) => url.includes(password ?? '')).length).toBe(0);
});

test('a rotation brings the new password to services and environments, and restages or restarts who reads them', async () => {
  await using made = await world();
  const before = await made.secret('mtx-routes');
  const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'CHG-1' });
  expect(report).toMatchObject({ outcome: 'done', strategy: 'in place' });
  expect(Object.values(report?.deliveries ?? {}).map(({ state }) => state)).toEqual(['unproven', 'unproven']);
  const password = await made.secret('mtx-routes');
  expect(password).not.toBe(before);
  const { variables, api } = await made.environment();
  expect([variables.CF_API_PASSWORD, api?.cf_api_password]).toEqual([password, password]);
  expect(made.starts()).toHaveLength(2);
  expect(made.acme.calls.filter(({ method, url }) => method === 'POST' && url.endsWith('/v3/builds'))).toHaveLength(1);
  expect((await made.engine().plan()).steps).toEqual([]);
});

test('twins take turns in them', async () => {
  await using made = await world();
  const [report] = await made.engine().rotate({ names: ['jobs'], why: 'CHG-2' });
  expect(report).toMatchObject({ user: 'jobs-b', outcome: 'done', strategy: 'twins' });
  const { variables, jobs } = await made.environment();
  const password = await made.secret('jobs-b');
  expect(jobs).toEqual({ username: 'jobs-b@sap-test.de', password });
  expect(variables).toMatchObject({ JOBS_USER: 'jobs-b@sap-test.de', JOBS_PASSWORD: password });
  expect((await made.engine().plan()).steps).toEqual([]);
  const [back] = await made.engine().rotate({ names: ['jobs'], why: 'CHG-3' });
  expect(back).toMatchObject({ user: 'jobs-a', outcome: 'done' });
});

test.each([
  ['the new credentials', 'PATCH', '/v3/service_instances/*', 'drop'],
  ['the new variables', 'PATCH', '/v3/apps/*/environment_variables', 'drop'],
  ['the restart', 'POST', '/v3/apps/*/actions/restart', 'drop'],
] as const)(
  'when the reply to %s is lost, the app is restarted all the same, and no mark is left',
  async (_case, method, path, kind) => {
    await using made = await world();
    await made.acme.landscape.faults.add({ host: `api.${CF}`, method, path, times: 1, effect: { kind } });
    const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report?.steps.map(({ step, result }) => `${step} ${result}`)).toContain('deliver unknown');
    const password = await made.secret('mtx-routes');
    const { variables, api } = await made.environment();
    expect([variables.CF_API_PASSWORD, api?.cf_api_password]).toEqual([password, password]);
    expect(made.starts().length).toBeGreaterThanOrEqual(2);
    expect(await made.marks()).not.toContain('locum-restart');
    expect((await made.engine().plan()).steps).toEqual([]);
  },
);

test('what somebody changed by hand is drift that apply mends; a secret that was never ours is not written over', async () => {
  await using made = await world();
  const [app] = await made.cf.list('apps?names=router');
  const old = await made.secret('mtx-routes');
  await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
  const set = (value: string | undefined) =>
    made.cf.call('PATCH', `apps/${app?.guid}/environment_variables`, { var: { CF_API_PASSWORD: value } });
  await set(old);
  expect((await made.engine().doctor({ users: ['mtx-routes'] })).status).toBe('failed');
  expect((await made.engine().plan()).steps).toMatchObject([{ action: 'update' }]);
  await made.engine().apply({ why: 'drift' });
  expect((await made.environment()).variables.CF_API_PASSWORD).toBe(await made.secret('mtx-routes'));
  await set('of somebody else');
  const { steps, findings } = await made.engine().plan();
  expect(steps).toEqual([]);
  expect(findings.map(({ code }) => code)).toContain('CONSUMER_NOT_OURS');
});

test("somebody else's service that names the user is found, and gates the rotation", async () => {
  await using made = await world();
  await made.instance('of-others', { nested: { url: 'https://MTX-Routes@sap-test.de:pw@example.com' } });
  const { found } = await made.engine().uses('mtx-routes');
  const places = found.filter(({ type }) => type.startsWith('cf/user-provided') || type === 'cf/app-environment');
  expect(places.map(({ title, ours }) => `${title}${ours ? '' : ', not ours'}`).sort()).toEqual([
    'environment of app router in acme-dev/app',
    'user-provided service cf-api in acme-dev/app',
    'user-provided service of-others in acme-dev/app, not ours',
  ]);
  expect(JSON.stringify(found)).not.toContain(await made.secret('mtx-routes'));
  const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'refused' });
  expect(report?.findings.map(({ code }) => code)).toContain('ROTATION_FOREIGN_CONSUMER');
});

test('where the credentials may not be read, the space is told once, with the role that is lacking', async () => {
  await using made = await world();
  await made.cf.call('DELETE', `roles/${made.role}`);
  const { unread } = await made.engine().uses('mtx-routes');
  expect(unread).toEqual([
    {
      where: 'user-provided services and apps in acme-dev/app',
      because: expect.any(String),
      remedy: expect.stringContaining('Space Developer of acme-dev/app'),
    },
  ]);
  const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'refused' });
  expect(report?.findings.map(({ code }) => code)).toContain('ROTATION_UNREAD_PLACE');
});

test('a space where nobody of the manifest works is told as unknown too, and is no reason to stop', async () => {
  await using made = await world();
  const [space] = await made.cf.list('spaces?names=shared');
  const relationships = { space: { data: { guid: space?.guid } } };
  const user = { data: { username: 'platform-admin@acme.example', origin: 'sap.ids' } };
  const role = { type: 'space_developer', relationships: { user, ...relationships } };
  const { guid } = (await (await made.cf.call('POST', 'roles', role)).json()) as { readonly guid: string };
  await made.cf.call('POST', 'apps', { name: 'of-others', relationships });
  await made.cf.call('DELETE', `roles/${guid}`);
  const engine = () => made.acme.engine({ manifest: MANIFEST });
  const { unread } = await engine().uses('mtx-routes');
  expect(unread).toMatchObject([{ where: expect.stringContaining('/shared'), unlikely: true }]);
  const [report] = await engine().rotate({ names: ['mtx-routes'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(report?.findings).toContainEqual(
    expect.objectContaining({ code: 'ROTATION_UNREAD_PLACE', severity: 'warning' }),
  );
});

test('environments and services that nobody declared are found by the name, or by the secret alone, and gate the rotation', async () => {
  await using made = await world();
  const [space] = await made.cf.list('spaces?names=app');
  const relationships = { space: { data: { guid: space?.guid } } };
  const app = (name: string, environment_variables: object) =>
    made.cf.call('POST', 'apps', { name, relationships, environment_variables });
  const password = await made.secret('mtx-routes');
  await app('names-it', { CF_USER: 'mtx-routes@sap-test.de' });
  await app('has-its-secret', { SOME_CONFIG: JSON.stringify({ nested: [{ pw: password }] }) });
  await app('of-others', { CF_USER: 'somebody@sap-test.de', CF_PASSWORD: 'of-somebody-else' });
  await made.instance('has-its-secret-too', { token: password });
  made.acme.calls.length = 0;
  const uses = await made.engine().uses('mtx-routes');
  expect(uses.unread).toEqual([]);
  expect(
    uses.found
      .filter(({ ours, what }) => !ours && what === 'credential')
      .map(({ title }) => title)
      .sort(),
  ).toEqual([
    'environment of app has-its-secret in acme-dev/app (holds its secret, without its name)',
    'environment of app names-it in acme-dev/app',
    'user-provided service has-its-secret-too in acme-dev/app (holds its secret, without its name)',
  ]);
  expect(JSON.stringify(uses)).not.toContain(password);
  expect(made.acme.calls.filter(({ url }) => url.includes(password ?? ''))).toEqual([]);
  const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'refused' });
  const foreign = report?.findings.filter(({ code }) => code === 'ROTATION_FOREIGN_CONSUMER') ?? [];
  expect(foreign.map(({ because }) => because.replace(/ uses it.*/, '')).sort()).toEqual([
    'environment of app has-its-secret in acme-dev/app',
    'environment of app names-it in acme-dev/app',
    'user-provided service has-its-secret-too in acme-dev/app',
  ]);
  expect(JSON.stringify(report)).not.toContain(password);
});

test('each environment is read once in a command, also for twins, and a plan reads those that are declared only', async () => {
  await using made = await world();
  const [space] = await made.cf.list('spaces?names=app');
  const relationships = { space: { data: { guid: space?.guid } } };
  for (const name of ['one', 'two']) await made.cf.call('POST', 'apps', { name, relationships });
  const reads = async (work: () => Promise<unknown>) => {
    made.acme.calls.length = 0;
    await work();
    const read = made.acme.calls.filter(({ url }) => url.endsWith('/environment_variables')).map(({ url }) => url);
    return [new Set(read).size, Math.max(...read.map((url) => read.filter((other) => other === url).length))];
  };
  const [apps] = await reads(() => made.engine().uses('jobs'));
  expect(apps).toBe(3);
  const [declared] = await reads(() => made.engine().plan());
  expect(declared).toBe(1);
});

test('where somebody else restarts the app, a rotation waits an hour for that', async () => {
  await using made = await world();
  const folder = mkdtempSync(path.join(tmpdir(), 'locum-cf-'));
  const manifest = path.join(folder, 'locum.yaml');
  writeFileSync(manifest, readFileSync(MANIFEST, 'utf8').replace('after: restage', 'after: none'));
  try {
    const engine = () => made.acme.engine({ manifest });
    const [report] = await engine().rotate({ names: ['mtx-routes'], why: 'x', wait: false });
    expect(report).toMatchObject({ outcome: 'settling' });
    expect(made.acme.calls.filter(({ url }) => url.endsWith('/v3/builds'))).toEqual([]);
    expect((await made.environment()).variables.CF_API_PASSWORD).toBe(await made.secret('mtx-routes'));
    await made.acme.context.sleep(3_600_000);
    const [later] = await engine().rotate({ names: ['mtx-routes'], why: 'x', wait: false });
    expect(later).toMatchObject({ outcome: 'done' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('places in Cloud Foundry that have left the manifest are removed without what else is there; so they are by offboard', async () => {
  await using made = await world();
  const folder = mkdtempSync(path.join(tmpdir(), 'locum-cf-left-'));
  const manifest = path.join(folder, 'locum.yaml');
  const { technicalUsers, ...rest } = parse(readFileSync(MANIFEST, 'utf8')) as { technicalUsers: object[] };
  const [mtx, jobs] = technicalUsers;
  writeFileSync(manifest, stringify({ ...rest, technicalUsers: [{ ...mtx, cloudFoundry: {} }, jobs] }));
  try {
    const engine = made.acme.engine({ manifest });
    const plan = await engine.plan({ prune: true });
    expect(plan.steps.map(({ address, action }) => `${action} ${address}`).sort()).toEqual([
      'delete cf/app-environment:acme-dev/app/router/CF_API_PASSWORD',
      'delete cf/user-provided-service:acme-dev/app/cf-api/cf_api_password',
    ]);
    const { remaining } = await engine.apply({ prune: true, why: 'no more' });
    expect(remaining).toMatchObject({ steps: [] });
    const { variables, api } = await made.environment();
    expect(variables).toMatchObject({ LOG_LEVEL: 'info', JOBS_USER: 'jobs-a@sap-test.de' });
    expect(Object.keys(variables)).not.toContain('CF_API_PASSWORD');
    expect(Object.keys(api ?? {}).sort()).toEqual(['jobs_password', 'jobs_user', 'url']);
    expect(made.starts()).toEqual([]);

    await engine.offboard({ name: 'jobs', why: 'bye' });
    const after = await made.environment();
    expect(after).toMatchObject({
      variables: { LOG_LEVEL: 'info' },
      api: { url: 'https://api.example.com' },
      jobs: {},
    });
    expect(JSON.stringify(after)).not.toMatch(/jobs-[ab]@|JOBS_PASSWORD|CF_API/);
    expect(await made.acme.store.copies.of('acme')).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
