import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { manyGuids } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import { requireAdmin } from '../acting.ts';
import { accepted, json, noContent, type RouteOf } from '../asked.ts';
import {
  applyOrgQuota,
  changedOrgQuota,
  createOrgQuota,
  deleteOrgQuota,
  listOrgQuotas,
  newOrgQuota,
  orgQuotaOf,
  showOrgQuota,
  updateOrgQuota,
} from './org-quotas.ts';
import {
  applySpaceQuota,
  changedSpaceQuota,
  createSpaceQuota,
  deleteSpaceQuota,
  editable,
  listSpaceQuotas,
  newSpaceQuota,
  removeSpaceQuota,
  spaceQuotaOf,
  spaceQuotaView,
  updateSpaceQuota,
} from './space-quotas.ts';

export function quotaRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/organization_quotas',
    route((asked) => json(listOrgQuotas(asked, asked.query))),
  );
  app.post(
    '/v3/organization_quotas',
    route(async (asked) =>
      json(showOrgQuota(asked, createOrgQuota(asked, await asked.body(newOrgQuota, () => requireAdmin(asked)))), 201),
    ),
  );
  app.get(
    '/v3/organization_quotas/:guid',
    route((asked) => json(showOrgQuota(asked, orgQuotaOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/organization_quotas/:guid',
    route(async (asked) =>
      json(
        showOrgQuota(
          asked,
          updateOrgQuota(asked, asked.param(), await asked.body(changedOrgQuota, () => requireAdmin(asked))),
        ),
      ),
    ),
  );
  app.delete(
    '/v3/organization_quotas/:guid',
    route((asked) => accepted(deleteOrgQuota(asked, asked.param()))),
  );
  app.post(
    '/v3/organization_quotas/:guid/relationships/organizations',
    route(async (asked) =>
      json(applyOrgQuota(asked, asked.param(), await asked.body(manyGuids, () => requireAdmin(asked)))),
    ),
  );

  app.get(
    '/v3/space_quotas',
    route((asked) => json(listSpaceQuotas(asked, asked.query))),
  );
  app.post(
    '/v3/space_quotas',
    route(async (asked) => json(spaceQuotaView(asked, createSpaceQuota(asked, await asked.body(newSpaceQuota))), 201)),
  );
  app.get(
    '/v3/space_quotas/:guid',
    route((asked) => json(spaceQuotaView(asked, spaceQuotaOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/space_quotas/:guid',
    route(async (asked) =>
      json(
        spaceQuotaView(
          asked,
          updateSpaceQuota(
            asked,
            asked.param(),
            await asked.body(changedSpaceQuota, () => editable(asked, asked.param())),
          ),
        ),
      ),
    ),
  );
  app.delete(
    '/v3/space_quotas/:guid',
    route((asked) => accepted(deleteSpaceQuota(asked, asked.param()))),
  );
  app.post(
    '/v3/space_quotas/:guid/relationships/spaces',
    route(async (asked) =>
      json(applySpaceQuota(asked, asked.param(), await asked.body(manyGuids, () => editable(asked, asked.param())))),
    ),
  );
  app.delete(
    '/v3/space_quotas/:guid/relationships/spaces/:space',
    route((asked) => {
      removeSpaceQuota(asked, asked.param(), asked.param('space'));
      return noContent();
    }),
  );
}
