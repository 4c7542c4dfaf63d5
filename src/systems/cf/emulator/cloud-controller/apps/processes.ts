import type { z } from 'zod';
import { badQuery, featureDisabled, notAuthorized, notFound } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, head, homeOf, link, requireWritable, type Shape, toOne } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { list } from '../listing.ts';
import { flagOf } from '../platform/feature-flags.ts';
import type { CfApp, CfProcess, HealthCheck } from '../rows/apps.ts';
import { appOf, PLACES, targetOf, visibleApps } from './apps.ts';
import type { changedProcess, scaledProcess } from './bodies.ts';

const PROCESS_QUERY: ListRules = {
  filters: ['app_guid', 'types', 'space_guids', 'organization_guids', 'app_guids', 'label_selector'],
  refuse: badQuery,
};

export function listProcesses(acting: Acting, params: URLSearchParams, app?: CfApp): Shape {
  const { store } = acting;
  const apps = app ? [app] : visibleApps(acting);
  const spaceOfApp = new Map(apps.map((one) => [one.guid, one.space]));
  return list(acting, params, {
    path: app ? `/v3/apps/${app.guid}/processes` : '/v3/processes',
    rules: app ? { ...PROCESS_QUERY, misplaced: PLACES } : PROCESS_QUERY,
    rows: apps.flatMap((one) => store.processes.by('app', one.guid)),
    where: {
      types: (process, has) => has(process.type),
      app_guids: (process, has) => has(process.app),
      space_guids: (process, has) => has(spaceOfApp.get(process.app)),
      organization_guids: (process, has) => has(store.spaces.get(spaceOfApp.get(process.app) ?? '')?.org),
    },
    // Commands are secrets in lists.
    show: (process) => processView(acting, process, '[PRIVATE DATA HIDDEN IN LISTS]'),
  });
}

/** A process by its GUID, or by its app and type. */
export function processOf(
  acting: Acting,
  place: { readonly guid: string } | { readonly app: string; readonly type: string },
) {
  const { store } = acting;
  if ('guid' in place) {
    const process = store.processes.get(place.guid);
    const app = process && store.apps.get(process.app);
    const space = app && store.spaces.get(app.space);
    if (!process || !space || !acting.see.seesSpace(space)) throw notFound('Process');
    return process;
  }
  const app = appOf(acting, place.app);
  // During a deployment there are two of web; the newest counts (cloud_controller_ng, ProcessFetcher).
  const process = store.processes.by('app', app.guid).findLast((one) => one.type === place.type);
  if (!process) throw notFound('Process');
  return process;
}

export function processView(acting: Acting, process: CfProcess, hidden?: string): Shape {
  const self = `/v3/processes/${process.guid}`;
  const app = acting.store.apps.get(process.app);
  const readable = app !== undefined && acting.see.readsSecretsOf(homeOf(acting, app));
  // The one that somebody set, or that staging found.
  const command = process.command ?? acting.store.droplets.get(app?.droplet ?? '')?.processTypes?.[process.type] ?? '';
  return {
    ...head(process),
    type: process.type,
    command: hidden ?? (readable ? command : '[PRIVATE DATA HIDDEN]'),
    instances: process.instances,
    memory_in_mb: process.memory,
    disk_in_mb: process.disk,
    log_rate_limit_in_bytes_per_second: process.logRate,
    health_check: checkView(process.healthCheck, true),
    readiness_health_check: checkView(process.readinessHealthCheck, false),
    relationships: { app: toOne(process.app), revision: process.revision ? toOne(process.revision) : null },
    metadata: process.metadata,
    links: {
      self: link(acting, self),
      scale: link(acting, `${self}/actions/scale`, 'POST'),
      app: link(acting, `/v3/apps/${process.app}`),
      space: link(acting, `/v3/spaces/${app?.space}`),
      stats: link(acting, `${self}/stats`),
    },
  };
}

function checkView(check: HealthCheck, withTimeout: boolean): Shape {
  return {
    type: check.type,
    data: {
      ...(withTimeout ? { timeout: check.timeout ?? null } : {}),
      invocation_timeout: check.invocationTimeout ?? null,
      interval: check.interval ?? null,
      ...(check.type === 'http' ? { endpoint: check.endpoint ?? null } : {}),
    },
  };
}

