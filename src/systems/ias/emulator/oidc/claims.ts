import type { JWTPayload } from 'jose';
import type { JsonObject } from '../../../../kernel/json.ts';
import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import { groupNameOf } from '../group-documents.ts';
import { groupById, groupsOf } from '../groups.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredApplication, type StoredUser, type Tenant } from '../store.ts';
import { namesOf, userIdOf } from '../user-names.ts';
import { settingsOf } from './settings.ts';
import type { Subject } from './store.ts';

/**
 * The `iss` of a tenant's tokens. A tenant may be configured with one that has no https; an application that enforces a
 * compliant issuer gets one all the same (ias c297516).
 */
export function issuerOf(tenant: Tenant, application: StoredApplication | undefined): string {
  const issuer = tenant.issuer ?? `https://${tenant.host}`;
  const enforced = settingsOf(tenant, application).compliantIssuer && !issuer.startsWith('https://');
  return enforced ? `https://${issuer.replace(/^\w+:\/\//, '')}` : issuer;
}

/**
 * What tokens say about a user (ias 7bf3c18).
 *
 * The documentation gives e-mail, names and groups to whoever asks for their scope. SAP's own trusts do not ask for
 * `groups` and get them, since an application sends its default attributes always; so every application here sends all,
 * unless `ias.claimsByScope` is on.
 * @returns undefined when there is no such user any more
 */
export function subjectClaims(
  services: Services,
  tenant: Tenant,
  application: StoredApplication | undefined,
  subject: Subject,
  scope: readonly string[],
): JWTPayload | undefined {
  if (subject.kind === 'corporate') return { ...subject.claims, sap_id_type: 'user' };
  const user = services.store.users.get(keyIn(tenant.id, subject.id));
  if (!user) return undefined;
  const { resource } = user;
  const extension = isObject(resource[IAS_SCHEMA.sap]) ? (resource[IAS_SCHEMA.sap] as JsonObject) : {};
  const asked = (name: string) => !services.ctx.switched('ias.claimsByScope', false) || scope.includes(name);
  return {
    sub: subjectName(tenant, application, user),
    sap_id_type: 'user',
    scim_id: user.id,
    user_uuid: String(extension.userUuid ?? user.id),
    ...(asked('email') ? { email: emailOf(user), email_verified: extension.mailVerified === true } : {}),
    ...(asked('profile') ? profileOf(user) : {}),
    ...(asked('groups') ? { groups: groupNames(services, tenant, user) } : {}),
  };
}

/** The user id unless the application wants something else. */
function subjectName(tenant: Tenant, application: StoredApplication | undefined, user: StoredUser): string {
  const { userName } = namesOf(user.resource);
  const id = userIdOf(user.resource);
  switch (settingsOf(tenant, application).subjectNameIdentifier) {
    case 'loginName':
      return userName === '' ? id : userName;
    case 'mail':
      return emailOf(user);
    case 'userUuid':
      return user.id;
    case 'userId':
      return id;
  }
}

function profileOf({ resource }: StoredUser): JWTPayload {
  const name = isObject(resource.name) ? resource.name : {};
  const { userName } = namesOf(resource);
  return {
    preferred_username: userName,
    ...text('given_name', name.givenName),
    ...text('middle_name', name.middleName),
    ...text('family_name', name.familyName),
    ...text('name', resource.displayName),
  };
}

function text(claim: string, value: unknown): JWTPayload {
  return typeof value === 'string' && value !== '' ? { [claim]: value } : {};
}

/** Names, not display names: a mapping of role collections compares them letter by letter. */
function groupNames({ store }: Services, tenant: Tenant, user: StoredUser): string[] {
  return groupsOf(store, tenant, user.id).map(({ value }) => groupNameOf(groupById(store, tenant, value)));
}

/** The primary address; IAS writes addresses in lower case (btp 0366298). */
export function emailOf({ resource }: StoredUser): string {
  const emails = Array.isArray(resource.emails) ? (resource.emails as readonly JsonObject[]) : [];
  const primary = emails.find((email) => email.primary === true)?.value;
  return (typeof primary === 'string' ? primary : (namesOf(resource).emails[0] ?? '')).toLowerCase();
}
