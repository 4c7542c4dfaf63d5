import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';
import { base32, TOTP_SECRET_BYTES, totpStep } from '../totp.ts';

/** The secret that an authenticator app is about to get; the same until a code of it has been confirmed. */
export function pendingSecret({ ctx, store }: Services, user: StoredUser): string {
  const key = keyIn(user.tenant, user.id);
  const secret = store.totpEnrolments.get(key) ?? base32(ctx.random(TOTP_SECRET_BYTES));
  store.totpEnrolments.set(key, secret);
  return secret;
}

/** Ends the enrolment with a code of the app. Gives the enrolled user; undefined = the code is wrong. */
export function confirmSecret({ ctx, store }: Services, tenant: Tenant, user: StoredUser, code: string) {
  const key = keyIn(tenant.id, user.id);
  const secret = store.totpEnrolments.get(key);
  if (secret === undefined || totpStep(secret, code, ctx.now()) === undefined) return undefined;
  const enrolled: StoredUser = { ...user, totp: { secret, confirmedAt: ctx.now() } };
  store.totpEnrolments.delete(key);
  store.users.set(key, enrolled);
  return enrolled;
}

/** Takes the device away: the user itself with a code of it, an administrator without (ias cb6615d). */
export function removeSecret({ store }: Services, user: StoredUser): StoredUser {
  const { totp: _removed, ...without } = user;
  store.users.set(keyIn(user.tenant, user.id), without);
  return without;
}
