import { matchesHash } from '../clients/hashes.ts';
import { accessDenied, badCredentials, invalidClient, unauthorized } from '../errors.ts';
import type { UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';

// Lockout policy of UAA's source; only internal users are counted.
const FAILURES = 5;
const COUNTED_MS = 1_200_000;
const LOCKED_MS = 300_000;

/**
 * Checks the password of an internal user (UAA AuthzAuthenticationManager, order of checks as there).
 * @returns the user; with `passwordChangeRequired` it must set a new password first, for whatever reason
 */
export async function logInInternally(
  uaa: Uaa,
  sent: { readonly userName: string | null; readonly password: string | null },
  legacy: boolean,
): Promise<UaaUser> {
  const { store, landscape, ctx } = uaa;
  if (sent.password === null) throw invalidClient('No password supplied');
  const { password } = sent;
  const known = () => store.userByName(landscape, sent.userName ?? '', 'uaa');
  const found = known();
  if (!found?.active) throw badCredentials(legacy);
  const key = keyIn(landscape, found.id);
  // A refusal of a locked account is not counted itself.
  if (isLocked(uaa, found)) throw locked();
  const right = password !== '' && (await ctx.aside(() => matchesHash(password, found.password)));
  // Others may have changed the user, or failed too often, while the hash was computed.
  const user = known();
  if (user && isLocked(uaa, user)) throw locked();
  if (!right || !user?.active || user.id !== found.id || user.password !== found.password) {
    store.failures.set(key, [...(store.failures.get(key) ?? []), ctx.now()]);
    throw badCredentials(legacy);
  }
  if (!user.verified) throw accessDenied('Account not verified');
  store.failures.delete(key);
  if (user.passwordChangeRequired || isExpired(uaa, user)) return { ...user, passwordChangeRequired: true };
  return noteLogon(uaa, user);
}

const locked = () => unauthorized('Your account has been locked because of too many failed attempts to login.');

/** Notes a successful logon of a user. */
function noteLogon({ store, ctx }: Uaa, user: UaaUser): UaaUser {
  const seen: UaaUser = {
    ...user,
    lastLogonAt: ctx.now(),
    ...(user.lastLogonAt === undefined ? {} : { previousLogonAt: user.lastLogonAt }),
  };
  store.save(seen);
  return seen;
}

/** Locked: enough failures within the window, and the last one is fresh. */
function isLocked({ store, landscape, ctx }: Uaa, user: UaaUser): boolean {
  const now = ctx.now();
  const counted = (store.failures.get(keyIn(landscape, user.id)) ?? []).filter((at) => at > now - COUNTED_MS);
  const last = counted.at(-1);
  return counted.length >= FAILURES && last !== undefined && now - last < LOCKED_MS;
}

export function unlock({ store, landscape }: Uaa, user: UaaUser): void {
  store.failures.delete(keyIn(landscape, user.id));
}

function isExpired(uaa: Uaa, user: UaaUser): boolean {
  const { expirePasswordInMonths: months } = uaa.passwordPolicy();
  if (!months) return false;
  const until = new Date(user.passwordLastModifiedAt);
  until.setUTCMonth(until.getUTCMonth() + months);
  return uaa.ctx.now() >= until.getTime();
}
