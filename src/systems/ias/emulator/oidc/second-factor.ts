import type { MessageCode } from '../../wire.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredTotp, type StoredUser, type Tenant } from '../store.ts';
import { totpStep } from '../totp.ts';

const DIGITS = 6;

/** Five wrong codes lock for an hour, and only where a code is asked for (ias 3e4c3cf, cb6615d). */
const FAILURES = 5;
const LOCK_MS = 3_600_000;

/** A password with the code behind it, as the password grant has them (ias 67f720d). */
export function splitPassword(text: string): { readonly password: string; readonly code: string | undefined } {
  const code = text.slice(-DIGITS);
  if (text.length <= DIGITS || !/^\d{6}$/.test(code)) return { password: text, code: undefined };
  return { password: text.slice(0, -DIGITS), code };
}

/** Takes a time-based code of a user. @returns why not; undefined when it is good, and then it is used */
export function takeCode(services: Services, tenant: Tenant, user: StoredUser, code: string): MessageCode | undefined {
  const { ctx, store } = services;
  const now = ctx.now();
  const { totp } = user;
  // That nobody without a device has a good code is all there is to say (assumed).
  if (!totp) return 'INVALID_OTP_CODE';
  if (totp.lockedAt !== undefined && now < totp.lockedAt + LOCK_MS) return 'LOCKED_OTP_CODE';
  const keep = (changed: StoredTotp) => store.users.set(keyIn(tenant.id, user.id), { ...user, totp: changed });
  const { lockedAt, ...unlocked } = totp;
  const step = totpStep(totp.secret, code, now);
  if (step === undefined) {
    const failedAttempts = (lockedAt === undefined ? (totp.failedAttempts ?? 0) : 0) + 1;
    keep({ ...unlocked, failedAttempts, ...(failedAttempts >= FAILURES ? { lockedAt: now } : {}) });
    return 'INVALID_OTP_CODE';
  }
  // "Valid for one logon attempt only" (ias 18d02ab); codes before a used one are as good as used.
  if (totp.usedStep !== undefined && step <= totp.usedStep) return 'USED_OTP_CODE';
  keep({ ...unlocked, usedStep: step, failedAttempts: 0 });
  return undefined;
}

/** Ends the lock that wrong codes brought about (ias cb6615d). */
export function unlockTotp({ store }: Services, tenant: Tenant, user: StoredUser): void {
  if (!user.totp) return;
  const { lockedAt: _ended, ...totp } = user.totp;
  store.users.set(keyIn(tenant.id, user.id), { ...user, totp: { ...totp, failedAttempts: 0 } });
}
