import { createHash } from 'node:crypto';
import type { z } from 'zod';
import {
  badQuery,
  featureDisabled,
  notAuthorized,
  notFound,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, head, homeOf, link, newRow, requireWritable, type Shape, toOne } from '../acting.ts';
import { record } from '../events.ts';
import { deletionJob, doneAt } from '../jobs.ts';
import { list } from '../listing.ts';
import { flagOf } from '../platform/feature-flags.ts';
import type { CfApp, CfPackage } from '../rows/apps.ts';
import type { CfJob } from '../rows/platform.ts';
import { appOf, PLACES, targetOf, visibleApps } from './apps.ts';
import { contentsOf } from './bits.ts';
import type { newPackage } from './bodies.ts';

const PACKAGE_QUERY: ListRules = {
  filters: ['states', 'types', 'app_guids', 'app_guid', 'space_guids', 'organization_guids', 'label_selector'],
  refuse: badQuery,
};

export function listPackages(acting: Acting, params: URLSearchParams, app?: CfApp): Shape {
  const { store } = acting;
  const apps = app ? [app] : visibleApps(acting);
  return list(acting, params, {
    path: app ? `/v3/apps/${app.guid}/packages` : '/v3/packages',
    rules: app ? { ...PACKAGE_QUERY, misplaced: PLACES } : PACKAGE_QUERY,
    rows: apps.flatMap((one) => store.packages.by('app', one.guid)),
    where: {
      states: (row, has) => has(stateOf(acting, row)),
      types: (row, has) => has(row.type),
      app_guids: (row, has) => has(row.app),
      space_guids: (row, has) => has(store.apps.get(row.app)?.space),
      organization_guids: (row, has) => has(store.spaces.get(store.apps.get(row.app)?.space ?? '')?.org),
    },
    show: (row) => packageView(acting, row),
  });
}

export function packageOf(acting: Acting, guid: string): CfPackage {
  const row = acting.store.packages.get(guid);
  const app = row && acting.store.apps.get(row.app);
  const space = app && acting.store.spaces.get(app.space);
  if (!row || !space || !acting.see.seesSpace(space)) throw notFound('Package');
  return row;
}

function editable(acting: Acting, row: CfPackage): CfApp {
  const app = appOf(acting, row.app);
  const space = homeOf(acting, app);
  if (!acting.see.develops(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  return app;
}

/** `POST /v3/packages`: bits wait for their upload, a docker image is ready at once. */
export function createPackage(acting: Acting, body: z.infer<typeof newPackage>): CfPackage {
  const { store, see } = acting;
  const app = store.apps.get(body.relationships.app.data.guid);
  const space = app && store.spaces.get(app.space);
  if (!app || !space || !see.seesSpace(space)) {
    throw unprocessable('App is invalid. Ensure it exists and you have access to it.');
  }
  if (!see.develops(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  const docker = body.type === 'docker';
  if (docker !== (app.lifecycle.type === 'docker')) {
    throw unprocessable(
      docker ? 'Cannot create Docker package for a buildpack app.' : 'Cannot create bits package for a Docker app.',
    );
  }
  const { image, username } = body.data ?? {};
  if (docker && !image) throw unprocessable("Data Image can't be blank");
  const row: CfPackage = {
    ...newRow(acting),
    app: app.guid,
    type: body.type,
    ...(image === undefined ? {} : { image }),
    ...(username == null ? {} : { username }),
    state: docker ? 'READY' : 'AWAITING_UPLOAD',
    metadata: metadataOf(body.metadata),
  };
  store.packages.set(row.guid, row);
  record(acting, 'audit.app.package.create', targetOf(app), { space }, { package_guid: row.guid });
  return row;
}

/**
 * `POST /v3/packages/{guid}/upload`: of what is uploaded only the checksum is kept and what staging would find in it, for nothing will
 * run it.
 */
export function uploadPackage(acting: Acting, guid: string, bits: Uint8Array): CfPackage {
  const upload = flagOf(acting, 'app_bits_upload');
  if (!upload.enabled && !acting.caller.admin) throw featureDisabled(upload.message ?? upload.name);
  const row = packageOf(acting, guid);
  const app = editable(acting, row);
  if (row.type !== 'bits') throw unprocessable('Package type must be bits.');
  if (row.state !== 'AWAITING_UPLOAD') {
    throw unprocessable('Bits may be uploaded only once. Create a new package to upload different bits.');
  }
  const contents = contentsOf(bits);
  const changed: CfPackage = {
    ...row,
    ...(contents ? { contents } : {}),
    state: 'PROCESSING_UPLOAD',
    updatedAt: acting.ctx.now(),
    readyAt: doneAt(acting),
    checksum: createHash('sha256').update(bits).digest('hex'),
  };
  acting.store.packages.set(guid, changed);
  record(acting, 'audit.app.package.upload', targetOf(app), { space: homeOf(acting, app) }, { package_guid: guid });
  return changed;
}

export function deletePackage(acting: Acting, guid: string): CfJob {
  const row = packageOf(acting, guid);
  editable(acting, row);
  acting.store.packages.delete(guid);
  return deletionJob(acting, 'package', guid);
}

export function stateOf({ ctx }: Acting, row: CfPackage): string {
  return row.readyAt !== undefined && ctx.now() >= row.readyAt ? 'READY' : row.state;
}

export function packageView(acting: Acting, row: CfPackage, state: string = stateOf(acting, row)): Shape {
  const self = `/v3/packages/${row.guid}`;
  const docker = row.type === 'docker';
  return {
    ...head(row),
    type: row.type,
    data: docker
      ? { image: row.image ?? null, username: row.username ?? null, password: row.username ? '***' : null }
      : { error: null, checksum: { type: 'sha256', value: state === 'READY' ? (row.checksum ?? null) : null } },
    state,
    relationships: { app: toOne(row.app) },
    metadata: row.metadata,
    links: {
      self: link(acting, self),
      ...(docker ? {} : { upload: link(acting, `${self}/upload`, 'POST'), download: link(acting, `${self}/download`) }),
      app: link(acting, `/v3/apps/${row.app}`),
    },
  };
}
