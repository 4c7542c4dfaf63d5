import type { JsonObject } from '../../../../../kernel/json.ts';
import { type Caller, mayAny, requireScopeInZone } from '../callers.ts';
import { hashSecret } from '../clients/hashes.ts';
import {
  alreadyExists,
  invalidResource,
  ScimReport,
  scimConflict,
  scimFailure,
  scimNotFound,
  scimRefusal,
  UaaError,
} from '../errors.ts';
import { removeMember } from '../groups.ts';
import { checkPolicy } from '../login/passwords.ts';
import { blankUser } from '../login/shadow-users.ts';
import type { UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { FULL, type SentUser, userDocument } from './user-document.ts';
import { tagging, versionOf } from './versions.ts';

/** Names of internal users. */
const USER_NAME = /^[\p{L}0-9+\-_.@'!]+$/u;

export function userAt({ store, landscape }: Uaa, id: string): UaaUser {
  const user = store.user(landscape, id);
  if (!user) throw scimNotFound(`User ${id} does not exist`);
  return user;
}

/** `GET /Users/{id}`: for readers, and for users about themselves. */
export function readUser(uaa: Uaa, caller: Caller, id: string): UaaUser {
  if (caller.user?.id !== id) requireScopeInZone(caller, 'scim.read');
  return userAt(uaa, id);
}

/** `POST /Users` (UAA ScimUserEndpoints.createUser, JdbcScimUserProvisioning.create). */
export async function createUser(uaa: Uaa, caller: Caller, sent: SentUser): Promise<UaaUser> {
  requireScopeInZone(caller, 'scim.write', 'scim.create');
  const { store, ctx, landscape } = uaa;
  const origin = sent.origin || 'uaa';
  const { userName, email } = validated(sent, origin);
  const password = sent.password ?? '';
  // Users of identity providers have no password here: what is sent is dropped, and no policy asked.
  if (origin === 'uaa') checkPolicy(uaa, password);
  if (store.userByName(landscape, userName, origin)) {
    throw alreadyExists(`Username already in use: ${userName}`, { origin });
  }
  const user: UaaUser = {
    ...blankUser(ctx, landscape, origin),
    ...attributesOf(sent),
    userName,
    email,
    active: sent.active ?? true,
    verified: sent.verified ?? true,
    ...(origin === 'uaa' ? { password: await hashSecret(password, ctx) } : {}),
  };
  store.save(user);
  return user;
}

/** `PUT /Users/{id}`: everything that is not sent gets its default. */
export function replaceUser(
  uaa: Uaa,
  caller: Caller,
  id: string,
  sent: SentUser,
  ifMatch: string | undefined,
): UaaUser {
  mayEdit(caller, id);
  const before = userAt(uaa, id);
  return update(uaa, caller, before, sent, versionOf(ifMatch, before.version, 'PUT'));
}

/** `PATCH /Users/{id}`: what is sent is merged in; `meta.attributes` names what goes (UAA ScimUser.patch). */
export function patchUser(uaa: Uaa, caller: Caller, id: string, sent: SentUser, ifMatch: string | undefined): UaaUser {
  mayEdit(caller, id);
  const before = userAt(uaa, id);
  // UAA's text says PUT here too.
  const version = versionOf(ifMatch, before.version, 'PUT');
  if (sent.origin && sent.origin !== before.origin) throw invalidResource('Cannot change origin in patch of user.');
  const kept = withoutAttributes(asSent(before), sent);
  const merged: SentUser = {
    ...kept,
    userName: sent.userName ?? kept.userName,
    // Whoever does not say otherwise makes a user active and verified again: both are true by default in what is sent.
    active: sent.active ?? true,
    verified: sent.verified ?? true,
    name: {
      givenName: sent.name?.givenName ?? kept.name?.givenName,
      familyName: sent.name?.familyName ?? kept.name?.familyName,
    },
    emails: mergedEmails(kept.emails ?? [], sent.emails ?? []),
    phoneNumbers: [...(sent.phoneNumbers ?? []), ...(kept.phoneNumbers ?? [])],
  };
  return update(uaa, caller, before, merged, version);
}

function mayEdit(caller: Caller, id: string): void {
  if (caller.user?.id !== id) requireScopeInZone(caller, 'scim.write');
}

function update(uaa: Uaa, caller: Caller, before: UaaUser, sent: SentUser, version: number): UaaUser {
  const origin = sent.origin || 'uaa';
  if (!mayAny(caller, 'uaa.admin', 'scim.write') && changesMoreThanNames(before, sent)) {
    throw new UaaError(
      403,
      'invalid_self_edit',
      'Users are only allowed to edit their own User settings when internal user storage is enabled, and in that case they may only edit the givenName and familyName.',
    );
  }
  if (origin !== before.origin) throw invalidResource("Cannot change user's origin in update operation.");
  // UAA reads the parts of a name that is not there (recorded).
  if (sent.name == null) throw scimFailure();
  const { userName, email } = validated(sent, origin);
  if (version !== before.version) {
    throw scimConflict(
      `Attempt to update a user (${before.id}) with wrong version: expected=${before.version} but found=${version}`,
    );
  }
  const known = uaa.store.userByName(uaa.landscape, userName, origin);
  if (known && known.id !== before.id) {
    throw scimRefusal(duplicateKey(userName, origin));
  }
  const { givenName: _given, familyName: _family, phoneNumber: _phone, externalId: _external, ...rest } = before;
  const user: UaaUser = {
    ...rest,
    ...attributesOf(sent),
    userName,
    email,
    active: sent.active ?? true,
    verified: sent.verified ?? true,
    version: before.version + 1,
    lastModifiedAt: uaa.ctx.now(),
  };
  uaa.store.save(user);
  return user;
}

/** UAA lets its database refuse and hands on what that says, statement included (recording resource_user_crud_invalid, July 2024). */
function duplicateKey(userName: string, origin: string): string {
  const columns =
    'version lastModified username email givenName familyName active phoneNumber verified origin external_id salt alias_id alias_zid';
  const set = columns
    .split(' ')
    .map((column) => `${column}=?`)
    .join(', ');
  const statement = `update users set ${set} where id=? and version=? and identity_zone_id=?`;
  const key = `(origin, lower(username::text), identity_zone_id)=(${origin}, ${userName.toLowerCase()}, uaa)`;
  const refusal = `ERROR: duplicate key value violates unique constraint "users_unique_key"\n  Detail: Key ${key} already exists.`;
  return `PreparedStatementCallback; SQL [${statement}]; ${refusal}; nested exception is org.postgresql.util.PSQLException: ${refusal}`;
}

/** UAA ScimUtils.validate. */
function validated(sent: SentUser, origin: string): { readonly userName: string; readonly email: string } {
  const userName = sent.userName?.trim() ? sent.userName : undefined;
  if (userName === undefined) throw invalidResource('A username must be provided.');
  if (origin === 'uaa' && !USER_NAME.test(userName)) {
    throw invalidResource("Username must match pattern: [\\p{L}+0-9+\\-_.@'!]+");
  }
  const [email, ...others] = sent.emails ?? [];
  if (email === undefined || others.length > 0) throw invalidResource('Exactly one email must be provided.');
  if (!email.value) throw invalidResource('An email must be provided.');
  return { userName, email: email.value };
}

function attributesOf(sent: SentUser): Partial<UaaUser> {
  const phoneNumber = sent.phoneNumbers?.[0]?.value;
  const { givenName, familyName } = sent.name ?? {};
  return {
    ...(givenName == null ? {} : { givenName }),
    ...(familyName == null ? {} : { familyName }),
    ...(phoneNumber ? { phoneNumber } : {}),
    ...(sent.externalId ? { externalId: sent.externalId } : {}),
  };
}

function asSent(user: UaaUser): SentUser {
  return {
    externalId: user.externalId,
    userName: user.userName,
    name: { givenName: user.givenName, familyName: user.familyName },
    emails: [{ value: user.email, primary: false }],
    phoneNumbers: user.phoneNumber === undefined ? [] : [{ value: user.phoneNumber }],
    active: user.active,
    verified: user.verified,
    origin: user.origin,
  };
}

/** One address is stored: the one that is marked as primary, else the one that was there. */
function mergedEmails(kept: NonNullable<SentUser['emails']>, sent: NonNullable<SentUser['emails']>) {
  const all = [...kept, ...sent];
  const chosen = all.find((email) => email.primary) ?? all[0];
  return chosen ? [chosen] : [];
}

function withoutAttributes(user: SentUser, sent: SentUser): SentUser {
  let current = user;
  for (const attribute of sent.meta?.attributes ?? []) {
    switch (attribute.toUpperCase()) {
      case 'USERNAME':
        if (!sent.userName?.trim()) throw invalidResource('Can not drop username, field is required.');
        current = { ...current, userName: undefined };
        break;
      case 'EMAILS':
        current = { ...current, emails: [] };
        break;
      case 'PHONENUMBERS':
        current = { ...current, phoneNumbers: [] };
        break;
      case 'NAME':
        current = { ...current, name: {} };
        break;
      case 'NAME.FAMILYNAME':
        current = { ...current, name: { ...current.name, familyName: undefined } };
        break;
      case 'NAME.GIVENNAME':
        current = { ...current, name: { ...current.name, givenName: undefined } };
        break;
      // Known to UAA, but not stored.
      case 'DISPLAYNAME':
      case 'NICKNAME':
      case 'PROFILEURL':
      case 'TITLE':
      case 'PREFERREDLANGUAGE':
      case 'LOCALE':
      case 'TIMEZONE':
      case 'NAME.FORMATTED':
      case 'NAME.HONORIFICPREFIX':
      case 'NAME.HONORIFICSUFFIX':
      case 'NAME.MIDDLENAME':
        break;
      default:
        throw invalidResource(`Attribute ${attribute} cannot be removed using "Meta.attributes"`);
    }
  }
  return current;
}

function changesMoreThanNames(before: UaaUser, sent: SentUser): boolean {
  return (
    (sent.userName ?? '') !== before.userName ||
    (sent.emails?.[0]?.value ?? '') !== before.email ||
    (sent.active ?? true) !== before.active ||
    (sent.verified ?? true) !== before.verified ||
    (sent.origin || 'uaa') !== before.origin ||
    (sent.phoneNumbers?.[0]?.value || undefined) !== before.phoneNumber ||
    (sent.externalId || undefined) !== before.externalId
  );
}

/** `DELETE /Users/{id}`: gives the user as it was; its memberships, tokens and approvals go with it. */
export function deleteUser(uaa: Uaa, caller: Caller, id: string, ifMatch: string | undefined): JsonObject {
  requireScopeInZone(caller, 'scim.write');
  const { store, landscape } = uaa;
  const user = userAt(uaa, id);
  if (ifMatch !== undefined) {
    const version = versionOf(ifMatch, user.version, 'PUT');
    if (version !== user.version) {
      // The numbers are the same one: UAA tells what was sent twice.
      const text = `Attempt to update a user (${id}) with wrong version: expected=${version} but found=${version}`;
      tagging(user, () => {
        throw scimRefusal(text, 422);
      });
    }
  }
  const shown = userDocument(uaa, user, FULL);
  const key = keyIn(landscape, id);
  removeMember(store, landscape, id);
  for (const { token } of store.keptTokens.by('user', key)) store.keptTokens.delete(keyIn(landscape, token));
  for (const { token } of store.refreshGrants.by('user', key)) store.refreshGrants.delete(keyIn(landscape, token));
  for (const { code } of store.codes.by('user', key)) store.codes.delete(keyIn(landscape, code));
  for (const approval of store.approvals.by('user', key)) {
    store.approvals.delete(keyIn(landscape, JSON.stringify([id, approval.clientId, approval.scope])));
  }
  store.failures.delete(key);
  store.users.delete(key);
  return shown;
}

export const alreadyVerified = () =>
  new ScimReport(405, 'user_already_verified', 'This user has already been verified.');
