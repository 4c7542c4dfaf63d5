import { type Acting, head, link, type Shape, toOne } from '../acting.ts';
import type {
  CfCredentialBinding,
  CfServiceBroker,
  CfServiceInstance,
  CfServiceOffering,
  CfServicePlan,
} from '../rows/services.ts';
import { operationView } from './operations.ts';

export function brokerView(acting: Acting, broker: CfServiceBroker): Shape {
  const self = `/v3/service_brokers/${broker.guid}`;
  return {
    ...head(broker),
    name: broker.name,
    url: broker.url,
    relationships: broker.space === undefined ? {} : { space: toOne(broker.space) },
    metadata: broker.metadata,
    links: {
      self: link(acting, self),
      service_offerings: link(acting, `/v3/service_offerings?service_broker_guids=${broker.guid}`),
      ...(broker.space === undefined ? {} : { space: link(acting, `/v3/spaces/${broker.space}`) }),
    },
  };
}

export function offeringView(acting: Acting, offering: CfServiceOffering): Shape {
  return {
    ...head(offering),
    name: offering.name,
    description: offering.description,
    available: offering.available,
    tags: offering.tags,
    requires: offering.requires,
    shareable: offering.catalogMetadata.shareable === true,
    documentation_url: offering.catalogMetadata.documentationUrl ?? '',
    broker_catalog: {
      id: offering.catalogId,
      metadata: offering.catalogMetadata,
      features: {
        plan_updateable: false,
        bindable: true,
        instances_retrievable: false,
        bindings_retrievable: false,
        allow_context_updates: false,
        ...offering.features,
      },
    },
    relationships: { service_broker: toOne(offering.broker) },
    metadata: offering.metadata,
    links: {
      self: link(acting, `/v3/service_offerings/${offering.guid}`),
      service_plans: link(acting, `/v3/service_plans?service_offering_guids=${offering.guid}`),
      service_broker: link(acting, `/v3/service_brokers/${offering.broker}`),
    },
  };
}

export function planView(acting: Acting, plan: CfServicePlan): Shape {
  const self = `/v3/service_plans/${plan.guid}`;
  return {
    ...head(plan),
    name: plan.name,
    visibility_type: plan.visibility,
    available: plan.available,
    free: plan.free,
    costs: plan.costs,
    description: plan.description,
    maintenance_info: plan.maintenanceInfo,
    broker_catalog: {
      id: plan.catalogId,
      metadata: plan.catalogMetadata,
      maximum_polling_duration: plan.maximumPollingDuration,
      features: { bindable: true, plan_updateable: false, ...plan.features },
    },
    schemas: {
      service_instance: { create: { parameters: {} }, update: { parameters: {} } },
      service_binding: { create: { parameters: {} } },
      ...plan.schemas,
    },
    relationships: { service_offering: toOne(plan.offering) },
    metadata: plan.metadata,
    links: {
      self: link(acting, self),
      service_offering: link(acting, `/v3/service_offerings/${plan.offering}`),
      visibility: link(acting, `${self}/visibility`),
    },
  };
}

export function instanceView(acting: Acting, instance: CfServiceInstance): Shape {
  const self = `/v3/service_instances/${instance.guid}`;
  const of = `service_instance_guids=${instance.guid}`;
  const plan = instance.plan === undefined ? undefined : acting.store.plans.get(instance.plan);
  const maintenance = instance.maintenanceInfo ?? {};
  const managed = {
    type: 'managed',
    maintenance_info: maintenance,
    upgrade_available: maintenance.version !== plan?.maintenanceInfo.version,
    dashboard_url: instance.dashboardUrl ?? null,
  };
  const userProvided = {
    type: 'user-provided',
    syslog_drain_url: instance.syslogDrainUrl ?? null,
    route_service_url: instance.routeServiceUrl ?? null,
  };
  const isManaged = instance.plan !== undefined;
  return {
    ...head(instance),
    name: instance.name,
    tags: instance.tags,
    last_operation: operationView(acting, instance.lastOperation),
    ...(isManaged ? managed : userProvided),
    relationships: { space: toOne(instance.space), ...(isManaged ? { service_plan: toOne(instance.plan) } : {}) },
    metadata: instance.metadata,
    links: {
      self: link(acting, self),
      space: link(acting, `/v3/spaces/${instance.space}`),
      service_credential_bindings: link(acting, `/v3/service_credential_bindings?${of}`),
      service_route_bindings: link(acting, `/v3/service_route_bindings?${of}`),
      ...(isManaged
        ? {
            service_plan: link(acting, `/v3/service_plans/${instance.plan}`),
            parameters: link(acting, `${self}/parameters`),
            shared_spaces: link(acting, `${self}/relationships/shared_spaces`),
          }
        : { credentials: link(acting, `${self}/credentials`) }),
    },
  };
}

export function bindingView(acting: Acting, binding: CfCredentialBinding): Shape {
  const self = `/v3/service_credential_bindings/${binding.guid}`;
  const managed = acting.store.instances.get(binding.instance)?.plan !== undefined;
  const { app } = binding;
  return {
    ...head(binding),
    name: binding.name,
    type: binding.type,
    last_operation: operationView(acting, binding.lastOperation),
    metadata: binding.metadata,
    relationships: {
      service_instance: toOne(binding.instance),
      ...(app === undefined ? {} : { app: toOne(app) }),
    },
    links: {
      self: link(acting, self),
      details: link(acting, `${self}/details`),
      service_instance: link(acting, `/v3/service_instances/${binding.instance}`),
      ...(managed ? { parameters: link(acting, `${self}/parameters`) } : {}),
      ...(app === undefined ? {} : { app: link(acting, `/v3/apps/${app}`) }),
    },
  };
}
