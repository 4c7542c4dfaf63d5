import { expect, test } from 'vitest';
import { openScene } from '../../testing/scene.ts';

test('the buildpack cache of an app is cleared by a job, for who manages apps', async () => {
  const scene = await openScene();
  const path = `/v3/apps/${await scene.thing('app')}/actions/clear_buildpack_cache`;
  for (const [caller, status] of [
    ['space_developer', 202],
    ['space_supporter', 202],
    ['space_auditor', 403],
    ['org_manager', 403],
    ['no_role', 404],
    ['nobody', 401],
  ] as const) {
    const answer = await scene.as(caller).send('POST', path);
    expect(answer.status, caller).toBe(status);
    if (status !== 202) continue;
    const job = /\/v3\/jobs\/[^/]+$/.exec(answer.headers.get('location') ?? '')?.[0] ?? '';
    expect((await scene.as(caller).get(job)).body).toMatchObject({ operation: 'app.clear_buildpack_cache' });
  }
  const missing = path.replace(/apps\/[^/]+/, 'apps/none');
  expect((await scene.as('space_developer').send('POST', missing)).status).toBe(404);
});
