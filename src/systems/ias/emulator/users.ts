import type { Json, JsonObject } from '../../../kernel/json.ts';
import { ScimError } from '../../protocols/scim/emulator/errors.ts';
import { alternatives, type Filter, matches } from '../../protocols/scim/emulator/filter.ts';
import { applyPatch } from '../../protocols/scim/emulator/patch.ts';
import type { PatchOperation } from '../../protocols/scim/wire.ts';
import { IAS_SCHEMA } from '../wire.ts';
import { refuseExcluded } from './exclude-lists.ts';
import { groupsOf, MAX_GROUPS_SHOWN, removeMember } from './groups.ts';
import { mailNewUser } from './mail/user-mails.ts';
import { passwordAfter } from './passwords.ts';
import { patchable, readWish, scimTime, type Wish } from './resource.ts';
import type { Services } from './services.ts';
import { keyIn, type Store, type StoredUser, type Tenant } from './store.ts';
import { refuseUnknownSchemas, scimOptions } from './tenant-schemas.ts';
import { identifiersOf, userIdOf, userUuidOf } from './user-names.ts';

/** @param ids given by a seed; IAS makes them otherwise */
export async function createUser(
  services: Services,
  tenant: Tenant,
  document: JsonObject,
  ids?: { readonly id: string; readonly userId?: string },
): Promise<StoredUser> {
  refuseUnknownSchemas(services.store, tenant, document);
  const blocked = blockedUser(services.store, tenant, document);
  const id = ids?.id ?? blocked?.id ?? services.ctx.id();
  const userId = ids?.userId ?? (blocked ? userIdOf(blocked.resource) : nextUserId(services.store, tenant));
  const wish = readWish(document, undefined, { id, userId });
  const now = services.ctx.now();
  const fresh: StoredUser = {
    tenant: tenant.id,
    id,
    version: services.ctx.id(),
    createdAt: now,
    changedAt: now,
    resource: wish.resource,
    // Defaults of the removed legacy reference: sendMail true, mailVerified false.
    sendMail: wish.sendMail ?? true,
  };
  const user = await save(services, tenant, fresh, undefined, wish);
  services.store.blockedUsers.delete(keyIn(tenant.id, id));
  if (user.sendMail) mailNewUser(services, tenant, user);
  return user;
}

/** Creating a user with the `userUuid` of a blocked one restores that one (ias 25a6175); its id too (assumed). */
function blockedUser(store: Store, tenant: Tenant, document: JsonObject): StoredUser | undefined {
  const uuid = userUuidOf(document);
  return store.blockedUsers.by('tenant', tenant.id).find((user) => userUuidOf(user.resource) === uuid);
}

export async function patchUser(
  services: Services,
  tenant: Tenant,
  user: StoredUser,
  operations: readonly PatchOperation[],
): Promise<StoredUser> {
  return replaceUser(services, tenant, user, patchedDocument(services, tenant, user, operations));
}

/** What a user has to be replaced with, to be as a PATCH wants it. */
export function patchedDocument(
  { store }: Services,
  tenant: Tenant,
  user: StoredUser,
  operations: readonly PatchOperation[],
): JsonObject {
  return applyPatch(patchable(user.resource), operations, scimOptions(store, tenant));
}

export async function replaceUser(
  services: Services,
  tenant: Tenant,
  user: StoredUser,
  document: JsonObject,
): Promise<StoredUser> {
  refuseUnknownSchemas(services.store, tenant, document);
  const wish = readWish(document, user.resource, { id: user.id, userId: userIdOf(user.resource) });
  const changed: StoredUser = {
    ...user,
    version: services.ctx.id(),
    changedAt: services.ctx.now(),
    resource: wish.resource,
    sendMail: wish.sendMail ?? user.sendMail,
  };
  return save(services, tenant, changed, user, wish);
}

async function save(
  services: Services,
  tenant: Tenant,
  user: StoredUser,
  before: StoredUser | undefined,
  wish: Wish,
): Promise<StoredUser> {
  refuseExcluded(tenant, user.resource);
  const password = await passwordAfter(services, tenant, before, wish);
  const saved: StoredUser = password === undefined ? user : { ...user, password };
  // After the last await: nobody can take the name in between.
  refuseTakenIdentifiers(services.store, tenant, saved);
  services.store.users.set(keyIn(tenant.id, user.id), saved);
  return saved;
}

/**
 * No identifier may equal another user's login name, e-mail or user id (ias 8b9fa88). At the SAP ID service several
 * accounts may share an e-mail (btp e241b30).
 */
function refuseTakenIdentifiers(store: Store, tenant: Tenant, user: StoredUser): void {
  const identifiers = tenant.kind === 'sap-id' ? [userIdOf(user.resource).toLowerCase()] : identifiersOf(user);
  for (const identifier of identifiers) {
    const taken = store.users.by('identifier', keyIn(tenant.id, identifier)).some((other) => other.id !== user.id);
    if (taken) throw new ScimError(409, `User with ${identifier} already exists`, 'uniqueness');
  }
  const uuid = userUuidOf(user.resource);
  const namesake = store.users.get(keyIn(tenant.id, uuid));
  const twins = [...store.users.by('uuid', keyIn(tenant.id, uuid)), ...(namesake ? [namesake] : [])];
  if (twins.some((other) => other.id !== user.id && userUuidOf(other.resource) === uuid))
    throw new ScimError(409, `User with userUuid ${uuid} already exists`, 'uniqueness');
}

