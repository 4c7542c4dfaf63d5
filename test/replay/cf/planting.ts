import type { JsonObject } from '../../../src/kernel/json.ts';
import type {
  CfApp,
  CfBuild,
  CfBuildpack,
  CfCredentialBinding,
  CfDomain,
  CfDroplet,
  CfIsolationSegment,
  CfOrg,
  CfOrgQuota,
  CfPackage,
  CfProcess,
  CfRole,
  CfRoute,
  CfSecurityGroup,
  CfServiceBroker,
  CfServiceInstance,
  CfServiceOffering,
  CfServicePlan,
  CfServiceRouteBinding,
  CfSpace,
  CfSpaceQuota,
  CfStack,
  LastOperation,
  Row,
} from '../../../src/systems/cf/emulator/cloud-controller/rows.ts';
import {
  at,
  given,
  listAt,
  metadataIn,
  objectAt,
  type Recorded,
  relatedTo,
  relatedToMany,
  textAt,
  textsAt,
} from './json.ts';
import type { Kind } from './world.ts';

/** Related things by their kind, so that they can be made before what belongs to them, with what this one tells of them. */
export type Related = readonly (readonly [kind: Kind | 'users', guid: string, hint?: Recorded])[];

type Plant = (
  recorded: Recorded,
  row: Row,
  before: Row | undefined,
) => { readonly row: Row; readonly related: Related };

const related = (...pairs: readonly (readonly [Kind | 'users', string | undefined, Recorded?])[]): Related =>
  pairs.flatMap(([kind, guid, hint]) => (guid === undefined ? [] : [[kind, guid, hint] as const]));
const inSpace = (guid: string): Recorded => ({ relationships: { space: { data: { guid } } } });

const name = (recorded: Recorded, row: Row) => textAt(recorded, 'name') ?? row.guid;
const numbers = (recorded: Recorded, key: string) => objectAt(recorded, key) as Readonly<Record<string, number | null>>;
const flag = (recorded: unknown, ...path: readonly string[]) => at(recorded, ...path) === true;

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

function lifecycleIn(recorded: Recorded) {
  return {
    type: textAt(recorded, 'lifecycle', 'type') ?? 'buildpack',
    buildpacks: textsAt(recorded, 'lifecycle', 'data', 'buildpacks'),
    ...given('stack', textAt(recorded, 'lifecycle', 'data', 'stack') ?? textAt(recorded, 'stack')),
  };
}

