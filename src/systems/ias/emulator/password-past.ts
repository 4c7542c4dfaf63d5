import { z } from 'zod';
import { ENTERPRISE, STANDARD } from './policies.ts';
import type { StoredUser, Tenant } from './store.ts';

const DAY = 86_400_000;

/** What happened to a seeded user's password before the landscape began. */
export const passwordPast = z.strictObject({
  /** Days since it was set. */
  setDaysAgo: z.int().min(0),
  /** Days since the user logged on with it. @default never */
  usedDaysAgo: z.int().min(0).optional(),
  /** Name of the policy that stuck to the user. @default none */
  policy: z.string().optional(),
  /** Wrong passwords in a row; as many as the policy allows lock it. */
  failedLogons: z.int().min(0).max(6).default(0),
});

/** @throws TypeError for a policy that the tenant does not have */
export function withPast(
  user: StoredUser,
  past: z.infer<typeof passwordPast>,
  tenant: Tenant,
  now: number,
): StoredUser {
  if (!user.password) return user;
  const policy = [STANDARD, ENTERPRISE, ...tenant.customPolicies].find(
    ({ name }) => name === (past.policy ?? 'Standard'),
  );
  if (!policy) throw new TypeError(`tenant ${tenant.id} has no password policy '${past.policy}'`);
  const setAt = now - past.setDaysAgo * DAY;
  const used = past.usedDaysAgo === undefined ? {} : { loginAt: now - past.usedDaysAgo * DAY };
  return {
    ...user,
    createdAt: setAt,
    ...used,
    password: {
      ...user.password,
      ...used,
      setAt,
      ...(past.policy === undefined ? {} : { policy: policy.uri, policySince: setAt }),
      failedAttempts: past.failedLogons,
      ...(past.failedLogons >= policy.failedAttempts ? { lockedAt: now } : {}),
    },
  };
}
