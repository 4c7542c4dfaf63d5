import type { JsonObject } from '../../../kernel/json.ts';
import { isObject } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../wire.ts';
import { recordUserChange } from './change-log.ts';
import type { Actor } from './rows/log-entries.ts';
import type { InactivityPolicy } from './rows/tenant-settings.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredUser, type Tenant } from './store.ts';
import { deleteUser } from './users.ts';

const DAY = 86_400_000;

/** Deletion runs nightly at 04:00 UTC. */
const RUN_AT = 4 * 3_600_000;

const ACTOR: Actor = { kind: 'system', id: 'blocking-and-deletion', name: 'Blocking and Deletion' };

/** The user after a sign-in attempt: who was away too long is blocked now, "on the next sign-in attempt". */
export function blockedIfAway(services: Services, tenant: Tenant, user: StoredUser): StoredUser {
  const { ctx, store } = services;
  const days = policyFor(tenant, user)?.blockAfterDays;
  const extension = user.resource[IAS_SCHEMA.sap];
  if (days === undefined || !isObject(extension) || extension.status !== 'active') return user;
  if (ctx.now() <= (user.loginAt ?? user.createdAt) + days * DAY) return user;
  const inactive: JsonObject = { ...extension, status: 'inactive' };
  const blocked = { ...user, resource: { ...user.resource, active: false, [IAS_SCHEMA.sap]: inactive } };
  store.users.set(keyIn(tenant.id, user.id), blocked);
  recordUserChange(services, tenant, ACTOR, user, blocked);
  return blocked;
}

/** Deletes who was away too long, once for all nights that passed since the last call. */
export function deleteInactive(services: Services): void {
  const { ctx, store } = services;
  const night = lastRunBefore(ctx.now());
  for (const tenant of store.tenants.values()) {
    if (!tenant.inactivity || tenant.inactivity.length === 0) continue;
    const key = `${tenant.id}/deletion-run`;
    const ran = store.counters.get(key);
    store.counters.set(key, night);
    // A tenant that is new has its first run in the night to come.
    if (ran === undefined || night <= ran) continue;
    for (const user of store.users.by('tenant', tenant.id)) {
      const policy = policyFor(tenant, user);
      if (!policy || !isDue(policy, user, night)) continue;
      deleteUser(services, tenant, user);
      recordUserChange(services, tenant, ACTOR, user, undefined);
    }
  }
}

function isDue(policy: InactivityPolicy, user: StoredUser, now: number): boolean {
  const { deleteAfterDays, graceDays, deletionFrom } = policy;
  if (deleteAfterDays === undefined || now < deletionFrom) return false;
  if (user.loginAt !== undefined) return now > user.loginAt + deleteAfterDays * DAY;
  if (graceDays !== undefined) return now > user.createdAt + graceDays * DAY;
  // Without the grace option the period does not matter for who was created before the script's start.
  return user.createdAt < deletionFrom || now > user.createdAt + deleteAfterDays * DAY;
}

function policyFor(tenant: Tenant, user: StoredUser): InactivityPolicy | undefined {
  return tenant.inactivity?.find((policy) => policy.userType === user.resource.userType);
}

function lastRunBefore(now: number): number {
  return Math.floor((now - RUN_AT) / DAY) * DAY + RUN_AT;
}
