import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { approvalsOf } from '../authorization/approvals.ts';
import { groupsOf } from '../groups.ts';
import type { UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { parsed } from './bodies.ts';
import { CORE_SCHEMA } from './listing.ts';

const optionalText = z.string().nullish();

/** A user as clients send it; what UAA does not store is ignored (UAA ScimUser). */
const sentUser = z.looseObject({
  id: optionalText,
  externalId: optionalText,
  meta: z.looseObject({ attributes: z.array(z.string()).nullish() }).nullish(),
  userName: optionalText,
  name: z.looseObject({ givenName: optionalText, familyName: optionalText }).nullish(),
  emails: z.array(z.looseObject({ value: optionalText, primary: z.boolean().nullish() })).nullish(),
  phoneNumbers: z.array(z.looseObject({ value: optionalText })).nullish(),
  active: z.boolean().nullish(),
  verified: z.boolean().nullish(),
  origin: optionalText,
  password: optionalText,
});
export type SentUser = z.infer<typeof sentUser>;

export function readUser(body: unknown): SentUser {
  return parsed(sentUser, body);
}

interface Shown {
  readonly groups: boolean | 'absent';
  readonly approvals: boolean | 'absent';
}

/** A user as UAA answers, keys in its order (recorded on a SAP landscape). */
export function userDocument(uaa: Uaa, user: UaaUser, with_: Shown): JsonObject {
  const { givenName, familyName, phoneNumber, externalId } = user;
  return {
    id: user.id,
    ...(externalId === undefined ? {} : { externalId }),
    meta: { version: user.version, created: iso(user.createdAt), lastModified: iso(user.lastModifiedAt) },
    userName: user.userName,
    name: { ...(familyName === undefined ? {} : { familyName }), ...(givenName === undefined ? {} : { givenName }) },
    // Never primary, whatever was sent (recorded).
    emails: [{ value: user.email, primary: false }],
    ...(with_.groups === 'absent' ? {} : { groups: with_.groups ? groupRefs(uaa, user) : [] }),
    ...(with_.approvals === 'absent' ? {} : { approvals: with_.approvals ? approvalDocuments(uaa, user) : [] }),
    ...(phoneNumber === undefined ? {} : { phoneNumbers: [{ value: phoneNumber }] }),
    active: user.active,
    verified: user.verified,
    origin: user.origin,
    zoneId: 'uaa',
    // Whose tokens were revoked has one, and it is told (recorded).
    ...(user.salt === undefined ? {} : { salt: user.salt }),
    passwordLastModified: iso(Math.floor(user.passwordLastModifiedAt / 1000) * 1000),
    ...(user.previousLogonAt === undefined ? {} : { previousLogonTime: user.previousLogonAt }),
    ...(user.lastLogonAt === undefined ? {} : { lastLogonTime: user.lastLogonAt }),
    schemas: [CORE_SCHEMA],
  };
}

export const FULL: Shown = { groups: true, approvals: true };
/** Where nobody has looked up what belongs to the user. */
export const BARE: Shown = { groups: 'absent', approvals: 'absent' };

function groupRefs({ store, landscape }: Uaa, user: UaaUser): JsonObject[] {
  const { direct, indirect } = groupsOf(store, landscape, user.id);
  return [
    ...direct.map((group) => ({ value: group.id, display: group.displayName, type: 'DIRECT' })),
    ...indirect.map((group) => ({ value: group.id, display: group.displayName, type: 'INDIRECT' })),
  ];
}

function approvalDocuments(uaa: Uaa, user: UaaUser): JsonObject[] {
  return approvalsOf(uaa, user.id).map((approval) => ({
    userId: approval.userId,
    clientId: approval.clientId,
    scope: approval.scope,
    status: approval.status,
    lastUpdatedAt: iso(approval.lastUpdatedAt),
    expiresAt: iso(approval.expiresAt),
  }));
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
