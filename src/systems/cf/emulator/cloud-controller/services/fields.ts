import { type Acting, type Shape, toOne } from '../acting.ts';
import { byCreation } from '../listing.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { Row } from '../rows/row.ts';
import type { CfServiceInstance, CfServicePlan } from '../rows/services.ts';

type Fields = Readonly<Record<string, readonly string[]>>;

const OF_SPACE = ['guid', 'name', 'relationships.organization'];
const OF_PLAN = ['guid', 'name', 'relationships.service_offering'];
const OF_OFFERING = ['name', 'guid', 'description', 'documentation_url', 'tags', 'relationships.service_broker'];

/** `fields[…]` of instances, by resource (cloud_controller_ng, ServiceInstancesListMessage). */
export const INSTANCE_FIELDS: Fields = {
  space: OF_SPACE,
  'space.organization': ['name', 'guid'],
  service_plan: OF_PLAN,
  'service_plan.service_offering': OF_OFFERING,
  'service_plan.service_offering.service_broker': ['name', 'guid'],
};
/** `fields[…]` of a single instance: no relationships, and another order (ServiceInstanceShowMessage). */
export const FIELDS_OF_ONE: Fields = {
  space: ['name', 'guid'],
  'space.organization': ['name', 'guid'],
  service_plan: ['name', 'guid'],
  'service_plan.service_offering': ['name', 'guid', 'description', 'tags', 'documentation_url'],
  'service_plan.service_offering.service_broker': ['name', 'guid'],
};
export const PLAN_FIELDS: Fields = { 'service_offering.service_broker': ['guid', 'name'] };
export const OFFERING_FIELDS: Fields = { service_broker: ['guid', 'name'] };

/** What `fields[…]` adds to instances: only the keys that are asked for. */
export function fieldsOfInstances(
  acting: Acting,
  instances: readonly CfServiceInstance[],
  fields: Fields,
): Shape | undefined {
  if (Object.keys(fields).length === 0) return undefined;
  const { store } = acting;
  const spaces = distinct(instances.map((instance) => store.spaces.get(instance.space)));
  const plans = distinct(instances.map((instance) => store.plans.get(instance.plan ?? '')));
  return {
    ...(fields.space ? { spaces: spaces.map((space) => spaceFields(acting, space, fields.space ?? [])) } : {}),
    ...orgFields(acting, spaces, fields['space.organization']),
    ...(fields.service_plan && plans.length > 0
      ? { service_plans: plans.map((plan) => planFields(plan, fields.service_plan ?? [])) }
      : {}),
    ...offeringFields(acting, plans, fields['service_plan.service_offering']),
    ...brokerFields(acting, plans, fields['service_plan.service_offering.service_broker']),
  };
}

export function fieldsOfPlans(acting: Acting, plans: readonly CfServicePlan[], fields: Fields): Shape {
  return brokerFields(acting, plans, fields['service_offering.service_broker']);
}

function spaceFields({ see }: Acting, space: CfSpace, wanted: readonly string[]): Shape {
  return {
    ...(wanted.includes('guid') ? { guid: space.guid } : {}),
    ...(wanted.includes('name') && see.seesSpace(space) ? { name: space.name } : {}),
    ...(wanted.includes('relationships.organization') ? { relationships: { organization: toOne(space.org) } } : {}),
  };
}

export function orgFields({ store }: Acting, spaces: readonly CfSpace[], wanted: readonly string[] | undefined): Shape {
  if (!wanted) return {};
  const orgs = distinct(spaces.map((space) => store.orgs.get(space.org)));
  return { organizations: orgs.map((org) => picked({ name: org.name, guid: org.guid }, wanted)) };
}

function planFields(plan: CfServicePlan, wanted: readonly string[]): Shape {
  return {
    ...picked({ guid: plan.guid, name: plan.name }, wanted),
    ...(wanted.includes('relationships.service_offering')
      ? { relationships: { service_offering: toOne(plan.offering) } }
      : {}),
  };
}

function offeringFields(
  { store }: Acting,
  plans: readonly CfServicePlan[],
  wanted: readonly string[] | undefined,
): Shape {
  if (!wanted || plans.length === 0) return {};
  const offerings = distinct(plans.map((plan) => store.offerings.get(plan.offering)));
  return {
    service_offerings: offerings.map((offering) => ({
      ...picked(
        {
          name: offering.name,
          guid: offering.guid,
          description: offering.description,
          tags: offering.tags,
          documentation_url: offering.catalogMetadata.documentationUrl ?? null,
        },
        wanted,
      ),
      ...(wanted.includes('relationships.service_broker')
        ? { relationships: { service_broker: toOne(offering.broker) } }
        : {}),
    })),
  };
}

function brokerFields(
  { store }: Acting,
  plans: readonly CfServicePlan[],
  wanted: readonly string[] | undefined,
): Shape {
  if (!wanted || plans.length === 0) return {};
  const offerings = plans.map((plan) => store.offerings.get(plan.offering));
  const brokers = distinct(offerings.map((offering) => store.brokers.get(offering?.broker ?? '')));
  return { service_brokers: brokers.map((broker) => picked({ name: broker.name, guid: broker.guid }, wanted)) };
}

export function brokersOfOfferings(
  { store }: Acting,
  brokerGuids: readonly string[],
  fields: Fields,
): Shape | undefined {
  const wanted = fields.service_broker;
  if (!wanted) return undefined;
  const brokers = distinct(brokerGuids.map((guid) => store.brokers.get(guid)));
  return { service_brokers: brokers.map((broker) => picked({ name: broker.name, guid: broker.guid }, wanted)) };
}

function distinct<T extends Row>(rows: readonly (T | undefined)[]): readonly T[] {
  return byCreation([...new Set(rows)]);
}

function picked(all: Shape, wanted: readonly string[]): Shape {
  return Object.fromEntries(Object.entries(all).filter(([key]) => wanted.includes(key)));
}
