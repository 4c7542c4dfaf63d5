import { expect, test } from 'vitest';
import { error } from '../../testing/cloud-controller.ts';
import { startWithApp } from '../../testing/deployable-app.ts';

test('a rolling deployment gives a stopped app its droplet and starts it, and is over at once', async () => {
  const { robot, web, old, next, deploy, current } = await startWithApp();
  expect(await deploy()).toMatchObject({
    status: { value: 'FINALIZED', reason: 'DEPLOYED' },
    strategy: 'rolling',
    options: { max_in_flight: 1 },
    droplet: { guid: next },
    previous_droplet: { guid: old },
    new_processes: [],
  });
  expect(await current()).toBe(next);
  expect((await robot.get(`/v3/apps/${web.guid}`)).body).toMatchObject({ state: 'STARTED' });
  const active = await robot.get(`/v3/deployments?app_guids=${web.guid}&status_values=ACTIVE`);
  expect(active.body).toMatchObject({ resources: [] });
});

test('the web process of a started app is replaced by another one, whose GUID is not that of the app', async () => {
  const { emulators, robot, web, deploy, restart, processes } = await startWithApp({ 'cf.jobsTakeTime': true });
  await robot.send('POST', `/v3/processes/${web.guid}/actions/scale`, { instances: 3 });
  await robot.send('PATCH', `/v3/processes/${web.guid}`, { metadata: { labels: { team: 'a' } } });
  await restart();
  const made = await deploy({ options: { max_in_flight: 2, memory_in_mb: 512 } });
  const [{ guid } = { guid: '' }] = made.new_processes;
  expect(guid).not.toBe(web.guid);
  expect(made).toMatchObject({
    status: { value: 'ACTIVE', reason: 'DEPLOYING' },
    options: { max_in_flight: 2, memory_in_mb: 512 },
    new_processes: [{ type: 'web' }],
  });
  expect(await processes()).toMatchObject([
    { guid: web.guid, instances: 3, memory_in_mb: 1024 },
    { guid, instances: 2, memory_in_mb: 512, metadata: { labels: { team: 'a' } } },
  ]);
  expect((await robot.get(`/v3/apps/${web.guid}/processes/web`)).body).toMatchObject({ guid });
  await emulators.advance(2000);
  expect(await processes()).toMatchObject([{ guid, instances: 3, memory_in_mb: 512 }]);
  expect((await robot.get(`/v3/deployments/${made.guid}`)).body).toMatchObject({ status: { reason: 'DEPLOYED' } });
});

test('a canary waits for a word, and gives way to the old droplet when it is canceled', async () => {
  const { robot, web, old, next, deploy, restart, current, processes } = await startWithApp();
  await restart();
  const { guid } = await deploy({ strategy: 'canary' });
  const path = `/v3/deployments/${guid}`;
  expect((await robot.get(path)).body).toMatchObject({
    status: { value: 'ACTIVE', reason: 'PAUSED', canary: { steps: { current: 1, total: 1 } } },
    links: { cancel: { method: 'POST' }, continue: { method: 'POST' } },
  });
  expect(await current()).toBe(next);
  expect(await processes()).toHaveLength(2);
  expect((await robot.send('POST', `${path}/actions/cancel`)).status).toBe(200);
  expect((await robot.get(path)).body).toMatchObject({ status: { value: 'FINALIZED', reason: 'CANCELED' } });
  expect(await current()).toBe(old);
  expect(await processes()).toMatchObject([{ guid: web.guid, instances: 1 }]);
  const again = await robot.send('POST', `${path}/actions/continue`);
  expect(again).toMatchObject({
    status: 422,
    body: error('Cannot continue a deployment with status: FINALIZED and reason: CANCELED'),
  });
});

test('a canary has as many instances as the weight of its step says, and one more of the old ones than are left', async () => {
  const { robot, web, deploy, restart, processes } = await startWithApp();
  await robot.send('POST', `/v3/processes/${web.guid}/actions/scale`, { instances: 10 });
  await restart();
  const steps = [{ instance_weight: 20 }, { instance_weight: 100 }];
  const { guid } = await deploy({ strategy: 'canary', options: { canary: { steps } } });
  const path = `/v3/deployments/${guid}`;
  expect(await processes()).toMatchObject([{ instances: 9 }, { instances: 2 }]);
  await robot.send('POST', `${path}/actions/continue`);
  expect((await robot.get(path)).body).toMatchObject({
    status: { reason: 'PAUSED', canary: { steps: { current: 2, total: 2 } } },
    options: { canary: { steps } },
  });
  expect(await processes()).toMatchObject([{ instances: 0 }, { instances: 10 }]);
  await robot.send('POST', `${path}/actions/continue`);
  expect((await robot.get(path)).body).toMatchObject({ status: { value: 'FINALIZED', reason: 'DEPLOYED' } });
  expect(await processes()).toMatchObject([{ instances: 10 }]);
});

