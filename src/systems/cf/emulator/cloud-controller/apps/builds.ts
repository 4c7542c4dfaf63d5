import type { z } from 'zod';
import { badQuery, badRequest, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf, NO_METADATA } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, head, homeOf, link, newRow, requireWritable, type Shape, toOne } from '../acting.ts';
import { record } from '../events.ts';
import { doneAt } from '../jobs.ts';
import { list } from '../listing.ts';
import type { CfApp, CfBuild, CfDroplet, CfPackage } from '../rows/apps.ts';
import { appOf, editable, PLACES, targetOf, visibleApps } from './apps.ts';
import type { newBuild } from './bodies.ts';
import { lifecycleOf } from './lifecycle.ts';
import { idleProcess } from './new-process.ts';
import { packageOf, stateOf as stateOfPackage } from './packages.ts';
import { type Staged, stage } from './staging.ts';
import { lifecycleView } from './view.ts';

const BUILD_QUERY: ListRules = {
  filters: ['app_guids', 'package_guids', 'states', 'label_selector'],
  refuse: badQuery,
};
const DROPLET_QUERY: ListRules = {
  filters: [
    'app_guid',
    'app_guids',
    'current',
    'organization_guids',
    'package_guid',
    'space_guids',
    'states',
    'label_selector',
  ],
  refuse: badQuery,
};

export function listBuilds(acting: Acting, params: URLSearchParams, app?: CfApp): Shape {
  const apps = app ? [app] : visibleApps(acting);
  return list(acting, params, {
    path: app ? `/v3/apps/${app.guid}/builds` : '/v3/builds',
    rules: app ? { ...BUILD_QUERY, filters: ['states', 'label_selector'] } : BUILD_QUERY,
    rows: apps.flatMap((one) => acting.store.builds.by('app', one.guid)),
    where: {
      states: (build, has) => has(stateOf(acting, build)),
      package_guids: (build, has) => has(build.package),
      app_guids: (build, has) => has(build.app),
    },
    show: (build) => buildView(acting, build),
  });
}

export function buildOf(acting: Acting, guid: string): CfBuild {
  const build = acting.store.builds.get(guid);
  const app = build && acting.store.apps.get(build.app);
  const space = app && acting.store.spaces.get(app.space);
  if (!build || !space || !acting.see.seesSpace(space)) throw notFound('Build');
  return build;
}

/** `POST /v3/builds`: nothing is compiled, but after a while there is a droplet, if a buildpack takes the app. */
export function createBuild(acting: Acting, body: z.infer<typeof newBuild>): CfBuild {
  const { store, caller, uaa, see } = acting;
  const row = store.packages.get(body.package.guid);
  const app = row && store.apps.get(row.app);
  const space = app && store.spaces.get(app.space);
  if (!row || !app || !space || !see.managesApps(space)) {
    throw unprocessable('Unable to use package. Ensure that the package exists and you have access to it.');
  }
  requireWritable(acting, space.org);
  if (stateOfPackage(acting, row) !== 'READY') throw badRequest('Cannot stage package whose state is not ready.');
  const lifecycle = body.lifecycle ? lifecycleOf(acting, body.lifecycle, app.lifecycle) : app.lifecycle;
  const staged = stage(acting, row, lifecycle);
  const user = uaa.user(caller.landscape, caller.guid);
  const build: CfBuild = {
    ...newRow(acting),
    app: app.guid,
    package: row.guid,
    lifecycle,
    createdBy: { guid: caller.guid, name: caller.name, email: user?.email ?? caller.name },
    ...(staged.error === undefined ? { droplet: addDroplet(acting, app, row, staged).guid } : { error: staged.error }),
    stagedAt: doneAt(acting),
    metadata: metadataOf(body.metadata),
  };
  store.builds.set(build.guid, build);
  record(
    acting,
    'audit.app.build.create',
    targetOf(app),
    { space },
    { build_guid: build.guid, package_guid: row.guid },
  );
  return build;
}

