import type { z } from 'zod';
import {
  badQuery,
  notAuthorized,
  notFound,
  uniqueness,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, homeOf, newRow, requireWritable, type Shape } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { deletionJob } from '../jobs.ts';
import { byCreation, list } from '../listing.ts';
import type { CfApp } from '../rows/apps.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import { includedOrgs } from '../spaces/spaces.ts';
import { spaceView } from '../spaces/view.ts';
import type { changedApp, newApp } from './bodies.ts';
import { environmentOf } from './environment-rules.ts';
import { lifecycleOf } from './lifecycle.ts';
import { newProcess } from './new-process.ts';
import { removeApp } from './removal.ts';
import { reviseApp } from './revision-making.ts';
import { appView } from './view.ts';

const APP_QUERY: ListRules = {
  filters: ['names', 'organization_guids', 'space_guids', 'stacks', 'include', 'lifecycle_type', 'label_selector'],
  choices: { lifecycle_type: ['buildpack', 'docker', 'cnb'] },
  orders: ['name', 'state'],
  includes: ['space', 'org', 'space.organization'],
  refuse: badQuery,
};

/** Filters that lists within an app do not have, in the order in which an error names them. */
export const PLACES = ['app_guids', 'organization_guids', 'space_guids'] as const;

export function listApps(acting: Acting, params: URLSearchParams): Shape {
  const { store } = acting;
  return list(acting, params, {
    path: '/v3/apps',
    rules: APP_QUERY,
    rows: visibleApps(acting),
    where: {
      names: (app, has) => has(app.name),
      space_guids: (app, has) => has(app.space),
      organization_guids: (app, has) => has(store.spaces.get(app.space)?.org),
      stacks: (app, has) => has(app.lifecycle.stack ?? ''),
      lifecycle_type: (app, has) => has(app.lifecycle.type),
    },
    sortBy: { state: (app) => (app.started ? 'STARTED' : 'STOPPED') },
    show: (app) => appView(acting, app),
    included: (shown, { include }) => includedBy(acting, shown, include),
  });
}

/** Apps of the spaces that the caller sees, in order of creation. */
export function visibleApps({ store, see, caller }: Acting): readonly CfApp[] {
  if (caller.globalRead) return store.apps.by('landscape', caller.landscape);
  const spaces = new Set(see.spaces().map((space) => space.guid));
  return store.apps.by('landscape', caller.landscape).filter((app) => spaces.has(app.space));
}

export function showApp(acting: Acting, guid: string, params: URLSearchParams): Shape {
  const { include } = parseShowQuery(params, APP_QUERY);
  const app = appOf(acting, guid);
  const included = includedBy(acting, [app], include);
  return { ...appView(acting, app), ...(included ? { included } : {}) };
}

function includedBy(acting: Acting, apps: readonly CfApp[], include: readonly string[]): Shape | undefined {
  if (include.length === 0) return undefined;
  const spaces = byCreation([...new Set(apps.map((app) => app.space))].map((guid) => acting.store.spaces.get(guid)));
  return {
    ...(include.includes('space') ? { spaces: spaces.map((space) => spaceView(acting, space)) } : {}),
    ...(include.some((name) => name !== 'space') ? includedOrgs(acting, spaces) : {}),
  };
}

/** An app in a space that the caller sees. */
export function appOf(acting: Acting, guid: string): CfApp {
  const app = acting.store.apps.get(guid);
  const space = app && acting.store.spaces.get(app.space);
  if (!app || !space || !acting.see.seesSpace(space)) throw notFound('App');
  return app;
}

/** An app that the caller may write: as Space Developer; or manage: also as Space Supporter. */
export function editable(acting: Acting, guid: string, right: 'develops' | 'managesApps' = 'develops'): CfApp {
  const app = appOf(acting, guid);
  const space = homeOf(acting, app);
  if (!acting.see[right](space)) throw notAuthorized();
  requireWritable(acting, space.org);
  return app;
}

