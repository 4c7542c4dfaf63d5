import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { type Caller, requireScopeInZone } from '../callers.ts';
import { invalidResource, ScimReport, scimNotFound } from '../errors.ts';
import { addMembership, isDefaultGroup, membershipKey } from '../groups.ts';
import type { Membership, UaaGroup } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { parsed } from './bodies.ts';
import { groupAt, groupDocument, memberDocument, membersOf } from './group-document.ts';
import { BARE, userDocument } from './user-document.ts';

export const sentMember = z.looseObject({
  value: z.string().nullish(),
  type: z.enum(['USER', 'GROUP']).nullish(),
  origin: z.string().nullish(),
  operation: z.string().nullish(),
});
export type SentMember = z.infer<typeof sentMember>;

export function readMember(body: unknown): SentMember {
  return parsed(sentMember, body);
}

/** `GET /Groups/{id}/members` */
export function listMembers(uaa: Uaa, caller: Caller, id: string, withEntities: boolean): readonly JsonObject[] {
  requireScopeInZone(caller, 'scim.read');
  groupAt(uaa, id);
  return membersOf(uaa, id).map((membership) => {
    if (!withEntities) return memberDocument(membership);
    const { type, member } = membership;
    if (type === 'GROUP') return { ...memberDocument(membership), entity: groupDocument(uaa, groupAt(uaa, member)) };
    const user = uaa.store.user(uaa.landscape, member);
    return { ...memberDocument(membership), ...(user ? { entity: userDocument(uaa, user, BARE) } : {}) };
  });
}

export function memberAt(uaa: Uaa, groupId: string, memberId: string): Membership {
  const key = membershipKey({ landscape: uaa.landscape, group: groupId, member: memberId });
  const membership = uaa.store.memberships.get(key);
  if (!membership) {
    throw new ScimReport(404, 'member_not_found', `Member ${memberId} does not exist in group ${groupId}`);
  }
  return membership;
}

/** `POST /Groups/{id}/members` */
export function addMember(uaa: Uaa, caller: Caller, groupId: string, sent: SentMember): JsonObject {
  requireScopeInZone(caller, 'scim.write', 'groups.update');
  const group = uaa.store.groups.get(keyIn(uaa.landscape, groupId));
  if (!group) throw scimNotFound(`Group ${groupId} does not exist`);
  return memberDocument(join(uaa, group, sent));
}

/** `DELETE /Groups/{id}/members/{member}` */
export function deleteMember(uaa: Uaa, caller: Caller, groupId: string, memberId: string): JsonObject {
  requireScopeInZone(caller, 'scim.write');
  const membership = memberAt(uaa, groupId, memberId);
  uaa.store.memberships.delete(membershipKey(membership));
  return memberDocument(membership);
}

export function join(uaa: Uaa, group: UaaGroup, sent: SentMember): Membership {
  const membership = newMembership(uaa, group, sent, membersOf(uaa, group.id));
  addMembership(uaa.store, membership);
  return membership;
}

/** UAA JdbcScimGroupMembershipManager.addMember, checks in its order. */
function newMembership(uaa: Uaa, group: UaaGroup, sent: SentMember, current: readonly Membership[]): Membership {
  const { store, landscape } = uaa;
  const refused = (text: string) => new ScimReport(409, 'member_already_exists', text);
  if (isDefaultGroup(group)) throw refused('Trying to add member to default group');
  const { value: member, type } = sent;
  const origin = sent.origin ?? 'uaa';
  if (!member || origin === '') {
    throw invalidResource('group-id, member-id, origin and member-type must be non-empty');
  }
  if (member === group.id) throw invalidResource('trying to nest group within itself, aborting');
  if (type === 'GROUP') groupAt(uaa, member);
  else if (!store.user(landscape, member)) throw scimNotFound(`User ${member} does not exist`);
  if (current.some((known) => known.member === member)) {
    throw refused(`${member} is already part of the group: ${group.id}`);
  }
  return { landscape, group: group.id, member, type: type ?? 'USER', origin };
}

export function isSame(known: Membership, sent: SentMember): boolean {
  return known.member === sent.value && known.type === (sent.type ?? 'USER');
}
