import { expect, test } from 'vitest';
import { error } from '../../testing/cloud-controller.ts';
import { startWithApp } from '../../testing/deployable-app.ts';
import { API } from '../../testing/landscape.ts';

interface Revision {
  readonly guid: string;
  readonly version: number;
  readonly description: string;
}

async function start(switches: Readonly<Record<string, boolean>> = {}) {
  const started = await startWithApp(switches);
  const { robot, web } = started;
  const path = `/v3/apps/${web.guid}`;
  const revisions = async (query = '') =>
    ((await robot.get(`${path}/revisions${query}`)).body as { resources: readonly Revision[] }).resources;
  return {
    ...started,
    path,
    revisions,
    deployed: async () => (await revisions('/deployed')).map(({ version }) => version),
    told: async () => (await revisions()).map(({ version, description }) => [version, description]),
    set: async (variables: object) => {
      const answer = await robot.send('PATCH', `${path}/environment_variables`, { var: variables });
      expect(answer.status).toBe(200);
    },
    environment: async ({ guid }: Revision) =>
      ((await robot.get(`/v3/revisions/${guid}/environment_variables`)).body as { var: unknown }).var,
  };
}

test('a restart makes a revision of what is new, and none when nothing is', async () => {
  const { robot, web, path, next, restart, set, told, revisions } = await start();
  expect(await told()).toEqual([]);
  await restart();
  await restart();
  await set({ PASSWORD: 'old' });
  await robot.send('PATCH', `${path}/relationships/current_droplet`, { data: { guid: next } });
  await robot.send('PATCH', `/v3/processes/${web.guid}`, { command: 'npm start' });
  await restart();
  await robot.send('PATCH', `/v3/processes/${web.guid}`, { command: 'npm run it' });
  await restart();
  await robot.send('PATCH', `/v3/processes/${web.guid}`, { command: null });
  await restart();
  expect(await told()).toEqual([
    [1, 'Initial revision.'],
    [2, "Custom start command added for 'web' process. New droplet deployed. New environment variables deployed."],
    [3, "Custom start command updated for 'web' process."],
    [4, "Custom start command removed for 'web' process."],
  ]);
  const [, , third] = await revisions();
  const self = `${API}/v3/revisions/${third?.guid}`;
  expect((await robot.get(`/v3/revisions/${third?.guid}`)).body).toEqual({
    guid: third?.guid,
    created_at: expect.any(String),
    updated_at: expect.any(String),
    version: 3,
    droplet: { guid: next },
    processes: { web: { command: 'npm run it' } },
    sidecars: [],
    description: "Custom start command updated for 'web' process.",
    relationships: { app: { data: { guid: web.guid } } },
    links: {
      self: { href: self },
      app: { href: `${API}${path}` },
      environment_variables: { href: `${self}/environment_variables` },
    },
    metadata: { labels: {}, annotations: {} },
    deployable: true,
  });
});

test('sidecars of a manifest are part of a revision, and so are changes of them', async () => {
  const { robot, app: space, restart, told, revisions } = await start();
  const apply = async (memory: string) => {
    const sidecars = [{ name: 'agent', command: './agent', process_types: ['web'], memory }];
    const manifest = JSON.stringify({ applications: [{ name: 'web', lifecycle: 'docker', sidecars }] });
    expect((await robot.send('POST', `/v3/spaces/${space.guid}/actions/apply_manifest`, manifest)).status).toBe(202);
    await restart();
  };
  await restart();
  await apply('1G');
  await apply('256M');
  expect(await told()).toEqual([
    [1, 'Initial revision.'],
    [2, 'Sidecars updated.'],
    [3, 'Sidecars updated.'],
  ]);
  const sidecar = (memory_in_mb: number) => [
    { name: 'agent', command: './agent', process_types: ['web'], memory_in_mb },
  ];
  expect(await revisions('?versions=2,3')).toMatchObject([{ sidecars: sidecar(1024) }, { sidecars: sidecar(256) }]);
});

test('a password that was replaced stays readable in the environment of earlier revisions', async () => {
  const { restart, set, revisions, environment } = await start();
  await set({ cf_api_password: 'old' });
  await restart();
  await set({ cf_api_password: 'new' });
  await restart();
  const [first, second] = await revisions();
  if (!first || !second) throw new Error('no revisions');
  expect([await environment(first), await environment(second)]).toEqual([
    { cf_api_password: 'old' },
    { cf_api_password: 'new' },
  ]);
});

test('a start makes a revision, but processes stay at that of their last restart or deployment', async () => {
  const { robot, web, act, restart, set, told, deployed, deploy } = await start();
  await act('start');
  expect([await told(), await deployed()]).toEqual([[[1, 'Initial revision.']], []]);
  await restart();
  expect(await deployed()).toEqual([1]);
  await act('stop');
  expect(await deployed()).toEqual([]);
  await set({ A: 'b' });
  await act('start');
  await act('start');
  expect([await told(), await deployed()]).toMatchObject([{ length: 2 }, [1]]);
  expect(await deploy()).toMatchObject({ revision: { version: 3 } });
  expect(await deployed()).toEqual([3]);
  const { body } = await robot.get(`/v3/apps/${web.guid}/processes/web`);
  expect(body).toMatchObject({ relationships: { revision: { data: { guid: expect.any(String) } } } });
});

test('while a rolling deployment goes on, two revisions are deployed', async () => {
  const { emulators, restart, set, deploy, deployed } = await start({ 'cf.jobsTakeTime': true });
  await restart();
  await set({ A: 'b' });
  await deploy();
  expect(await deployed()).toEqual([1, 2]);
  await emulators.advance(2000);
  expect(await deployed()).toEqual([2]);
});

