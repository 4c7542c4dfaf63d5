import type { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { invalidRelation, notAuthorized, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, homeOf } from '../acting.ts';
import { requestOf } from '../events.ts';
import { startJob } from '../jobs.ts';
import type { CfJob } from '../rows/platform.ts';
import type { CfServiceInstance } from '../rows/services.ts';
import type { changedManaged, changedUserProvided } from './bodies.ts';
import { registerInstance } from './credentials.ts';
import { planFor, refuseTaken, resourceOf } from './instance-creation.ts';
import { editable, refuseBusy } from './instances.ts';
import { doneOperation, startedOperation } from './operations.ts';
import { recordInstance, removeInstance } from './removal.ts';

/** What only Cloud Controller keeps is changed at once; a plan or parameters go through the broker. */
export function updateManaged(
  acting: Acting,
  instance: CfServiceInstance,
  body: z.infer<typeof changedManaged>,
): CfServiceInstance | CfJob {
  const { store } = acting;
  const metadata = metadataOf(body.metadata, instance.metadata);
  refuseBusy(acting, instance);
  const space = homeOf(acting, instance);
  const name = body.name ?? instance.name;
  refuseTaken(acting, instance.space, name, instance.guid);
  const planGuid = body.relationships?.service_plan?.data.guid;
  if (planGuid !== undefined) {
    const plan = planFor(acting, planGuid, space);
    if (plan.offering !== store.plans.get(instance.plan ?? '')?.offering) {
      throw invalidRelation('service plan relates to a different service offering');
    }
  }
  const byBroker = (planGuid !== undefined && planGuid !== instance.plan) || body.parameters != null;
  const parameters = body.parameters as JsonObject | null | undefined;
  const changed: CfServiceInstance = {
    ...instance,
    name,
    ...(planGuid === undefined ? {} : { plan: planGuid }),
    ...(parameters == null ? {} : { parameters }),
    tags: body.tags ?? instance.tags,
    metadata,
    updatedAt: acting.ctx.now(),
    lastOperation: byBroker ? startedOperation(acting, 'update', '') : doneOperation(acting, 'update', null),
  };
  store.instances.set(instance.guid, changed);
  if (byBroker) registerInstance(acting, changed);
  recordInstance(acting, changed, 'update', { space }, requestOf(body, ['parameters']));
  if (!byBroker) return changed;
  return startJob(acting, 'service_instance.update', { polls: true, resource: resourceOf(instance) });
}

export function updateUserProvided(
  acting: Acting,
  instance: CfServiceInstance,
  body: z.infer<typeof changedUserProvided>,
): CfServiceInstance {
  const metadata = metadataOf(body.metadata, instance.metadata);
  const name = body.name ?? instance.name;
  refuseTaken(acting, instance.space, name, instance.guid);
  const credentials = body.credentials as JsonObject | null | undefined;
  const changed: CfServiceInstance = {
    ...instance,
    name,
    tags: body.tags ?? instance.tags,
    ...(credentials === undefined ? {} : { credentials: credentials ?? {} }),
    ...(body.syslog_drain_url === undefined ? {} : { syslogDrainUrl: body.syslog_drain_url }),
    ...(body.route_service_url === undefined ? {} : { routeServiceUrl: body.route_service_url }),
    metadata,
    updatedAt: acting.ctx.now(),
    lastOperation: doneOperation(acting, 'update', 'Operation succeeded'),
  };
  acting.store.instances.set(instance.guid, changed);
  // cloud_controller_ng, ServiceInstanceUpdateUserProvided: its bindings get the new credentials, apps at their next start.
  if (credentials !== undefined) {
    for (const binding of acting.store.bindings.by('instance', instance.guid)) {
      acting.store.bindings.set(binding.guid, { ...binding, credentials: credentials ?? {} });
    }
  }
  recordInstance(acting, changed, 'update', { space: homeOf(acting, changed) }, requestOf(body, ['credentials']));
  return changed;
}

/** Managed instances go by a job, user-provided ones at once; bindings go with them. */
export function deleteInstance(acting: Acting, guid: string, options: { readonly purge: boolean }): CfJob | undefined {
  const instance = editable(acting, guid);
  const managed = instance.plan !== undefined;
  if (options.purge && managed && !acting.caller.admin) throw notAuthorized();
  if (!options.purge) refuseBusy(acting, instance);
  if (instance.sharedSpaces.length > 0 && !options.purge) {
    for (const space of instance.sharedSpaces) {
      const bound = acting.store.bindings
        .by('instance', guid)
        .some((binding) => acting.store.apps.get(binding.app ?? '')?.space === space);
      if (bound) throw unprocessable('Service instances must be unshared before they can be deleted.');
    }
  }
  removeInstance(acting, instance);
  return managed && !options.purge
    ? startJob(acting, 'service_instance.delete', { resource: resourceOf(instance) })
    : undefined;
}
