import type { z } from 'zod';
import { badQuery, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, head, inLandscape, link, newRow, requireAdmin, type Shape } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { deletionJob } from '../jobs.ts';
import { list } from '../listing.ts';
import type { CfBuildpack, CfJob } from '../rows/platform.ts';
import { type changedBuildpack, LIFECYCLES, type newBuildpack } from './buildpack-bodies.ts';

type Lifecycle = NonNullable<CfBuildpack['lifecycle']>;

/** In order of their position, which is how staging tries them. */
export function listBuildpacks(acting: Acting, params: URLSearchParams): Shape {
  const all = acting.store.buildpacks.by('landscape', acting.caller.landscape);
  return list(acting, params, {
    path: '/v3/buildpacks',
    rules: {
      filters: ['stacks', 'names', 'lifecycle', 'page', 'per_page', 'label_selector'],
      choices: { lifecycle: LIFECYCLES },
      orders: ['position', 'lifecycle'],
      refuse: badQuery,
    },
    rows: [...all].sort((a, b) =>
      lifecycleOf(a) === lifecycleOf(b) ? a.position - b.position : lifecycleOf(a) < lifecycleOf(b) ? -1 : 1,
    ),
    where: {
      names: (buildpack, has) => has(buildpack.name),
      stacks: (buildpack, has) => has(buildpack.stack ?? ''),
      lifecycle: (buildpack, has) => has(lifecycleOf(buildpack)),
    },
    sortBy: { position: ({ position }) => position, lifecycle: lifecycleOf },
    show: (buildpack) => buildpackView(acting, buildpack),
  });
}

export function lifecycleOf({ lifecycle = 'buildpack' }: Pick<CfBuildpack, 'lifecycle'>): Lifecycle {
  return lifecycle;
}

export function buildpackOf(acting: Acting, guid: string): CfBuildpack {
  const buildpack = inLandscape(acting, acting.store.buildpacks.get(guid));
  if (!buildpack) throw notFound('Buildpack');
  return buildpack;
}

/** Everybody sees buildpacks, so those who may not change them are told so. */
export function editableBuildpack(acting: Acting, guid: string): CfBuildpack {
  const buildpack = buildpackOf(acting, guid);
  requireAdmin(acting);
  return buildpack;
}

export function createBuildpack(acting: Acting, body: z.infer<typeof newBuildpack>): CfBuildpack {
  requireAdmin(acting);
  const row: CfBuildpack = {
    ...newRow(acting),
    name: body.name,
    stack: body.stack ?? null,
    lifecycle: body.lifecycle ?? 'buildpack',
    state: 'AWAITING_UPLOAD',
    filename: null,
    position: Number.POSITIVE_INFINITY,
    enabled: body.enabled ?? true,
    locked: body.locked ?? false,
    metadata: metadataOf(body.metadata),
  };
  refuseBad(acting, row);
  const placed = moved(acting, row, body.position ?? 1);
  acting.store.buildpacks.set(placed.guid, placed);
  recordBuildpack(acting, 'create', placed, requestOf(body));
  return placed;
}

export function updateBuildpack(acting: Acting, guid: string, body: z.infer<typeof changedBuildpack>): CfBuildpack {
  const before = editableBuildpack(acting, guid);
  const { position, metadata, stack = before.stack, ...others } = body;
  const sent = Object.fromEntries(Object.entries(others).filter(([, value]) => value != null));
  const changed: CfBuildpack = {
    ...before,
    ...sent,
    stack,
    metadata: metadataOf(metadata, before.metadata),
    updatedAt: acting.ctx.now(),
  };
  refuseBad(acting, changed, before);
  const placed = position === undefined ? changed : moved(acting, changed, position);
  acting.store.buildpacks.set(guid, placed);
  recordBuildpack(acting, 'update', placed, requestOf(body));
  return placed;
}

