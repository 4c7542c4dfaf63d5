import type { Acting } from '../acting.ts';
import { record } from '../events.ts';
import type { CfApp } from '../rows/apps.ts';
import { removeBinding } from '../services/removal.ts';

/** Takes an app away with its processes, packages, droplets, bindings and destinations (cloud_controller_ng, AppDelete). */
export function removeApp(acting: Acting, app: CfApp): void {
  const { store } = acting;
  const { guid } = app;
  const space = store.spaces.get(app.space);
  for (const route of store.routes.by('app', guid)) {
    store.routes.set(route.guid, { ...route, destinations: route.destinations.filter((one) => one.app !== guid) });
  }
  for (const binding of store.bindings.by('app', guid)) removeBinding(acting, binding);
  const { processes, packages, builds, droplets, deployments, revisions, tasks } = store;
  for (const parts of [processes, packages, builds, droplets, deployments, revisions, tasks]) {
    for (const part of parts.by('app', guid)) parts.delete(part.guid);
  }
  store.apps.delete(guid);
  record(acting, 'audit.app.delete-request', { guid, type: 'app', name: app.name }, space ? { space } : {});
}
