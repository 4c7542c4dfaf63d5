import { expect, test } from 'vitest';
import { error, listOf, type Row } from '../../testing/cloud-controller.ts';
import { openScene } from '../../testing/scene.ts';

test('labels of packages, builds, droplets and deployments are changed one by one', async () => {
  const { as, fill } = await openScene();
  const developer = as('space_developer');
  for (const thing of ['packages/{package}', 'builds/{build}', 'droplets/{droplet}', 'deployments/{deployment}']) {
    const path = await fill(`/v3/${thing}`);
    await developer.send('PATCH', path, { metadata: { labels: { a: 'b', c: 'd' } } });
    await developer.send('PATCH', path, { metadata: { labels: { a: null }, annotations: { e: 'f' } } });
    expect((await developer.get(path)).body).toMatchObject({
      metadata: { labels: { c: 'd' }, annotations: { e: 'f' } },
    });
    expect(await developer.send('PATCH', path, { king: 1 })).toMatchObject({
      status: 422,
      body: error("Unknown field(s): 'king'"),
    });
  }
});

test('credentials are for docker images only', async () => {
  const { as, fill } = await openScene();
  const developer = as('space_developer');
  const changed = await developer.send('PATCH', await fill('/v3/packages/{package}'), { username: 'a', password: 'b' });
  expect(changed).toMatchObject({ status: 200, body: { data: { username: 'a', password: '***' } } });
  expect(await developer.send('PATCH', await fill('/v3/packages/{bits_package}'), { username: 'a' })).toMatchObject({
    status: 422,
    body: error('Cannot update Docker credentials for a buildpack app.'),
  });
});

test('the droplet that an app has is not deleted, another one is by a job', async () => {
  const { as, fill, thing } = await openScene();
  const developer = as('space_developer');
  const app = await thing('staged_app');
  const { data } = (await developer.get(`/v3/apps/${app}/relationships/current_droplet`)).body as { data: Row };
  expect(await developer.send('DELETE', `/v3/droplets/${data.guid}`)).toMatchObject({
    status: 422,
    body: error(`The droplet is currently used by app with guid "${app}".`),
  });
  const other = await fill('/v3/droplets/{droplet}');
  const { headers } = await developer.send('DELETE', other);
  const job = await developer.get(new URL(headers.get('location') ?? '').pathname);
  expect(job.body).toMatchObject({ operation: 'droplet.delete', state: 'COMPLETE' });
  expect((await developer.get(other)).status).toBe(404);
});

test('an instance that is stopped comes again; one that the process has not is not found', async () => {
  const { as, thing } = await openScene();
  const supporter = as('space_supporter');
  const app = await thing('staged_app');
  const instance = (index: string) => `/v3/apps/${app}/processes/web/instances/${index}`;
  expect((await supporter.send('DELETE', instance('0'))).status).toBe(204);
  expect(await supporter.send('DELETE', instance('1'))).toMatchObject({
    status: 404,
    body: error('Instance not found', 'CF-ResourceNotFound', 10010),
  });
  const events = await listOf(
    supporter,
    `/v3/audit_events?target_guids=${app}&types=audit.app.process.terminate_instance`,
  );
  expect(events.resources).toMatchObject([{ data: { process_type: 'web', process_index: 0 } }]);
});

test('every app finds the variables of the running group', async () => {
  const { root, as, thing } = await openScene();
  const path = '/v3/environment_variable_groups/running';
  await root.send('PATCH', path, { var: { PROXY: 'on', GONE: 'x' } });
  expect((await root.send('PATCH', path, { var: { GONE: null } })).body).toMatchObject({
    name: 'running',
    var: { PROXY: 'on' },
  });
  const { body } = await as('space_developer').get(`/v3/apps/${await thing('app')}/env`);
  expect(body).toMatchObject({ running_env_json: { PROXY: 'on' } });
  expect(await root.get('/v3/environment_variable_groups/king')).toMatchObject({
    status: 404,
    body: error('Environment variable group not found', 'CF-ResourceNotFound', 10010),
  });
  expect(await root.send('PATCH', path, { var: { PORT: '1' } })).toMatchObject({
    status: 422,
    body: error('Var cannot set PORT'),
  });
});
