import type { JsonObject } from '../../../../../kernel/json.ts';
import {
  badQuery,
  instanceParametersNotSupported,
  notAuthorized,
  notFound,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { type Acting, homeOf, inLandscape, requireWritable, type Shape } from '../acting.ts';
import { list } from '../listing.ts';
import type { CfServiceInstance } from '../rows/services.ts';
import { FIELDS_OF_ONE, fieldsOfInstances, INSTANCE_FIELDS } from './fields.ts';
import { inProgress } from './operations.ts';
import { recordInstance } from './removal.ts';
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

/** Its own space and those that it is shared with. */
export function placesOf(instance: CfServiceInstance): readonly string[] {
  return [instance.space, ...instance.sharedSpaces];
}

/** An instance of a space that the caller sees, or that is shared into one. */
export function instanceOf(acting: Acting, guid: string): CfServiceInstance {
  const instance = acting.store.instances.get(guid);
  if (!instance || !seesInstance(acting, instance)) throw notFound('Service instance');
  return instance;
}

/** `GET …/permissions`, for dashboards: who does not see the instance is told that, not that there is none. */
export function instancePermissions(acting: Acting, guid: string): Shape {
  const { store, see, caller } = acting;
  const instance = inLandscape(acting, store.instances.get(guid));
  if (!instance) throw notFound('Service instance');
  const space = homeOf(acting, instance);
  const manage = store.orgs.get(space.org)?.suspended ? caller.admin : see.develops(space);
  return { manage, read: seesInstance(acting, instance) };
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

export function refuseBusy(acting: Acting, instance: CfServiceInstance): void {
  if (inProgress(acting, instance.lastOperation)) {
    throw unprocessable('There is an operation in progress for the service instance.');
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
