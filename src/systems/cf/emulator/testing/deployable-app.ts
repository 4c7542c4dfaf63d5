import { expect } from 'vitest';
import { type Row, startWithMember } from './cloud-controller.ts';

export interface Deployment extends Row {
  readonly new_processes: readonly { readonly guid: string }[];
  readonly revision: { readonly guid: string; readonly version: number } | null;
}

/** A stopped app of the robot's, who is Space Developer, with two droplets; its current one is the first. */
export async function startWithApp(switches: Readonly<Record<string, boolean>> = {}) {
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
  const path = `/v3/apps/${app.guid}`;
  const act = async (action: string) => {
    expect((await robot.send('POST', `${path}/actions/${action}`)).status).toBe(200);
  };
  return {
    ...started,
    web: app,
    old,
    next,
    act,
    restart: () => act('restart'),
    /** A deployment of the second droplet, unless the body says otherwise. */
    deploy: async (body: object = {}) => {
      const relationships = { app: { data: { guid: app.guid } } };
      const sent = { ...('revision' in body ? {} : { droplet: { guid: next } }), ...body, relationships };
      return (await made('/v3/deployments', sent)) as unknown as Deployment;
    },
    current: async () => ((await robot.get(`${path}/relationships/current_droplet`)).body as { data: Row }).data.guid,
    processes: async () => ((await robot.get(`${path}/processes`)).body as { resources: readonly Row[] }).resources,
  };
}