export function deleteBuildpack(acting: Acting, guid: string): CfJob {
  const row = editableBuildpack(acting, guid);
  recordBuildpack(acting, 'delete', row);
  for (const other of neighbours(acting, row)) {
    if (other.position > row.position) place(acting, other, other.position - 1);
  }
  acting.store.buildpacks.delete(guid);
  return deletionJob(acting, 'buildpack', guid);
}

/** What is wrong with a buildpack as a whole (cloud_controller_ng, Buildpack). */
export function problemOf(
  { store, caller }: Acting,
  { guid, name, stack, ...row }: CfBuildpack,
  before?: CfBuildpack,
): 'no such stack' | 'other stack' | 'taken' | undefined {
  const stacks = store.stacks.by('landscape', caller.landscape);
  if (stack !== null && !stacks.some((known) => known.name === stack)) return 'no such stack';
  if (before && before.stack !== null && before.stack !== stack) return 'other stack';
  const taken = store.buildpacks
    .by('landscape', caller.landscape)
    .some((one) => one.guid !== guid && one.name === name && one.stack === stack && sameLifecycle(one, row));
  return taken ? 'taken' : undefined;
}

function refuseBad(acting: Acting, row: CfBuildpack, before?: CfBuildpack): void {
  const { name, stack } = row;
  const problem = problemOf(acting, row, before);
  if (problem === 'no such stack') throw unprocessable(`Stack '${stack}' does not exist`);
  if (problem === 'other stack') throw unprocessable('Buildpack stack cannot be changed');
  if (problem === undefined) return;
  const where = stack === null ? ' and an unassigned stack' : `, stack '${stack}' and lifecycle '${lifecycleOf(row)}'`;
  throw unprocessable(`Buildpack with name '${name}'${where} already exists`);
}

function sameLifecycle(a: Pick<CfBuildpack, 'lifecycle'>, b: Pick<CfBuildpack, 'lifecycle'>): boolean {
  return lifecycleOf(a) === lifecycleOf(b);
}

/** The others of its lifecycle, whose positions are counted together. */
function neighbours({ store, caller }: Acting, row: CfBuildpack): readonly CfBuildpack[] {
  return store.buildpacks
    .by('landscape', caller.landscape)
    .filter((one) => one.guid !== row.guid && sameLifecycle(one, row));
}

function place({ store }: Acting, row: CfBuildpack, position: number): void {
  store.buildpacks.set(row.guid, { ...row, position });
}

/** Puts it at a position, at most behind the last one; those between step aside (Sequel's plugin `list`). */
function moved(acting: Acting, row: CfBuildpack, wanted: number): CfBuildpack {
  const others = neighbours(acting, row);
  const position = Math.min(Number(wanted), others.length + 1);
  for (const other of others) {
    const at = other.position > row.position ? other.position - 1 : other.position;
    const to = at >= position ? at + 1 : at;
    if (to !== other.position) place(acting, other, to);
  }
  return { ...row, position };
}

/** cloud_controller_ng, BuildpackEventRepository. */
export function recordBuildpack(
  acting: Acting,
  event: 'create' | 'update' | 'delete' | 'upload',
  { guid, name }: CfBuildpack,
  data: Parameters<typeof record>[4] = {},
): void {
  record(acting, `audit.buildpack.${event}`, { guid, type: 'buildpack', name }, {}, data);
}

export function buildpackView(acting: Acting, buildpack: CfBuildpack): Shape {
  const self = `/v3/buildpacks/${buildpack.guid}`;
  return {
    ...head(buildpack),
    name: buildpack.name,
    stack: buildpack.stack,
    state: buildpack.state,
    lifecycle: lifecycleOf(buildpack),
    filename: buildpack.filename,
    position: buildpack.position,
    enabled: buildpack.enabled,
    locked: buildpack.locked,
    metadata: buildpack.metadata,
    links: { self: link(acting, self), upload: link(acting, `${self}/upload`, 'POST') },
  };
}
