import type { Acting } from '../acting.ts';
import { record } from '../events.ts';
import type { CfCredentialBinding, CfServiceInstance } from '../rows/services.ts';
import { revokeCredentials } from './credentials.ts';

/** Takes an instance away with its bindings, keys and shares. */
export function removeInstance(acting: Acting, instance: CfServiceInstance): void {
  const { store } = acting;
  for (const binding of store.bindings.by('instance', instance.guid)) removeBinding(acting, binding);
  for (const binding of store.routeBindings.by('instance', instance.guid)) store.routeBindings.delete(binding.guid);
  store.instances.delete(instance.guid);
  const space = store.spaces.get(instance.space);
  recordInstance(acting, instance, 'delete', space ? { space } : {});
}

/** Takes a binding or key away; its secret is good no longer. */
export function removeBinding(acting: Pick<Acting, 'ctx' | 'store'>, binding: CfCredentialBinding): void {
  revokeCredentials(acting, binding);
  acting.store.bindings.delete(binding.guid);
}

/** `audit.service_instance.create`, or `audit.user_provided_service_instance.create`. */
export function recordInstance(
  acting: Acting,
  instance: CfServiceInstance,
  what: string,
  place: Parameters<typeof record>[3],
  data?: Parameters<typeof record>[4],
): void {
  const type = instance.plan === undefined ? 'user_provided_service_instance' : 'service_instance';
  record(acting, `audit.${type}.${what}`, { guid: instance.guid, type, name: instance.name }, place, data);
}
