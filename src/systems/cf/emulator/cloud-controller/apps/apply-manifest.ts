import { parse } from 'yaml';
import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { ApiError, notAuthorized, parseError, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { metadataOf, NO_METADATA } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, requireWritable, spaceOf } from '../acting.ts';
import { defaultDomainOf } from '../domains/domains.ts';
import { record } from '../events.ts';
import { startJob } from '../jobs.ts';
import { createRoute } from '../routing/app-routes.ts';
import { mapRoute } from '../routing/destinations.ts';
import type { CfApp, CfProcess, HealthCheck } from '../rows/apps.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import type { CfDomain } from '../rows/routing.ts';
import { bindApp } from '../services/bind.ts';
import { addApp, targetOf } from './apps.ts';
import { environmentOf } from './environment-rules.ts';
import { lifecycleOf } from './lifecycle.ts';
import { idleProcess } from './new-process.ts';
import { bytes, megabytes } from './sizes.ts';

const amount = z.union([z.string(), z.number()]).optional();
const limits = {
  command: z.string().nullish(),
  instances: z.number().int().min(0).optional(),
  memory: amount,
  disk_quota: amount,
  'disk-quota': amount,
  'log-rate-limit-per-second': amount,
  'health-check-type': z.string().optional(),
  'health-check-http-endpoint': z.string().optional(),
  'health-check-invocation-timeout': z.number().optional(),
  'health-check-interval': z.number().optional(),
  'readiness-health-check-type': z.string().optional(),
  'readiness-health-check-http-endpoint': z.string().optional(),
  'readiness-health-check-invocation-timeout': z.number().optional(),
  'readiness-health-check-interval': z.number().optional(),
  timeout: z.number().optional(),
};
const processSchema = z.looseObject({ type: z.string(), ...limits });
type ManifestProcess = z.infer<typeof processSchema>;

const application = z.looseObject({
  name: z.string(),
  env: z.record(z.string(), z.unknown()).optional(),
  buildpacks: z.array(z.string()).optional(),
  buildpack: z.string().optional(),
  stack: z.string().optional(),
  lifecycle: z.string().optional(),
  docker: z.looseObject({ image: z.string(), username: z.string().optional() }).optional(),
  routes: z.array(z.looseObject({ route: z.string(), protocol: z.string().optional() })).optional(),
  'no-route': z.boolean().optional(),
  'default-route': z.boolean().optional(),
  'random-route': z.boolean().optional(),
  services: z
    .array(z.union([z.string(), z.looseObject({ name: z.string(), binding_name: z.string().optional() })]))
    .optional(),
  metadata: z.unknown().optional(),
  features: z.record(z.string(), z.boolean()).optional(),
  processes: z.array(processSchema).optional(),
  sidecars: z.array(z.record(z.string(), z.json())).optional(),
  ...limits,
});
type Application = z.infer<typeof application>;

