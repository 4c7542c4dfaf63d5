import { z } from 'zod';
import { metadata } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { badQuery, notAuthorized, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type manyGuids, oneGuidOrNone } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import { ifThere, isText, optional, presence, ruled } from '../../../../protocols/cf-v3/emulator/rules.ts';
import {
  type Acting,
  head,
  inLandscape,
  link,
  newRow,
  requireAdmin,
  type Shape,
  spaceOf,
  toMany,
  toOne,
} from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { list } from '../listing.ts';
import { editable } from '../organizations/organizations.ts';
import type { CfOrg, CfSpace } from '../rows/organizations.ts';
import type { CfIsolationSegment } from '../rows/platform.ts';

export const newSegment = z.strictObject({ name: ruled<string>(ifThere(isText), presence), metadata });
export const changedSegment = z.strictObject({ name: optional<string>(isText), metadata });
/** Body of the relationships of orgs and spaces to a segment: null takes it away. */
export const segmentBody = oneGuidOrNone;

/** Name of the segment that every landscape has, where all run who have no other (cloud_controller_ng, IsolationSegmentModel). */
export const SHARED_SEGMENT = 'shared';

export function listSegments(acting: Acting, params: URLSearchParams): Shape {
  return list(acting, params, {
    path: '/v3/isolation_segments',
    rules: { filters: ['names', 'organization_guids', 'label_selector'], orders: ['name'], refuse: badQuery },
    rows: acting.store.isolationSegments
      .by('landscape', acting.caller.landscape)
      .filter((segment) => sees(acting, segment)),
    where: {
      names: (segment, has) => has(segment.name),
      organization_guids: (segment, has) => segment.orgs.some(has),
    },
    show: (segment) => segmentView(acting, segment),
  });
}

/** Segments to which an org is entitled that the caller sees. */
function sees({ store, see, caller }: Acting, segment: CfIsolationSegment): boolean {
  return (
    caller.globalRead ||
    segment.orgs.some((guid) => {
      const org = store.orgs.get(guid);
      return org !== undefined && see.seesOrg(org);
    })
  );
}

export function segmentView(acting: Acting, segment: CfIsolationSegment): Shape {
  const self = `/v3/isolation_segments/${segment.guid}`;
  return {
    ...head(segment),
    name: segment.name,
    metadata: segment.metadata,
    links: { self: link(acting, self), organizations: link(acting, `${self}/organizations`) },
  };
}

export function segmentOf(acting: Acting, guid: string): CfIsolationSegment {
  const segment = inLandscape(acting, acting.store.isolationSegments.get(guid));
  if (!segment || !sees(acting, segment)) throw notFound('Isolation segment');
  return segment;
}

export function existing(acting: Acting, guid: string): CfIsolationSegment {
  requireAdmin(acting);
  const segment = inLandscape(acting, acting.store.isolationSegments.get(guid));
  if (!segment) throw notFound('Isolation segment');
  return segment;
}

function refuseTaken({ store, caller }: Acting, name: string, except?: string): void {
  const same = store.isolationSegments
    .by('landscape', caller.landscape)
    .some((one) => one.guid !== except && one.name.toLowerCase() === name.toLowerCase());
  if (same) throw unprocessable('Isolation Segment names are case insensitive and must be unique');
}

export function createSegment(acting: Acting, body: z.infer<typeof newSegment>): CfIsolationSegment {
  requireAdmin(acting);
  refuseTaken(acting, body.name);
  const row = { ...newRow(acting), name: body.name, orgs: [], metadata: metadataOf(body.metadata) };
  acting.store.isolationSegments.set(row.guid, row);
  return row;
}

export function updateSegment(acting: Acting, guid: string, body: z.infer<typeof changedSegment>): CfIsolationSegment {
  const segment = existing(acting, guid);
  if (segment.name === SHARED_SEGMENT) throw unprocessable('Cannot update the shared Isolation Segment');
  const name = body.name ?? segment.name;
  refuseTaken(acting, name, guid);
  const changed: CfIsolationSegment = { ...segment, name, metadata: metadataOf(body.metadata, segment.metadata) };
  acting.store.isolationSegments.set(guid, changed);
  return changed;
}

export function deleteSegment(acting: Acting, guid: string): void {
  const segment = existing(acting, guid);
  if (segment.name === SHARED_SEGMENT) throw unprocessable('Cannot delete the shared Isolation Segment');
  if (segment.orgs.length > 0) {
    throw unprocessable('Revoke the Organization entitlements for your Isolation Segment.');
  }
  acting.store.isolationSegments.delete(guid);
}

/** Entitled orgs, as far as the caller sees them. */
export function entitledOrgs(acting: Acting, guid: string): Shape {
  const segment = segmentOf(acting, guid);
  const visible = segment.orgs.filter((one) => {
    const org = acting.store.orgs.get(one);
    return org !== undefined && acting.see.seesOrg(org);
  });
  return orgsView(acting, guid, visible);
}

