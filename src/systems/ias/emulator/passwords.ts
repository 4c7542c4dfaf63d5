import { ScimError } from '../../protocols/scim/emulator/errors.ts';
import { excludedPassword } from './exclude-lists.ts';
import { policyOf, stronger, weakness } from './policies.ts';
import type { Wish } from './resource.ts';
import type { PasswordPolicy } from './rows/tenant-settings.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredPassword, type StoredUser, type Tenant } from './store.ts';

/** The state of a user's password after an administrator wrote the user by SCIM (truth table of notes ias §1.5). */
export async function passwordAfter(
  services: Services,
  tenant: Tenant,
  before: StoredUser | undefined,
  wish: Wish,
): Promise<StoredPassword | undefined> {
  const old = before?.password;
  if (wish.password !== undefined) {
    // `enabled` is documented for IPS and the legacy API only (ias dbe3c08); on /scim it is assumed, hence the switch.
    const honoured = wish.passwordStatus !== 'enabled' || services.ctx.switched('ias.honourEnabled', true);
    const status = honoured ? (wish.passwordStatus ?? 'initial') : 'initial';
    return renewed(services, tenant, old, wish.password, status, wish.policy);
  }
  if (wish.passwordStatus !== undefined && wish.passwordStatus !== old?.status) {
    // IPS creates users whose password logon is switched off, without a password (ias dbe3c08).
    if (before === undefined && wish.passwordStatus === 'disabled') {
      return { status: 'disabled', setAt: services.ctx.now(), history: [], failedAttempts: 0 };
    }
    throw new ScimError(400, 'passwordDetails.status can be changed only together with password', 'invalidValue');
  }
  if (!old) return undefined;
  const policy = wish.policy === undefined ? old : { ...old, policy: wish.policy, policySince: services.ctx.now() };
  if (wish.failedAttempts === undefined) return policy;
  const { lockedAt, ...unlocked } = policy;
  // 0 unlocks (SAP user extension schema); another number is kept as it is.
  if (wish.failedAttempts === 0 || lockedAt === undefined) return { ...unlocked, failedAttempts: wish.failedAttempts };
  return { ...unlocked, lockedAt, failedAttempts: wish.failedAttempts };
}

/** Why the user may not change its password now (ias 12b3395); undefined when it may. */
export function tooNew(policy: PasswordPolicy, password: StoredPassword, now: number): boolean {
  const youngest = (policy.minAgeHours ?? 0) * 3_600_000;
  return password.status === 'enabled' && now - password.setAt < youngest;
}

/**
 * A password after it was set anew; a new one is unlocked (assumed: no source says what becomes of the lock).
 * @throws ScimError 400 when the user's policy refuses it
 */
export async function renewed(
  services: Services,
  tenant: Tenant,
  old: StoredPassword | undefined,
  password: string,
  status: StoredPassword['status'],
  explicitPolicy?: string,
): Promise<StoredPassword> {
  const uri = explicitPolicy ?? old?.policy;
  const policy = policyOf(tenant, uri);
  const weak = weakness(policy, password) ?? excludedPassword(tenant, password);
  if (weak !== undefined) throw new ScimError(400, weak, 'invalidValue');
  const hashes = old?.hash === undefined ? [] : [old.hash, ...old.history];
  for (const known of hashes.slice(0, policy.history)) {
    if (await services.hashes.verify(known, password)) {
      throw new ScimError(400, 'Password is in the history of the last passwords', 'invalidValue');
    }
  }
  const now = services.ctx.now();
  const since = explicitPolicy === undefined ? old?.policySince : now;
  return {
    hash: await services.hashes.hash(password),
    status,
    setAt: now,
    // The longest history that any policy keeps is 20 (ias 12b3395).
    history: hashes.slice(0, 20),
    ...(uri === undefined ? {} : { policy: uri }),
    ...(since === undefined ? {} : { policySince: since }),
    failedAttempts: 0,
    ...(old?.loginAt === undefined ? {} : { loginAt: old.loginAt }),
  };
}

/**
 * The policy of an application sticks to whoever enters it, also with a session from elsewhere (ias 67bece2). Gives the
 * user as it is then.
 */
export function stickPolicy(
  { ctx, store }: Services,
  tenant: Tenant,
  user: StoredUser,
  asked: PasswordPolicy,
): StoredUser {
  const { password } = user;
  if (!password) return user;
  const { uri } = stronger(policyOf(tenant, password.policy), asked);
  if (uri === password.policy) return user;
  const changed: StoredUser = { ...user, password: { ...password, policy: uri, policySince: ctx.now() } };
  store.users.set(keyIn(tenant.id, user.id), changed);
  return changed;
}
