import { parse } from 'yaml';
import type { JsonObject } from '../../../src/kernel/json.ts';
import { at, listAt, objectAt, textAt } from './json.ts';
import type { Planter } from './planter.ts';
import { REPLAY, type ReplayWorld } from './world.ts';

/** An app by its manifest: environment, image, processes, routes and bound services. */
export function plantManifest(world: ReplayWorld, planter: Planter, guid: string, yaml: string): void {
  const { store, blank, touched } = world;
  if (touched.has(guid)) return;
  const wanted = listAt(parse(yaml), 'applications')[0];
  const space = store.apps.get(guid)?.space ?? '';
  planter.change(store.apps, guid, (app) => ({ ...app, environment: textsOf(objectAt(wanted, 'env')) }));
  for (const [name, on] of Object.entries(objectAt(wanted, 'features')))
    setFeature(planter, world, guid, name, on === true);
  const sidecars = listAt(wanted, 'sidecars') as readonly JsonObject[];
  planter.change(store.apps, guid, (app) => ({ ...app, sidecars }));
  const image = textAt(wanted, 'docker', 'image');
  if (image !== undefined) {
    const row = { ...blank(`image of ${guid}`), app: guid, type: 'docker', image, state: 'READY' };
    store.packages.set(row.guid, { ...row, metadata: { labels: {}, annotations: {} } });
  }
  for (const process of store.processes.by('app', guid)) store.processes.delete(process.guid);
  for (const process of listAt(wanted, 'processes')) plantProcess(world, guid, process);
  for (const name of listAt(wanted, 'services')) {
    const instance = `instance ${String(name)} in ${space}`;
    const bound = store.bindings.by('app', guid).some((one) => store.instances.get(one.instance)?.name === name);
    if (bound) continue;
    const place = { space: { data: { guid: space } } };
    planter.ensure('service_instances', instance, { name, relationships: place });
    const relationships = { app: { data: { guid } }, service_instance: { data: { guid: instance } } };
    planter.ensure('service_credential_bindings', `binding of ${instance} and ${guid}`, { type: 'app', relationships });
  }
  for (const route of listAt(wanted, 'routes')) plantRoute(world, planter, guid, space, route);
}

function textsOf(env: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
}

function plantProcess({ store, blank }: ReplayWorld, app: string, process: unknown): void {
  const type = textAt(process, 'type') ?? 'web';
  const size = (key: string) => Number.parseInt(textAt(process, key) ?? '1024', 10);
  const check = (prefix: string) => {
    const endpoint = textAt(process, `${prefix}health-check-http-endpoint`);
    const number = (key: string) => at(process, `${prefix}health-check-${key}`) as number | undefined;
    const [invocationTimeout, interval] = [number('invocation-timeout'), number('interval')];
    return {
      type: textAt(process, `${prefix}health-check-type`) ?? 'port',
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(invocationTimeout === undefined ? {} : { invocationTimeout }),
      ...(interval === undefined ? {} : { interval }),
    };
  };
  const timeout = at(process, 'timeout') as number | undefined;
  const guid = type === 'web' ? app : `${type} of ${app}`;
  store.processes.set(guid, {
    ...blank(guid),
    app,
    type,
    command: textAt(process, 'command') ?? null,
    instances: Number(at(process, 'instances') ?? 1),
    memory: size('memory'),
    disk: size('disk_quota'),
    logRate: Number(at(process, 'log-rate-limit-per-second') ?? -1),
    healthCheck: { ...check(''), ...(timeout === undefined ? {} : { timeout }) },
    readinessHealthCheck: check('readiness-'),
    metadata: { labels: {}, annotations: {} },
  });
}

/** A route is known by its URL only: the first label is taken for its host. */
function plantRoute(
  { store, blank }: ReplayWorld,
  planter: Planter,
  app: string,
  space: string,
  recorded: unknown,
): void {
  const [, host = '', name = '', path = ''] = /^([^./]+)\.([^/]+)(\/.*)?$/.exec(textAt(recorded, 'route') ?? '') ?? [];
  if (name === '') return;
  const domain = store.domains.by('name', `${REPLAY}/${name}`)[0]?.guid ?? `domain ${name}`;
  planter.ensure('domains', domain, { name });
  const known = store.routes.by('domain', domain).find((route) => route.host === host && route.path === path);
  if (known?.destinations.some((to) => to.app === app)) return;
  const guid = known?.guid ?? `route ${host}.${name}${path}`;
  const protocol = textAt(recorded, 'protocol') ?? 'http1';
  const destination = { guid: `${guid} to ${app}`, app, process: 'web', port: 8080, weight: null, protocol };
  const options = at(recorded, 'options') === undefined ? {} : { options: objectAt(recorded, 'options') };
  store.routes.set(guid, {
    ...(known ?? {
      ...blank(guid),
      space,
      domain,
      host,
      path,
      port: null,
      sharedSpaces: [],
      metadata: { labels: {}, annotations: {} },
    }),
    ...options,
    destinations: [...(known?.destinations ?? []), destination],
  });
}

export function setFeature(planter: Planter, { store }: ReplayWorld, app: string, name: string, on: boolean): void {
  planter.change(store.apps, app, (row) => {
    const others = row.features.filter((one) => one !== name);
    return { ...row, features: on ? [...others, name] : others };
  });
}
