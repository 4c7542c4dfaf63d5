import type { z } from 'zod';
import {
  badQuery,
  featureDisabled,
  notAuthorized,
  notFound,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseListQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, inLandscape, newRow, requireWritable, type Shape, toMany } from '../acting.ts';
import { deletionJob } from '../jobs.ts';
import { list } from '../listing.ts';
import { flagOf } from '../platform/feature-flags.ts';
import { exceeds } from '../quotas/limits.ts';
import type { CfOrg } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import type { CfDomain } from '../rows/routing.ts';
import { type changedDomain, complaintsOf, type newDomain, type sharedOrgs } from './bodies.ts';
import { domainView, sharedOrgsOf } from './view.ts';

const DOMAIN_QUERY: ListRules = {
  filters: ['names', 'guids', 'organization_guids', 'label_selector'],
  refuse: badQuery,
};

/** Domains that the caller sees, or those of them that an org may use. */
export function listDomains(acting: Acting, params: URLSearchParams, org?: CfOrg): Shape {
  const visible = acting.see.domains();
  return list(acting, params, {
    path: org ? `/v3/organizations/${org.guid}/domains` : '/v3/domains',
    rules: DOMAIN_QUERY,
    rows: org ? visible.filter((domain) => usableBy(domain, org.guid)) : visible,
    where: {
      names: (domain, has) => has(domain.name),
      // The owner only, not the orgs that it is shared with.
      organization_guids: (domain, has) => has(domain.org),
    },
    show: (domain) => domainView(acting, domain),
  });
}

export function domainOf({ store, see }: Acting, guid: string): CfDomain {
  const domain = store.domains.get(guid);
  if (!domain || !see.seesDomain(domain)) throw notFound('Domain');
  return domain;
}

/** The first shared domain that is for everybody, or else the org's first own one. */
export function defaultDomainOf(acting: Acting, org: CfOrg): CfDomain {
  const all = acting.store.domains.by('landscape', org.landscape);
  const shared = all.find((domain) => domain.org === undefined && !domain.internal && domain.routerGroup === undefined);
  const found = shared ?? all.find((domain) => usableBy(domain, org.guid) && acting.see.seesDomain(domain));
  if (!found) throw notFound('Domain');
  return found;
}

export function usableBy(domain: CfDomain, org: string): boolean {
  return domain.org === undefined || domain.org === org || domain.sharedOrgs.includes(org);
}

/** `POST /v3/domains`: private for Org Managers, shared for administrators. */
export function createDomain(acting: Acting, body: z.infer<typeof newDomain>): CfDomain {
  const { store, caller, see } = acting;
  const complaints = complaintsOf(body);
  if (complaints.length > 0) throw unprocessable(complaints.join(', '));
  const kept = metadataOf(body.metadata);
  const owner = body.relationships?.organization?.data?.guid ?? undefined;
  const isPrivate = body.relationships !== undefined;
  const sharedWith = (body.relationships?.shared_organizations?.data ?? []).map((org) => org.guid);
  if (isPrivate) {
    const org = inLandscape(acting, store.orgs.get(owner ?? ''));
    if (!org) throw unprocessable(`Organization with guid '${owner}' does not exist or you do not have access to it.`);
    if (!see.managesOrg(org.guid)) throw notAuthorized();
    requireWritable(acting, org.guid);
    const creation = flagOf(acting, 'private_domain_creation');
    if (!creation.enabled && !caller.admin) throw featureDisabled(creation.message ?? creation.name);
    refuseSharing(acting, sharedWith, org.guid);
  } else if (!caller.admin) throw notAuthorized();
  const name = String(body.name);
  refuseName(acting, name, owner);
  const quota = store.orgQuotas.get(store.orgs.get(owner ?? '')?.quota ?? '');
  if (owner !== undefined && exceeds(quota?.domains.total_domains, store.domains.by('org', owner).length)) {
    throw unprocessable(
      `The number of private domains exceeds the quota for organization "${store.orgs.get(owner)?.name}"`,
    );
  }
  const routerGroup = (body.router_group as { readonly guid?: string } | null | undefined)?.guid;
  const domain: CfDomain = {
    ...newRow(acting),
    name,
    internal: body.internal ?? false,
    ...(owner === undefined ? {} : { org: owner }),
    sharedOrgs: sharedWith,
    ...(routerGroup === undefined ? {} : { routerGroup }),
    metadata: kept,
  };
  store.domains.set(domain.guid, domain);
  return domain;
}

/** cloud_controller_ng, Domain and PrivateDomain: names of others may be neither above nor below. */
function refuseName({ store, caller }: Acting, name: string, owner: string | undefined): void {
  const lower = name.toLowerCase();
  if (store.domains.by('name', `${caller.landscape}/${lower}`).length > 0) {
    throw unprocessable(`The domain name "${name}" is already in use`);
  }
  const labels = lower.split('.');
  const reserved = (by: string, what: string) =>
    unprocessable(`The domain name "${name}" cannot be created because "${by}" is already reserved by ${what}`);
  for (const [index] of labels.entries()) {
    const above = labels.slice(index).join('.');
    const domain = store.domains.by('name', `${caller.landscape}/${above}`)[0];
    if (domain?.org !== undefined && domain.org !== owner) throw reserved(domain.name, 'another domain');
    const [host, ...rest] = labels.slice(index);
    const parent = store.domains.by('name', `${caller.landscape}/${rest.join('.')}`)[0];
    if (parent && store.routes.by('domain', parent.guid).some((route) => route.host === host)) {
      throw reserved(above, 'a route');
    }
  }
  if (owner === undefined) return;
  const below = store.domains
    .by('landscape', caller.landscape)
    .find((domain) => domain.org !== owner && domain.name.toLowerCase().endsWith(`.${lower}`));
  if (below) throw reserved(below.name, 'another domain');
}

