import type { JsonObject } from '../../../../../kernel/json.ts';
import { scimNotFound } from '../errors.ts';
import type { Membership, UaaGroup } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { CORE_SCHEMA } from './listing.ts';
import { iso } from './user-document.ts';

export function groupAt({ store, landscape }: Uaa, id: string): UaaGroup {
  const group = store.groups.get(keyIn(landscape, id));
  if (!group) throw scimNotFound(`Group ${id} does not exist`);
  return group;
}

/** A group as UAA answers, keys in its order (recorded on a SAP landscape). */
export function groupDocument(uaa: Uaa, group: UaaGroup): JsonObject {
  return {
    id: group.id,
    meta: { version: group.version, created: iso(group.createdAt), lastModified: iso(group.lastModifiedAt) },
    displayName: group.displayName,
    zoneId: 'uaa',
    ...(group.description === undefined ? {} : { description: group.description }),
    members: membersOf(uaa, group.id).map(memberDocument),
    schemas: [CORE_SCHEMA],
  };
}

export function membersOf({ store, landscape }: Uaa, id: string): readonly Membership[] {
  return store.memberships.by('group', keyIn(landscape, id));
}

export function memberDocument({ origin, type, member }: Membership): JsonObject {
  return { origin, type, value: member };
}
