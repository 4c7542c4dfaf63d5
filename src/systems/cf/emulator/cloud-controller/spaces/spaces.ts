import { z } from 'zod';
import { metadata, required } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { badQuery, notAuthorized, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { relationships, toOne as toOneOf } from '../../../../protocols/cf-v3/emulator/relationships.ts';
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
import { type Acting, newRow, requireWritable, type Shape, spaceOf } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { deletionJob, startJob } from '../jobs.ts';
import { byCreation, list } from '../listing.ts';
import { orgView } from '../organizations/view.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import { removeSpace } from './removal.ts';
import { spaceView } from './view.ts';

const SPACE_QUERY: ListRules = {
  filters: ['names', 'organization_guids', 'include', 'label_selector'],
  orders: ['name'],
  includes: ['org', 'organization'],
  refuse: badQuery,
};

/** Body of `POST /v3/spaces`. */
export const newSpace = z.strictObject({
  name: ruled<string>(presence, ifThere(isText), atMost(255), ifThere(hasNoControls)),
  relationships: relationships({ organization: toOneOf('organization') }),
  metadata,
});
export const changedSpace = z.strictObject({
  name: optional<string>(isText, atLeast(1), atMost(255), hasNoControls),
  metadata,
});
export const changedFeature = z.strictObject({ enabled: required });

export function listSpaces(acting: Acting, params: URLSearchParams): Shape {
  return list(acting, params, {
    path: '/v3/spaces',
    rules: SPACE_QUERY,
    rows: acting.see.spaces(),
    where: {
      names: (space, has) => has(space.name),
      organization_guids: (space, has) => has(space.org),
    },
    show: (space) => spaceView(acting, space),
    included: (shown, query) => (query.include.length === 0 ? undefined : includedOrgs(acting, shown)),
  });
}

/** `GET /v3/spaces/{guid}`. */
export function showSpace(acting: Acting, guid: string, params: URLSearchParams): Shape {
  const space = spaceOf(acting, guid);
  const { include } = parseShowQuery(params, SPACE_QUERY);
  const view = spaceView(acting, space);
  return include.length === 0 ? view : { ...view, included: includedOrgs(acting, [space]) };
}

export function includedOrgs(acting: Acting, spaces: readonly CfSpace[]): Shape {
  const orgs = new Set(spaces.map((space) => space.org));
  const found = byCreation([...orgs].map((guid) => acting.store.orgs.get(guid)));
  return { organizations: found.map((org) => orgView(acting, org)) };
}

/** `POST /v3/spaces`; the creator gets no role by it (clients grant themselves). */
export function createSpace(acting: Acting, body: z.infer<typeof newSpace>): CfSpace {
  const { store, see, ctx } = acting;
  const kept = metadataOf(body.metadata);
  const org = store.orgs.get(body.relationships.organization.data.guid);
  if (!org || !see.seesOrg(org)) {
    throw unprocessable('Invalid organization. Ensure the organization exists and you have access to it.');
  }
  if (!see.managesOrg(org.guid)) throw notAuthorized();
  requireWritable(acting, org.guid);
  if (taken(acting, org.guid, body.name)) throw unprocessable('Name must be unique per organization');
  const space: CfSpace = {
    ...newRow(acting),
    name: body.name,
    org: org.guid,
    // "Application SSH access is disabled by default" (SAP help 9809fa4); recorded in new spaces as enabled.
    ssh: !ctx.switched('cf.sshOffInNewSpaces', false),
    metadata: kept,
  };
  store.spaces.set(space.guid, space);
  record(acting, 'audit.space.create', targetOf(space), { space }, requestOf(body));
  return space;
}

/** A space that the caller may change: as Space or Org Manager. */
export function managedSpace(acting: Acting, guid: string): CfSpace {
  const space = spaceOf(acting, guid);
  if (!acting.see.managesSpace(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  return space;
}

export function updateSpace(acting: Acting, guid: string, body: z.infer<typeof changedSpace>): CfSpace {
  const space = managedSpace(acting, guid);
  const name = body.name ?? space.name;
  if (taken(acting, space.org, name, guid)) {
    const org = acting.store.orgs.get(space.org)?.name;
    throw unprocessable(`Organization '${org}' already contains a space with name '${name}'.`);
  }
  const changed: CfSpace = {
    ...space,
    name,
    metadata: metadataOf(body.metadata, space.metadata),
    updatedAt: acting.ctx.now(),
  };
  acting.store.spaces.set(guid, changed);
  record(acting, 'audit.space.update', targetOf(changed), { space: changed }, requestOf(body));
  return changed;
}

/** `DELETE /v3/spaces/{guid}`: with everything in it, the roles too. */
export function deleteSpace(acting: Acting, guid: string): CfJob {
  const space = spaceOf(acting, guid);
  if (!acting.see.managesOrg(space.org)) throw notAuthorized();
  requireWritable(acting, space.org);
  removeSpace(acting, space);
  return deletionJob(acting, 'space', guid);
}

/** `DELETE /v3/spaces/{guid}/routes?unmapped=true`. */
export function deleteUnmappedRoutes(acting: Acting, guid: string, params: URLSearchParams): CfJob {
  if (params.get('unmapped') !== 'true') {
    throw unprocessable(
      "Mass delete not supported for routes. Use 'unmapped=true' parameter to delete all unmapped routes.",
    );
  }
  const space = spaceOf(acting, guid);
  if (!acting.see.managesApps(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  for (const route of acting.store.routes.by('space', guid)) {
    if (route.destinations.length === 0) acting.store.routes.delete(route.guid);
  }
  return startJob(acting, 'space.delete_unmapped_routes');
}

/** There is one feature: ssh. */
export function featureOf(acting: Acting, guid: string, name: string): CfSpace {
  const space = spaceOf(acting, guid);
  if (name !== 'ssh') throw notFound('Feature');
  return space;
}

export function setFeature(acting: Acting, guid: string, name: string, enabled: boolean): CfSpace {
  featureOf(acting, guid, name);
  const space = managedSpace(acting, guid);
  const changed: CfSpace = { ...space, ssh: enabled };
  acting.store.spaces.set(guid, changed);
  return changed;
}

function taken({ store }: Acting, org: string, name: string, except?: string): boolean {
  return store.spacesOf(org).some((space) => space.guid !== except && space.name.toLowerCase() === name.toLowerCase());
}

function targetOf(space: CfSpace) {
  return { guid: space.guid, type: 'space', name: space.name };
}
