import { z } from 'zod';
import { metadata } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import {
  badQuery,
  featureDisabled,
  notAuthorized,
  notFound,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { anything, GUID, optional, wholeNumber } from '../../../../protocols/cf-v3/emulator/rules.ts';
import { type Acting, head, homeOf, link, newRow, requireWritable, type Shape, toOne } from '../acting.ts';
import { record } from '../events.ts';
import { doneAt } from '../jobs.ts';
import { list } from '../listing.ts';
import { flagOf } from '../platform/feature-flags.ts';
import type { CfApp, CfTask } from '../rows/apps.ts';
import { appOf, editable, PLACES, visibleApps } from './apps.ts';
import { isReady } from './builds.ts';

const MOST = Number.MAX_SAFE_INTEGER;

/** Body of `POST /v3/apps/{guid}/tasks`. */
export const newTask = z
  .strictObject({
    name: z.string().nullish(),
    command: z.string().nullish(),
    disk_in_mb: optional<number>(...wholeNumber(1, MOST, 'must be greater than 0')),
    memory_in_mb: optional<number>(...wholeNumber(1, MOST, 'must be greater than 0')),
    log_rate_limit_in_bytes_per_second: optional<number>(...wholeNumber(-1, MOST, 'must be greater than -2')),
    droplet_guid: optional<string>(...GUID),
    template: z.looseObject({ process: z.looseObject({ guid: z.string() }) }).nullish(),
    metadata,
  })
  .superRefine(({ command, template }, ctx) => {
    if (command || template) return;
    ctx.addIssue({ code: 'custom', path: ['command'], message: 'No command or template provided' });
  });
export const changedTask = z.strictObject({ metadata: anything });

const QUERY: ListRules = {
  filters: [
    'names',
    'states',
    'app_guids',
    'organization_guids',
    'space_guids',
    'app_guid',
    'sequence_ids',
    'label_selector',
  ],
  refuse: badQuery,
};

/** A task runs as long as a job, and does nothing; one that was canceled has failed. */
function stateOf({ ctx }: Acting, task: CfTask): 'RUNNING' | 'CANCELING' | 'SUCCEEDED' | 'FAILED' {
  const over = ctx.now() >= task.doneAt;
  if (task.canceled) return over ? 'FAILED' : 'CANCELING';
  return over ? 'SUCCEEDED' : 'RUNNING';
}

export function listTasks(acting: Acting, params: URLSearchParams, app?: CfApp): Shape {
  const { store, see } = acting;
  const apps = app ? [app] : visibleApps(acting);
  const spaceOf = (task: CfTask) => store.apps.get(task.app)?.space;
  return list(acting, params, {
    path: app ? `/v3/apps/${app.guid}/tasks` : '/v3/tasks',
    rules: { ...QUERY, misplaced: app ? [...PLACES].reverse() : ['sequence_ids'] },
    rows: apps.flatMap((one) => store.tasks.by('app', one.guid)),
    where: {
      names: (task, has) => has(task.name),
      states: (task, has) => has(stateOf(acting, task)),
      app_guids: (task, has) => has(task.app),
      space_guids: (task, has) => has(spaceOf(task)),
      organization_guids: (task, has) => has(store.spaces.get(spaceOf(task) ?? '')?.org),
      sequence_ids: (task, has) => has(String(task.sequence)),
    },
    // Commands are secrets, and lists over many apps never show them.
    show: (task) => taskView(acting, task, app !== undefined && see.readsSecretsOf(homeOf(acting, app))),
  });
}

function taskOf(acting: Acting, guid: string): CfTask {
  const task = acting.store.tasks.get(guid);
  const app = task && acting.store.apps.get(task.app);
  const space = app && acting.store.spaces.get(app.space);
  if (!task || !space || !acting.see.seesSpace(space)) throw notFound('Task');
  return task;
}

export function showTask(acting: Acting, guid: string): Shape {
  const task = taskOf(acting, guid);
  return taskView(acting, task, acting.see.readsSecretsOf(homeOf(acting, appOf(acting, task.app))));
}

/** `POST /v3/apps/{guid}/tasks`. */
export function createTask(acting: Acting, guid: string, body: z.infer<typeof newTask>): CfTask {
  const { store } = acting;
  const creation = flagOf(acting, 'task_creation');
  if (!creation.enabled && !acting.caller.admin) throw featureDisabled(creation.message ?? creation.name);
  const app = editable(acting, guid);
  const wanted = body.droplet_guid == null ? app.droplet : body.droplet_guid;
  if (wanted === undefined) {
    throw unprocessable('Task must have a droplet. Specify droplet or assign current droplet to app.');
  }
  const droplet = store.droplets.get(wanted);
  if (droplet?.app !== guid || !isReady(acting, droplet)) throw notFound('Droplet');
  const template = store.processes.get(body.template?.process.guid ?? '');
  const row = newRow(acting);
  const task: CfTask = {
    ...row,
    app: guid,
    sequence: Math.max(0, ...store.tasks.by('app', guid).map((one) => one.sequence)) + 1,
    name: body.name ?? row.guid.slice(0, 8),
    command: body.command ?? template?.command ?? '',
    droplet: droplet.guid,
    memory: body.memory_in_mb ?? template?.memory ?? 1024,
    disk: body.disk_in_mb ?? template?.disk ?? 1024,
    logRate: body.log_rate_limit_in_bytes_per_second ?? template?.logRate ?? -1,
    doneAt: doneAt(acting),
    metadata: metadataOf(body.metadata),
  };
  store.tasks.set(task.guid, task);
  recordTask(acting, task, app, 'create');
  return task;
}

export function updateTask(acting: Acting, guid: string, body: z.infer<typeof changedTask>): CfTask {
  const task = taskOf(acting, guid);
  editable(acting, task.app);
  const changed: CfTask = { ...task, metadata: metadataOf(body.metadata, task.metadata) };
  acting.store.tasks.set(guid, changed);
  return changed;
}

/** `POST /v3/tasks/{guid}/actions/cancel`. */
export function cancelTask(acting: Acting, guid: string): CfTask {
  const task = taskOf(acting, guid);
  const app = appOf(acting, task.app);
  const space = homeOf(acting, app);
  if (!acting.see.managesApps(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  const state = stateOf(acting, task);
  if (state === 'SUCCEEDED' || state === 'FAILED') {
    throw unprocessable(`Task state is ${state} and therefore cannot be canceled`);
  }
  const changed: CfTask = { ...task, canceled: true, updatedAt: acting.ctx.now(), doneAt: doneAt(acting) };
  acting.store.tasks.set(guid, changed);
  recordTask(acting, changed, app, 'cancel');
  return changed;
}

/** cloud_controller_ng, TaskPresenter; `state` where it is told before it is over. */
export function taskView(acting: Acting, task: CfTask, secrets = true, state: string = stateOf(acting, task)): Shape {
  const self = `/v3/tasks/${task.guid}`;
  return {
    ...head(task),
    sequence_id: task.sequence,
    name: task.name,
    ...(secrets ? { command: task.command } : {}),
    state,
    memory_in_mb: task.memory,
    disk_in_mb: task.disk,
    log_rate_limit_in_bytes_per_second: task.logRate,
    result: { failure_reason: state === 'FAILED' ? 'task was cancelled' : null },
    droplet_guid: task.droplet,
    relationships: { app: toOne(task.app) },
    metadata: task.metadata,
    links: {
      self: link(acting, self),
      app: link(acting, `/v3/apps/${task.app}`),
      cancel: link(acting, `${self}/actions/cancel`, 'POST'),
      droplet: link(acting, `/v3/droplets/${task.droplet}`),
    },
  };
}

function recordTask(acting: Acting, task: CfTask, app: CfApp, what: 'create' | 'cancel'): void {
  const request = { name: task.name, memory_in_mb: task.memory, command: '[PRIVATE DATA HIDDEN]' };
  record(
    acting,
    `audit.app.task.${what}`,
    { guid: app.guid, type: 'app', name: app.name },
    { space: homeOf(acting, app) },
    { task_guid: task.guid, request },
  );
}
