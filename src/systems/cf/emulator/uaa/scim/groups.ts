import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { type Caller, requireScopeInZone } from '../callers.ts';
import { alreadyExists, invalidResource, scimRefusal, UaaError } from '../errors.ts';
import { findGroup, mappingKey, membershipKey, removeMember } from '../groups.ts';
import type { UaaGroup } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { parsed } from './bodies.ts';
import type { Columns } from './filter.ts';
import { groupAt, groupDocument, membersOf } from './group-document.ts';
import { found, htmlEscaped, type Kind, listQuery, page } from './listing.ts';
import { isSame, join, type SentMember, sentMember } from './members.ts';
import { tagging, versionOf } from './versions.ts';

const sentGroup = z.looseObject({
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  members: z.array(sentMember).nullish(),
  meta: z.looseObject({ attributes: z.array(z.string()).nullish() }).nullish(),
});
export type SentGroup = z.infer<typeof sentGroup>;

export function readGroup(body: unknown): SentGroup {
  return parsed(sentGroup, body);
}

const ATTRIBUTES: ReadonlySet<string> = new Set([
  'id',
  'displayname',
  'description',
  'created',
  'meta.created',
  'lastmodified',
  'meta.lastmodified',
  'version',
  'meta.version',
  'identity_zone_id',
]);
const SORTABLE: ReadonlySet<string> = new Set([...ATTRIBUTES].filter((name) => !name.includes('.')));

function columnsOf({ id, displayName, description, createdAt, lastModifiedAt, version }: UaaGroup): Columns {
  return {
    id,
    displayname: displayName,
    description,
    created: createdAt,
    'meta.created': createdAt,
    lastmodified: lastModifiedAt,
    'meta.lastmodified': lastModifiedAt,
    version,
    'meta.version': version,
    identity_zone_id: 'uaa',
  };
}

/** `GET /Groups` */
export function listGroups(uaa: Uaa, caller: Caller, params: URLSearchParams): JsonObject {
  requireScopeInZone(caller, 'scim.read');
  const kind: Kind<UaaGroup> = {
    columns: columnsOf,
    attributes: ATTRIBUTES,
    sortable: SORTABLE,
    candidates: () => uaa.store.groups.by('landscape', uaa.landscape),
    refused: ({ filter = 'id pr' }) => scimRefusal(`Invalid filter expression: [${htmlEscaped(filter)}]`),
  };
  const query = listQuery(params, { sortBy: 'created' });
  return page(found(kind, query), query, (group) => groupDocument(uaa, group));
}

/** `POST /Groups` */
export function createGroup(uaa: Uaa, caller: Caller, sent: SentGroup): UaaGroup {
  requireScopeInZone(caller, 'scim.write', 'groups.update');
  const { store, landscape, ctx } = uaa;
  const displayName = sent.displayName ?? '';
  if (displayName === '') throw scimRefusal('A group needs a displayName');
  if (findGroup(store, landscape, displayName)) {
    throw alreadyExists(`A group with displayName: ${displayName} already exists.`);
  }
  const now = ctx.now();
  const group: UaaGroup = {
    id: ctx.id(),
    landscape,
    displayName,
    ...(sent.description == null ? {} : { description: sent.description }),
    version: 0,
    createdAt: now,
    lastModifiedAt: now,
  };
  store.groups.set(keyIn(landscape, group.id), group);
  for (const member of sent.members ?? []) {
    try {
      join(uaa, group, member);
    } catch (error) {
      if (!(error instanceof UaaError)) throw error;
      dropGroup(uaa, group);
      throw invalidResource(`Invalid group member: ${member.value}`);
    }
  }
  return group;
}

/** `PUT /Groups/{id}`: members that are not sent leave the group. */
export function replaceGroup(
  uaa: Uaa,
  caller: Caller,
  id: string,
  sent: SentGroup,
  ifMatch: string | undefined,
  method: 'PUT' | 'PATCH' = 'PUT',
): UaaGroup {
  requireScopeInZone(caller, 'scim.write', 'groups.update');
  const before = groupAt(uaa, id);
  const version = versionOf(ifMatch, before.version, method);
  return tagging(before, () => replaced(uaa, before, sent, version));
}

