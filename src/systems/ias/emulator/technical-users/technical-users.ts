import { recordChange, shownCredentials } from '../change-log.ts';
import { Refusal } from '../console/refusal.ts';
import { removeMember } from '../groups.ts';
import type { Actor } from '../rows/log-entries.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredTechnicalUser, type Tenant } from '../store.ts';

/** What an administrator writes of a technical user; empty = not there. */
export interface TechnicalUserData {
  readonly displayName: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

export function technicalUsersOf({ store }: Services, tenant: Tenant): readonly StoredTechnicalUser[] {
  return store.technicalUsers.by('tenant', tenant.id);
}

/** @throws Refusal when there is none */
export function technicalUserById({ store }: Services, tenant: Tenant, id: string): StoredTechnicalUser {
  const user = store.technicalUsers.get(keyIn(tenant.id, id));
  if (!user) throw new Refusal(`There is no technical user ${id}.`);
  return user;
}

/** A display name is mandatory, the owner is not; e-mail and SCIM id come by themselves (ias 2c4bcb9). */
export function createTechnicalUser(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  data: TechnicalUserData,
): StoredTechnicalUser {
  const { ctx, store } = services;
  const id = ctx.id();
  const now = ctx.now();
  const user: StoredTechnicalUser = {
    tenant: tenant.id,
    id,
    clientId: ctx.id(),
    ...dataOf(data),
    // The form of the automatic e-mail is assumed.
    email: `${id}@technical-user.${tenant.host}`,
    active: true,
    allowLocking: false,
    createdAt: now,
    changedAt: now,
  };
  store.technicalUsers.set(keyIn(tenant.id, id), user);
  record(services, tenant, actor, undefined, user);
  return user;
}

export function editTechnicalUser(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  user: StoredTechnicalUser,
  data: TechnicalUserData,
): void {
  changeTechnicalUser(services, tenant, actor, user, { ...user, ...dataOf(data) });
}

/** Keeps a changed technical user; its SCIM id stays (ias 2c4bcb9). */
export function changeTechnicalUser(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  before: StoredTechnicalUser,
  after: StoredTechnicalUser,
): void {
  const changed: StoredTechnicalUser = { ...after, id: before.id, changedAt: services.ctx.now() };
  services.store.technicalUsers.set(keyIn(tenant.id, before.id), changed);
  record(services, tenant, actor, before, changed);
}

export function deleteTechnicalUser(services: Services, tenant: Tenant, actor: Actor, user: StoredTechnicalUser): void {
  removeMember(services, tenant, user.id);
  services.store.technicalUsers.delete(keyIn(tenant.id, user.id));
  record(services, tenant, actor, user, undefined);
}

function dataOf({ displayName, firstName, lastName, email }: TechnicalUserData) {
  if (displayName === '') throw new Refusal('A technical user needs a display name.');
  return {
    displayName,
    owner: {
      ...(firstName === '' ? {} : { firstName }),
      ...(lastName === '' ? {} : { lastName }),
      ...(email === '' ? {} : { email }),
    },
  };
}

function record(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  before: StoredTechnicalUser | undefined,
  after: StoredTechnicalUser | undefined,
): void {
  const user = after ?? before;
  if (!user) return;
  const shown = (one: StoredTechnicalUser) => ({
    displayName: one.displayName,
    owner: one.owner,
    email: one.email,
    clientId: one.clientId,
    active: one.active,
    allowLocking: one.allowLocking ?? false,
    ...shownCredentials(one),
  });
  recordChange(services, tenant, actor, {
    type: 'technical user',
    id: user.id,
    name: user.displayName,
    before: before && shown(before),
    after: after && shown(after),
  });
}
