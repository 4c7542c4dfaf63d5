import { z } from 'zod';
import { badQuery, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, head, homeOf, link, newRow, requireWritable, type Shape, time, toOne } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { doneAt } from '../jobs.ts';
import { list } from '../listing.ts';
import type { CfApp, CfDeployment, CfProcess, CfRevision } from '../rows/apps.ts';
import { act, appOf, targetOf, visibleApps } from './apps.ts';
import { isReady, mapDroplet } from './builds.ts';
import type { newDeployment } from './deployment-body.ts';
import { canaryInstances } from './deployment-progress.ts';
import { changesOf, reviseApp, rollBackTo } from './revision-making.ts';

const wantedApp = z.looseObject({ app: z.looseObject({ data: z.looseObject({ guid: z.string() }) }) });

const QUERY: ListRules = {
  filters: ['app_guids', 'states', 'status_reasons', 'status_values', 'label_selector'],
  refuse: badQuery,
};

/** `value` and `reason` of each state, if no other deployment came before its end (cloud_controller_ng, DeploymentModel). */
const STATUS = {
  DEPLOYING: ['ACTIVE', 'DEPLOYING'],
  PREPAUSED: ['ACTIVE', 'DEPLOYING'],
  PAUSED: ['ACTIVE', 'PAUSED'],
  DEPLOYED: ['FINALIZED', 'DEPLOYED'],
  CANCELING: ['ACTIVE', 'CANCELING'],
  CANCELED: ['FINALIZED', 'CANCELED'],
} as const;

function statusOf({ state, superseded }: CfDeployment): { readonly value: string; readonly reason: string } {
  const [value, reason] = STATUS[state];
  return { value, reason: superseded ? 'SUPERSEDED' : reason };
}

function isActive(deployment: CfDeployment): boolean {
  return statusOf(deployment).value === 'ACTIVE';
}

export function listDeployments(acting: Acting, params: URLSearchParams): Shape {
  return list(acting, params, {
    path: '/v3/deployments',
    rules: QUERY,
    rows: visibleApps(acting).flatMap((app) => acting.store.deployments.by('app', app.guid)),
    where: {
      app_guids: (deployment, has) => has(deployment.app),
      states: (deployment, has) => has(deployment.state),
      status_values: (deployment, has) => has(statusOf(deployment).value),
      status_reasons: (deployment, has) => has(statusOf(deployment).reason),
    },
    show: (deployment) => deploymentView(acting, deployment),
  });
}

export function deploymentOf(acting: Acting, guid: string): CfDeployment {
  const deployment = acting.store.deployments.get(guid);
  const app = deployment && acting.store.apps.get(deployment.app);
  if (!deployment || !app || !acting.see.seesSpace(homeOf(acting, app))) throw notFound('Deployment');
  return deployment;
}

