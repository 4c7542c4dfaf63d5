import type { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import {
  badQuery,
  featureDisabled,
  instanceParametersNotSupported,
  invalidRelation,
  notAuthorized,
  notFound,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, homeOf, newRow, requireWritable, type Shape } from '../acting.ts';
import { requestOf } from '../events.ts';
import { startJob } from '../jobs.ts';
import { list } from '../listing.ts';
import { flagOf } from '../platform/feature-flags.ts';
import { exceeds, quotasOf } from '../quotas/limits.ts';
import type { CfJob, CfServiceInstance, CfServicePlan, CfSpace } from '../rows.ts';
import type { changedManaged, changedUserProvided, newManaged, newUserProvided } from './bodies.ts';
import { registerInstance } from './credentials.ts';
import { FIELDS_OF_ONE, fieldsOfInstances, INSTANCE_FIELDS } from './fields.ts';
import { usableIn } from './offerings.ts';
import { doneOperation, inProgress, startedOperation } from './operations.ts';
import { recordInstance, removeInstance } from './removal.ts';
import { instanceView } from './view.ts';

const INSTANCE_QUERY: ListRules = {
  filters: [
    'type',
    'fields',
    'names',
    'space_guids',
    'organization_guids',
    'service_plan_guids',
    'service_plan_names',
    'label_selector',
  ],
  choices: { type: ['managed', 'user-provided'] },
  orders: ['name'],
  fields: INSTANCE_FIELDS,
  refuse: badQuery,
};

export function listInstances(acting: Acting, params: URLSearchParams): Shape {
  const { store, caller, see } = acting;
  const visible = new Set(see.spaces().map((space) => space.guid));
  const rows = store.instances
    .by('landscape', caller.landscape)
    .filter((instance) => caller.globalRead || placesOf(instance).some((space) => visible.has(space)));
  return list(acting, params, {
    path: '/v3/service_instances',
    rules: INSTANCE_QUERY,
    rows,
    where: {
      type: (instance, has) => has(instance.plan === undefined ? 'user-provided' : 'managed'),
      names: (instance, has) => has(instance.name),
      space_guids: (instance, has) => placesOf(instance).some(has),
      organization_guids: (instance, has) => placesOf(instance).some((space) => has(store.spaces.get(space)?.org)),
      service_plan_guids: (instance, has) => has(instance.plan),
      service_plan_names: (instance, has) => has(store.plans.get(instance.plan ?? '')?.name),
    },
    show: (instance) => instanceView(acting, instance),
    included: (shown, { fields }) => fieldsOfInstances(acting, shown, fields),
  });
}

export function showInstance(acting: Acting, guid: string, params: URLSearchParams): Shape {
  const instance = instanceOf(acting, guid);
  const { fields } = parseShowQuery(params, { fields: FIELDS_OF_ONE, refuse: badQuery });
  const included = fieldsOfInstances(acting, [instance], fields);
  return { ...instanceView(acting, instance), ...(included ? { included } : {}) };
}

function placesOf(instance: CfServiceInstance): readonly string[] {
  return [instance.space, ...instance.sharedSpaces];
}

/** An instance of a space that the caller sees, or that is shared into one. */
export function instanceOf(acting: Acting, guid: string): CfServiceInstance {
  const instance = acting.store.instances.get(guid);
  if (!instance || !seesInstance(acting, instance)) throw notFound('Service instance');
  return instance;
}

export function seesInstance({ store, see, caller }: Acting, instance: CfServiceInstance): boolean {
  return (
    instance.landscape === caller.landscape &&
    placesOf(instance).some((guid) => {
      const space = store.spaces.get(guid);
      return space !== undefined && see.seesSpace(space);
    })
  );
}

export function editable(acting: Acting, guid: string): CfServiceInstance {
  const instance = instanceOf(acting, guid);
  const space = homeOf(acting, instance);
  if (!acting.see.develops(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  return instance;
}

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

function planFor(acting: Acting, guid: string, space: CfSpace): CfServicePlan {
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

function resourceOf({ guid }: CfServiceInstance) {
  return { link: 'service_instances', path: 'service_instances', guid };
}

export function refuseBusy(acting: Acting, instance: CfServiceInstance): void {
  if (inProgress(acting, instance.lastOperation)) {
    throw unprocessable('There is an operation in progress for the service instance.');
  }
}

function refuseTaken({ store, caller }: Acting, space: string, name: string, except?: string): void {
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

/** `GET /v3/service_instances/{guid}/credentials` of a user-provided one. */
export function credentialsOfInstance(acting: Acting, guid: string): JsonObject {
  const instance = instanceOf(acting, guid);
  if (instance.plan !== undefined) throw notFound('Service instance');
  const space = homeOf(acting, instance);
  if (!acting.see.readsSecretsOf(space)) throw notAuthorized();
  recordInstance(acting, instance, 'show', { space });
  return instance.credentials ?? {};
}

/** Brokers of SAP do not give parameters back (recorded of XSUAA), and user-provided instances have none. */
export function parametersOfInstance(acting: Acting, guid: string): JsonObject {
  const instance = instanceOf(acting, guid);
  const offering = acting.store.offerings.get(acting.store.plans.get(instance.plan ?? '')?.offering ?? '');
  if (offering?.features.instances_retrievable !== true) throw instanceParametersNotSupported();
  return instance.parameters ?? {};
}