export function editable(acting: Acting, process: CfProcess): CfApp {
  const app = appOf(acting, process.app);
  const space = homeOf(acting, app);
  if (!acting.see.managesApps(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  return app;
}

function save(acting: Acting, process: CfProcess, app: CfApp, event: string, body: object): CfProcess {
  const changed: CfProcess = { ...process, updatedAt: acting.ctx.now() };
  acting.store.processes.set(changed.guid, changed);
  const data = { process_guid: process.guid, process_type: process.type, ...requestOf(body, ['command']) };
  record(acting, event, targetOf(app), { space: homeOf(acting, app) }, data);
  return changed;
}

/** The app of a process that the caller may scale; scaling can be switched off. */
export function scalable(acting: Acting, process: CfProcess): CfApp {
  const app = editable(acting, process);
  const scaling = flagOf(acting, 'app_scaling');
  if (!scaling.enabled && !acting.caller.admin) throw featureDisabled(scaling.message ?? scaling.name);
  return app;
}

export function scaleProcess(acting: Acting, process: CfProcess, body: z.infer<typeof scaledProcess>): CfProcess {
  const app = scalable(acting, process);
  const scaled: CfProcess = {
    ...process,
    instances: body.instances ?? process.instances,
    memory: body.memory_in_mb ?? process.memory,
    disk: body.disk_in_mb ?? process.disk,
    logRate: body.log_rate_limit_in_bytes_per_second ?? process.logRate,
  };
  return save(acting, scaled, app, 'audit.app.process.scale', body);
}

export function updateProcess(acting: Acting, process: CfProcess, body: z.infer<typeof changedProcess>): CfProcess {
  const app = editable(acting, process);
  const changed: CfProcess = {
    ...process,
    command: body.command === undefined ? process.command : body.command,
    healthCheck: checkOf(body.health_check, process.healthCheck),
    readinessHealthCheck: checkOf(body.readiness_health_check, process.readinessHealthCheck),
    metadata: metadataOf(body.metadata, process.metadata),
  };
  return save(acting, changed, app, 'audit.app.process.update', body);
}

type SentCheck = z.infer<typeof changedProcess>['health_check'];

function checkOf(sent: SentCheck, before: HealthCheck): HealthCheck {
  if (!sent) return before;
  const { endpoint, timeout, invocation_timeout, interval } = sent.data ?? {};
  return {
    ...before,
    type: sent.type ?? before.type,
    ...(endpoint == null ? {} : { endpoint }),
    ...(timeout == null ? {} : { timeout }),
    ...(invocation_timeout == null ? {} : { invocationTimeout: invocation_timeout }),
    ...(interval == null ? {} : { interval }),
  };
}

/** Instances of a started app; as nothing runs, they are said to run and to use nothing (`assumed`). */
export function statsView(acting: Acting, process: CfProcess): Shape {
  const app = acting.store.apps.get(process.app);
  const since = Math.max(0, Math.floor((acting.ctx.now() - (app?.updatedAt ?? 0)) / 1000));
  const running = (index: number): Shape => ({
    type: process.type,
    index,
    instance_guid: `${process.guid}-${index}`,
    state: 'RUNNING',
    routable: true,
    host: '10.0.0.1',
    instance_internal_ip: '10.255.0.1',
    uptime: since,
    mem_quota: process.memory * 1024 * 1024,
    disk_quota: process.disk * 1024 * 1024,
    log_rate_limit: process.logRate,
    fds_quota: 32_768,
    isolation_segment: null,
    details: null,
    instance_ports: [],
    usage: {
      time: new Date(acting.ctx.now()).toISOString(),
      cpu: 0,
      cpu_entitlement: 0,
      mem: 0,
      disk: 0,
      log_rate: 0,
    },
  });
  const down: Shape = {
    type: process.type,
    index: 0,
    state: 'DOWN',
    routable: null,
    uptime: 0,
    isolation_segment: null,
    details: null,
  };
  if (!app?.started) return { resources: process.instances === 0 ? [] : [down] };
  return { resources: Array.from({ length: process.instances }, (_, index) => running(index)) };
}
