import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { json, type RouteOf } from '../asked.ts';
import { changedLabels } from './part-changes.ts';
import { listDeployed, listRevisions, revisionEnvironment, showRevision, updateRevision } from './revisions.ts';

/** Revisions of apps (cloud_controller_ng, AppRevisionsController and RevisionsController). */
export function revisionRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/apps/:guid/revisions',
    route((asked) => json(listRevisions(asked, asked.query, asked.param()))),
  );
  app.get(
    '/v3/apps/:guid/revisions/deployed',
    route((asked) => json(listDeployed(asked, asked.query, asked.param()))),
  );
  app.get(
    '/v3/revisions/:guid',
    route((asked) => json(showRevision(asked, asked.param()))),
  );
  app.patch(
    '/v3/revisions/:guid',
    route(async (asked) => json(updateRevision(asked, asked.param(), await asked.body(changedLabels)))),
  );
  app.get(
    '/v3/revisions/:guid/environment_variables',
    route((asked) => json(revisionEnvironment(asked, asked.param()))),
  );
}