function addDroplet(
  acting: Acting,
  app: CfApp,
  row: CfPackage,
  { lifecycle, buildpacks, processTypes }: Exclude<Staged, { readonly error: string }>,
): CfDroplet {
  const made = newRow(acting);
  const droplet: CfDroplet = {
    ...made,
    createdAt: doneAt(acting),
    updatedAt: doneAt(acting),
    app: app.guid,
    package: row.guid,
    lifecycle,
    ...(buildpacks ? { buildpacks } : {}),
    ...(processTypes ? { processTypes } : {}),
    image: row.image === undefined ? null : withTag(row.image),
    checksum: lifecycle.type === 'docker' ? null : made.guid.replaceAll('-', '').repeat(2),
    metadata: NO_METADATA,
  };
  acting.store.droplets.set(droplet.guid, droplet);
  return droplet;
}

/** An image without a tag is the newest. */
function withTag(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}

function stateOf({ ctx }: Acting, build: CfBuild): 'STAGING' | 'STAGED' | 'FAILED' {
  if (ctx.now() < build.stagedAt) return 'STAGING';
  return build.error === undefined ? 'STAGED' : 'FAILED';
}

export function buildView(acting: Acting, build: CfBuild, state = stateOf(acting, build)): Shape {
  const droplet = state === 'STAGED' ? build.droplet : undefined;
  const made = acting.store.droplets.get(droplet ?? '');
  return {
    ...head(build),
    state,
    staging_memory_in_mb: 1024,
    staging_disk_in_mb: 4096,
    staging_log_rate_limit_bytes_per_second: -1,
    error: state === 'FAILED' ? build.error : null,
    // What was detected is told when it has been.
    lifecycle: lifecycleView(made ? { ...build.lifecycle, buildpacks: made.lifecycle.buildpacks } : build.lifecycle),
    package: { guid: build.package },
    droplet: droplet === undefined ? null : { guid: droplet },
    created_by: build.createdBy,
    relationships: { app: toOne(build.app) },
    metadata: build.metadata,
    links: {
      self: link(acting, `/v3/builds/${build.guid}`),
      app: link(acting, `/v3/apps/${build.app}`),
      ...(droplet === undefined ? {} : { droplet: link(acting, `/v3/droplets/${droplet}`) }),
    },
  };
}

/** Droplets that are there already: those of builds in progress are not. */
export function isReady({ ctx }: Acting, droplet: CfDroplet): boolean {
  return ctx.now() >= droplet.createdAt;
}

export function listDroplets(
  acting: Acting,
  params: URLSearchParams,
  of: { readonly app: CfApp } | { readonly package: string } | undefined,
): Shape {
  const { store } = acting;
  const path =
    of === undefined
      ? '/v3/droplets'
      : 'app' in of
        ? `/v3/apps/${of.app.guid}/droplets`
        : `/v3/packages/${of.package}/droplets`;
  const apps = of === undefined ? visibleApps(acting) : 'app' in of ? [of.app] : [];
  const rows =
    of !== undefined && 'package' in of
      ? store.droplets.by('package', packageOf(acting, of.package).guid)
      : apps.flatMap((app) => store.droplets.by('app', app.guid));
  return list(acting, params, {
    path,
    rules: { ...DROPLET_QUERY, misplaced: of !== undefined && 'app' in of ? PLACES : ['current'] },
    rows: rows.filter((droplet) => isReady(acting, droplet)),
    where: {
      states: (_droplet, has) => has('STAGED'),
      app_guids: (droplet, has) => has(droplet.app),
      space_guids: (droplet, has) => has(store.apps.get(droplet.app)?.space),
      organization_guids: (droplet, has) => has(store.spaces.get(store.apps.get(droplet.app)?.space ?? '')?.org),
      current: (droplet, has) => has(String(store.apps.get(droplet.app)?.droplet === droplet.guid)),
    },
    show: (droplet) => dropletView(acting, droplet, '[PRIVATE DATA HIDDEN IN LISTS]'),
  });
}

export function dropletOf(acting: Acting, guid: string): CfDroplet {
  const droplet = acting.store.droplets.get(guid);
  const app = droplet && acting.store.apps.get(droplet.app);
  const space = app && acting.store.spaces.get(app.space);
  if (!droplet || !space || !acting.see.seesSpace(space) || !isReady(acting, droplet)) throw notFound('Droplet');
  return droplet;
}