/** Rows of the emulator from resources as answers show them. What an answer does not show stays as it was. */
export const PLANTS: Readonly<Partial<Record<Kind, Plant>>> = {
  organizations: (recorded, row, before) => {
    const quota = relatedTo(recorded, 'quota') ?? `quota of ${row.guid}`;
    const org: CfOrg = {
      ...(before as CfOrg | undefined),
      ...row,
      name: name(recorded, row),
      suspended: flag(recorded, 'suspended'),
      quota,
      metadata: metadataIn(recorded),
    };
    return { row: org, related: related(['organization_quotas', quota]) };
  },
  spaces: (recorded, row, before) => {
    const org = relatedTo(recorded, 'organization') ?? `org of ${row.guid}`;
    const quota = relatedTo(recorded, 'quota');
    const space: CfSpace = {
      ssh: true,
      ...(before as CfSpace | undefined),
      ...row,
      name: name(recorded, row),
      org,
      ...given('quota', quota),
      metadata: metadataIn(recorded),
    };
    return { row: space, related: related(['organizations', org], ['space_quotas', quota]) };
  },
  roles: (recorded, row) => {
    const [org, space] = [relatedTo(recorded, 'organization'), relatedTo(recorded, 'space')];
    const user = relatedTo(recorded, 'user') ?? '';
    const place = { ...given('org', org), ...given('space', space) };
    const role: CfRole = { ...row, type: textAt(recorded, 'type') ?? '', user, ...place };
    return { row: role, related: related(['organizations', org], ['spaces', space], ['users', user]) };
  },
  organization_quotas: (recorded, row) => {
    const quota: CfOrgQuota = {
      ...row,
      name: name(recorded, row),
      apps: numbers(recorded, 'apps'),
      services: objectAt(recorded, 'services') as CfOrgQuota['services'],
      routes: numbers(recorded, 'routes'),
      domains: numbers(recorded, 'domains'),
    };
    return { row: quota, related: [] };
  },
  space_quotas: (recorded, row) => {
    const org = relatedTo(recorded, 'organization') ?? `org of ${row.guid}`;
    const quota: CfSpaceQuota = {
      ...row,
      name: name(recorded, row),
      org,
      apps: numbers(recorded, 'apps'),
      services: objectAt(recorded, 'services') as CfSpaceQuota['services'],
      routes: numbers(recorded, 'routes'),
    };
    return { row: quota, related: related(['organizations', org]) };
  },
  domains: (recorded, row) => {
    const org = relatedTo(recorded, 'organization');
    const sharedOrgs = relatedToMany(recorded, 'shared_organizations');
    const domain: CfDomain = {
      ...row,
      name: name(recorded, row),
      internal: flag(recorded, 'internal'),
      ...given('org', org),
      sharedOrgs,
      ...given('routerGroup', textAt(recorded, 'router_group', 'guid')),
      metadata: metadataIn(recorded),
    };
    const orgs = [org, ...sharedOrgs].map((guid) => ['organizations', guid] as const);
    return { row: domain, related: related(...orgs) };
  },
  routes: (recorded, row) => {
    const space = relatedTo(recorded, 'space') ?? `space of ${row.guid}`;
    const domain = relatedTo(recorded, 'domain') ?? `domain of ${row.guid}`;
    const destinations = listAt(recorded, 'destinations').map(destinationIn);
    const port = at(recorded, 'port');
    const route: CfRoute = {
      ...row,
      space,
      domain,
      host: textAt(recorded, 'host') ?? '',
      path: textAt(recorded, 'path') ?? '',
      port: typeof port === 'number' ? port : null,
      destinations,
      ...(at(recorded, 'options') === undefined ? {} : { options: objectAt(recorded, 'options') }),
      sharedSpaces: [],
      metadata: metadataIn(recorded),
    };
    const apps = destinations.map((one) => ['apps', one.app, inSpace(space)] as const);
    const { host, path } = route;
    const url = textAt(recorded, 'url') ?? '';
    // The domain's name stands in the URL between host and path.
    const named = url.slice(host === '' ? 0 : host.length + 1, url.length - path.length).replace(/:\d+$/, '');
    const hint = named === '' ? undefined : { name: named };
    return { row: route, related: related(['spaces', space], ['domains', domain, hint], ...apps) };
  },
  apps: (recorded, row, before) => {
    const space = relatedTo(recorded, 'space') ?? `space of ${row.guid}`;
    const droplet = relatedTo(recorded, 'current_droplet');
    const app: CfApp = {
      environment: {},
      features: ['ssh', 'revisions'],
      ...(before as CfApp | undefined),
      ...row,
      name: name(recorded, row),
      space,
      started: textAt(recorded, 'state') === 'STARTED',
      lifecycle: lifecycleIn(recorded),
      ...given('droplet', droplet),
      metadata: metadataIn(recorded),
    };
    return { row: app, related: related(['spaces', space]) };
  },
  processes: (recorded, row) => {
    const app = relatedTo(recorded, 'app') ?? `app of ${row.guid}`;
    const number = (key: string, fallback: number) => Number(at(recorded, key) ?? fallback);
    const process: CfProcess = {
      ...row,
      app,
      type: textAt(recorded, 'type') ?? 'web',
      command: textAt(recorded, 'command') ?? null,
      instances: number('instances', 1),
      memory: number('memory_in_mb', 1024),
      disk: number('disk_in_mb', 1024),
      logRate: number('log_rate_limit_in_bytes_per_second', -1),
      healthCheck: checkIn(objectAt(recorded, 'health_check')),
      readinessHealthCheck: checkIn(objectAt(recorded, 'readiness_health_check')),
      metadata: metadataIn(recorded),
    };
    return { row: process, related: related(['apps', app]) };
  },
  packages: (recorded, row) => {
    const app = relatedTo(recorded, 'app') ?? `app of ${row.guid}`;
    const planted: CfPackage = {
      ...row,
      app,
      type: textAt(recorded, 'type') ?? 'bits',
      ...given('image', textAt(recorded, 'data', 'image')),
      state: textAt(recorded, 'state') ?? 'READY',
      metadata: metadataIn(recorded),
    };
    return { row: planted, related: related(['apps', app]) };
  },
  builds: (recorded, row) => {
    const app = relatedTo(recorded, 'app') ?? `app of ${row.guid}`;
    const by = (key: string) => textAt(recorded, 'created_by', key) ?? '';
    const build: CfBuild = {
      ...row,
      app,
      package: textAt(recorded, 'package', 'guid') ?? '',
      lifecycle: lifecycleIn(recorded),
      createdBy: { guid: by('guid'), name: by('name'), email: by('email') },
      droplet: textAt(recorded, 'droplet', 'guid') ?? '',
      stagedAt: textAt(recorded, 'state') === 'STAGED' ? 0 : Number.MAX_SAFE_INTEGER,
      metadata: metadataIn(recorded),
    };
    return { row: build, related: related(['apps', app]) };
  },
  droplets: (recorded, row) => {
    const app = relatedTo(recorded, 'app') ?? `app of ${row.guid}`;
    const from = /\/v3\/packages\/([^/]+)$/.exec(textAt(recorded, 'links', 'package', 'href') ?? '')?.[1];
    const droplet: CfDroplet = {
      ...row,
      app,
      ...given('package', from),
      lifecycle: lifecycleIn(recorded),
      image: textAt(recorded, 'image') ?? null,
      checksum: textAt(recorded, 'checksum', 'value') ?? null,
      metadata: metadataIn(recorded),
    };
    return { row: droplet, related: related(['apps', app]) };
  },
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
  isolation_segments: (recorded, row, before) => {
    const orgs = (before as CfIsolationSegment | undefined)?.orgs ?? [];
    return { row: { ...row, name: name(recorded, row), orgs, metadata: metadataIn(recorded) } as Row, related: [] };
  },
  security_groups: (recorded, row) => {
    const running = relatedToMany(recorded, 'running_spaces');
    const staging = relatedToMany(recorded, 'staging_spaces');
    const group: CfSecurityGroup = {
      ...row,
      name: name(recorded, row),
      rules: listAt(recorded, 'rules') as readonly JsonObject[],
      running: flag(recorded, 'globally_enabled', 'running'),
      staging: flag(recorded, 'globally_enabled', 'staging'),
      runningSpaces: running,
      stagingSpaces: staging,
    };
    return { row: group, related: related(...[...running, ...staging].map((guid) => ['spaces', guid] as const)) };
  },
  stacks: (recorded, row) => {
    const stack: CfStack = {
      ...row,
      name: name(recorded, row),
      description: textAt(recorded, 'description') ?? null,
      default: flag(recorded, 'default'),
      runImage: textAt(recorded, 'run_rootfs_image') ?? '',
      buildImage: textAt(recorded, 'build_rootfs_image') ?? '',
      metadata: metadataIn(recorded),
    };
    return { row: stack, related: [] };
  },
  buildpacks: (recorded, row) => {
    const buildpack: CfBuildpack = {
      ...row,
      name: name(recorded, row),
      stack: textAt(recorded, 'stack') ?? null,
      state: textAt(recorded, 'state') ?? 'READY',
      filename: textAt(recorded, 'filename') ?? null,
      position: Number(at(recorded, 'position') ?? 1),
      enabled: at(recorded, 'enabled') !== false,
      locked: flag(recorded, 'locked'),
      metadata: metadataIn(recorded),
    };
    return { row: buildpack, related: [] };
  },
};

function destinationIn(recorded: unknown) {
  const weight = at(recorded, 'weight');
  const port = at(recorded, 'port');
  return {
    guid: textAt(recorded, 'guid') ?? '',
    app: textAt(recorded, 'app', 'guid') ?? '',
    process: textAt(recorded, 'app', 'process', 'type') ?? 'web',
    port: typeof port === 'number' ? port : 8080,
    weight: typeof weight === 'number' ? weight : null,
    protocol: textAt(recorded, 'protocol') ?? 'http1',
  };
}

function checkIn(recorded: JsonObject) {
  const data = objectAt(recorded, 'data');
  const number = (key: string) => (typeof data[key] === 'number' ? (data[key] as number) : undefined);
  return {
    type: textAt(recorded, 'type') ?? 'port',
    ...given('endpoint', textAt(data, 'endpoint')),
    ...given('timeout', number('timeout')),
    ...given('invocationTimeout', number('invocation_timeout')),
    ...given('interval', number('interval')),
  };
}