export function userById(store: Store, tenant: Tenant, id: string): StoredUser {
  const user = store.users.get(keyIn(tenant.id, id));
  if (!user) throw new ScimError(404, `User ${id} not found`);
  return user;
}

/** A deleted user that is only blocked (restricted availability, ias 25a6175). */
export function blockedUserById(store: Store, tenant: Tenant, id: string): StoredUser {
  const user = store.blockedUsers.get(keyIn(tenant.id, id));
  if (!user) throw new ScimError(404, `User ${id} not found`);
  return user;
}

/** Deletion is final unless the tenant has soft deletion, which SAP switches on by tenant (ias 2a143e1). */
export function deleteUser(services: Services, tenant: Tenant, user: StoredUser): void {
  const { ctx, store } = services;
  removeMember(services, tenant, user.id);
  store.users.delete(keyIn(tenant.id, user.id));
  store.humanAdministrators.delete(keyIn(tenant.id, user.id));
  if (ctx.switched('ias.softDelete', false)) store.blockedUsers.set(keyIn(tenant.id, user.id), user);
}

/** Users of a tenant that satisfy a filter, in order of creation. */
export function findUsers(store: Store, tenant: Tenant, filter: Filter | undefined): readonly StoredUser[] {
  if (!filter) return store.users.by('tenant', tenant.id);
  const candidates = identified(store, tenant, filter) ?? store.users.by('tenant', tenant.id);
  const options = scimOptions(store, tenant);
  return candidates.filter((user) => matches(filter, renderUser(store, tenant, user), options));
}

/** Users that a filter on login names and e-mails alone can mean; undefined when it asks for more. */
function identified(store: Store, tenant: Tenant, filter: Filter): readonly StoredUser[] | undefined {
  const comparisons = alternatives(filter);
  if (!comparisons) return undefined;
  const found = new Map<string, StoredUser>();
  for (const { path, value } of comparisons) {
    const name = path.names.join('.').toLowerCase();
    if (path.urn !== undefined || !IDENTIFIERS.has(name) || typeof value !== 'string') return undefined;
    for (const user of store.users.by('identifier', keyIn(tenant.id, value.toLowerCase()))) found.set(user.id, user);
  }
  return [...found.values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}
const IDENTIFIERS: ReadonlySet<string> = new Set(['username', 'emails', 'emails.value']);

/** A user as `/scim/Users` shows it (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export function renderUser(store: Store, tenant: Tenant, user: StoredUser, inList = false): JsonObject {
  const groups = groupsOf(store, tenant, user.id);
  const { [IAS_SCHEMA.sap]: extension, [IAS_SCHEMA.custom]: custom, ...core } = user.resource;
  const details = passwordDetails(user);
  return {
    schemas: schemasOf(user.resource),
    id: user.id,
    meta: {
      created: scimTime(user.createdAt),
      lastModified: scimTime(user.changedAt),
      location: `https://${tenant.host}/scim/Users/${user.id}`,
      resourceType: 'User',
      version: user.version,
      ...(inList ? { 'groups.cnt': groups.length } : {}),
    },
    ...core,
    ...(groups.length > 0 ? { groups: groups.slice(0, MAX_GROUPS_SHOWN) } : {}),
    [IAS_SCHEMA.sap]: {
      ...(extension as JsonObject),
      ...(user.loginAt === undefined ? {} : { loginTime: scimTime(user.loginAt) }),
      ...(details ? { passwordDetails: details } : {}),
      // Who has no second factor has none of these (recorded).
      ...(user.totp ? { totpEnabled: true, mfaEnabled: true } : {}),
    },
    ...(custom === undefined ? {} : { [IAS_SCHEMA.custom]: custom }),
  };
}

/** Users without a password have none. */
function passwordDetails({ password }: StoredUser): JsonObject | undefined {
  if (!password) return undefined;
  return {
    status: password.status,
    failedLoginAttempts: password.failedAttempts,
    setTime: scimTime(password.setAt),
    ...(password.policy === undefined ? {} : { policy: password.policy }),
    ...(password.loginAt === undefined ? {} : { loginTime: scimTime(password.loginAt) }),
    ...(password.lockedAt === undefined ? {} : { passwordLockedTime: scimTime(password.lockedAt) }),
  };
}

function schemasOf(resource: JsonObject): Json {
  const extensions: readonly string[] = [IAS_SCHEMA.sap, IAS_SCHEMA.custom, IAS_SCHEMA.enterprise];
  const own = Object.keys(resource).filter((key) => key.startsWith('urn:') && !extensions.includes(key));
  return [IAS_SCHEMA.user, ...own, ...extensions.filter((urn) => resource[urn] !== undefined)];
}

function nextUserId(store: Store, tenant: Tenant): string {
  const next = (store.counters.get(`${tenant.id}/user-id`) ?? 0) + 1;
  store.counters.set(`${tenant.id}/user-id`, next);
  return `P${String(next).padStart(6, '0')}`;
}