/** `POST /v3/spaces/{guid}/actions/apply_manifest`: makes the apps at once, and says by a job what became of the rest. */
export async function applyManifest(acting: Acting, guid: string, yaml: string): Promise<CfJob> {
  const space = spaceOf(acting, guid);
  if (!acting.see.develops(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  const applications = read(yaml);
  const apps = applications.map((wanted) => ({ wanted, app: skeleton(acting, space, wanted) }));
  const resource = { link: 'space', path: 'spaces', guid };
  try {
    for (const { wanted, app } of apps) await apply(acting, space, app, wanted);
    return startJob(acting, 'space.apply_manifest', { resource });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return startJob(acting, 'space.apply_manifest', { resource, errors: error.body().errors });
  }
}

function read(yaml: string): readonly Application[] {
  let parsed: unknown;
  try {
    parsed = parse(yaml);
  } catch {
    throw parseError();
  }
  const manifest = z.looseObject({ applications: z.array(z.unknown()) }).safeParse(parsed);
  if (!manifest.success) throw unprocessable("Cannot parse manifest with no 'applications' field.");
  return manifest.data.applications.map((one, index) => {
    const result = application.safeParse(one);
    if (result.success) return result.data;
    const name = (one as { name?: unknown } | null)?.name;
    const [issue] = result.error.issues;
    const where = typeof name === 'string' ? `For application '${name}'` : `For application at index ${index}`;
    throw unprocessable(`${where}: ${issue?.path.join(' ')} ${issue?.message}`);
  });
}

function skeleton(acting: Acting, space: CfSpace, wanted: Application): CfApp {
  const known = acting.store.apps.by('space', space.guid).find((app) => app.name === wanted.name);
  if (known) return known;
  const lifecycle = lifecycleOf(acting, lifecycleIn(wanted));
  return addApp(acting, space, { name: wanted.name, lifecycle, environment: {}, metadata: NO_METADATA });
}

function lifecycleIn(wanted: Application) {
  if (wanted.docker || wanted.lifecycle === 'docker') return { type: 'docker', data: {} };
  const buildpacks = wanted.buildpacks ?? (wanted.buildpack === undefined ? undefined : [wanted.buildpack]);
  return {
    ...(wanted.lifecycle === undefined ? {} : { type: wanted.lifecycle }),
    data: {
      ...(buildpacks === undefined ? {} : { buildpacks }),
      ...(wanted.stack === undefined ? {} : { stack: wanted.stack }),
    },
  };
}

async function apply(acting: Acting, space: CfSpace, app: CfApp, wanted: Application): Promise<void> {
  const { store, ctx } = acting;
  const switched = Object.entries(wanted.features ?? {});
  const features = app.features.filter((name) => !switched.some(([other]) => other === name));
  store.apps.set(app.guid, {
    ...app,
    environment: environmentOf(plainTexts(wanted.env ?? {}), app.environment),
    lifecycle: lifecycleOf(acting, lifecycleIn(wanted), app.lifecycle),
    features: [...features, ...switched.flatMap(([name, on]) => (on ? [name] : []))],
    ...(wanted.sidecars ? { sidecars: wanted.sidecars as readonly JsonObject[] } : {}),
    metadata: metadataOf(wanted.metadata, app.metadata),
    updatedAt: ctx.now(),
  });
  applyProcesses(acting, app, wanted);
  applyRoutes(acting, space, app, wanted);
  for (const service of wanted.services ?? []) {
    const name = typeof service === 'string' ? service : service.name;
    const instance = store.instances
      .by('landscape', space.landscape)
      .find((one) => one.name === name && [one.space, ...one.sharedSpaces].includes(space.guid));
    if (!instance) throw unprocessable(`Service instance '${name}' not found`);
    const bound = store.bindings.by('app', app.guid).some((binding) => binding.instance === instance.guid);
    const bindingName = typeof service === 'string' ? null : (service.binding_name ?? null);
    if (!bound) await bindApp(acting, instance, app, { name: bindingName });
  }
  record(acting, 'audit.app.apply_manifest', targetOf(app), { space });
}

/** Numbers and booleans of YAML become texts. */
function plainTexts(env: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(env).map(([key, value]) => [
      key,
      value === null || typeof value === 'string'
        ? value
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
    ]),
  );
}

function applyProcesses(acting: Acting, app: CfApp, wanted: Application): void {
  const { store, ctx } = acting;
  const listed = wanted.processes ?? [];
  const web = listed.some((process) => process.type === 'web');
  // What stands beside the processes is about web, where the processes do not say otherwise.
  const all = web ? listed : [{ ...wanted, type: 'web' } as ManifestProcess, ...listed];
  for (const process of all) {
    const known = store.processes.by('app', app.guid).findLast((one) => one.type === process.type);
    const before: CfProcess = known ?? idleProcess(acting, app, process.type);
    store.processes.set(before.guid, { ...before, ...processIn(process, before), updatedAt: ctx.now() });
  }
}

function processIn(process: ManifestProcess, before: CfProcess): Partial<CfProcess> {
  const check = (prefix: string, old: HealthCheck): HealthCheck => {
    const value = (name: string) => (process as Readonly<Record<string, unknown>>)[`${prefix}health-check-${name}`];
    const type = value('type');
    const endpoint = value('http-endpoint');
    const [invocationTimeout, interval] = [value('invocation-timeout'), value('interval')];
    return {
      ...old,
      ...(typeof type === 'string' ? { type } : {}),
      ...(typeof endpoint === 'string' ? { endpoint } : {}),
      ...(typeof invocationTimeout === 'number' ? { invocationTimeout } : {}),
      ...(typeof interval === 'number' ? { interval } : {}),
    };
  };
  const healthCheck = check('', before.healthCheck);
  return {
    instances: process.instances ?? before.instances,
    memory: megabytes(process.memory) ?? before.memory,
    disk: megabytes(process.disk_quota ?? process['disk-quota']) ?? before.disk,
    logRate: bytes(process['log-rate-limit-per-second']) ?? before.logRate,
    command: process.command === undefined ? before.command : process.command,
    healthCheck: process.timeout === undefined ? healthCheck : { ...healthCheck, timeout: process.timeout },
    readinessHealthCheck: check('readiness-', before.readinessHealthCheck),
  };
}

function applyRoutes(acting: Acting, space: CfSpace, app: CfApp, wanted: Application): void {
  const { store } = acting;
  const existing = store.routes.by('app', app.guid);
  if (wanted['no-route']) {
    for (const route of existing) {
      store.routes.set(route.guid, { ...route, destinations: route.destinations.filter((to) => to.app !== app.guid) });
    }
    return;
  }
  const generated = existing.length === 0 && (wanted['default-route'] || wanted['random-route']);
  const org = store.orgs.get(space.org);
  if (!wanted.routes && generated && org) {
    mapUrl(acting, space, app, `${app.name}.${defaultDomainOf(acting, org).name}`, undefined);
  }
  for (const { route, protocol } of wanted.routes ?? []) mapUrl(acting, space, app, route, protocol);
}

/** Maps the route with this URL, which is made when it is not there. */
function mapUrl(acting: Acting, space: CfSpace, app: CfApp, url: string, protocol: string | undefined): void {
  const [, name = '', path = ''] = /^(?:https?:\/\/)?([^/]+)(\/.*)?$/.exec(url) ?? [];
  const { domain, host } = splitName(acting, space, name, url);
  const known = acting.store.routes.by('domain', domain.guid).find((one) => one.host === host && one.path === path);
  if (known && known.space !== space.guid) {
    throw unprocessable('Routes cannot be mapped to destinations in different spaces');
  }
  const relationships = { space: { data: { guid: space.guid } }, domain: { data: { guid: domain.guid } } };
  const route = known ?? createRoute(acting, { host, path, port: undefined, relationships });
  if (route.destinations.some((to) => to.app === app.guid)) return;
  const destinations = [{ app: { guid: app.guid }, ...(protocol === undefined ? {} : { protocol }) }];
  mapRoute(acting, route.guid, { destinations }, { replace: false });
}

/** The longest domain that ends a name, and the host before it. */
function splitName(
  { store }: Acting,
  space: CfSpace,
  name: string,
  url: string,
): { readonly domain: CfDomain; readonly host: string } {
  const labels = name.split('.');
  for (const [index] of labels.entries()) {
    const domain = store.domains.by('name', `${space.landscape}/${labels.slice(index).join('.').toLowerCase()}`)[0];
    if (domain && index <= 1) return { domain, host: labels.slice(0, index).join('.') };
    if (domain) break;
  }
  throw unprocessable(`The route '${url}' did not match any existing domains.`);
}
