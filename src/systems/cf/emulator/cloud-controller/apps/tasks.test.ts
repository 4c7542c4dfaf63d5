import { expect, test } from 'vitest';
import { error, listOf, type Row } from '../../testing/cloud-controller.ts';
import { openScene } from '../../testing/scene.ts';

async function startTask(switches: Readonly<Record<string, boolean>> = {}) {
  const scene = await openScene({ switches });
  const developer = scene.as('space_developer');
  const app = await scene.thing('staged_app');
  const made = await developer.send('POST', `/v3/apps/${app}/tasks`, { command: 'rake db:migrate', memory_in_mb: 64 });
  return { ...scene, developer, app, made, task: made.body as Row };
}

test('a task runs, does nothing and has succeeded', async () => {
  const { developer, app, made, task } = await startTask();
  expect(made).toMatchObject({
    status: 202,
    body: { sequence_id: 1, state: 'RUNNING', command: 'rake db:migrate', memory_in_mb: 64, disk_in_mb: 1024 },
  });
  expect((await developer.get(`/v3/tasks/${task.guid}`)).body).toMatchObject({ state: 'SUCCEEDED' });
  const again = await developer.send('POST', `/v3/apps/${app}/tasks`, { command: 'true', name: 'again' });
  expect(again.body).toMatchObject({ sequence_id: 2, name: 'again' });
  const found = await listOf(developer, `/v3/apps/${app}/tasks?sequence_ids=2`);
  expect(found.resources).toMatchObject([{ name: 'again', command: 'true' }]);
  expect((await listOf(developer, `/v3/tasks?app_guids=${app}`)).resources).toHaveLength(2);
});

test('its command is told to Space Developers only, and in no list over many apps', async () => {
  const { as, developer, app, task } = await startTask();
  const hasCommand = (row: unknown) => Object.hasOwn(row as object, 'command');
  expect(hasCommand((await as('space_auditor').get(`/v3/tasks/${task.guid}`)).body)).toBe(false);
  expect(hasCommand((await listOf(as('space_auditor'), `/v3/apps/${app}/tasks`)).resources[0])).toBe(false);
  expect(hasCommand((await listOf(developer, `/v3/tasks?app_guids=${app}`)).resources[0])).toBe(false);
});

test('it can be canceled while it runs, and has failed then', async () => {
  const { emulators, as, developer, task } = await startTask({ 'cf.jobsTakeTime': true });
  const cancel = `/v3/tasks/${task.guid}/actions/cancel`;
  expect(await as('space_supporter').send('POST', cancel)).toMatchObject({ status: 202, body: { state: 'CANCELING' } });
  await emulators.advance(2000);
  expect((await developer.get(`/v3/tasks/${task.guid}`)).body).toMatchObject({
    state: 'FAILED',
    result: { failure_reason: 'task was cancelled' },
  });
  expect(await developer.send('POST', cancel)).toMatchObject({
    status: 422,
    body: error('Task state is FAILED and therefore cannot be canceled'),
  });
});

test.each([
  [{}, 'Command No command or template provided'],
  [{ command: 'true', disk_in_mb: 0 }, 'Disk in mb must be greater than 0'],
])('a task of %o is refused', async (body, detail) => {
  const { root, thing } = await openScene();
  const answer = await root.send('POST', `/v3/apps/${await thing('staged_app')}/tasks`, body);
  expect(answer).toMatchObject({ status: 422, body: error(detail) });
});

test('an app without a droplet has no tasks', async () => {
  const { root, thing } = await openScene();
  const answer = await root.send('POST', `/v3/apps/${await thing('app')}/tasks`, { command: 'true' });
  expect(answer).toMatchObject({
    status: 422,
    body: error('Task must have a droplet. Specify droplet or assign current droplet to app.'),
  });
});