/** `POST /v3/deployments`: a new web process takes the place of the old one; where the app is stopped, it is only started. */
export function createDeployment(acting: Acting, body: z.infer<typeof newDeployment>): CfDeployment {
  const { store } = acting;
  const wanted = wantedApp.safeParse(body.relationships).data?.app.data.guid;
  const known = store.apps.get(wanted ?? '');
  const space = known && store.spaces.get(known.space);
  if (!known || !space || !acting.see.managesApps(space)) {
    throw unprocessable('Unable to use app. Ensure that the app exists and you have access to it.');
  }
  requireWritable(acting, space.org);
  if (body.revision && !known.features.includes('revisions')) {
    throw unprocessable('Cannot create deployment from a revision for an app without revisions enabled');
  }
  const metadata = metadataOf(body.metadata);
  const back = body.revision ? targetRevision(acting, body.revision.guid) : undefined;
  const droplet = dropletFor(acting, known, back?.droplet ?? body.droplet?.guid ?? known.droplet);
  const { app, revision } = change(acting, known, droplet, back);

  const before = store.deployments.by('app', app.guid).findLast(isActive);
  const web = store.processes.by('app', app.guid).filter(({ type }) => type === 'web');
  const { web_instances, memory_in_mb, disk_in_mb, log_rate_limit_in_bytes_per_second, canary, max_in_flight } =
    body.options ?? {};
  const strategy = body.strategy ?? 'rolling';
  const planned: CfDeployment = {
    ...newRow(acting),
    app: app.guid,
    droplet,
    ...(known.droplet === undefined ? {} : { previousDroplet: known.droplet }),
    ...(revision ? { revision: { guid: revision.guid, version: revision.version } } : {}),
    strategy,
    maxInFlight: max_in_flight ?? 1,
    sizes: {
      ...(web_instances == null ? {} : { instances: web_instances }),
      ...(memory_in_mb == null ? {} : { memory: memory_in_mb }),
      ...(disk_in_mb == null ? {} : { disk: disk_in_mb }),
      ...(log_rate_limit_in_bytes_per_second == null ? {} : { logRate: log_rate_limit_in_bytes_per_second }),
    },
    ...(canary?.steps ? { steps: canary.steps.map(({ instance_weight }) => instance_weight) } : {}),
    step: 1,
    instances: before?.instances ?? web[0]?.instances ?? 1,
    state: strategy === 'canary' ? 'PREPAUSED' : 'DEPLOYING',
    doneAt: doneAt(acting),
    metadata,
  };
  const deployment = app.started
    ? replaced(acting, planned, before, web.at(-1), revision)
    : started(acting, planned, web.at(-1));
  store.deployments.set(deployment.guid, deployment);
  const data = {
    deployment_guid: deployment.guid,
    droplet_guid: droplet,
    type: back ? 'rollback' : null,
    revision_guid: revision?.guid ?? null,
    ...requestOf(body),
    strategy,
  };
  record(acting, 'audit.app.deployment.create', targetOf(app), { space }, data);
  return deployment;
}

function targetRevision({ store }: Acting, guid: string): CfRevision {
  const revision = store.revisions.get(guid);
  if (!revision) throw unprocessable('The revision does not exist');
  if (!store.droplets.get(revision.droplet)) {
    throw unprocessable('Unable to deploy this revision, the droplet for this revision no longer exists.');
  }
  return revision;
}

function dropletFor(acting: Acting, app: CfApp, guid: string | undefined): string {
  if (guid === undefined) {
    throw unprocessable(
      'Invalid droplet. Please specify a droplet in the request or set a current droplet for the app.',
    );
  }
  const known = acting.store.droplets.get(guid);
  if (known?.app !== app.guid || !isReady(acting, known)) {
    throw unprocessable('Unable to assign current droplet. Ensure the droplet exists and belongs to this app.');
  }
  return guid;
}

/** Gives the app what is to be deployed; a rollback brings the environment and the sidecars of then. */
function change(acting: Acting, known: CfApp, droplet: string, back: CfRevision | undefined) {
  // A rollback that changes nothing is refused before anything is changed.
  const changes = back && changesOf(acting, known, back);
  const mapped = mapDroplet(acting, known, droplet);
  const app = back ? { ...mapped, environment: back.environment, sidecars: back.sidecars } : mapped;
  acting.store.apps.set(app.guid, app);
  return { app, revision: back && changes ? rollBackTo(acting, app, back, changes) : reviseApp(acting, app) };
}

function withSizes(process: CfProcess, { sizes }: CfDeployment): CfProcess {
  const { memory = process.memory, disk = process.disk, logRate = process.logRate } = sizes;
  return { ...process, memory, disk, logRate };
}

/** A stopped app is started with its one web process, whatever the strategy, and the deployment is over. */
function started(acting: Acting, planned: CfDeployment, web: CfProcess | undefined): CfDeployment {
  if (web) {
    const instances = planned.sizes.instances ?? web.instances;
    acting.store.processes.set(web.guid, { ...withSizes(web, planned), instances });
  }
  act(acting, planned.app, 'start', { revise: false });
  return { ...planned, state: 'DEPLOYED' };
}

