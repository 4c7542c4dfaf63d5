import { z } from 'zod';
import { metadata } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { badQuery, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { anything, isBlank, isHash, ruled } from '../../../../protocols/cf-v3/emulator/rules.ts';
import { type Acting, head, homeOf, link, newRow, requireWritable, type Shape, time, toOne } from '../acting.ts';
import { record } from '../events.ts';
import { doneAt } from '../jobs.ts';
import { list } from '../listing.ts';
import type { CfDeployment } from '../rows/apps.ts';
import { appOf, targetOf, visibleApps } from './apps.ts';
import { isReady } from './builds.ts';

const STRATEGIES = ['rolling', 'canary', 'recreate'] as const;
const OPTIONS = [
  'canary',
  'max_in_flight',
  'web_instances',
  'memory_in_mb',
  'disk_in_mb',
  'log_rate_limit_in_bytes_per_second',
];

/** Body of `POST /v3/deployments`. */
export const newDeployment = z.strictObject({
  // No rule holds for it: what is no app is not found.
  relationships: anything,
  droplet: z.looseObject({ guid: z.string() }).nullish(),
  strategy: ruled<(typeof STRATEGIES)[number] | null | undefined>((value) =>
    value == null || STRATEGIES.some((known) => known === value)
      ? undefined
      : `'${value}' is not a supported deployment strategy`,
  ),
  options: ruled<{ readonly max_in_flight?: number } | null | undefined>(
    (value) => (isBlank(value) || isHash(value) ? undefined : 'must be an object'),
    (value) => {
      const strange = isHash(value) ? Object.keys(value).filter((key) => !OPTIONS.includes(key)) : [];
      return strange.length > 0 ? `has unsupported key(s): ${strange.join(', ')}` : undefined;
    },
  ).superRefine((value, ctx) => {
    const most = value?.max_in_flight;
    if (most === undefined || (Number.isInteger(most) && most >= 1)) return;
    ctx.addIssue({ code: 'custom', path: ['max_in_flight'], message: 'must be an integer greater than 0' });
  }),
  metadata,
});

const wantedApp = z.looseObject({ app: z.looseObject({ data: z.looseObject({ guid: z.string() }) }) });

const QUERY: ListRules = {
  filters: ['app_guids', 'states', 'status_reasons', 'status_values', 'label_selector'],
  refuse: badQuery,
};

/** How far a deployment is. A canary waits for a word; the others replace their instances by themselves. */
function statusOf({ ctx }: Acting, { ended, waits, doneAt: done }: CfDeployment) {
  if (ended === 'CANCELED') return { value: 'FINALIZED', reason: 'CANCELED', state: 'CANCELED' };
  if (ended === undefined && waits) return { value: 'ACTIVE', reason: 'PAUSED', state: 'DEPLOYING' };
  if (ctx.now() < done) return { value: 'ACTIVE', reason: 'DEPLOYING', state: 'DEPLOYING' };
  return { value: 'FINALIZED', reason: 'DEPLOYED', state: 'DEPLOYED' };
}

export function listDeployments(acting: Acting, params: URLSearchParams): Shape {
  return list(acting, params, {
    path: '/v3/deployments',
    rules: QUERY,
    rows: visibleApps(acting).flatMap((app) => acting.store.deployments.by('app', app.guid)),
    where: {
      app_guids: (deployment, has) => has(deployment.app),
      states: (deployment, has) => has(statusOf(acting, deployment).state),
      status_values: (deployment, has) => has(statusOf(acting, deployment).value),
      status_reasons: (deployment, has) => has(statusOf(acting, deployment).reason),
    },
    show: (deployment) => deploymentView(acting, deployment),
  });
}

export function deploymentOf(acting: Acting, guid: string): CfDeployment {
  const deployment = acting.store.deployments.get(guid);
  const app = deployment && acting.store.apps.get(deployment.app);
  const space = app && acting.store.spaces.get(app.space);
  if (!deployment || !space || !acting.see.seesSpace(space)) throw notFound('Deployment');
  return deployment;
}

function guidIn(relationships: unknown): string {
  const { data } = wantedApp.safeParse(relationships);
  return data?.app.data.guid ?? '';
}

/** The app gets the droplet and is started; that old instances go one by one does not show, as nothing runs. */
export function createDeployment(acting: Acting, body: z.infer<typeof newDeployment>): CfDeployment {
  const { store } = acting;
  const app = store.apps.get(guidIn(body.relationships));
  const space = app && store.spaces.get(app.space);
  if (!app || !space || !acting.see.managesApps(space)) {
    throw unprocessable('Unable to use app. Ensure that the app exists and you have access to it.');
  }
  requireWritable(acting, space.org);
  const droplet = body.droplet?.guid ?? app.droplet;
  if (droplet === undefined)
    throw unprocessable(
      'Invalid droplet. Please specify a droplet in the request or set a current droplet for the app.',
    );
  const known = store.droplets.get(droplet);
  if (known?.app !== app.guid || !isReady(acting, known)) {
    throw unprocessable('Unable to assign current droplet. Ensure the droplet exists and belongs to this app.');
  }
  const strategy = body.strategy ?? 'rolling';
  const deployment: CfDeployment = {
    ...newRow(acting),
    app: app.guid,
    droplet,
    ...(app.droplet === undefined ? {} : { previousDroplet: app.droplet }),
    strategy,
    maxInFlight: body.options?.max_in_flight ?? 1,
    waits: strategy === 'canary',
    doneAt: doneAt(acting),
    metadata: metadataOf(body.metadata),
  };
  store.deployments.set(deployment.guid, deployment);
  store.apps.set(app.guid, { ...app, droplet, started: true, updatedAt: acting.ctx.now() });
  record(
    acting,
    'audit.app.deployment.create',
    targetOf(app),
    { space },
    { deployment_guid: deployment.guid, droplet_guid: droplet, type: 'deployment', strategy },
  );
  return deployment;
}

/** `POST …/actions/cancel` gives the app its old droplet back; `…/actions/continue` lets a canary go on. */
export function actOnDeployment(acting: Acting, guid: string, action: 'cancel' | 'continue'): CfDeployment {
  const { store } = acting;
  const deployment = deploymentOf(acting, guid);
  const app = appOf(acting, deployment.app);
  const space = homeOf(acting, app);
  // Who may not is told that there is none.
  if (!acting.see.managesApps(space)) throw notFound('Deployment');
  requireWritable(acting, space.org);
  const { value, reason } = statusOf(acting, deployment);
  // cloud_controller_ng, DeploymentCancel and DeploymentContinue
  if (action === 'cancel' ? value === 'FINALIZED' : reason !== 'PAUSED') {
    throw unprocessable(`Cannot ${action} a deployment with status: ${value} and reason: ${reason}`);
  }
  const { previousDroplet } = deployment;
  if (action === 'cancel' && previousDroplet !== undefined) {
    store.apps.set(app.guid, { ...app, droplet: previousDroplet, updatedAt: acting.ctx.now() });
  }
  const changed: CfDeployment = {
    ...deployment,
    ended: action === 'cancel' ? 'CANCELED' : 'DEPLOYED',
    doneAt: doneAt(acting),
    updatedAt: acting.ctx.now(),
  };
  store.deployments.set(guid, changed);
  const event = `audit.app.deployment.${action}`;
  record(acting, event, targetOf(app), { space }, { deployment_guid: guid });
  return changed;
}

/** cloud_controller_ng, DeploymentPresenter. */
export function deploymentView(acting: Acting, deployment: CfDeployment): Shape {
  const { value, reason, state } = statusOf(acting, deployment);
  const changed = time(deployment.updatedAt);
  const self = `/v3/deployments/${deployment.guid}`;
  return {
    ...head(deployment),
    state,
    status: {
      value,
      reason,
      details: { last_successful_healthcheck: changed, last_status_change: changed },
    },
    strategy: deployment.strategy,
    options: { max_in_flight: deployment.maxInFlight },
    droplet: { guid: deployment.droplet },
    previous_droplet: { guid: deployment.previousDroplet ?? null },
    new_processes: acting.store.processes.by('app', deployment.app).map(({ guid, type }) => ({ guid, type })),
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