/** `POST /v3/apps`: with a web process, stopped, without a droplet. */
export function createApp(acting: Acting, body: z.infer<typeof newApp>): CfApp {
  const { store, see } = acting;
  const kept = metadataOf(body.metadata);
  const environment = environmentOf(body.environment_variables ?? {});
  const space = store.spaces.get(body.relationships.space.data.guid);
  if (!space || !see.seesSpace(space)) {
    throw unprocessable('Invalid space. Ensure that the space exists and you have access to it.');
  }
  if (!see.develops(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  const lifecycle = lifecycleOf(acting, body.lifecycle);
  return addApp(
    acting,
    space,
    { name: body.name, lifecycle, environment, metadata: kept },
    requestOf(body, ['environment_variables']),
  );
}

/** Makes an app with its web process, as a body or a manifest asks for it. */
export function addApp(
  acting: Acting,
  space: CfSpace,
  wanted: Pick<CfApp, 'name' | 'lifecycle' | 'environment' | 'metadata'>,
  request = requestOf({}),
): CfApp {
  refuseTaken(acting, space.guid, wanted.name);
  // Application SSH is off in apps by default at SAP (SAP help 9809fa4); the flag of the space still decides.
  const app: CfApp = {
    ...newRow(acting),
    ...wanted,
    space: space.guid,
    started: false,
    features: ['ssh', 'revisions'],
  };
  acting.store.apps.set(app.guid, app);
  acting.store.processes.set(app.guid, newProcess(app));
  record(acting, 'audit.app.create', targetOf(app), { space }, request);
  return app;
}

export function updateApp(acting: Acting, guid: string, body: z.infer<typeof changedApp>): CfApp {
  const app = editable(acting, guid);
  const metadata = metadataOf(body.metadata, app.metadata);
  const name = body.name ?? app.name;
  refuseTaken(acting, app.space, name, guid);
  const lifecycle = body.lifecycle ? lifecycleOf(acting, body.lifecycle, app.lifecycle) : app.lifecycle;
  if (lifecycle.type !== app.lifecycle.type) throw unprocessable('Lifecycle type cannot be changed');
  const changed: CfApp = { ...app, name, metadata, lifecycle, updatedAt: acting.ctx.now() };
  acting.store.apps.set(guid, changed);
  record(acting, 'audit.app.update', targetOf(changed), { space: homeOf(acting, changed) }, requestOf(body));
  return changed;
}

export function deleteApp(acting: Acting, guid: string): CfJob {
  removeApp(acting, editable(acting, guid));
  return deletionJob(acting, 'app', guid);
}

const ACTIONS = {
  start: { started: true, event: 'audit.app.start' },
  stop: { started: false, event: 'audit.app.stop' },
  restart: { started: true, event: 'audit.app.restart' },
} as const;
export type Action = keyof typeof ACTIONS;

/** Starts, stops or restarts: the state changes, and there may be a new revision; nothing runs. */
export function act(
  acting: Acting,
  guid: string,
  action: Action,
  /** Whether a start may make a revision. @default true */
  { revise = true }: { readonly revise?: boolean } = {},
): CfApp {
  const app = appOf(acting, guid);
  if (action !== 'stop' && app.droplet === undefined) {
    throw unprocessable('Assign a droplet before starting this app.');
  }
  editable(acting, guid, 'managesApps');
  const { started, event } = ACTIONS[action];
  const revision =
    action === 'restart' || (action === 'start' && !app.started && revise) ? reviseApp(acting, app) : undefined;
  // A mere start leaves processes at the revision that they had (cloud_controller_ng, AppStart and AppRestart).
  if (revision && action === 'restart') {
    for (const process of acting.store.processes.by('app', guid)) {
      acting.store.processes.set(process.guid, { ...process, revision: revision.guid, updatedAt: acting.ctx.now() });
    }
  }
  const changed: CfApp = { ...app, started, updatedAt: acting.ctx.now() };
  acting.store.apps.set(guid, changed);
  record(acting, event, targetOf(changed), { space: homeOf(acting, changed) });
  return changed;
}

function refuseTaken({ store }: Acting, space: string, name: string, except?: string): void {
  const same = store.apps
    .by('space', space)
    .some((app) => app.guid !== except && app.name.toLowerCase() === name.toLowerCase());
  if (same) throw uniqueness(`App with the name '${name}' already exists.`);
}

export function targetOf(app: CfApp) {
  return { guid: app.guid, type: 'app', name: app.name };
}
