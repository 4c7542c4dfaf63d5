import { z } from 'zod';
import { badQuery, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import {
  type manyGuids,
  relationships,
  toMany as toManyOf,
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
import { type Acting, head, inLandscape, link, newRow, requireAdmin, type Shape, toMany } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { deletionJob } from '../jobs.ts';
import { list } from '../listing.ts';
import type { CfOrg, CfOrgQuota } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import { domainLimits, domainLimitsOf, limitsOf, limitsView, quotaLimits } from './limits.ts';

const QUOTA_QUERY: ListRules = { filters: ['names', 'organization_guids'], lenient: true, refuse: badQuery };

export const newOrgQuota = z.strictObject({
  name: ruled<string>(ifThere(isText), ifThere(atLeast(1)), ifThere(atMost(250)), presence),
  ...quotaLimits,
  domains: domainLimits,
  relationships: relationships({ organizations: toManyOf('organizations') }).optional(),
});
export const changedOrgQuota = z.strictObject({
  name: optional<string>(isText, atLeast(1), atMost(250)),
  ...quotaLimits,
  domains: domainLimits,
});

/** Every authenticated user sees all quotas, but only visible orgs in them. */
export function listOrgQuotas(acting: Acting, params: URLSearchParams): Shape {
  const visible = Map.groupBy(acting.see.orgs(), (org) => org.quota);
  return list(acting, params, {
    path: '/v3/organization_quotas',
    rules: QUOTA_QUERY,
    rows: acting.store.orgQuotas.by('landscape', acting.caller.landscape),
    where: {
      names: (quota, has) => has(quota.name),
      organization_guids: (quota, has) => (visible.get(quota.guid) ?? []).some((org) => has(org.guid)),
    },
    show: (quota) => quotaView(acting, quota, visible.get(quota.guid) ?? []),
  });
}

export function showOrgQuota(acting: Acting, quota: CfOrgQuota): Shape {
  return quotaView(
    acting,
    quota,
    acting.see.orgs().filter((org) => org.quota === quota.guid),
  );
}

function quotaView(acting: Acting, quota: CfOrgQuota, orgs: readonly CfOrg[]): Shape {
  return {
    ...head(quota),
    name: quota.name,
    ...limitsView(quota),
    domains: quota.domains,
    relationships: { organizations: toMany(orgs.map((org) => org.guid)) },
    links: { self: link(acting, `/v3/organization_quotas/${quota.guid}`) },
  };
}

export function orgQuotaOf(acting: Acting, guid: string): CfOrgQuota {
  const quota = inLandscape(acting, acting.store.orgQuotas.get(guid));
  if (!quota) throw notFound('Organization quota');
  return quota;
}

export function createOrgQuota(acting: Acting, body: z.infer<typeof newOrgQuota>): CfOrgQuota {
  requireAdmin(acting);
  refuseTaken(acting, body.name);
  const orgs = existing(
    acting,
    body.relationships?.organizations?.data ?? [],
    (missing) => `Organizations with guids ${missing} do not exist, or you do not have access to them.`,
  );
  const quota: CfOrgQuota = {
    ...newRow(acting),
    name: body.name,
    ...limitsOf(body),
    domains: domainLimitsOf(body.domains),
  };
  acting.store.orgQuotas.set(quota.guid, quota);
  record(acting, 'audit.organization_quota.create', targetOf(quota), {}, requestOf(body));
  for (const org of orgs) acting.store.orgs.set(org.guid, { ...org, quota: quota.guid });
  return quota;
}

export function updateOrgQuota(acting: Acting, guid: string, body: z.infer<typeof changedOrgQuota>): CfOrgQuota {
  requireAdmin(acting);
  const quota = orgQuotaOf(acting, guid);
  const name = body.name ?? quota.name;
  refuseTaken(acting, name, guid);
  const changed: CfOrgQuota = {
    ...quota,
    name,
    ...limitsOf(body, quota),
    domains: domainLimitsOf(body.domains, quota.domains),
    updatedAt: acting.ctx.now(),
  };
  acting.store.orgQuotas.set(guid, changed);
  record(acting, 'audit.organization_quota.update', targetOf(changed), {}, requestOf(body));
  return changed;
}

export function deleteOrgQuota(acting: Acting, guid: string): CfJob {
  requireAdmin(acting);
  const quota = orgQuotaOf(acting, guid);
  if (acting.store.orgsOf(quota.landscape).some((org) => org.quota === guid)) {
    throw unprocessable(
      'This quota is applied to one or more organizations. Apply different quotas to those organizations before deleting.',
    );
  }
  acting.store.orgQuotas.delete(guid);
  record(acting, 'audit.organization_quota.delete', targetOf(quota));
  return deletionJob(acting, 'organization_quota', guid);
}

/** `POST /v3/organization_quotas/{guid}/relationships/organizations`. */
export function applyOrgQuota(acting: Acting, guid: string, body: z.infer<typeof manyGuids>): Shape {
  const { store } = acting;
  requireAdmin(acting);
  const quota = orgQuotaOf(acting, guid);
  const orgs = existing(acting, body.data, (missing) => `Organizations with guids ${missing} do not exist`);
  for (const org of orgs) {
    store.orgs.set(org.guid, { ...org, quota: guid });
    record(acting, 'audit.organization_quota.apply', targetOf(quota), { org: org.guid });
  }
  const applied = store.orgsOf(quota.landscape).filter((org) => org.quota === guid);
  return {
    ...toMany(applied.map((org) => org.guid)),
    links: { self: link(acting, `/v3/organization_quotas/${guid}/relationships/organizations`) },
  };
}

function existing(
  { store, caller }: Acting,
  wanted: readonly { readonly guid: string }[],
  complaint: (missing: string) => string,
): readonly CfOrg[] {
  const found = wanted.map(({ guid }) => store.orgs.get(guid)).filter((org) => org?.landscape === caller.landscape);
  const orgs = found.filter((org) => org !== undefined);
  const missing = wanted.map(({ guid }) => guid).filter((guid) => !orgs.some((org) => org.guid === guid));
  if (missing.length > 0) throw unprocessable(complaint(rubyList(missing)));
  return orgs;
}

/** `["a", "b"]`, as Ruby puts a list into a text. */
export function rubyList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
}

function refuseTaken({ store, caller }: Acting, name: string, except?: string): void {
  const same = store.orgQuotas
    .by('landscape', caller.landscape)
    .some((quota) => quota.guid !== except && quota.name === name);
  if (same) throw unprocessable(`Organization Quota '${name}' already exists.`);
}

function targetOf(quota: CfOrgQuota) {
  return { guid: quota.guid, type: 'organization_quota', name: quota.name };
}
