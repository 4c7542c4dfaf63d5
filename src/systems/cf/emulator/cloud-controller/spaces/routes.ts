import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { spaceOf } from '../acting.ts';
import { applyManifest } from '../apps/apply-manifest.ts';
import { accepted, json, type RouteOf } from '../asked.ts';
import { usageView } from '../organizations/usage.ts';
import { assignable, segmentBody, setSpaceSegment, spaceSegment } from '../platform/isolation-segments.ts';
import { listSpaceGroups } from '../platform/security-groups.ts';
import { listUsers } from '../users/users.ts';
import {
  changedFeature,
  changedSpace,
  createSpace,
  deleteSpace,
  deleteUnmappedRoutes,
  featureOf,
  listSpaces,
  managedSpace,
  newSpace,
  setFeature,
  showSpace,
  updateSpace,
} from './spaces.ts';
import { spaceView, sshFeatureView } from './view.ts';

export function spaceRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/spaces',
    route((asked) => json(listSpaces(asked, asked.query))),
  );
  app.post(
    '/v3/spaces',
    route(async (asked) => json(spaceView(asked, createSpace(asked, await asked.body(newSpace))), 201)),
  );
  app.get(
    '/v3/spaces/:guid',
    route((asked) => json(showSpace(asked, asked.param(), asked.query))),
  );
  app.patch(
    '/v3/spaces/:guid',
    route(async (asked) =>
      json(
        spaceView(
          asked,
          updateSpace(asked, asked.param(), await asked.body(changedSpace, () => managedSpace(asked, asked.param()))),
        ),
      ),
    ),
  );
  app.delete(
    '/v3/spaces/:guid',
    route((asked) => accepted(deleteSpace(asked, asked.param()))),
  );
  app.get(
    '/v3/spaces/:guid/users',
    route((asked) => json(listUsers(asked, asked.query, { space: spaceOf(asked, asked.param()).guid }))),
  );
  app.get(
    '/v3/spaces/:guid/usage_summary',
    route((asked) => {
      const space = spaceOf(asked, asked.param());
      return json(usageView(asked, [space], `/v3/spaces/${space.guid}`));
    }),
  );
  app.delete(
    '/v3/spaces/:guid/routes',
    route((asked) => accepted(deleteUnmappedRoutes(asked, asked.param(), asked.query))),
  );
  app.post(
    '/v3/spaces/:guid/actions/apply_manifest',
    route(async (asked) => accepted(await applyManifest(asked, asked.param(), await asked.c.req.text()))),
  );
  app.get(
    '/v3/spaces/:guid/features',
    route((asked) => json({ resources: [sshFeatureView(spaceOf(asked, asked.param()))] })),
  );
  app.get(
    '/v3/spaces/:guid/features/:name',
    route((asked) => json(sshFeatureView(featureOf(asked, asked.param(), asked.param('name'))))),
  );
  app.patch(
    '/v3/spaces/:guid/features/:name',
    route(async (asked) => {
      const { enabled } = await asked.body(changedFeature);
      return json(sshFeatureView(setFeature(asked, asked.param(), asked.param('name'), enabled)));
    }),
  );
  app.get(
    '/v3/spaces/:guid/relationships/isolation_segment',
    route((asked) => json(spaceSegment(asked, spaceOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/spaces/:guid/relationships/isolation_segment',
    route(async (asked) =>
      json(
        setSpaceSegment(asked, asked.param(), await asked.body(segmentBody, () => assignable(asked, asked.param()))),
      ),
    ),
  );
  for (const phase of ['running', 'staging'] as const) {
    app.get(
      `/v3/spaces/:guid/${phase}_security_groups`,
      route((asked) => json(listSpaceGroups(asked, asked.query, spaceOf(asked, asked.param()), phase))),
    );
  }
}
