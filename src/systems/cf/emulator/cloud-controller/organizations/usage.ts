import { type Acting, link, type Shape } from '../acting.ts';
import type { CfSpace } from '../rows/organizations.ts';

/** What an org or space uses of its quota (cloud_controller_ng, UsageSummaryPresenter). */
export function usageView(acting: Acting, spaces: readonly CfSpace[], self: string, org?: string): Shape {
  const { store } = acting;
  const apps = spaces.flatMap((space) => store.apps.by('space', space.guid));
  const started = apps.filter((app) => app.started).flatMap((app) => store.processes.by('app', app.guid));
  const instances = spaces.flatMap((space) => store.instances.by('space', space.guid));
  const keys = instances.flatMap((instance) => store.bindings.by('instance', instance.guid));
  const routes = spaces.flatMap((space) => store.routes.by('space', space.guid));
  return {
    usage_summary: {
      started_instances: started.reduce((sum, process) => sum + process.instances, 0),
      memory_in_mb: started.reduce((sum, process) => sum + process.instances * process.memory, 0),
      routes: routes.length,
      service_instances: instances.filter((instance) => instance.plan !== undefined).length,
      reserved_ports: routes.filter((route) => (route.port ?? 0) > 0).length,
      ...(org === undefined ? {} : { domains: store.domains.by('org', org).length }),
      per_app_tasks: 0,
      service_keys: keys.filter((binding) => binding.type === 'key').length,
    },
    links: {
      self: link(acting, `${self}/usage_summary`),
      [org === undefined ? 'space' : 'organization']: link(acting, self),
    },
  };
}
