import { z } from 'zod';
import { flag, metadata } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { badQuery, notAuthorized, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import {
  atLeast,
  atMost,
  hasNoControls,
  ifThere,
  isText,
  optional,
  presence,
  ruled,
} from '../../../../protocols/cf-v3/emulator/rules.ts';
import { type Acting, newRow, orgOf, requireWritable, type Shape } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { deletionJob, startJob } from '../jobs.ts';
import { list } from '../listing.ts';
import { flagOf } from '../platform/feature-flags.ts';
import { defaultQuota } from '../quotas/limits.ts';
import { addRole } from '../roles/roles.ts';
import type { CfOrg } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import { removeOrg } from './removal.ts';
import { orgView } from './view.ts';

const ORG_QUERY: ListRules = {
  filters: ['names', 'isolation_segment_guid', 'label_selector'],
  orders: ['name'],
  refuse: badQuery,
};

/** Body of `POST /v3/organizations`. */
export const newOrg = z.strictObject({
  name: ruled<string>(ifThere(isText), ifThere(atLeast(1)), ifThere(atMost(255)), ifThere(hasNoControls), presence),
  suspended: flag,
  metadata,
});
export const changedOrg = z.strictObject({
  name: optional<string>(isText, atLeast(1), atMost(255), hasNoControls),
  suspended: flag,
  metadata,
});

export function listOrgs(acting: Acting, params: URLSearchParams, only?: readonly string[], path?: string): Shape {
  const visible = acting.see.orgs();
  return list(acting, params, {
    path: path ?? '/v3/organizations',
    rules: ORG_QUERY,
    rows: only ? visible.filter((org) => only.includes(org.guid)) : visible,
    where: { names: (org, has) => has(org.name) },
    show: (org) => orgView(acting, org),
  });
}

/** Administrators create orgs, and all where the flag says so. */
export function requireCreator(acting: Acting): void {
  if (!acting.caller.admin && !flagOf(acting, 'user_org_creation').enabled) throw notAuthorized();
}

/**
 * `POST /v3/organizations`: for administrators, or for all with the flag `user_org_creation`; on BTP the platform makes
 * orgs. Who is no administrator becomes member and manager of the org.
 */
export function createOrg(acting: Acting, body: z.infer<typeof newOrg>): CfOrg {
  const { caller, store } = acting;
  requireCreator(acting);
  if (body.suspended && !caller.admin) throw notAuthorized();
  const kept = metadataOf(body.metadata);
  if (taken(acting, body.name)) throw unprocessable(`Organization '${body.name}' already exists.`);
  const org: CfOrg = {
    ...newRow(acting),
    name: body.name,
    suspended: body.suspended ?? false,
    quota: defaultQuota(acting, caller.landscape).guid,
    metadata: kept,
  };
  store.orgs.set(org.guid, org);
  record(acting, 'audit.organization.create', targetOf(org), { org: org.guid }, requestOf(body));
  if (!caller.admin) {
    for (const type of ['organization_user', 'organization_manager']) {
      addRole(acting, caller.landscape, { type, user: caller.guid, org: org.guid });
    }
  }
  return org;
}

export function updateOrg(acting: Acting, guid: string, body: z.infer<typeof changedOrg>): CfOrg {
  const org = editable(acting, guid);
  if (body.suspended && !acting.caller.admin) throw notAuthorized();
  const name = body.name ?? org.name;
  if (taken(acting, name, guid)) throw unprocessable(`Organization name '${name}' is already taken.`);
  const changed: CfOrg = {
    ...org,
    name,
    suspended: body.suspended ?? org.suspended,
    metadata: metadataOf(body.metadata, org.metadata),
    updatedAt: acting.ctx.now(),
  };
  acting.store.orgs.set(guid, changed);
  record(acting, 'audit.organization.update', targetOf(changed), { org: guid }, requestOf(body));
  return changed;
}

/** An org that the caller may change. */
export function editable(acting: Acting, guid: string): CfOrg {
  const org = orgOf(acting, guid);
  if (!acting.see.managesOrg(guid)) throw notAuthorized();
  requireWritable(acting, guid);
  return org;
}

/** `DELETE /v3/organizations/{guid}`: administrators only, with all that is in it. */
export function deleteOrg(acting: Acting, guid: string): CfJob {
  const { store } = acting;
  const org = orgOf(acting, guid);
  if (!acting.caller.admin) throw notAuthorized();
  const owned = store.domains.by('org', guid);
  const shared = owned.filter((domain) => domain.sharedOrgs.length > 0);
  if (shared.length > 0) {
    const names = shared.map(
      ({ name }) => `Domain '${name}' is shared with other organizations. Unshare before deleting.`,
    );
    const detail = `Deletion of organization ${org.name} failed because one or more resources within could not be deleted.\n\n${names.join('\n\n')}`;
    return startJob(acting, 'organization.delete', {
      errors: [{ detail, title: 'CF-OrganizationDeletionFailed', code: 290010 }],
    });
  }
  removeOrg(acting, org);
  return deletionJob(acting, 'organization', guid);
}

function taken({ store, caller }: Acting, name: string, except?: string): boolean {
  return store
    .orgsOf(caller.landscape)
    .some((org) => org.guid !== except && org.name.toLowerCase() === name.toLowerCase());
}

function targetOf(org: CfOrg) {
  return { guid: org.guid, type: 'organization', name: org.name };
}
