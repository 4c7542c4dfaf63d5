import type { Zone } from '../../../emulation/world.ts';
import type { Offering, Plan } from './catalogue.ts';
import { labelText } from './filter.ts';
import type { ServiceBinding, ServiceInstance } from './store.ts';

const NEVER = '0001-01-01T00:00:00Z';
const NOBODY = 'service-manager';

const time = (epochMs: number) => new Date(epochMs).toISOString();

// Shapes and key order as in the recordings of services/instance and services/binding.

/** What was made before 2024 has neither its creator nor the type of its environment (recordings). */
function contextOf(zone: Zone, instance: ServiceInstance, { createdBy }: Pick<ServiceInstance, 'createdBy'>) {
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

function lastOperation({ id, lastOperation, createdAt, updatedAt }: ServiceInstance | ServiceBinding, type: string) {
  return {
    id: lastOperation.id,
    ready: true,
    type: lastOperation.type,
    state: 'succeeded',
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

/** `instance?get`; in lists the last operation is left out. */
export function instanceView(zone: Zone, instance: ServiceInstance, listed = false): object {
  return {
    id: instance.id,
    ready: true,
    ...(listed ? {} : { last_operation: lastOperation(instance, 'service_instances') }),
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
    // Both are there, redacted by the recorder; assumed: they are empty.
    ...(form === 'created' ? { username: '', password: '' } : {}),
  };
}

/** Notes §2.18; never recorded here. */
export function offeringView(offering: Offering): object {
  return {
    id: offering.id,
    ready: true,
    name: offering.name,
    description: offering.description,
    bindable: true,
    instances_retrievable: offering.retrievable,
    bindings_retrievable: false,
    plan_updateable: false,
    allow_context_updates: false,
    metadata: { displayName: offering.name },
    broker_id: offering.id,
    catalog_id: offering.id,
    catalog_name: offering.name,
    created_at: NEVER,
    updated_at: NEVER,
  };
}

export function planView(plan: Plan, listed = false): object {
  return {
    id: plan.id,
    ready: true,
    name: plan.name,
    description: plan.description,
    catalog_id: plan.id,
    catalog_name: plan.name,
    free: plan.free,
    metadata: { supportedPlatforms: ['cloudfoundry', 'sapbtp'] },
    service_offering_id: plan.offering.id,
    ...(listed ? { service_offering_name: plan.offering.name, data_center: '' } : {}),
    created_at: NEVER,
    updated_at: NEVER,
    labels: `commercial_name = ${plan.name}`,
  };
}
