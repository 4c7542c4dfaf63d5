import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import type { Plan } from './catalogue.ts';
import { labelText } from './filter.ts';
import type { Offering, ServiceBinding, ServiceBroker, ServiceInstance, ServicePlatform } from './store.ts';

const NEVER = '0001-01-01T00:00:00Z';
const NOBODY = 'service-manager';

const time = (epochMs: number) => new Date(epochMs).toISOString();

// Shapes and key order as in the recordings of services/instance and services/binding.

/** What was made before 2024 has neither its creator nor the type of its environment (recordings). */
export function contextOf(zone: Zone, instance: ServiceInstance, { createdBy }: Pick<ServiceInstance, 'createdBy'>) {
  return {
    origin: 'sapcp',
    region: `cf-${zone.region}`,
    zone_id: zone.guid,
    ...(createdBy === undefined ? {} : { env_type: 'sapcp' }),
    platform: 'sapcp',
    subdomain: zone.subdomain,
    license_type: 'SAPDEV',
    instance_name: instance.name,
    subaccount_id: zone.guid,
    crm_customer_id: '',
    global_account_id: zone.globalAccount,
  };
}

type Resource = ServiceInstance | ServiceBinding | ServiceBroker | ServicePlatform;

function lastOperation({ id, lastOperation, createdAt, updatedAt }: Resource, type: string, inProgress = false) {
  return {
    id: lastOperation.id,
    ready: !inProgress,
    type: lastOperation.type,
    state: inProgress ? 'in progress' : 'succeeded',
    resource_id: id,
    resource_type: `/v1/${type}`,
    platform_id: NOBODY,
    correlation_id: lastOperation.correlationId,
    reschedule: false,
    reschedule_timestamp: NEVER,
    deletion_scheduled: NEVER,
    created_at: time(lastOperation.type === 'create' ? createdAt : updatedAt),
    updated_at: time(updatedAt),
  };
}

/** What the answers to creations end with, redacted by the recorder; assumed: both are empty. */
const MADE = { username: '', password: '' };

interface Form {
  readonly listed?: boolean;
  readonly created?: boolean;
  readonly inProgress?: boolean;
}

/** `instance?get`; in lists the last operation is left out. */
export function instanceView(zone: Zone, instance: ServiceInstance, { listed, created, inProgress }: Form): object {
  return {
    id: instance.id,
    ready: inProgress !== true,
    ...(listed ? {} : { last_operation: lastOperation(instance, 'service_instances', inProgress) }),
    name: instance.name,
    service_plan_id: instance.plan,
    platform_id: NOBODY,
    context: contextOf(zone, instance, instance),
    usable: true,
    ...(instance.shared === undefined ? {} : { shared: instance.shared }),
    subaccount_id: zone.guid,
    protected: null,
    ...(instance.createdBy === undefined ? {} : { created_by: instance.createdBy }),
    ...(instance.updatedBy === undefined ? {} : { updated_by: instance.updatedBy }),
    created_at: time(instance.createdAt),
    updated_at: time(instance.updatedAt),
    labels: labelText(instance.labels, zone.guid),
    ...(created ? MADE : {}),
  };
}

type BindingForm = 'created' | 'read' | 'listed';

/** The answer to a creation has no credentials, reading has them, and a list names the instance (recordings). */
export function bindingView(
  zone: Zone,
  binding: ServiceBinding,
  instance: ServiceInstance,
  form: BindingForm,
  showsCredentials: boolean,
): object {
  return {
    id: binding.id,
    ready: true,
    ...(form === 'listed' ? {} : { last_operation: lastOperation(binding, 'service_bindings') }),
    name: binding.name,
    service_instance_id: binding.instance,
    ...(form === 'listed' ? { service_instance_name: instance.name } : {}),
    context: { ...contextOf(zone, instance, binding), service_instance_id: instance.id },
    ...(form !== 'created' && showsCredentials ? { credentials: binding.credentials } : {}),
    subaccount_id: zone.guid,
    ...(binding.createdBy === undefined ? {} : { created_by: binding.createdBy }),
    created_at: time(binding.createdAt),
    updated_at: time(binding.updatedAt),
    labels: labelText(binding.labels, zone.guid),
    ...(form === 'created' ? MADE : {}),
  };
}

/** `broker?get`; the subaccount is a part of the name, and what it logs on with is told by no answer. */
export function brokerView(zone: Zone, broker: ServiceBroker, { listed, created }: Form): object {
  return {
    id: broker.id,
    ready: true,
    ...(listed ? {} : { last_operation: lastOperation(broker, 'service_brokers') }),
    name: broker.name,
    description: broker.description,
    broker_url: broker.url,
    created_at: time(broker.createdAt),
    updated_at: time(broker.updatedAt),
    labels: labelText({ ...broker.labels, cred_revision: [String(broker.credentialRevision)] }, zone.guid),
    ...(created ? MADE : {}),
  };
}

/** assumed: fields as in Service Manager's API; `platform` was never recorded. */
export function platformView(zone: Zone, platform: ServicePlatform, { listed }: Form): object {
  return {
    id: platform.id,
    ready: true,
    ...(listed ? {} : { last_operation: lastOperation(platform, 'platforms') }),
    name: platform.name,
    type: platform.type,
    description: platform.description,
    created_at: time(platform.createdAt),
    updated_at: time(platform.updatedAt),
    labels: labelText(platform.labels, zone.guid),
  };
}

export function offeringView(offering: Offering): object {
  return {
    id: offering.id,
    ready: true,
    name: offering.name,
    description: offering.description,
    bindable: offering.bindable,
    instances_retrievable: offering.retrievable,
    bindings_retrievable: offering.bindingsRetrievable,
    plan_updateable: offering.planUpdateable,
    allow_context_updates: false,
    ...(offering.tags === undefined ? {} : { tags: offering.tags }),
    metadata: {
      displayName: offering.name,
      longDescription: offering.description,
      documentationUrl: 'https://help.sap.com/docs/btp',
      imageUrl: '',
      serviceInventoryId: `SERVICE-${Number.parseInt(offering.id.slice(0, 4), 16) % 1000}`,
      ...offering.metadata,
    },
    broker_id: seedId('service-broker', offering.id),
    catalog_id: offering.catalogId ?? offering.id,
    catalog_name: offering.name,
    created_at: NEVER,
    updated_at: NEVER,
  };
}

/** In lists it also names its offering. */
export function planView(plan: Plan, listed = false): object {
  return {
    id: plan.id,
    ready: true,
    name: plan.name,
    description: plan.description,
    catalog_id: plan.catalogId ?? plan.id,
    catalog_name: plan.name,
    free: plan.free,
    metadata: plan.metadata ?? { supportedPlatforms: ['cloudfoundry', 'sapbtp'] },
    ...(plan.schemas === undefined ? {} : { schemas: plan.schemas }),
    service_offering_id: plan.offering.id,
    ...(listed ? { service_offering_name: plan.offering.name, data_center: '' } : {}),
    created_at: NEVER,
    updated_at: NEVER,
    labels: `commercial_name = ${plan.name}`,
  };
}