/** @param hidden what stands in the place of commands; undefined = they are shown to those who read secrets in the space */
export function dropletView(acting: Acting, droplet: CfDroplet, hidden?: string): Shape {
  const self = `/v3/droplets/${droplet.guid}`;
  const { type } = droplet.lifecycle;
  const app = acting.store.apps.get(droplet.app);
  const readable = hidden === undefined && app !== undefined && acting.see.readsSecretsOf(homeOf(acting, app));
  const redacted = hidden ?? '[PRIVATE DATA HIDDEN]';
  return {
    ...head(droplet),
    state: 'STAGED',
    error: null,
    lifecycle: { type, data: {} },
    checksum: droplet.checksum === null ? null : { type: 'sha256', value: droplet.checksum },
    buildpacks: type === 'docker' ? null : buildpacksOf(droplet),
    stack: droplet.lifecycle.stack ?? null,
    image: droplet.image,
    execution_metadata: readable ? '' : redacted,
    process_types: readable ? (droplet.processTypes ?? {}) : { redacted_message: redacted },
    relationships: { app: toOne(droplet.app) },
    metadata: droplet.metadata,
    links: {
      self: link(acting, self),
      app: link(acting, `/v3/apps/${droplet.app}`),
      assign_current_droplet: link(acting, `/v3/apps/${droplet.app}/relationships/current_droplet`, 'PATCH'),
      ...(droplet.package === undefined ? {} : { package: link(acting, `/v3/packages/${droplet.package}`) }),
      ...(type === 'buildpack' ? { download: link(acting, `${self}/download`) } : {}),
    },
  };
}

function buildpacksOf({ buildpacks, lifecycle }: CfDroplet): readonly Shape[] {
  if (!buildpacks) {
    return lifecycle.buildpacks.map((name) => ({ name, detect_output: null, buildpack_name: name, version: null }));
  }
  return buildpacks.map(({ name, detectOutput, buildpackName, version }) => ({
    name,
    detect_output: detectOutput,
    buildpack_name: buildpackName,
    version,
  }));
}

export function currentDroplet(acting: Acting, guid: string): CfDroplet {
  const droplet = acting.store.droplets.get(appOf(acting, guid).droplet ?? '');
  if (!droplet) throw notFound('Droplet');
  return droplet;
}

export function dropletRelation(acting: Acting, app: string, droplet: string): Shape {
  return {
    data: { guid: droplet },
    links: {
      self: link(acting, `/v3/apps/${app}/relationships/current_droplet`),
      related: link(acting, `/v3/apps/${app}/droplets/current`),
    },
  };
}

/** `PATCH /v3/apps/{guid}/relationships/current_droplet`. */
export function assignDroplet(acting: Acting, guid: string, droplet: string | null | undefined): Shape {
  if (droplet === null || droplet === undefined) {
    throw unprocessable('Current droplet cannot be removed. Replace it with a preferred droplet.');
  }
  const app = editable(acting, guid, 'managesApps');
  const known = acting.store.droplets.get(droplet);
  if (!known || known.app !== guid || !isReady(acting, known)) {
    throw unprocessable('Unable to assign current droplet. Ensure the droplet exists and belongs to this app.');
  }
  mapDroplet(acting, app, droplet);
  return dropletRelation(acting, guid, droplet);
}

/** Gives an app a droplet of its own, and the types of process that the droplet has beside those that are there. */
export function mapDroplet(acting: Acting, app: CfApp, droplet: string): CfApp {
  const changed: CfApp = { ...app, droplet, updatedAt: acting.ctx.now() };
  acting.store.apps.set(app.guid, changed);
  const request = { request: { droplet_guid: droplet } };
  const space = homeOf(acting, app);
  record(acting, 'audit.app.droplet.mapped', targetOf(app), { space }, request);
  const { droplets, processes } = acting.store;
  const there = new Set(processes.by('app', app.guid).map(({ type }) => type));
  for (const type of Object.keys(droplets.get(droplet)?.processTypes ?? {})) {
    if (there.has(type)) continue;
    const process = idleProcess(acting, app, type);
    processes.set(process.guid, process);
    record(
      acting,
      'audit.app.process.create',
      targetOf(app),
      { space },
      { process_guid: process.guid, process_type: type },
    );
  }
  return changed;
}
