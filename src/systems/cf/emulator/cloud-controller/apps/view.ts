import { type Acting, head, link, type Shape, toOne } from '../acting.ts';
import type { CfApp, CfLifecycle } from '../rows/apps.ts';

export function appView(acting: Acting, app: CfApp): Shape {
  const self = `/v3/apps/${app.guid}`;
  const at = (path: string) => link(acting, `${self}/${path}`);
  const post = (path: string) => link(acting, `${self}/${path}`, 'POST');
  return {
    ...head(app),
    name: app.name,
    state: app.started ? 'STARTED' : 'STOPPED',
    lifecycle: lifecycleView(app.lifecycle),
    // The droplet is never just absent: an app without one shows null in it.
    relationships: { space: toOne(app.space), current_droplet: { data: { guid: app.droplet ?? null } } },
    metadata: app.metadata,
    links: {
      self: link(acting, self),
      environment_variables: at('environment_variables'),
      space: link(acting, `/v3/spaces/${app.space}`),
      processes: at('processes'),
      packages: at('packages'),
      current_droplet: at('droplets/current'),
      droplets: at('droplets'),
      tasks: at('tasks'),
      start: post('actions/start'),
      stop: post('actions/stop'),
      clear_buildpack_cache: post('actions/clear_buildpack_cache'),
      revisions: at('revisions'),
      deployed_revisions: at('revisions/deployed'),
      features: at('features'),
    },
  };
}

export function lifecycleView({ type, buildpacks, stack }: CfLifecycle): Shape {
  return { type, data: type === 'docker' ? {} : { buildpacks, stack: stack ?? null } };
}

export function environmentView(acting: Acting, app: CfApp): Shape {
  const self = `/v3/apps/${app.guid}`;
  return {
    var: app.environment,
    links: { self: link(acting, `${self}/environment_variables`), app: link(acting, self) },
  };
}