function replaced(uaa: Uaa, before: UaaGroup, sent: SentGroup, version: number): UaaGroup {
  const { store, landscape, ctx } = uaa;
  const { id } = before;
  const restore = (to: number) =>
    store.groups.set(keyIn(landscape, id), { ...before, version: to, lastModifiedAt: ctx.now() });
  if (version !== before.version) {
    // What was never changed is restored all the same (recorded).
    restore(before.version + 1);
    throw scimRefusal('Incorrect result size: expected 1, actual 0', 409);
  }
  const displayName = sent.displayName ?? '';
  if (displayName === '') throw scimRefusal('A group needs a displayName');
  const other = findGroup(store, landscape, displayName);
  if (other && other.id !== id) throw invalidResource(`A group with displayName: ${displayName} already exists`);
  const current = membersOf(uaa, id);
  const wanted = sent.members ?? [];
  const fresh = wanted.filter((one) => !current.some((known) => isSame(known, one)));
  const { description: _description, ...rest } = before;
  const group: UaaGroup = {
    ...rest,
    displayName,
    ...(sent.description == null ? {} : { description: sent.description }),
    version: before.version + 1,
    lastModifiedAt: ctx.now(),
  };
  store.groups.set(keyIn(landscape, id), group);
  for (const known of current) {
    if (!wanted.some((one) => isSame(known, one))) store.memberships.delete(membershipKey(known));
  }
  for (const member of fresh) {
    try {
      join(uaa, group, member);
    } catch (error) {
      if (!(error instanceof UaaError) || error.status !== 404) throw error;
      // UAA restores the row, not the members that have left already (recorded).
      restore(group.version + 1);
      throw scimRefusal(error.message);
    }
  }
  return group;
}

/** `PATCH /Groups/{id}`: members are added, or taken away with `"operation":"delete"` (UAA ScimGroup.patch). */
export function patchGroup(uaa: Uaa, caller: Caller, id: string, sent: SentGroup, ifMatch: string | undefined) {
  requireScopeInZone(caller, 'scim.write', 'groups.update');
  const before = groupAt(uaa, id);
  versionOf(ifMatch, before.version, 'PATCH');
  const patched = tagging(before, () => patchedGroup(uaa, before, sent));
  return replaceGroup(uaa, caller, id, patched, ifMatch, 'PATCH');
}

function patchedGroup(uaa: Uaa, before: UaaGroup, sent: SentGroup): SentGroup {
  const { id } = before;
  const current: SentMember[] = membersOf(uaa, id).map(({ member, type, origin }) => ({ value: member, type, origin }));
  const kept = withoutAttributes(
    { displayName: before.displayName, description: before.description, members: current },
    sent,
  );
  const named = new Set((sent.members ?? []).map((member) => member.value));
  const members = [
    ...(kept.members ?? []).filter((member) => !named.has(member.value)),
    ...(sent.members ?? []).filter((member) => member.operation?.toLowerCase() !== 'delete'),
  ];
  const displayName = sent.displayName ?? kept.displayName;
  const description = sent.description ?? kept.description;
  return { displayName, description, members };
}

function withoutAttributes(group: SentGroup, sent: SentGroup): SentGroup {
  let current = group;
  for (const attribute of sent.meta?.attributes ?? []) {
    switch (attribute.toUpperCase()) {
      case 'DESCRIPTION':
        current = { ...current, description: undefined };
        break;
      case 'DISPLAYNAME':
        current = { ...current, displayName: undefined };
        break;
      case 'MEMBERS':
        current = { ...current, members: [] };
        break;
      case 'ZONEID':
        throw scimRefusal('Cannot delete or change ZoneId');
      case 'ID':
        throw scimRefusal('Cannot delete or change ID');
      default:
        throw scimRefusal(`Attribute ${attribute} cannot be removed using "Meta.attributes"`);
    }
  }
  return current;
}

/** `DELETE /Groups/{id}`: gives the group as it was. */
export function deleteGroup(uaa: Uaa, caller: Caller, id: string, ifMatch: string | undefined): JsonObject {
  requireScopeInZone(caller, 'scim.write');
  const group = groupAt(uaa, id);
  const version = versionOf(ifMatch ?? '*', group.version, 'PUT');
  // Version 0 deletes whatever version there is (UAA JdbcScimGroupProvisioning).
  tagging(group, () => {
    if (version <= 0 || version === group.version) return;
    // The members have left by then (recorded).
    dropMembers(uaa, group);
    throw scimRefusal(`error deleting group: ${id}`, 409);
  });
  const shown = groupDocument(uaa, group);
  dropGroup(uaa, group);
  return shown;
}

function dropMembers({ store, landscape }: Uaa, { id }: UaaGroup): void {
  for (const membership of store.memberships.by('group', keyIn(landscape, id))) {
    store.memberships.delete(membershipKey(membership));
  }
}

function dropGroup(uaa: Uaa, group: UaaGroup): void {
  const { store, landscape } = uaa;
  const { id } = group;
  dropMembers(uaa, group);
  removeMember(store, landscape, id);
  for (const mapping of store.externalMappings.by('group', keyIn(landscape, id))) {
    store.externalMappings.delete(mappingKey(mapping));
  }
  store.groups.delete(keyIn(landscape, id));
}
