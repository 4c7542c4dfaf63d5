import { stringify } from 'yaml';
import { notAuthorized } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type Acting, homeOf, type Shape } from '../acting.ts';
import { urlOf } from '../routing/view.ts';
import type { CfApp, CfProcess } from '../rows/apps.ts';
import { appOf } from './apps.ts';

/** `GET /v3/apps/{guid}/manifest`, YAML (cloud_controller_ng, AppManifestPresenter). It holds secrets. */
export function manifestOf(acting: Acting, guid: string): string {
  const app = appOf(acting, guid);
  if (!acting.see.readsSecretsOf(homeOf(acting, app))) throw notAuthorized();
  const routes = routesOf(acting, app);
  const services = acting.store.bindings
    .by('app', guid)
    .flatMap((binding) => acting.store.instances.get(binding.instance)?.name ?? [])
    .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const processes = [...acting.store.processes.by('app', guid)].sort((a, b) => (a.type < b.type ? -1 : 1));
  const { labels, annotations } = app.metadata;
  const metadata = { ...filled('labels', labels), ...filled('annotations', annotations) };
  const application = {
    name: app.name,
    ...filled('env', app.environment),
    lifecycle: app.lifecycle.type,
    ...buildOf(acting, app),
    features: Object.fromEntries(
      ['ssh', 'revisions', 'service-binding-k8s', 'file-based-vcap-services'].map((name) => [
        name,
        app.features.includes(name),
      ]),
    ),
    ...(services.length > 0 ? { services } : {}),
    ...(routes.length > 0 ? { routes } : {}),
    ...filled('metadata', metadata),
    processes: processes.map(processOf),
    ...(app.sidecars && app.sidecars.length > 0 ? { sidecars: app.sidecars } : {}),
  };
  return `---\n${stringify({ applications: [application] }, { indentSeq: false })}`;
}

function filled(name: string, value: object): Shape {
  return Object.keys(value).length > 0 ? { [name]: value } : {};
}

function buildOf({ store }: Acting, app: CfApp): Shape {
  if (app.lifecycle.type !== 'docker') {
    const { buildpacks, stack } = app.lifecycle;
    return { ...(buildpacks.length > 0 ? { buildpacks } : {}), stack };
  }
  const image = store.packages.by('app', app.guid).at(-1)?.image;
  return image === undefined ? {} : { docker: { image } };
}

function routesOf({ store }: Acting, app: CfApp): readonly Shape[] {
  return store.routes
    .by('app', app.guid)
    .flatMap((route) =>
      route.destinations
        .filter((to) => to.app === app.guid)
        .map((to) => ({
          route: urlOf(route, store.domains.get(route.domain)),
          protocol: to.protocol,
          ...(route.options === undefined ? {} : { options: route.options }),
        })),
    )
    .sort((a, b) => (a.route.toLowerCase() < b.route.toLowerCase() ? -1 : 1));
}

function processOf(process: CfProcess): Shape {
  const { healthCheck, readinessHealthCheck } = process;
  const all = {
    type: process.type,
    instances: process.instances,
    memory: `${process.memory}M`,
    disk_quota: `${process.disk}M`,
    'log-rate-limit-per-second': process.logRate === -1 ? -1 : `${process.logRate}B`,
    command: process.command ?? undefined,
    'health-check-type': healthCheck.type,
    'health-check-http-endpoint': healthCheck.endpoint,
    'health-check-invocation-timeout': healthCheck.invocationTimeout,
    'health-check-interval': healthCheck.interval,
    'readiness-health-check-type': readinessHealthCheck.type,
    'readiness-health-check-http-endpoint': readinessHealthCheck.endpoint,
    'readiness-health-check-invocation-timeout': readinessHealthCheck.invocationTimeout,
    'readiness-health-check-interval': readinessHealthCheck.interval,
    timeout: healthCheck.timeout,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