function refuseSharing(acting: Acting, guids: readonly string[], owner: string | undefined): void {
  const { store, see, caller } = acting;
  for (const guid of guids) {
    const org = inLandscape(acting, store.orgs.get(guid));
    if (!org) throw unprocessable(`Organization with guid '${guid}' does not exist, or you do not have access to it.`);
    if (!see.seesOrg(org)) {
      throw unprocessable(`Organization with guid '${guid}' either does not exist, or you do not have access to it.`);
    }
    if (!see.managesOrg(guid)) {
      throw unprocessable(`You do not have sufficient permissions for organization '${org.name}' to share domain.`);
    }
    if (org.suspended && !caller.admin) throw unprocessable(`Organization '${org.name}' is suspended.`);
  }
  if (owner !== undefined && guids.includes(owner)) {
    throw unprocessable('Domain cannot be shared with owning organization.');
  }
}

function editable(acting: Acting, guid: string): CfDomain {
  const domain = domainOf(acting, guid);
  if (!(domain.org === undefined ? acting.caller.admin : acting.see.managesOrg(domain.org))) throw notAuthorized();
  requireWritable(acting, domain.org);
  return domain;
}

export function updateDomain(acting: Acting, guid: string, body: z.infer<typeof changedDomain>): CfDomain {
  const domain = editable(acting, guid);
  const changed: CfDomain = {
    ...domain,
    metadata: metadataOf(body.metadata, domain.metadata),
  };
  acting.store.domains.set(guid, changed);
  return changed;
}

export function deleteDomain(acting: Acting, guid: string): CfJob {
  const { store } = acting;
  const domain = editable(acting, guid);
  if (domain.sharedOrgs.length > 0) {
    throw unprocessable('This domain is shared with other organizations. Unshare before deleting.');
  }
  for (const route of store.routes.by('domain', guid)) store.routes.delete(route.guid);
  store.domains.delete(guid);
  return deletionJob(acting, 'domain', guid);
}

/** `POST /v3/domains/{guid}/relationships/shared_organizations`. */
export function shareDomain(acting: Acting, guid: string, body: z.infer<typeof sharedOrgs>): Shape {
  const domain = editable(acting, guid);
  const guids = body.data.map((org) => org.guid);
  refuseSharing(acting, guids, domain.org);
  if (domain.org === undefined) {
    throw unprocessable('Domains cannot be shared with other organizations unless they are scoped to an organization.');
  }
  const changed: CfDomain = { ...domain, sharedOrgs: [...new Set([...domain.sharedOrgs, ...guids])] };
  acting.store.domains.set(guid, changed);
  return toMany(sharedOrgsOf(acting, changed)) as unknown as Shape;
}

/** `DELETE /v3/domains/{guid}/relationships/shared_organizations/{org}`: for managers of either org. */
export function unshareDomain(acting: Acting, guid: string, orgGuid: string): void {
  const { store, see } = acting;
  const domain = domainOf(acting, guid);
  const org = inLandscape(acting, store.orgs.get(orgGuid));
  const missing = () =>
    unprocessable(`Organization with guid '${orgGuid}' does not exist or you do not have access to it.`);
  if (!org) throw missing();
  const owns = domain.org === undefined ? acting.caller.admin : see.managesOrg(domain.org);
  if (!owns && !see.managesOrg(orgGuid)) throw notAuthorized();
  requireWritable(acting, owns ? domain.org : orgGuid);
  if (!see.seesOrg(org)) throw missing();
  if (domain.org === undefined || domain.org === orgGuid || !domain.sharedOrgs.includes(orgGuid)) {
    throw unprocessable(
      `Unable to unshare domain from organization with name '${org.name}'. Ensure the domain is shared to this organization.`,
    );
  }
  const used = store.routes.by('domain', guid).some((route) => store.spaces.get(route.space)?.org === orgGuid);
  if (used) {
    throw unprocessable('This domain has associated routes in this organization. Delete the routes before unsharing.');
  }
  store.domains.set(guid, { ...domain, sharedOrgs: domain.sharedOrgs.filter((other) => other !== orgGuid) });
}

/** `GET /v3/domains/{guid}/route_reservations`: whether anybody has the route, visible or not. */
export function reservation(acting: Acting, guid: string, params: URLSearchParams): Shape {
  const domain = domainOf(acting, guid);
  const strange = [...params.keys()].filter((key) => !['host', 'path', 'port'].includes(key));
  if (strange.length > 0) {
    const other = new URLSearchParams(strange.map((key): [string, string] => [key, params.get(key) ?? '']));
    parseListQuery(other, { filters: ['host', 'path', 'port'], refuse: unprocessable });
  }
  const [host, path, port] = ['host', 'path', 'port'].map((name) => params.get(name) ?? '');
  const matching = acting.store.routes
    .by('domain', domain.guid)
    .some((route) => route.host === host && route.path === path && String(route.port ?? '0') === (port || '0'));
  return { matching_route: matching };
}