/** A second web process comes beside the first one; a deployment that was going on gives way. */
function replaced(
  acting: Acting,
  planned: CfDeployment,
  before: CfDeployment | undefined,
  web: CfProcess | undefined,
  revision: CfRevision | undefined,
): CfDeployment {
  const { store } = acting;
  if (before) {
    const state = before.state === 'DEPLOYING' ? 'DEPLOYED' : 'CANCELED';
    store.deployments.set(before.guid, { ...before, state, superseded: true, updatedAt: acting.ctx.now() });
  }
  if (!web) return planned;
  const wanted = planned.sizes.instances ?? planned.instances;
  const first = planned.strategy === 'canary' ? canaryInstances(planned).next : wanted;
  const { revision: _, ...copied } = withSizes(web, planned);
  const process: CfProcess = {
    ...copied,
    ...newRow(acting),
    instances: Math.min(planned.maxInFlight, first),
    command: revision ? (revision.commands.web ?? null) : web.command,
    ...(revision ? { revision: revision.guid } : {}),
  };
  store.processes.set(process.guid, process);
  return { ...planned, process: process.guid };
}

/** `POST …/actions/cancel` gives the app its old droplet back; `…/actions/continue` lets a canary go on. */
export function actOnDeployment(acting: Acting, guid: string, action: 'cancel' | 'continue'): void {
  const { store } = acting;
  const deployment = deploymentOf(acting, guid);
  const app = appOf(acting, deployment.app);
  const space = homeOf(acting, app);
  // Who may not is told that there is none.
  if (!acting.see.managesApps(space)) throw notFound('Deployment');
  requireWritable(acting, space.org);
  const { value, reason } = statusOf(deployment);
  // cloud_controller_ng, DeploymentCancel and DeploymentContinue
  if (action === 'cancel' ? value !== 'ACTIVE' : reason !== 'PAUSED') {
    throw unprocessable(`Cannot ${action} a deployment with status: ${value} and reason: ${reason}`);
  }
  // The environment stays as it is, and so does the revision that was made.
  if (action === 'cancel') mapDroplet(acting, app, dropletFor(acting, app, deployment.previousDroplet ?? ''));
  const more = deployment.step < (deployment.steps?.length ?? 1);
  const changed: CfDeployment = {
    ...deployment,
    ...(action === 'cancel'
      ? { state: 'CANCELING' }
      : more
        ? { state: 'PREPAUSED', step: deployment.step + 1 }
        : { state: 'DEPLOYING' }),
    doneAt: doneAt(acting),
    updatedAt: acting.ctx.now(),
  };
  store.deployments.set(guid, changed);
  const data = { deployment_guid: guid, droplet_guid: deployment.droplet };
  record(acting, `audit.app.deployment.${action}`, targetOf(app), { space }, data);
}

/** cloud_controller_ng, DeploymentPresenter. */
export function deploymentView(acting: Acting, deployment: CfDeployment): Shape {
  const { value, reason } = statusOf(deployment);
  const changed = time(deployment.updatedAt);
  const self = `/v3/deployments/${deployment.guid}`;
  const { steps, step, sizes, revision } = deployment;
  const canary = deployment.strategy === 'canary';
  const revisions = acting.store.apps.get(deployment.app)?.features.includes('revisions');
  return {
    ...head(deployment),
    status: {
      value,
      reason,
      details: { last_successful_healthcheck: changed, last_status_change: changed },
      ...(canary ? { canary: { steps: { current: step, total: steps?.length ?? 1 } } } : {}),
    },
    strategy: deployment.strategy,
    options: {
      max_in_flight: deployment.maxInFlight,
      web_instances: sizes.instances,
      memory_in_mb: sizes.memory,
      disk_in_mb: sizes.disk,
      log_rate_limit_in_bytes_per_second: sizes.logRate,
      ...(canary && steps ? { canary: { steps: steps.map((weight) => ({ instance_weight: weight })) } } : {}),
    },
    droplet: { guid: deployment.droplet },
    previous_droplet: { guid: deployment.previousDroplet ?? null },
    new_processes: deployment.process === undefined ? [] : [{ guid: deployment.process, type: 'web' }],
    revision: revisions && revision ? revision : null,
    relationships: { app: toOne(deployment.app) },
    metadata: deployment.metadata,
    links: {
      self: link(acting, self),
      app: link(acting, `/v3/apps/${deployment.app}`),
      ...(value === 'ACTIVE' ? { cancel: link(acting, `${self}/actions/cancel`, 'POST') } : {}),
      ...(reason === 'PAUSED' ? { continue: link(acting, `${self}/actions/continue`, 'POST') } : {}),
    },
  };
}
