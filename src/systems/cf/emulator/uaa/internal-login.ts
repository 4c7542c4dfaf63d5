import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { accessDenied, badCredentials, invalidClient, unauthorized } from './errors.ts';
import { matchesHash } from './hashes.ts';
import type { UaaStore, UaaUser } from './store.ts';

// Lockout policy of UAA's source; only internal users are counted.
const FAILURES = 5;
const COUNTED_MS = 1_200_000;
const LOCKED_MS = 300_000;

/** Checks the password of an internal user (UAA AuthzAuthenticationManager, order of checks as there). */
export async function logInInternally(
  store: UaaStore,
  ctx: Pick<EmulatorContext, 'now'>,
  landscape: string,
  sent: { readonly userName: string | null; readonly password: string | null },
  legacy: boolean,
): Promise<UaaUser> {
  if (sent.password === null) throw invalidClient('No password supplied');
  const user = store.userByName(landscape, sent.userName ?? '', 'uaa');
  if (!user?.active) throw badCredentials(legacy);
  const key = `${landscape}/${user.id}`;
  if (isLocked(store.failures.get(key) ?? [], ctx.now())) {
    // A refusal of a locked account is not counted itself.
    throw unauthorized('Your account has been locked because of too many failed attempts to login.');
  }
  if (sent.password === '' || !(await matchesHash(sent.password, user.password ?? ':'))) {
    store.failures.set(key, [...(store.failures.get(key) ?? []), ctx.now()]);
    throw badCredentials(legacy);
  }
  if (!user.verified) throw accessDenied('Account not verified');
  if (user.passwordChangeRequired) throw unauthorized('password change required');
  store.failures.delete(key);
  const now = ctx.now();
  const seen: UaaUser = {
    ...user,
    lastLogonAt: now,
    ...(user.lastLogonAt === undefined ? {} : { previousLogonAt: user.lastLogonAt }),
  };
  store.save(seen);
  return seen;
}

/** Locked: enough failures within the window, and the last one is fresh. */
function isLocked(failures: readonly number[], now: number): boolean {
  const counted = failures.filter((at) => at > now - COUNTED_MS);
  const last = counted.at(-1);
  return counted.length >= FAILURES && last !== undefined && now - last < LOCKED_MS;
}
