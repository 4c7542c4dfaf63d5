import type { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { badQuery, notAuthorized, notFound } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, head, homeOf, link, requireWritable, type Shape, toOne } from '../acting.ts';
import { list } from '../listing.ts';
import type { CfApp, CfRevision } from '../rows/apps.ts';
import { appOf } from './apps.ts';
import type { changedLabels } from './part-changes.ts';
import { recordRevision } from './revision-making.ts';
import { megabytes } from './sizes.ts';

/** No query has a boolean, so that `deployable` is always refused (cloud_controller_ng, AppRevisionsListMessage). */
const QUERY: ListRules = {
  filters: ['versions', 'deployable', 'label_selector'],
  choices: { deployable: [] },
  refuse: badQuery,
};

export function listRevisions(acting: Acting, params: URLSearchParams, guid: string): Shape {
  const app = appOf(acting, guid);
  return list(acting, params, {
    path: `/v3/apps/${guid}/revisions`,
    rules: QUERY,
    rows: acting.store.revisions.by('app', app.guid),
    where: { versions: (revision, has) => has(String(revision.version)) },
    show: (revision) => revisionView(acting, revision),
  });
}

/** `GET /v3/apps/{guid}/revisions/deployed`: what the processes of a started app were started as. */
export function listDeployed(acting: Acting, params: URLSearchParams, guid: string): Shape {
  const app = appOf(acting, guid);
  const { processes, revisions } = acting.store;
  const running = app.started ? processes.by('app', guid).map(({ revision }) => revision) : [];
  return list(acting, params, {
    path: `/v3/apps/${guid}/revisions/deployed`,
    rules: { filters: [], refuse: badQuery },
    rows: revisions.by('app', guid).filter((revision) => running.includes(revision.guid)),
    show: (revision) => revisionView(acting, revision),
  });
}

function placeOf(acting: Acting, guid: string): { readonly revision: CfRevision; readonly app: CfApp } {
  const revision = acting.store.revisions.get(guid);
  const app = revision && acting.store.apps.get(revision.app);
  if (!revision || !app || !acting.see.seesSpace(homeOf(acting, app))) throw notFound('Revision');
  return { revision, app };
}

export function showRevision(acting: Acting, guid: string): Shape {
  return revisionView(acting, placeOf(acting, guid).revision);
}

/** `PATCH /v3/revisions/{guid}`: labels only. */
export function updateRevision(acting: Acting, guid: string, body: z.infer<typeof changedLabels>): Shape {
  const { revision, app } = placeOf(acting, guid);
  const space = homeOf(acting, app);
  if (!acting.see.develops(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  const metadata = metadataOf(body.metadata, revision.metadata);
  const changed: CfRevision = { ...revision, metadata, updatedAt: acting.ctx.now() };
  acting.store.revisions.set(guid, changed);
  return revisionView(acting, changed);
}

/** `GET /v3/revisions/{guid}/environment_variables`: what the app's were then, secrets among them. */
export function revisionEnvironment(acting: Acting, guid: string): Shape {
  const { revision, app } = placeOf(acting, guid);
  if (!acting.see.readsSecretsOf(homeOf(acting, app))) throw notAuthorized();
  recordRevision(acting, 'audit.app.revision.environment_variables.show', app, revision);
  const self = `/v3/revisions/${guid}`;
  return {
    var: revision.environment,
    links: {
      self: link(acting, `${self}/environment_variables`),
      revision: link(acting, self),
      app: link(acting, `/v3/apps/${app.guid}`),
    },
  };
}

/** cloud_controller_ng, RevisionPresenter. */
function revisionView(acting: Acting, revision: CfRevision): Shape {
  const self = `/v3/revisions/${revision.guid}`;
  const commands = Object.entries(revision.commands);
  return {
    ...head(revision),
    version: revision.version,
    droplet: { guid: revision.droplet },
    processes: Object.fromEntries(commands.map(([type, command]) => [type, { command }])),
    sidecars: revision.sidecars.map(sidecarView),
    description: revision.description,
    relationships: { app: toOne(revision.app) },
    links: {
      self: link(acting, self),
      app: link(acting, `/v3/apps/${revision.app}`),
      environment_variables: link(acting, `${self}/environment_variables`),
    },
    metadata: revision.metadata,
    deployable: acting.store.droplets.get(revision.droplet) !== undefined,
  };
}

/** A sidecar as a manifest has it. */
function sidecarView({ name, command, memory, process_types }: JsonObject): Shape {
  const size = typeof memory === 'string' || typeof memory === 'number' ? megabytes(memory) : undefined;
  return { name, command, memory_in_mb: size ?? null, process_types };
}
