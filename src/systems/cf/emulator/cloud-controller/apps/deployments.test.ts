import { expect, test } from 'vitest';
import { error, type Row, startWithMember } from '../../testing/cloud-controller.ts';

/** An app of the robot's with two droplets; it runs the first. */
async function startWithApp(switches: Readonly<Record<string, boolean>> = {}) {
  const started = await startWithMember({ switches });
  const { admin, robot, app: space, spaceRole } = started;
  await admin.send('POST', '/v3/roles', spaceRole('space_developer'));
  const made = async (path: string, body: object) => {
    const answer = await robot.send('POST', path, body);
    expect([path, answer.status]).toEqual([path, 201]);
    return answer.body as Row & { readonly droplet: Row };
  };
  const app = await made('/v3/apps', {
    name: 'web',
    lifecycle: { type: 'docker', data: {} },
    relationships: { space: { data: { guid: space.guid } } },
  });
  const droplet = async (image: string) => {
    const relationships = { app: { data: { guid: app.guid } } };
    const { guid } = await made('/v3/packages', { type: 'docker', data: { image }, relationships });
    const build = await made('/v3/builds', { package: { guid } });
    await started.emulators.advance(2000);
    return ((await robot.get(`/v3/builds/${build.guid}`)).body as { droplet: Row }).droplet.guid;
  };
  const [old, next] = [await droplet('web:1'), await droplet('web:2')];
  await robot.send('PATCH', `/v3/apps/${app.guid}/relationships/current_droplet`, { data: { guid: old } });
  const deploy = (strategy: string) =>
    made('/v3/deployments', {
      droplet: { guid: next },
      strategy,
      relationships: { app: { data: { guid: app.guid } } },
    });
  const current = async () =>
    ((await robot.get(`/v3/apps/${app.guid}/relationships/current_droplet`)).body as { data: Row }).data.guid;
  return { ...started, robot, web: app, old, next, deploy, current };
}

test('a rolling deployment gives the app its droplet and starts it', async () => {
  const { robot, web, old, next, deploy, current } = await startWithApp();
  expect(await deploy('rolling')).toMatchObject({
    status: { value: 'FINALIZED', reason: 'DEPLOYED' },
    droplet: { guid: next },
    previous_droplet: { guid: old },
  });
  expect(await current()).toBe(next);
  expect((await robot.get(`/v3/apps/${web.guid}`)).body).toMatchObject({ state: 'STARTED' });
  const active = await robot.get(`/v3/deployments?app_guids=${web.guid}&status_values=ACTIVE`);
  expect(active.body).toMatchObject({ resources: [] });
});

test('a canary waits for a word, and gives way to the old droplet when it is canceled', async () => {
  const { robot, old, deploy, current } = await startWithApp();
  const { guid } = await deploy('canary');
  const path = `/v3/deployments/${guid}`;
  expect((await robot.get(path)).body).toMatchObject({ status: { value: 'ACTIVE', reason: 'PAUSED' } });
  expect((await robot.send('POST', `${path}/actions/cancel`)).status).toBe(200);
  expect((await robot.get(path)).body).toMatchObject({ status: { value: 'FINALIZED', reason: 'CANCELED' } });
  expect(await current()).toBe(old);
  const again = await robot.send('POST', `${path}/actions/continue`);
  expect(again).toMatchObject({
    status: 422,
    body: error('Cannot continue a deployment with status: FINALIZED and reason: CANCELED'),
  });
});

test('where jobs take time, so do deployments', async () => {
  const { emulators, robot, deploy } = await startWithApp({ 'cf.jobsTakeTime': true });
  const { guid } = await deploy('rolling');
  expect((await robot.get(`/v3/deployments/${guid}`)).body).toMatchObject({ status: { reason: 'DEPLOYING' } });
  await emulators.advance(2000);
  expect((await robot.get(`/v3/deployments/${guid}`)).body).toMatchObject({ status: { reason: 'DEPLOYED' } });
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
