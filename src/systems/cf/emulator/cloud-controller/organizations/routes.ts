import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { orgOf } from '../acting.ts';
import { accepted, json, type RouteOf } from '../asked.ts';
import { defaultDomainOf, listDomains } from '../domains/domains.ts';
import { domainView } from '../domains/view.ts';
import { defaultSegment, segmentBody, setDefaultSegment } from '../platform/isolation-segments.ts';
import { listUsers } from '../users/users.ts';
import {
  changedOrg,
  createOrg,
  deleteOrg,
  editable,
  listOrgs,
  newOrg,
  requireCreator,
  updateOrg,
} from './organizations.ts';
import { usageView } from './usage.ts';
import { orgView } from './view.ts';

export function organizationRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/organizations',
    route((asked) => json(listOrgs(asked, asked.query))),
  );
  app.post(
    '/v3/organizations',
    route(async (asked) =>
      json(orgView(asked, createOrg(asked, await asked.body(newOrg, () => requireCreator(asked)))), 201),
    ),
  );
  app.get(
    '/v3/organizations/:guid',
    route((asked) => json(orgView(asked, orgOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/organizations/:guid',
    route(async (asked) =>
      json(
        orgView(
          asked,
          updateOrg(asked, asked.param(), await asked.body(changedOrg, () => editable(asked, asked.param()))),
        ),
      ),
    ),
  );
  app.delete(
    '/v3/organizations/:guid',
    route((asked) => accepted(deleteOrg(asked, asked.param()))),
  );
  app.get(
    '/v3/organizations/:guid/users',
    route((asked) => json(listUsers(asked, asked.query, { org: orgOf(asked, asked.param()).guid }))),
  );
  app.get(
    '/v3/organizations/:guid/domains',
    route((asked) => json(listDomains(asked, asked.query, orgOf(asked, asked.param())))),
  );
  app.get(
    '/v3/organizations/:guid/domains/default',
    route((asked) => json(domainView(asked, defaultDomainOf(asked, orgOf(asked, asked.param()))))),
  );
  app.get(
    '/v3/organizations/:guid/usage_summary',
    route((asked) => {
      const { guid } = orgOf(asked, asked.param());
      return json(usageView(asked, asked.store.spacesOf(guid), `/v3/organizations/${guid}`, guid));
    }),
  );
  app.get(
    '/v3/organizations/:guid/relationships/default_isolation_segment',
    route((asked) => json(defaultSegment(asked, orgOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/organizations/:guid/relationships/default_isolation_segment',
    route(async (asked) => json(setDefaultSegment(asked, asked.param(), await asked.body(segmentBody)))),
  );
}
