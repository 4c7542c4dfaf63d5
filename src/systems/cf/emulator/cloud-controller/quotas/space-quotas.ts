import { z } from 'zod';
import { notAuthorized, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import {
  type manyGuids,
  relationships,
  toMany as toManyOf,
  toOneWithoutPresence,
} from '../../../../protocols/cf-v3/emulator/relationships.ts';
import {
  atLeast,
  atMost,
  ifThere,
  isText,
  optional,
  presence,
  ruled,
} from '../../../../protocols/cf-v3/emulator/rules.ts';
import { type Acting, head, inLandscape, link, newRow, requireWritable, type Shape, toMany, toOne } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { deletionJob } from '../jobs.ts';
import { list } from '../listing.ts';
import type { CfSpace, CfSpaceQuota } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import { limitsOf, limitsView, quotaLimits } from './limits.ts';
import { rubyList } from './org-quotas.ts';

const QUOTA_QUERY: ListRules = {
  filters: ['names', 'organization_guids', 'space_guids'],
  lenient: true,
  refuse: unprocessable,
};

export const newSpaceQuota = z.strictObject({
  name: ruled<string>(ifThere(isText), presence, ifThere(atLeast(1)), ifThere(atMost(250))),
  ...quotaLimits,
  relationships: relationships({ organization: toOneWithoutPresence('organization'), spaces: toManyOf('spaces') }),
});
export const changedSpaceQuota = z.strictObject({
  name: optional<string>(isText, presence, atLeast(1), atMost(250)),
  ...quotaLimits,
});

/** Quotas of orgs that the caller manages, and those of spaces in which it has a role. */
function sees({ store, see, caller }: Acting, quota: CfSpaceQuota): boolean {
  if (quota.landscape !== caller.landscape) return false;
  if (caller.globalRead || see.managesOrg(quota.org)) return true;
  return store.spacesOf(quota.org).some((space) => space.quota === quota.guid && see.hasSpaceRole(space));
}

export function listSpaceQuotas(acting: Acting, params: URLSearchParams): Shape {
  const { store, caller } = acting;
  const spacesWith = (quota: CfSpaceQuota) => store.spacesOf(quota.org).filter((space) => space.quota === quota.guid);
  return list(acting, params, {
    path: '/v3/space_quotas',
    rules: QUOTA_QUERY,
    rows: store.spaceQuotas.by('landscape', caller.landscape).filter((quota) => sees(acting, quota)),
    where: {
      names: (quota, has) => has(quota.name),
      organization_guids: (quota, has) => has(quota.org),
      space_guids: (quota, has) => spacesWith(quota).some((space) => has(space.guid)),
    },
    show: (quota) => spaceQuotaView(acting, quota),
  });
}

export function spaceQuotaView(acting: Acting, quota: CfSpaceQuota): Shape {
  const { store, see } = acting;
  const spaces = store.spacesOf(quota.org).filter((space) => space.quota === quota.guid && see.seesSpace(space));
  return {
    ...head(quota),
    name: quota.name,
    ...limitsView(quota),
    relationships: { organization: toOne(quota.org), spaces: toMany(spaces.map((space) => space.guid)) },
    links: {
      self: link(acting, `/v3/space_quotas/${quota.guid}`),
      organization: link(acting, `/v3/organizations/${quota.org}`),
    },
  };
}

export function spaceQuotaOf(acting: Acting, guid: string): CfSpaceQuota {
  const quota = acting.store.spaceQuotas.get(guid);
  if (!quota || !sees(acting, quota)) throw notFound('Space quota');
  return quota;
}

/** A quota that the caller may change: as Org Manager. */
export function editable(acting: Acting, guid: string): CfSpaceQuota {
  const quota = spaceQuotaOf(acting, guid);
  if (!acting.see.managesOrg(quota.org)) throw notAuthorized();
  requireWritable(acting, quota.org);
  return quota;
}

export function createSpaceQuota(acting: Acting, body: z.infer<typeof newSpaceQuota>): CfSpaceQuota {
  const { store, see } = acting;
  const guid = body.relationships.organization.data.guid;
  const org = inLandscape(acting, store.orgs.get(guid));
  if (!org) {
    throw unprocessable(`Organization with guid '${guid}' does not exist, or you do not have access to it.`);
  }
  if (!see.managesOrg(org.guid)) throw notAuthorized();
  requireWritable(acting, org.guid);
  refuseTaken(acting, org.guid, body.name);
  const wanted = (body.relationships.spaces?.data ?? []).map((space) => space.guid);
  const spaces = store.spacesOf(org.guid).filter((space) => wanted.includes(space.guid));
  const missing = wanted.filter((one) => !spaces.some((space) => space.guid === one));
  if (missing.length > 0) {
    throw unprocessable(
      `Spaces with guids ${rubyList(missing)} do not exist within the organization specified, or you do not have access to them.`,
    );
  }
  const quota: CfSpaceQuota = { ...newRow(acting), name: body.name, org: org.guid, ...limitsOf(body) };
  store.spaceQuotas.set(quota.guid, quota);
  for (const space of spaces) store.spaces.set(space.guid, { ...space, quota: quota.guid });
  record(acting, 'audit.space_quota.create', targetOf(quota), { org: org.guid }, requestOf(body));
  return quota;
}

export function updateSpaceQuota(acting: Acting, guid: string, body: z.infer<typeof changedSpaceQuota>): CfSpaceQuota {
  const quota = editable(acting, guid);
  const name = body.name ?? quota.name;
  refuseTaken(acting, quota.org, name, guid);
  const changed: CfSpaceQuota = { ...quota, name, ...limitsOf(body, quota), updatedAt: acting.ctx.now() };
  acting.store.spaceQuotas.set(guid, changed);
  record(acting, 'audit.space_quota.update', targetOf(changed), { org: quota.org }, requestOf(body));
  return changed;
}

export function deleteSpaceQuota(acting: Acting, guid: string): CfJob {
  const { store } = acting;
  const quota = editable(acting, guid);
  if (store.spacesOf(quota.org).some((space) => space.quota === guid)) {
    throw unprocessable(
      'This quota is applied to one or more spaces. Remove this quota from all spaces before deleting.',
    );
  }
  store.spaceQuotas.delete(guid);
  record(acting, 'audit.space_quota.delete', targetOf(quota), { org: quota.org });
  return deletionJob(acting, 'space_quota', guid);
}

/** `POST /v3/space_quotas/{guid}/relationships/spaces`. */
export function applySpaceQuota(acting: Acting, guid: string, body: z.infer<typeof manyGuids>): Shape {
  const { store, see } = acting;
  const quota = editable(acting, guid);
  const wanted = body.data.map((space) => space.guid);
  const spaces = wanted.map((one) => store.spaces.get(one)).filter((space) => space !== undefined);
  const visible = spaces.filter((space) => see.seesSpace(space));
  const missing = wanted.filter((one) => !visible.some((space) => space.guid === one));
  if (missing.length > 0) {
    throw unprocessable(`Spaces with guids ${rubyList(missing)} do not exist, or you do not have access to them.`);
  }
  if (visible.some((space) => space.org !== quota.org)) {
    throw unprocessable('Space quotas cannot be applied outside of their owning organization.');
  }
  for (const space of visible) {
    store.spaces.set(space.guid, { ...space, quota: guid });
    record(acting, 'audit.space_quota.apply', targetOf(quota), { space });
  }
  const applied = store.spacesOf(quota.org).filter((space) => space.quota === guid);
  return {
    ...toMany(applied.map((space) => space.guid)),
    links: { self: link(acting, `/v3/space_quotas/${guid}/relationships/spaces`) },
  };
}

/** `DELETE /v3/space_quotas/{guid}/relationships/spaces/{space}`. */
export function removeSpaceQuota(acting: Acting, guid: string, spaceGuid: string): void {
  const quota = editable(acting, guid);
  const space = acting.store.spaces.get(spaceGuid);
  if (space?.quota !== guid) {
    throw unprocessable(
      `Unable to remove quota from space with guid '${spaceGuid}'. Ensure the space quota is applied to this space.`,
    );
  }
  const { quota: _removed, ...others } = space;
  const changed: CfSpace = others;
  acting.store.spaces.set(spaceGuid, changed);
  record(acting, 'audit.space_quota.remove', targetOf(quota), { space });
}

function refuseTaken({ store }: Acting, org: string, name: string, except?: string): void {
  const same = store.spaceQuotas.by('org', org).some((quota) => quota.guid !== except && quota.name === name);
  if (same) throw unprocessable(`Space Quota '${name}' already exists.`);
}

function targetOf(quota: CfSpaceQuota) {
  return { guid: quota.guid, type: 'space_quota', name: quota.name };
}
