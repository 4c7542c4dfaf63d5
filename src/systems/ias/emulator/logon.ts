import { isObject } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA, type MessageCode } from '../wire.ts';
import { renewed, tooNew } from './passwords.ts';
import { addMonths, ENTERPRISE, type PasswordPolicy, policyOf, stronger, weakness } from './policies.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredPassword, type StoredUser, type Tenant, userIdOf } from './store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What came of a logon with a password. */
export type Logon =
  | { readonly ok: true; readonly user: StoredUser }
  | {
      readonly ok: false;
      readonly code?: MessageCode;
      /** Who proved the password, although the logon is refused. */
      readonly proven?: StoredUser;
    };

/**
 * Decides a logon with a password and keeps what follows from it: failed attempts, lock, logon times, policy.
 * @param policyUri password policy of the application; absent where no application is involved (password service)
 */
export async function logOn(
  services: Services,
  tenant: Tenant,
  identifier: string,
  password: string,
  policyUri: string | undefined,
): Promise<Logon> {
  const { ctx, store, hashes } = services;
  const found = candidates(services, tenant, identifier);
  const [user] = found;
  // Several accounts with one e-mail: only the user id tells them apart (btp e241b30, 7a37d66).
  if (!user || found.length > 1) return { ok: false };
  if (statusOf(user) === 'inactive') return { ok: false, code: 'USER_INACTIVE' };
  const secret = user.password;
  if (!secret) return { ok: false };
  if (secret.status === 'disabled' || secret.hash === undefined) return { ok: false, code: 'PASSWORD_DISABLED' };
  if (isLocked(tenant, secret, ctx.now())) return { ok: false, code: 'PASSWORD_LOCKED' };

  const right = await hashes.verify(secret.hash, password);
  // Others may have logged on while the hash was computed.
  const current = store.users.get(keyIn(tenant.id, user.id));
  if (!current?.password || current.password.hash !== secret.hash) return { ok: false };
  if (!right) {
    countFailure(services, tenant, current, current.password);
    return { ok: false };
  }
  const now = ctx.now();
  if (!mayLogOn(services, current) || !isValid(current, now)) return { ok: false };
  const application = policyUri === undefined ? undefined : policyOf(tenant, policyUri);
  const code = refusal(tenant, current.password, application, now);
  if (code !== undefined) return { ok: false, code, proven: current };
  return { ok: true, user: keepSuccess(services, current, current.password, application) };
}

/** Logon identifiers: login name and e-mail (default of a new tenant, ias 3adf1ff); at SAP ID user id and e-mail. */
function candidates({ store }: Services, tenant: Tenant, identifier: string): readonly StoredUser[] {
  const wanted = identifier.toLowerCase();
  const found = store.users.by('identifier', keyIn(tenant.id, wanted));
  if (tenant.kind === 'sap-id') {
    const byId = found.filter((user) => userIdOf(user.resource).toLowerCase() === wanted);
    return byId.length > 0 ? byId : found;
  }
  return found.filter((user) => userIdOf(user.resource).toLowerCase() !== wanted);
}

function statusOf(user: StoredUser): string {
  return String(extensionOf(user).status);
}

function extensionOf(user: StoredUser) {
  const extension = user.resource[IAS_SCHEMA.sap];
  return isObject(extension) ? extension : {};
}

/** sendMail×mailVerified matrix (removed legacy reference, hence the switch): an unverified address bars the logon. */
function mayLogOn({ ctx }: Services, user: StoredUser): boolean {
  return extensionOf(user).mailVerified === true || !ctx.switched('ias.strictMailMatrix', true);
}

/** `validFrom` and `validTo` of the SAP user extension. */
function isValid(user: StoredUser, now: number): boolean {
  const { validFrom, validTo } = extensionOf(user);
  if (typeof validFrom === 'string' && Date.parse(validFrom) > now) return false;
  return typeof validTo !== 'string' || Date.parse(validTo) >= now;
}

function isLocked(tenant: Tenant, password: StoredPassword, now: number): boolean {
  if (password.lockedAt === undefined) return false;
  const { lockHours } = policyOf(tenant, password.policy);
  return lockHours === undefined || now < password.lockedAt + lockHours * HOUR;
}

