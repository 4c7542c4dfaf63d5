import { ENTERPRISE, STANDARD } from './password-policies.ts';
import type { SeenPassword } from './seen-user.ts';
import { PASSWORD_POLICY } from './wire.ts';

/** When a password stops to work by its policy; epoch milliseconds. */
export type PasswordLife =
  | { readonly kind: 'unlimited'; readonly policy: string }
  /** The sooner of the two; `why` is what happens then. */
  | { readonly kind: 'ends'; readonly policy: string; readonly at: number; readonly why: 'age' | 'unused' }
  /** The tenant's own policy, or a date that is missing. */
  | { readonly kind: 'unknown'; readonly because: string };

/** How long an initial password is valid unless the tenant says otherwise (ias f8093f4). */
export const INITIAL_DAYS = 14;

/** Locks of the standard and enterprise policies end by themselves (ias 12b3395). */
export const LOCK_MS = 3_600_000;

/** Judges the life of a password under the policy that stuck to its user. Pure. */
export function passwordLife(password: SeenPassword): PasswordLife {
  const { policy, setTime, loginTime } = password;
  // No policy before the first logon to an application (ias 67bece2): nothing that could end it.
  if (policy === undefined) return { kind: 'unlimited', policy: 'none yet' };
  if (policy === PASSWORD_POLICY.standard) return { kind: 'unlimited', policy: STANDARD.name };
  if (policy !== PASSWORD_POLICY.enterprise) {
    return {
      kind: 'unknown',
      because: `the policy ${policy.slice(0, 120)} is the tenant's own: SCIM does not tell its limits`,
    };
  }
  const set = Date.parse(setTime ?? '');
  if (Number.isNaN(set)) return { kind: 'unknown', because: 'the tenant does not tell when the password was set' };
  const aged = addMonths(set, ENTERPRISE.maxAgeMonths);
  // Without a logon the count starts when the password was set.
  const used = Date.parse(loginTime ?? '');
  const unused = addMonths(Number.isNaN(used) ? set : Math.max(set, used), ENTERPRISE.unusedMonths);
  return unused < aged
    ? { kind: 'ends', policy: ENTERPRISE.name, at: unused, why: 'unused' }
    : { kind: 'ends', policy: ENTERPRISE.name, at: aged, why: 'age' };
}

/** Whether a lock holds; unknown when the policy may lock for longer than an hour. */
export function lockState(password: SeenPassword, now: number): 'free' | 'locked' | 'unknown' {
  const lockedAt = Date.parse(password.lockedTime ?? '');
  if (Number.isNaN(lockedAt)) return 'free';
  if (now < lockedAt + LOCK_MS) return 'locked';
  const { policy } = password;
  const standard = policy === undefined || Object.values<string>(PASSWORD_POLICY).includes(policy);
  return standard ? 'free' : 'unknown';
}

/** Counts months as a calendar does; the last day of a month where the day is missing. */
function addMonths(time: number, months: number): number {
  const from = new Date(time);
  const year = from.getUTCFullYear();
  const month = from.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  return Date.UTC(year, month, day) + (time - Date.UTC(year, from.getUTCMonth(), from.getUTCDate()));
}
