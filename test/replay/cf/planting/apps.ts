import type { JsonObject } from '../../../../src/kernel/json.ts';
import type {
  CfApp,
  CfBuild,
  CfDroplet,
  CfPackage,
  CfProcess,
} from '../../../../src/systems/cf/emulator/cloud-controller/rows/apps.ts';
import type { CfRoute } from '../../../../src/systems/cf/emulator/cloud-controller/rows/routing.ts';
import { at, given, listAt, metadataIn, objectAt, type Recorded, relatedTo, textAt, textsAt } from '../json.ts';
import { name, type Plants, related } from './plant.ts';

const inSpace = (guid: string): Recorded => ({ relationships: { space: { data: { guid } } } });

/** Apps with what they are made of, and the routes to them. */
export const APPS: Plants = {
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
      buildpacks: listAt(recorded, 'buildpacks').map((one) => ({
        name: textAt(one, 'name') ?? '',
        detectOutput: textAt(one, 'detect_output') ?? null,
        buildpackName: textAt(one, 'buildpack_name') ?? null,
        version: textAt(one, 'version') ?? null,
      })),
      image: textAt(recorded, 'image') ?? null,
      checksum: textAt(recorded, 'checksum', 'value') ?? null,
      metadata: metadataIn(recorded),
    };
    return { row: droplet, related: related(['apps', app]) };
  },
};

function lifecycleIn(recorded: Recorded) {
  return {
    type: textAt(recorded, 'lifecycle', 'type') ?? 'buildpack',
    buildpacks: textsAt(recorded, 'lifecycle', 'data', 'buildpacks'),
    ...given('stack', textAt(recorded, 'lifecycle', 'data', 'stack') ?? textAt(recorded, 'stack')),
  };
}

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