test('a rollback deploys droplet, environment and command of then, as a new revision', async () => {
  const { robot, path, old, web, restart, set, deploy, told, revisions, current, processes } = await start();
  await set({ A: '1' });
  await robot.send('PATCH', `/v3/processes/${web.guid}`, { command: 'first' });
  await restart();
  const [first] = await revisions();
  await set({ A: '2' });
  await robot.send('PATCH', `/v3/processes/${web.guid}`, { command: 'second' });
  await deploy();
  const made = await deploy({ revision: { guid: first?.guid } });
  expect(made).toMatchObject({ revision: { version: 3 }, droplet: { guid: old } });
  const [, , third] = await told();
  expect(third).toEqual([
    3,
    "Custom start command updated for 'web' process. New droplet deployed. New environment variables deployed. Rolled back to revision 1.",
  ]);
  expect(await current()).toBe(old);
  expect((await robot.get(`${path}/environment_variables`)).body).toMatchObject({ var: { A: '1' } });
  expect(await processes()).toMatchObject([{ command: '[PRIVATE DATA HIDDEN IN LISTS]' }]);
  expect((await robot.get(`${path}/processes/web`)).body).toMatchObject({ command: 'first' });
  const events = await robot.get(`/v3/audit_events?target_guids=${web.guid}&types=audit.app.deployment.create`);
  expect(events.body).toMatchObject({ resources: [{ data: { type: null } }, { data: { type: 'rollback' } }] });
  const all = await robot.get(`/v3/audit_events?target_guids=${web.guid}&per_page=100`);
  const types = (all.body as { resources: readonly { type: string }[] }).resources.map(({ type }) => type);
  expect(types.slice(-3)).toEqual([
    'audit.app.droplet.mapped',
    'audit.app.revision.create',
    'audit.app.deployment.create',
  ]);
});

test('a rollback is refused where there is nothing to go back to', async () => {
  const { robot, web, old, restart, deploy, revisions } = await start();
  await restart();
  const [first] = await revisions();
  const relationships = { app: { data: { guid: web.guid } } };
  const refused = async (body: object) =>
    (await robot.send('POST', '/v3/deployments', { ...body, relationships })).body;
  const revision = { guid: first?.guid };
  expect(await refused({ revision })).toEqual(
    error(
      'Unable to rollback. The code and configuration you are rolling back to is the same as the deployed revision.',
    ),
  );
  expect(await refused({ revision: { guid: 'king' } })).toEqual(error('The revision does not exist'));
  expect(await refused({ revision, droplet: { guid: old } })).toEqual(
    error("Droplet Cannot set both fields 'droplet' and 'revision'"),
  );
  await deploy();
  await robot.send('DELETE', `/v3/droplets/${old}`);
  expect(await refused({ revision })).toEqual(
    error('Unable to deploy this revision, the droplet for this revision no longer exists.'),
  );
  expect((await robot.get(`/v3/revisions/${first?.guid}`)).body).toMatchObject({ deployable: false });
  await robot.send('PATCH', `/v3/apps/${web.guid}/features/revisions`, { enabled: false });
  expect(await refused({ revision })).toEqual(
    error('Cannot create deployment from a revision for an app without revisions enabled'),
  );
});

test('an app without the feature has no new revisions, and goes with its app', async () => {
  const { robot, path, web, restart, set, deploy, told, revisions } = await start();
  await restart();
  await robot.send('PATCH', `${path}/features/revisions`, { enabled: false });
  await set({ A: 'b' });
  await restart();
  expect(await deploy()).toMatchObject({ revision: null });
  expect(await told()).toHaveLength(1);
  const [first] = await revisions();
  await robot.send('DELETE', path);
  expect((await robot.get(`/v3/revisions/${first?.guid}`)).status).toBe(404);
  expect((await robot.get(`/v3/apps/${web.guid}/revisions`)).status).toBe(404);
});

test('events tell who made a revision and who looked at its environment', async () => {
  const { robot, web, restart, revisions, environment } = await start();
  await restart();
  const [first] = await revisions();
  if (!first) throw new Error('no revision');
  await environment(first);
  const types = 'audit.app.revision.create,audit.app.revision.environment_variables.show';
  const events = await robot.get(`/v3/audit_events?target_guids=${web.guid}&types=${types}`);
  const data = { revision_guid: first.guid, revision_version: 1 };
  expect(events.body).toMatchObject({
    resources: [
      { type: 'audit.app.revision.create', data, target: { type: 'app', name: 'web' } },
      { type: 'audit.app.revision.environment_variables.show', data },
    ],
  });
});

test('revisions are found by version and label, not by deployable, which no query can say', async () => {
  const { robot, restart, set, revisions } = await start();
  for (const value of ['1', '2', '3']) {
    await set({ A: value });
    await restart();
  }
  const [, second] = await revisions();
  const patched = await robot.send('PATCH', `/v3/revisions/${second?.guid}`, { metadata: { labels: { good: 'yes' } } });
  expect(patched.body).toMatchObject({ version: 2, metadata: { labels: { good: 'yes' } } });
  const versions = async (query: string) => (await revisions(query)).map(({ version }) => version);
  expect(await versions('?versions=1,3')).toEqual([1, 3]);
  expect(await versions('?label_selector=good')).toEqual([2]);
  expect(await versions('?order_by=-created_at&versions=2,3')).toHaveLength(2);
});
