import type { Permission, SystemPermission } from '../administrator-permissions.ts';
import { recordChange, shownCredentials } from '../change-log.ts';
import type { Actor } from '../rows/log-entries.ts';
import type { Services } from '../services.ts';
import { type HumanAdministrator, keyIn, type StoredAdministrator, type Tenant } from '../store.ts';
import { nameOf } from '../user-names.ts';
import { Refusal } from './refusal.ts';

export function humanAdministratorsOf({ store }: Services, tenant: Tenant): readonly HumanAdministrator[] {
  return store.humanAdministrators.by('tenant', tenant.id);
}

export function systemsOf({ store }: Services, tenant: Tenant): readonly StoredAdministrator[] {
  return store.administrators.by('tenant', tenant.id);
}

/** @throws Refusal when there is none */
export function humanAdministratorById({ store }: Services, tenant: Tenant, user: string): HumanAdministrator {
  const administrator = store.humanAdministrators.get(keyIn(tenant.id, user));
  if (!administrator) throw new Refusal('This user is no administrator.');
  return administrator;
}

/** @throws Refusal when there is none */
export function systemById({ store }: Services, tenant: Tenant, clientId: string): StoredAdministrator {
  const system = store.administrators.get(keyIn(tenant.id, clientId));
  if (!system) throw new Refusal('There is no such system.');
  return system;
}

/** Makes a user an administrator. @param identifier login name or e-mail */
export function addHumanAdministrator(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  identifier: string,
  permissions: readonly Permission[],
): HumanAdministrator {
  const { store } = services;
  const [user] = store.users.by('identifier', keyIn(tenant.id, identifier.trim().toLowerCase()));
  if (!user) throw new Refusal(`There is no user “${identifier}”.`);
  if (store.humanAdministrators.get(keyIn(tenant.id, user.id))) throw new Refusal('This user is an administrator.');
  const administrator: HumanAdministrator = { tenant: tenant.id, user: user.id, permissions };
  store.humanAdministrators.set(keyIn(tenant.id, user.id), administrator);
  recordHuman(services, tenant, actor, undefined, administrator);
  return administrator;
}

export function setPermissions(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  before: HumanAdministrator,
  permissions: readonly Permission[],
): void {
  keepOneInCharge(services, tenant, before, permissions);
  const after: HumanAdministrator = { ...before, permissions };
  services.store.humanAdministrators.set(keyIn(tenant.id, before.user), after);
  recordHuman(services, tenant, actor, before, after);
}

/** The person stays a user. */
export function dropHumanAdministrator(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  administrator: HumanAdministrator,
): void {
  keepOneInCharge(services, tenant, administrator, []);
  services.store.humanAdministrators.delete(keyIn(tenant.id, administrator.user));
  recordHuman(services, tenant, actor, administrator, undefined);
}

/** Nobody locks everybody out: SAP would have to be asked for help (that the console refuses it is assumed). */
function keepOneInCharge(
  services: Services,
  tenant: Tenant,
  changed: HumanAdministrator,
  permissions: readonly Permission[],
): void {
  const needed = 'Manage Tenant Configuration';
  if (permissions.includes(needed) || !changed.permissions.includes(needed)) return;
  const others = humanAdministratorsOf(services, tenant).filter((one) => one.user !== changed.user);
  if (!others.some((one) => one.permissions.includes(needed))) {
    throw new Refusal(`This is the last administrator with ${needed}.`);
  }
}

/** A system as administrator (ias 5be5692). Its client id is its key: the name may change (ias 86ee374). */
export function addSystem(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  name: string,
  permissions: readonly SystemPermission[],
): StoredAdministrator {
  const system: StoredAdministrator = {
    tenant: tenant.id,
    name: named(name),
    clientId: services.ctx.id(),
    permissions,
  };
  services.store.administrators.set(keyIn(tenant.id, system.clientId), system);
  recordSystem(services, tenant, actor, undefined, system);
  return system;
}

export function changeSystem(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  before: StoredAdministrator,
  after: StoredAdministrator,
): void {
  const changed: StoredAdministrator = { ...after, clientId: before.clientId, name: named(after.name) };
  services.store.administrators.set(keyIn(tenant.id, before.clientId), changed);
  recordSystem(services, tenant, actor, before, changed);
}

export function dropSystem(services: Services, tenant: Tenant, actor: Actor, system: StoredAdministrator): void {
  services.store.administrators.delete(keyIn(tenant.id, system.clientId));
  recordSystem(services, tenant, actor, system, undefined);
}

function named(name: string): string {
  if (name.trim() === '') throw new Refusal('A system needs a name.');
  return name.trim();
}

function recordHuman(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  before: HumanAdministrator | undefined,
  after: HumanAdministrator | undefined,
): void {
  const id = (after ?? before)?.user ?? '';
  const user = services.store.users.get(keyIn(tenant.id, id));
  recordChange(services, tenant, actor, {
    type: 'administrator',
    id,
    name: user ? nameOf(user) : id,
    before: before && { permissions: before.permissions },
    after: after && { permissions: after.permissions },
  });
}

function recordSystem(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  before: StoredAdministrator | undefined,
  after: StoredAdministrator | undefined,
): void {
  const system = after ?? before;
  if (!system) return;
  const shown = (one: StoredAdministrator) => ({
    name: one.name,
    permissions: one.permissions,
    allowLocking: one.allowLocking ?? true,
    ...shownCredentials(one),
  });
  recordChange(services, tenant, actor, {
    type: 'system',
    id: system.clientId,
    name: system.name,
    before: before && shown(before),
    after: after && shown(after),
  });
}
