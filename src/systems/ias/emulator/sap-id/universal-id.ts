import { Refusal } from '../console/refusal.ts';
import { renewed } from '../passwords.ts';
import { STANDARD, weakness } from '../policies.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant, type UniversalId } from '../store.ts';
import { namesOf } from '../user-names.ts';

export function universalIdOf({ store }: Services, tenant: Tenant, email: string): UniversalId | undefined {
  return store.universalIds.get(keyIn(tenant.id, email.trim().toLowerCase()));
}

/** The Universal ID that an account belongs to. */
export function universalIdOfAccount(services: Services, tenant: Tenant, user: StoredUser): UniversalId | undefined {
  const found = namesOf(user.resource)
    .emails.map((email) => universalIdOf(services, tenant, email))
    .find((universal) => universal?.accounts.includes(user.id));
  return found;
}

/** The accounts of a Universal ID, in order. */
export function accountsOf({ store }: Services, { tenant, accounts }: UniversalId): readonly StoredUser[] {
  return accounts.flatMap((id) => store.users.get(keyIn(tenant, id)) ?? []);
}

export async function proveUniversalId(
  services: Services,
  tenant: Tenant,
  email: string,
  password: string,
): Promise<UniversalId | undefined> {
  const universal = universalIdOf(services, tenant, email);
  if (!universal) return undefined;
  return (await services.hashes.verify(universal.hash, password)) ? universal : undefined;
}

/** Puts a Universal ID in front of all accounts with an address. */
export async function createUniversalId(
  services: Services,
  tenant: Tenant,
  email: string,
  password: string,
): Promise<UniversalId> {
  if (universalIdOf(services, tenant, email)) throw new Refusal('This e-mail address has a Universal ID already.');
  const weak = weakness(STANDARD, password);
  if (weak !== undefined) throw new Refusal(weak);
  const hash = await services.hashes.hash(password);
  const accounts = services.store.users.by('identifier', keyIn(tenant.id, email.toLowerCase())).map((user) => user.id);
  const universal: UniversalId = { tenant: tenant.id, email, hash, accounts };
  services.store.universalIds.set(keyIn(tenant.id, email.toLowerCase()), universal);
  // Users report that programs can no longer log on after the move; that the old password is gone is assumed.
  if (!services.ctx.switched('ias.universalIdKeepsPasswords', false)) {
    for (const user of accountsOf(services, universal)) dropPassword(services, tenant, user);
  }
  return universal;
}

/**
 * Sets the account's own password, with which programs log on (SAP note 3085908).
 * @param universalPassword proves that it is the person
 */
export async function setAccountPassword(
  services: Services,
  tenant: Tenant,
  user: StoredUser,
  universalPassword: string,
  next: string,
): Promise<StoredUser> {
  const universal = universalIdOfAccount(services, tenant, user);
  if (!universal || !(await services.hashes.verify(universal.hash, universalPassword))) {
    throw new Refusal('The password of the Universal ID is wrong.');
  }
  const password = await renewed(services, tenant, user.password, next, 'enabled');
  const after: StoredUser = { ...(services.store.users.get(keyIn(tenant.id, user.id)) ?? user), password };
  services.store.users.set(keyIn(tenant.id, user.id), after);
  return after;
}

function dropPassword({ ctx, store }: Services, tenant: Tenant, user: StoredUser): void {
  if (!user.password) return;
  store.users.set(keyIn(tenant.id, user.id), {
    ...user,
    password: { status: 'disabled', setAt: ctx.now(), history: [], failedAttempts: 0 },
  });
}
