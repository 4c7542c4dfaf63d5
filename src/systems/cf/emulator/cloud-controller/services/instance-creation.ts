import type { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { featureDisabled, notAuthorized, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, newRow, requireWritable } from '../acting.ts';
import { requestOf } from '../events.ts';
import { startJob } from '../jobs.ts';
import { flagOf } from '../platform/feature-flags.ts';
import { exceeds, quotasOf } from '../quotas/limits.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import type { CfServiceInstance, CfServicePlan } from '../rows/services.ts';
import type { newManaged, newUserProvided } from './bodies.ts';
import { registerInstance } from './credentials.ts';
import { placesOf } from './instances.ts';
import { usableIn } from './offerings.ts';
import { doneOperation, startedOperation } from './operations.ts';
import { recordInstance } from './removal.ts';

/** Creating instances can be switched off, for all but administrators. */
export function requireCreation(acting: Acting): void {
  const creation = flagOf(acting, 'service_instance_creation');
  if (!creation.enabled && !acting.caller.admin) throw featureDisabled(creation.message ?? creation.name);
}

/** The checks that both kinds of instances share, up to the space. */
function writableSpace(acting: Acting, guid: string): CfSpace {
  const space = acting.store.spaces.get(guid);
  if (!space || !acting.see.seesSpace(space)) {
    throw unprocessable('Invalid space. Ensure that the space exists and you have access to it.');
  }
  if (!acting.see.develops(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  return space;
}

const NO_PLAN = 'Invalid service plan. Ensure that the service plan exists, is available, and you have access to it.';

/** A plan of which an instance may be made in a space. */
export function planFor(acting: Acting, guid: string, space: CfSpace): CfServicePlan {
  const plan = acting.store.plans.get(guid);
  if (plan?.landscape !== acting.caller.landscape) throw unprocessable(NO_PLAN);
  const visible = acting.caller.globalRead || acting.see.orgs().some((org) => usableIn(plan, org.guid));
  if (!visible) throw unprocessable(NO_PLAN);
  if (!plan.available) {
    throw unprocessable(
      `Invalid service plan. The service plan '${plan.name}' with guid '${plan.guid}' has been removed from the service broker's catalog. It is not possible to create new service instances using this plan.`,
    );
  }
  if (!usableIn(plan, space.org)) {
    throw unprocessable(
      `Invalid service plan. This could be due to a space-scoped broker which is offering the service plan '${plan.name}' with guid '${plan.guid}' in another space or that the plan is not enabled in this organization. Ensure that the service plan is visible in your current space '${space.name}' with guid '${space.guid}'.`,
    );
  }
  return plan;
}

/** `POST /v3/service_instances` with a plan: made by its broker, so there is a job. */
export function createManaged(acting: Acting, body: z.infer<typeof newManaged>): CfJob {
  const { store } = acting;
  const kept = metadataOf(body.metadata);
  const space = writableSpace(acting, body.relationships.space.data.guid);
  const plan = planFor(acting, body.relationships.service_plan.data.guid, space);
  refuseTaken(acting, space.guid, body.name);
  refuseQuota(acting, space);
  const parameters = body.parameters as JsonObject | null | undefined;
  const instance: CfServiceInstance = {
    ...newRow(acting),
    name: body.name,
    space: space.guid,
    plan: plan.guid,
    tags: body.tags ?? [],
    ...(parameters == null ? {} : { parameters }),
    maintenanceInfo: plan.maintenanceInfo,
    dashboardUrl: null,
    sharedSpaces: [],
    lastOperation: startedOperation(acting, 'create', ''),
    metadata: kept,
  };
  store.instances.set(instance.guid, instance);
  registerInstance(acting, instance);
  recordInstance(acting, instance, 'create', { space }, requestOf(body, ['parameters']));
  return startJob(acting, 'service_instance.create', { polls: true, resource: resourceOf(instance) });
}

export function createUserProvided(acting: Acting, body: z.infer<typeof newUserProvided>): CfServiceInstance {
  const kept = metadataOf(body.metadata);
  const space = writableSpace(acting, body.relationships.space.data.guid);
  refuseTaken(acting, space.guid, body.name);
  const credentials = body.credentials as JsonObject | null | undefined;
  const instance: CfServiceInstance = {
    ...newRow(acting),
    name: body.name,
    space: space.guid,
    tags: body.tags ?? [],
    credentials: credentials ?? {},
    syslogDrainUrl: body.syslog_drain_url ?? null,
    routeServiceUrl: body.route_service_url ?? null,
    sharedSpaces: [],
    lastOperation: doneOperation(acting, 'create', 'Operation succeeded'),
    metadata: kept,
  };
  acting.store.instances.set(instance.guid, instance);
  recordInstance(acting, instance, 'create', { space }, requestOf(body, ['credentials']));
  return instance;
}

/** What a job of an instance links. */
export function resourceOf({ guid }: CfServiceInstance) {
  return { link: 'service_instances', path: 'service_instances', guid };
}

export function refuseTaken({ store, caller }: Acting, space: string, name: string, except?: string): void {
  const same = store.instances
    .by('landscape', caller.landscape)
    .some((one) => one.guid !== except && one.name === name && placesOf(one).includes(space));
  if (same) throw unprocessable(`The service instance name is taken: ${name}.`);
}

function refuseQuota(acting: Acting, space: CfSpace): void {
  const { store } = acting;
  const quotas = quotasOf(acting, space);
  const managedIn = (guid: string) => store.instances.by('space', guid).filter((one) => one.plan !== undefined).length;
  if (exceeds(quotas.space?.services.total_service_instances, managedIn(space.guid))) {
    throw unprocessable("You have exceeded your space's services limit.");
  }
  const inOrg = store.spacesOf(space.org).reduce((sum, one) => sum + managedIn(one.guid), 0);
  if (exceeds(quotas.org?.services.total_service_instances, inOrg)) {
    throw unprocessable("You have exceeded your organization's services limit.");
  }
}