function countFailure({ ctx, store }: Services, tenant: Tenant, user: StoredUser, password: StoredPassword): void {
  // Once a lock has run out, counting starts anew (assumed).
  const { lockedAt, ...unlocked } = password;
  const failedAttempts = lockedAt === undefined ? password.failedAttempts + 1 : 1;
  const locks = failedAttempts >= policyOf(tenant, password.policy).failedAttempts;
  store.users.set(keyIn(user.tenant, user.id), {
    ...user,
    password: { ...unlocked, failedAttempts, ...(locks ? { lockedAt: ctx.now() } : {}) },
  });
}

/** Why the right password does not suffice (ias 12b3395, 8d1016b, f8093f4). */
function refusal(
  tenant: Tenant,
  password: StoredPassword,
  application: PasswordPolicy | undefined,
  now: number,
): MessageCode | undefined {
  if (password.status === 'initial') {
    const expired = now > password.setAt + tenant.initialPasswordDays * DAY;
    return expired ? 'INITIAL_PASSWORD_EXPIRED' : 'PASSWORD_CHANGE_REQUIRED';
  }
  const own = policyOf(tenant, password.policy);
  const effective = application ? stronger(own, application) : own;
  // The life of a password under a policy starts when the policy is assigned, which an earlier logon did (67bece2).
  const since = effective.uri === password.policy ? Math.max(password.setAt, password.policySince ?? 0) : now;
  if (effective.unusedMonths !== undefined) {
    const used = Math.max(since, password.loginAt ?? 0);
    if (now > addMonths(used, effective.unusedMonths)) return 'PASSWORD_RESET_REQUIRED';
  }
  if (effective.maxAgeMonths !== undefined && now > addMonths(since, effective.maxAgeMonths)) {
    return 'PASSWORD_CHANGE_REQUIRED';
  }
  return undefined;
}

function keepSuccess(
  { ctx, store }: Services,
  user: StoredUser,
  password: StoredPassword,
  application: PasswordPolicy | undefined,
): StoredUser {
  const now = ctx.now();
  const tenant = store.tenants.get(user.tenant);
  const { lockedAt: _unlocked, ...unlocked } = password;
  const taken = application && tenant ? stronger(policyOf(tenant, password.policy), application) : undefined;
  const assigned = taken && taken.uri !== password.policy ? { policy: taken.uri, policySince: now } : {};
  // Logon times move at most once in 24 hours (schema of the SAP user extension).
  const loginAt = password.loginAt !== undefined && now - password.loginAt < DAY ? password.loginAt : now;
  const changed: StoredUser = {
    ...activated(user),
    password: { ...unlocked, ...assigned, failedAttempts: 0, loginAt },
    loginAt: user.loginAt !== undefined && now - user.loginAt < DAY ? user.loginAt : now,
  };
  store.users.set(keyIn(user.tenant, user.id), changed);
  return changed;
}

/** The first logon makes a new user active (assumed). */
function activated(user: StoredUser): StoredUser {
  const extension = extensionOf(user);
  if (extension.status !== 'new') return user;
  return {
    ...user,
    resource: { ...user.resource, active: true, [IAS_SCHEMA.sap]: { ...extension, status: 'active' } },
  };
}

/**
 * The user changes the password in the browser; at the User Profile the enterprise policy rules (ias 12b3395).
 * @returns why it is refused; undefined when it is changed
 */
export async function changePassword(
  services: Services,
  tenant: Tenant,
  user: StoredUser,
  current: string,
  next: string,
): Promise<string | undefined> {
  const { ctx, store, hashes } = services;
  const old = user.password;
  if (old?.hash === undefined || !(await hashes.verify(old.hash, current))) return 'Current password is wrong';
  const policy = stronger(policyOf(tenant, old.policy), ENTERPRISE);
  if (tooNew(policy, old, ctx.now())) return 'Password was changed too recently';
  const weak = weakness(policy, next);
  if (weak !== undefined) return weak;
  if (await hashes.verify(old.hash, next)) return 'New password must differ from the current one';
  const password = await renewed(services, tenant, old, next, 'enabled', policy.uri);
  const unchanged = store.users.get(keyIn(tenant.id, user.id));
  if (unchanged?.password?.hash !== old.hash) return 'Password was changed meanwhile';
  store.users.set(keyIn(tenant.id, user.id), { ...activated(unchanged), password });
  return undefined;
}
