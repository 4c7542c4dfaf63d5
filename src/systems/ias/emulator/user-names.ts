import type { JsonObject } from '../../../kernel/json.ts';
import { isObject } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../wire.ts';

/** A row of users, or what became of it. */
interface Named {
  readonly id: string;
  readonly resource: JsonObject;
}

/** Everything that identifies a user, in lower case: login name, e-mails, user id (ias 8b9fa88). */
export function identifiersOf(user: Pick<Named, 'resource'>): string[] {
  const { userName, emails } = namesOf(user.resource);
  return [...new Set([userName, userIdOf(user.resource), ...emails].filter((one) => one !== ''))].map((one) =>
    one.toLowerCase(),
  );
}

/** Login name and e-mails of a resource, as written. */
export function namesOf(resource: JsonObject): { readonly userName: string; readonly emails: readonly string[] } {
  const emails = Array.isArray(resource.emails) ? resource.emails : [];
  return {
    userName: typeof resource.userName === 'string' ? resource.userName : '',
    emails: emails.flatMap((email: unknown) =>
      typeof email === 'object' && email !== null && 'value' in email && typeof email.value === 'string'
        ? [email.value]
        : [],
    ),
  };
}

/** How people call a user: by login name, or e-mail where there is none. */
export function nameOf(user: Named): string {
  const { userName, emails } = namesOf(user.resource);
  return userName === '' ? (emails[0] ?? user.id) : userName;
}

/** First and last name; empty where there is neither. */
export function fullNameOf({ name }: JsonObject): string {
  const parts = isObject(name) ? [name.givenName, name.familyName] : [];
  return parts.filter((part) => typeof part === 'string').join(' ');
}

/** `P000123` of an IAS user; `P2001234567` or `S0012345678` at the SAP ID service. */
export function userIdOf(resource: JsonObject): string {
  const extension = resource[IAS_SCHEMA.sap];
  return typeof extension === 'object' && extension !== null && 'userId' in extension ? String(extension.userId) : '';
}

/** The Global User ID: at first the SCIM id, but it may be changed. */
export function userUuidOf(resource: JsonObject): string {
  const extension = resource[IAS_SCHEMA.sap];
  return isObject(extension) ? String(extension.userUuid) : '';
}
