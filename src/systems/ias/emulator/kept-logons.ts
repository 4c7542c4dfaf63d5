import { policyOf, stronger } from './policies.ts';
import type { PasswordPolicy } from './rows/tenant-settings.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredPassword, type StoredUser, type Tenant } from './store.ts';
import { activated } from './user-status.ts';

const DAY = 24 * 3_600_000;

/** Keeps that a user logged on without a password: by certificate, or at a corporate identity provider. */
export function keepLogon({ ctx, store }: Services, tenant: Tenant, id: string): StoredUser {
  const user = store.users.get(keyIn(tenant.id, id));
  if (!user) throw new TypeError(`no user ${id}`);
  const changed: StoredUser = { ...activated(user), loginAt: movedTime(user.loginAt, ctx.now()) };
  store.users.set(keyIn(tenant.id, id), changed);
  return changed;
}

/** Logon times move at most once in 24 hours (schema of the SAP user extension). */
function movedTime(before: number | undefined, now: number): number {
  return before !== undefined && now - before < DAY ? before : now;
}

/** Keeps that a user logged on with a password, and the policy of the application with it. */
export function keepSuccess(
  services: Services,
  tenant: Tenant,
  id: string,
  application: PasswordPolicy | undefined,
): StoredUser {
  const user = keepLogon(services, tenant, id);
  if (!user.password) return user;
  const password = passwordUsed(tenant, user.password, application, services.ctx.now());
  const changed: StoredUser = { ...user, password };
  services.store.users.set(keyIn(tenant.id, id), changed);
  return changed;
}

function passwordUsed(
  tenant: Tenant,
  password: StoredPassword,
  application: PasswordPolicy | undefined,
  now: number,
): StoredPassword {
  const { lockedAt: _unlocked, ...unlocked } = password;
  const taken = application ? stronger(policyOf(tenant, password.policy), application) : undefined;
  const assigned = taken && taken.uri !== password.policy ? { policy: taken.uri, policySince: now } : {};
  return { ...unlocked, ...assigned, failedAttempts: 0, loginAt: movedTime(password.loginAt, now) };
}

/** Keeps that a password was wrong, and locks it when it was so too often. */
export function countFailure(
  { ctx, store }: Services,
  tenant: Tenant,
  user: StoredUser,
  password: StoredPassword,
): void {
  // Once a lock has run out, counting starts anew (assumed).
  const { lockedAt, ...unlocked } = password;
  const failedAttempts = lockedAt === undefined ? password.failedAttempts + 1 : 1;
  const locks = failedAttempts >= policyOf(tenant, password.policy).failedAttempts;
  store.users.set(keyIn(user.tenant, user.id), {
    ...user,
    password: { ...unlocked, failedAttempts, ...(locks ? { lockedAt: ctx.now() } : {}) },
  });
}
