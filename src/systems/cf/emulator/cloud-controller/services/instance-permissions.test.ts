import { expect, test } from 'vitest';
import { INSIDE, OUTSIDE } from '../../testing/permissions.ts';
import { openScene } from '../../testing/scene.ts';
import type { Caller } from '../../testing/stage.ts';

const callers = (names: string) => names.split(' ') as Caller[];

test('dashboards ask what somebody may do with a service instance: developers manage it, whoever sees it reads it', async () => {
  const scene = await openScene();
  const path = `/v3/service_instances/${await scene.thing('managed')}/permissions`;
  const told = async (caller: Caller) => [caller, await scene.as(caller).get(path)] as const;
  for (const caller of callers(INSIDE)) {
    const manage = ['admin', 'space_developer'].includes(caller);
    expect(await told(caller)).toMatchObject([caller, { status: 200, body: { manage, read: true } }]);
  }
  for (const caller of callers(OUTSIDE)) {
    expect(await told(caller)).toMatchObject([caller, { status: 200, body: { manage: false, read: false } }]);
  }
  expect(await told('nobody')).toMatchObject(['nobody', { status: 401 }]);
  await scene.suspend(true);
  for (const [caller, manage] of [
    ['admin', true],
    ['space_developer', false],
  ] as const) {
    expect(await told(caller)).toMatchObject([caller, { body: { manage, read: true } }]);
  }
  await scene.suspend(false);
  expect((await scene.as('no_role').get('/v3/service_instances/none/permissions')).status).toBe(404);
});
