import { expect, test } from 'vitest';
import { openScene } from '../../testing/scene.ts';

test('dashboards ask what somebody may do with a service instance: developers manage it, whoever sees it reads it', async () => {
  const scene = await openScene();
  const path = `/v3/service_instances/${await scene.thing('managed')}/permissions`;
  for (const [caller, manage] of [
    ['admin', true],
    ['space_developer', true],
    ['space_manager', false],
    ['space_auditor', false],
    ['org_manager', false],
  ] as const) {
    expect(await scene.as(caller).get(path), caller).toMatchObject({ status: 200, body: { manage, read: true } });
  }
  expect((await scene.as('nobody').get(path)).status).toBe(401);
  expect((await scene.as('no_role').get(path)).status).toBe(404);
  expect((await scene.as('admin').get('/v3/service_instances/none/permissions')).status).toBe(404);
});
