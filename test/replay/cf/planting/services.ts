import type { JsonObject } from '../../../../src/kernel/json.ts';
import type {
  CfCredentialBinding,
  CfServiceBroker,
  CfServiceInstance,
  CfServiceOffering,
  CfServicePlan,
  CfServiceRouteBinding,
  LastOperation,
} from '../../../../src/systems/cf/emulator/cloud-controller/rows/services.ts';
import { at, given, listAt, metadataIn, objectAt, type Recorded, relatedTo, textAt, textsAt } from '../json.ts';
import { name, type Plants, related } from './plant.ts';

/** The marketplace, instances and bindings. */
export const SERVICES: Plants = {
  service_brokers: (recorded, row) => {
    const space = relatedTo(recorded, 'space');
    const url = textAt(recorded, 'url') ?? '';
    const planted = {
      ...row,
      name: name(recorded, row),
      url,
      ...given('space', space),
      metadata: metadataIn(recorded),
    };
    const broker: CfServiceBroker = planted;
    return { row: broker, related: related(['spaces', space]) };
  },
  service_offerings: (recorded, row) => {
    const broker = relatedTo(recorded, 'service_broker') ?? `broker of ${row.guid}`;
    const offering: CfServiceOffering = {
      ...row,
      name: name(recorded, row),
      description: textAt(recorded, 'description') ?? '',
      available: at(recorded, 'available') !== false,
      tags: textsAt(recorded, 'tags'),
      requires: textsAt(recorded, 'requires'),
      broker,
      catalogId: textAt(recorded, 'broker_catalog', 'id') ?? '',
      catalogMetadata: objectAt(recorded, 'broker_catalog', 'metadata'),
      features: objectAt(recorded, 'broker_catalog', 'features'),
      metadata: metadataIn(recorded),
    };
    return { row: offering, related: related(['service_brokers', broker]) };
  },
  service_plans: (recorded, row, before) => {
    const offering = relatedTo(recorded, 'service_offering') ?? `offering of ${row.guid}`;
    const polling = at(recorded, 'broker_catalog', 'maximum_polling_duration');
    const plan: CfServicePlan = {
      orgs: [],
      ...(before as CfServicePlan | undefined),
      ...row,
      name: name(recorded, row),
      offering,
      description: textAt(recorded, 'description') ?? '',
      available: at(recorded, 'available') !== false,
      free: at(recorded, 'free') !== false,
      visibility: textAt(recorded, 'visibility_type') ?? 'public',
      catalogId: textAt(recorded, 'broker_catalog', 'id') ?? '',
      catalogMetadata: objectAt(recorded, 'broker_catalog', 'metadata'),
      features: objectAt(recorded, 'broker_catalog', 'features'),
      costs: listAt(recorded, 'costs') as readonly JsonObject[],
      maximumPollingDuration: typeof polling === 'number' ? polling : null,
      maintenanceInfo: objectAt(recorded, 'maintenance_info'),
      schemas: objectAt(recorded, 'schemas'),
      metadata: metadataIn(recorded),
    };
    return { row: plan, related: related(['service_offerings', offering]) };
  },
  service_instances: (recorded, row, before) => {
    const space = relatedTo(recorded, 'space') ?? `space of ${row.guid}`;
    const plan = relatedTo(recorded, 'service_plan');
    const instance: CfServiceInstance = {
      sharedSpaces: [],
      credentials: {},
      ...(before as CfServiceInstance | undefined),
      ...row,
      name: name(recorded, row),
      space,
      ...given('plan', plan),
      tags: textsAt(recorded, 'tags'),
      syslogDrainUrl: textAt(recorded, 'syslog_drain_url') ?? null,
      routeServiceUrl: textAt(recorded, 'route_service_url') ?? null,
      dashboardUrl: textAt(recorded, 'dashboard_url') ?? null,
      maintenanceInfo: objectAt(recorded, 'maintenance_info'),
      lastOperation: operationIn(recorded),
      metadata: metadataIn(recorded),
    };
    return { row: instance, related: related(['spaces', space], ['service_plans', plan]) };
  },
  service_credential_bindings: (recorded, row, before) => {
    const instance = relatedTo(recorded, 'service_instance') ?? `instance of ${row.guid}`;
    const app = relatedTo(recorded, 'app');
    const binding: CfCredentialBinding = {
      credentials: {},
      ...(before as CfCredentialBinding | undefined),
      ...row,
      name: textAt(recorded, 'name') ?? null,
      type: textAt(recorded, 'type') === 'key' ? 'key' : 'app',
      instance,
      ...given('app', app),
      lastOperation: operationIn(recorded),
      metadata: metadataIn(recorded),
    };
    // Only bindings of managed instances have parameters.
    const managed = at(recorded, 'links', 'parameters') !== undefined;
    const hint = managed ? { relationships: { service_plan: { data: { guid: `plan of ${instance}` } } } } : undefined;
    return { row: binding, related: related(['service_instances', instance, hint], ['apps', app]) };
  },
  service_route_bindings: (recorded, row) => {
    const instance = relatedTo(recorded, 'service_instance') ?? `instance of ${row.guid}`;
    const route = relatedTo(recorded, 'route') ?? `route of ${row.guid}`;
    const binding: CfServiceRouteBinding = {
      ...row,
      instance,
      route,
      routeServiceUrl: textAt(recorded, 'route_service_url') ?? null,
      lastOperation: operationIn(recorded),
      metadata: metadataIn(recorded),
    };
    return { row: binding, related: related(['service_instances', instance], ['routes', route]) };
  },
};

function operationIn(recorded: Recorded): LastOperation {
  const operation = objectAt(recorded, 'last_operation');
  const time = (key: string) => Date.parse(String(operation[key])) || 0;
  return {
    type: String(operation.type ?? 'create'),
    state: operation.state === 'failed' ? 'failed' : operation.state === 'initial' ? 'initial' : 'succeeded',
    description: typeof operation.description === 'string' ? operation.description : null,
    startedAt: time('created_at'),
    doneAt: time('updated_at'),
  };
}
