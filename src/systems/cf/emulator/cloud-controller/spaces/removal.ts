import type { Acting } from '../acting.ts';
import { removeApp } from '../apps/removal.ts';
import { record } from '../events.ts';
import type { CfSpace } from '../rows/organizations.ts';
import { removeInstance } from '../services/removal.ts';

/** Takes a space away with all that is in it (cloud_controller_ng, SpaceDelete). */
export function removeSpace(acting: Acting, space: CfSpace): void {
  const { store } = acting;
  const { guid } = space;
  for (const app of store.apps.by('space', guid)) removeApp(acting, app);
  for (const instance of store.instances.by('landscape', space.landscape)) {
    if (instance.space === guid) removeInstance(acting, instance);
    else if (instance.sharedSpaces.includes(guid)) {
      const sharedSpaces = instance.sharedSpaces.filter((other) => other !== guid);
      store.instances.set(instance.guid, { ...instance, sharedSpaces });
    }
  }
  for (const route of store.routes.by('space', guid)) store.routes.delete(route.guid);
  for (const role of store.rolesInSpace(guid)) store.roles.delete(role.guid);
  for (const broker of store.brokers.by('landscape', space.landscape)) {
    if (broker.space === guid) store.brokers.delete(broker.guid);
  }
  for (const group of store.securityGroups.by('landscape', space.landscape)) {
    const [running, staging] = [group.runningSpaces, group.stagingSpaces].map((spaces) =>
      spaces.filter((other) => other !== guid),
    );
    const same = running?.length === group.runningSpaces.length && staging?.length === group.stagingSpaces.length;
    if (!same) {
      store.securityGroups.set(group.guid, { ...group, runningSpaces: running ?? [], stagingSpaces: staging ?? [] });
    }
  }
  const target = { guid, type: 'space', name: space.name };
  record(acting, 'audit.space.delete-request', target, { space }, { request: { recursive: true } });
  store.spaces.delete(guid);
}