function orgsView(acting: Acting, guid: string, orgs: readonly string[]): Shape {
  const self = `/v3/isolation_segments/${guid}`;
  return {
    ...toMany(orgs),
    links: {
      self: link(acting, `${self}/relationships/organizations`),
      related: link(acting, `${self}/organizations`),
    },
  };
}

export function spacesOfSegment(acting: Acting, guid: string): Shape {
  segmentOf(acting, guid);
  const spaces = acting.see.spaces().filter((space) => space.isolationSegment === guid);
  return {
    ...toMany(spaces.map((space) => space.guid)),
    links: { self: link(acting, `/v3/isolation_segments/${guid}/relationships/spaces`) },
  };
}

export function entitle(acting: Acting, guid: string, body: z.infer<typeof manyGuids>): Shape {
  const { store } = acting;
  const segment = existing(acting, guid);
  const wanted = body.data.map((org) => org.guid);
  const missing = wanted.filter((one) => !inLandscape(acting, store.orgs.get(one)));
  if (missing.length > 0) {
    const quoted = missing.map((one) => `'${one}'`).join(', ');
    throw unprocessable(
      `Unable to entitle organizations [${quoted}] for the isolation segment. Ensure the organizations exist.`,
    );
  }
  const orgs = [...new Set([...segment.orgs, ...wanted])];
  store.isolationSegments.set(guid, { ...segment, orgs });
  return orgsView(acting, guid, orgs);
}

export function revoke(acting: Acting, guid: string, orgGuid: string): void {
  const { store } = acting;
  const segment = existing(acting, guid);
  const org = inLandscape(acting, store.orgs.get(orgGuid));
  if (!org) throw notFound('Org');
  if (org.defaultIsolationSegment === guid) {
    throw unprocessable(
      'Cannot remove the entitlement while this Isolation Segment is assigned as the Default Isolation Segment for the Organization.',
    );
  }
  const spaces = store.spacesOf(orgGuid).filter((space) => space.isolationSegment === guid);
  if (spaces.length > 0) {
    const names = spaces.map((space) => `'${space.name}'`).join(', ');
    throw unprocessable(
      `Cannot remove the entitlement while this Isolation Segment is assigned to any Spaces. Currently assigned to: ${names}`,
    );
  }
  store.isolationSegments.set(guid, { ...segment, orgs: segment.orgs.filter((one) => one !== orgGuid) });
}

function relation(acting: Acting, of: string, name: string, segment: string | undefined): Shape {
  return {
    ...toOne(segment),
    links: {
      self: link(acting, `${of}/relationships/${name}`),
      ...(segment === undefined ? {} : { related: link(acting, `/v3/isolation_segments/${segment}`) }),
    },
  };
}

export function defaultSegment(acting: Acting, org: CfOrg): Shape {
  return relation(acting, `/v3/organizations/${org.guid}`, 'default_isolation_segment', org.defaultIsolationSegment);
}

export function setDefaultSegment(acting: Acting, guid: string, body: z.infer<typeof segmentBody>): Shape {
  const org = editable(acting, guid);
  const segment = body.data?.guid ?? undefined;
  if (segment !== undefined && !isEntitled(acting, segment, guid)) {
    throw unprocessable(
      `Unable to assign isolation segment with guid '${segment}'. Ensure it has been entitled to the organization.`,
    );
  }
  const { defaultIsolationSegment: _before, ...others } = org;
  const changed: CfOrg = segment === undefined ? others : { ...others, defaultIsolationSegment: segment };
  acting.store.orgs.set(guid, changed);
  return defaultSegment(acting, changed);
}

export function spaceSegment(acting: Acting, space: CfSpace): Shape {
  return relation(acting, `/v3/spaces/${space.guid}`, 'isolation_segment', space.isolationSegment);
}

/** A space whose segment the caller may set: as administrator or Org Manager. */
export function assignable(acting: Acting, guid: string): CfSpace {
  const space = spaceOf(acting, guid);
  if (!acting.see.managesOrg(space.org)) throw notAuthorized();
  return space;
}

export function setSpaceSegment(acting: Acting, guid: string, body: z.infer<typeof segmentBody>): Shape {
  const space = assignable(acting, guid);
  const segment = body.data?.guid ?? undefined;
  if (segment !== undefined && !isEntitled(acting, segment, space.org)) {
    throw unprocessable(
      `Unable to assign isolation segment with guid '${segment}'. Ensure it has been entitled to the organization that this space belongs to.`,
    );
  }
  const { isolationSegment: _before, ...others } = space;
  const changed: CfSpace = segment === undefined ? others : { ...others, isolationSegment: segment };
  acting.store.spaces.set(guid, changed);
  record(acting, 'audit.space.update', { guid, type: 'space', name: space.name }, { space }, requestOf(body));
  return spaceSegment(acting, changed);
}

function isEntitled({ store }: Acting, segment: string, org: string): boolean {
  return store.isolationSegments.get(segment)?.orgs.includes(org) ?? false;
}
