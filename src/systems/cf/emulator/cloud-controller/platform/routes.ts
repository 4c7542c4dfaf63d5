import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { manyGuids } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import { requireAdmin } from '../acting.ts';
import { changedEnvironment } from '../apps/bodies.ts';
import { accepted, json, noContent, type RouteOf } from '../asked.ts';
import { eventOf, eventView, listEvents } from '../events.ts';
import { jobOf, jobView } from '../jobs.ts';
import { listOrgs } from '../organizations/organizations.ts';
import {
  groupView as environmentGroupView,
  shownGroup,
  updateGroup as updateEnvironmentGroup,
} from './environment-groups.ts';
import { changedFlag, editableFlag, flagView, listFlags, setFlag, shownFlag } from './feature-flags.ts';
import {
  changedSegment,
  createSegment,
  deleteSegment,
  entitle,
  entitledOrgs,
  existing,
  listSegments,
  newSegment,
  revoke,
  segmentOf,
  segmentView,
  spacesOfSegment,
  updateSegment,
} from './isolation-segments.ts';
import {
  bindSpaces,
  changedGroup,
  createGroup,
  deleteGroup,
  editable,
  groupOf,
  groupView,
  listGroups,
  newGroup,
  unbindSpace,
  updateGroup,
} from './security-groups.ts';
import { listStacks, stackOf, stackView } from './stacks.ts';

/** Jobs, events, feature flags, variables of all apps, stacks. */
export function platformRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/jobs/:guid',
    route((asked) => json(jobView(asked, jobOf(asked, asked.param())))),
  );
  app.get(
    '/v3/audit_events',
    route((asked) => json(listEvents(asked, asked.query))),
  );
  app.get(
    '/v3/audit_events/:guid',
    route((asked) => json(eventView(asked, eventOf(asked, asked.param())))),
  );
  app.get(
    '/v3/feature_flags',
    route((asked) => json(listFlags(asked, asked.query))),
  );
  app.get(
    '/v3/feature_flags/:name',
    route((asked) => json(flagView(asked, shownFlag(asked, asked.param('name'))))),
  );
  app.patch(
    '/v3/feature_flags/:name',
    route(async (asked) =>
      json(
        flagView(
          asked,
          setFlag(
            asked,
            asked.param('name'),
            await asked.body(changedFlag, () => editableFlag(asked, asked.param('name'))),
          ),
        ),
      ),
    ),
  );
  const group = '/v3/environment_variable_groups/:name';
  app.get(
    group,
    route((asked) => json(environmentGroupView(asked, shownGroup(asked, asked.param('name'))))),
  );
  app.patch(
    group,
    route(async (asked) => {
      const { var: sent = {} } = await asked.body(changedEnvironment);
      return json(environmentGroupView(asked, updateEnvironmentGroup(asked, asked.param('name'), sent)));
    }),
  );
  app.get(
    '/v3/stacks',
    route((asked) => json(listStacks(asked, asked.query))),
  );
  app.get(
    '/v3/stacks/:guid',
    route((asked) => json(stackView(asked, stackOf(asked, asked.param())))),
  );
}

export function isolationSegmentRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  const one = '/v3/isolation_segments/:guid';
  app.get(
    '/v3/isolation_segments',
    route((asked) => json(listSegments(asked, asked.query))),
  );
  app.post(
    '/v3/isolation_segments',
    route(async (asked) =>
      json(segmentView(asked, createSegment(asked, await asked.body(newSegment, () => requireAdmin(asked)))), 201),
    ),
  );
  app.get(
    one,
    route((asked) => json(segmentView(asked, segmentOf(asked, asked.param())))),
  );
  app.patch(
    one,
    route(async (asked) =>
      json(
        segmentView(
          asked,
          updateSegment(asked, asked.param(), await asked.body(changedSegment, () => existing(asked, asked.param()))),
        ),
      ),
    ),
  );
  app.delete(
    one,
    route((asked) => {
      deleteSegment(asked, asked.param());
      return noContent();
    }),
  );
  app.get(
    `${one}/organizations`,
    route((asked) => {
      const { guid, orgs } = segmentOf(asked, asked.param());
      return json(listOrgs(asked, asked.query, orgs, `/v3/isolation_segments/${guid}/organizations`));
    }),
  );
  app.get(
    `${one}/relationships/organizations`,
    route((asked) => json(entitledOrgs(asked, asked.param()))),
  );
  app.post(
    `${one}/relationships/organizations`,
    route(async (asked) =>
      json(entitle(asked, asked.param(), await asked.body(manyGuids, () => existing(asked, asked.param())))),
    ),
  );
  app.delete(
    `${one}/relationships/organizations/:org`,
    route((asked) => {
      revoke(asked, asked.param(), asked.param('org'));
      return noContent();
    }),
  );
  app.get(
    `${one}/relationships/spaces`,
    route((asked) => json(spacesOfSegment(asked, asked.param()))),
  );
}

export function securityGroupRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  const one = '/v3/security_groups/:guid';
  app.get(
    '/v3/security_groups',
    route((asked) => json(listGroups(asked, asked.query))),
  );
  app.post(
    '/v3/security_groups',
    route(async (asked) =>
      json(groupView(asked, createGroup(asked, await asked.body(newGroup, () => requireAdmin(asked)))), 201),
    ),
  );
  app.get(
    one,
    route((asked) => json(groupView(asked, groupOf(asked, asked.param())))),
  );
  app.patch(
    one,
    route(async (asked) =>
      json(
        groupView(
          asked,
          updateGroup(asked, asked.param(), await asked.body(changedGroup, () => editable(asked, asked.param()))),
        ),
      ),
    ),
  );
  app.delete(
    one,
    route((asked) => accepted(deleteGroup(asked, asked.param()))),
  );
  for (const phase of ['running', 'staging'] as const) {
    app.post(
      `${one}/relationships/${phase}_spaces`,
      route(async (asked) =>
        json(bindSpaces(asked, asked.param(), phase, await asked.body(manyGuids, () => groupOf(asked, asked.param())))),
      ),
    );
    app.delete(
      `${one}/relationships/${phase}_spaces/:space`,
      route((asked) => {
        unbindSpace(asked, asked.param(), phase, asked.param('space'));
        return noContent();
      }),
    );
  }
}