test('a deployment that comes before the end of another one takes its place; canceled, it gives way to that one', async () => {
  const { emulators, robot, next, old, deploy, restart, processes } = await startWithApp({ 'cf.jobsTakeTime': true });
  await restart();
  const first = await deploy();
  const second = await deploy({ droplet: { guid: old } });
  expect((await robot.get(`/v3/deployments/${first.guid}`)).body).toMatchObject({
    status: { value: 'FINALIZED', reason: 'SUPERSEDED' },
  });
  expect(await processes()).toHaveLength(3);
  await robot.send('POST', `/v3/deployments/${second.guid}/actions/cancel`);
  expect((await robot.get(`/v3/deployments/${second.guid}`)).body).toMatchObject({
    status: { value: 'ACTIVE', reason: 'CANCELING' },
    previous_droplet: { guid: next },
  });
  await emulators.advance(2000);
  expect((await robot.get(`/v3/deployments/${second.guid}`)).body).toMatchObject({ status: { reason: 'CANCELED' } });
  expect(await processes()).toMatchObject([{ guid: first.new_processes[0]?.guid }]);
});

test('where jobs take time, so do deployments', async () => {
  const { emulators, robot, deploy, restart } = await startWithApp({ 'cf.jobsTakeTime': true });
  await restart();
  const { guid } = await deploy();
  expect((await robot.get(`/v3/deployments/${guid}`)).body).toMatchObject({ status: { reason: 'DEPLOYING' } });
  await emulators.advance(2000);
  expect((await robot.get(`/v3/deployments/${guid}`)).body).toMatchObject({ status: { reason: 'DEPLOYED' } });
});

test('audit events tell of a deployment, of the droplet and of what was asked for', async () => {
  const { robot, web, old, next, deploy, restart } = await startWithApp();
  await restart();
  const { guid, revision } = await deploy({ strategy: 'canary' });
  await robot.send('POST', `/v3/deployments/${guid}/actions/cancel`);
  const types = ['audit.app.droplet.mapped', 'audit.app.deployment.create', 'audit.app.deployment.cancel'];
  const { resources } = (await robot.get(`/v3/audit_events?target_guids=${web.guid}&types=${types.join(',')}`))
    .body as { resources: { type: string; data: unknown }[] };
  expect(resources.map(({ type, data }) => [type, data])).toMatchObject([
    ['audit.app.droplet.mapped', { request: { droplet_guid: old } }],
    ['audit.app.droplet.mapped', { request: { droplet_guid: next } }],
    [
      'audit.app.deployment.create',
      {
        deployment_guid: guid,
        droplet_guid: next,
        type: null,
        revision_guid: revision?.guid,
        request: { strategy: 'canary', droplet: { guid: next } },
        strategy: 'canary',
      },
    ],
    ['audit.app.droplet.mapped', { request: { droplet_guid: old } }],
    ['audit.app.deployment.cancel', { deployment_guid: guid, droplet_guid: next }],
  ]);
});

test('an app that runs nothing has no sidecars, tasks and log, and no bits that another push brought', async () => {
  const { emulators, admin, robot, web } = await startWithApp();
  for (const path of [
    `/v3/processes/${web.guid}/sidecars`,
    `/v3/apps/${web.guid}/sidecars`,
    `/v3/apps/${web.guid}/tasks`,
  ]) {
    expect((await robot.get(path)).body).toMatchObject({ pagination: { total_results: 0 }, resources: [] });
  }
  const resources = [{ checksum: { value: '002d760bea1be268e27077412e11a320d0f164d3' }, size_in_bytes: 36 }];
  expect(await robot.send('POST', '/v3/resource_matches', { resources })).toMatchObject({
    status: 201,
    body: { resources: [] },
  });
  const log = `https://log-cache.cf.eu10-004.hana.ondemand.com/api/v1/read/${web.guid}`;
  const read = async (token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await emulators.fetch(log, { headers });
    return response.status === 200 ? response.json() : response.status;
  };
  expect(await read(robot.token)).toEqual({ envelopes: { batch: [] } });
  expect(await read(admin.token)).toEqual({ envelopes: { batch: [] } });
  expect(await read()).toBe(404);
});
