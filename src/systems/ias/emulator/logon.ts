import type { MessageCode } from '../wire.ts';
import { blockedIfAway } from './inactivity.ts';
import { countFailure, keepLogon, keepSuccess } from './kept-logons.ts';
import { userByIdentifier } from './logon-identifiers.ts';
import { recordLogon } from './logon-log.ts';
import { takePasscode } from './oidc/passcodes.ts';
import { splitPassword, takeCode } from './oidc/second-factor.ts';
import { isPlanted } from './planted-passwords.ts';
import { addMonths, policyOf, stronger } from './policies.ts';
import type { LogonMethod, RiskAction } from './rows/application-settings.ts';
import type { LogonCause, LogonEntry } from './rows/log-entries.ts';
import type { PasswordPolicy } from './rows/tenant-settings.ts';
import { isOutlived } from './sap-id/password-age.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredPassword, type StoredUser, type Tenant } from './store.ts';
import { extensionOf, isValid, statusOf } from './user-status.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What came of a logon with a password. */
export type Logon =
  | {
      readonly ok: true;
      readonly user: StoredUser;
      /** Authentication methods (RFC 8176). */
      readonly amr: readonly string[];
    }
  | {
      readonly ok: false;
      readonly code?: MessageCode;
      /** What the log says where the answer has no code. */
      readonly cause?: LogonCause;
      /** Who proved the password, although the logon is refused. */
      readonly proven?: StoredUser;
    };

/** What is asked beside the right password. */
export interface Demands {
  /** What the rules say to this user. @default allow */
  readonly action?: (user: StoredUser, method: LogonMethod) => RiskAction;
  /** Whether the address must be verified (ias 483d26c). @default false */
  readonly emailVerification?: boolean;
  /** What the log tells of the attempt. @default nothing */
  readonly from?: Pick<LogonEntry, 'application' | 'address'>;
}

/**
 * Decides a logon with a password and keeps what follows from it: failed attempts, lock, logon times, policy. Where a
 * second factor is demanded, its code stands behind the password (ias 67f720d).
 * @param policyUri password policy of the application; absent where no application is involved (password service)
 */
export async function logOn(
  services: Services,
  tenant: Tenant,
  identifier: string,
  password: string,
  policyUri: string | undefined,
  demands: Demands = {},
): Promise<Logon> {
  const outcome = await decide(services, tenant, identifier, password, policyUri, demands);
  const user = userByIdentifier(services, tenant, identifier)?.id;
  const cause = outcome.ok ? undefined : (outcome.cause ?? outcome.code);
  const whom = { identifier, ...(user === undefined ? {} : { user }) };
  recordLogon(services, tenant, { ...whom, ...demands.from, ...(cause === undefined ? {} : { cause }) });
  return outcome;
}

async function decide(
  services: Services,
  tenant: Tenant,
  identifier: string,
  password: string,
  policyUri: string | undefined,
  demands: Demands,
): Promise<Logon> {
  const { ctx, store } = services;
  const user = userByIdentifier(services, tenant, identifier);
  if (!user) return { ok: false, cause: 'userNotFound' };
  if (statusOf(blockedIfAway(services, tenant, user)) === 'inactive') return { ok: false, code: 'USER_INACTIVE' };
  // That a passcode is good wherever the password is, and needs no second factor, is assumed.
  const method = takePasscode(services, tenant, user, password) ? 'certificate' : 'password';
  const action = demands.action?.(user, method) ?? 'allow';
  const secondFactor = action === 'two-factor' && method === 'password';
  const typed = secondFactor ? splitPassword(password) : { password, code: undefined };
  const wrong = method === 'password' ? await checkPassword(services, tenant, user, typed.password) : undefined;
  if (wrong) return wrong;

  const current = store.users.get(keyIn(tenant.id, user.id));
  const now = ctx.now();
  if (!current) return { ok: false, cause: 'userNotFound' };
  if (!mayLogOn(services, current, demands)) return { ok: false, cause: 'mailNotVerified' };
  if (!isValid(current, now)) return { ok: false, cause: 'userNotValid' };
  if (action === 'deny') return { ok: false, code: 'RBA_RULE_ACTION_DENY', proven: current };
  const application = policyUri === undefined ? undefined : policyOf(tenant, policyUri);
  if (method === 'password' && current.password) {
    const outlived = isOutlived(services, tenant, current.password) ? 'PASSWORD_CHANGE_REQUIRED' : undefined;
    const code = refusal(tenant, current.password, application, now) ?? outlived;
    if (code !== undefined) return { ok: false, code, proven: current };
  }
  if (secondFactor) {
    if (typed.code === undefined) return { ok: false, code: 'INVALID_AUTHORIZATION_HEADER_LENGTH' };
    const code = takeCode(services, tenant, current, typed.code);
    if (code !== undefined) return { ok: false, code, cause: 'otpCheckFailure' };
  }
  const factor = method === 'certificate' ? ['x509'] : ['pwd'];
  const keep = method === 'certificate' ? keepLogon : keepSuccess;
  return {
    ok: true,
    user: keep(services, tenant, user.id, application),
    amr: secondFactor ? [...factor, 'otp'] : factor,
  };
}

/** Checks a password and counts what is wrong. @returns the refusal; undefined = it is right */
async function checkPassword(
  services: Services,
  tenant: Tenant,
  user: StoredUser,
  password: string,
): Promise<Exclude<Logon, { ok: true }> | undefined> {
  const { ctx, store, hashes } = services;
  const secret = user.password;
  if (!secret) return { ok: false, cause: 'passwordCheckFailure' };
  if (secret.status === 'disabled' || secret.hash === undefined) return { ok: false, code: 'PASSWORD_DISABLED' };
  if (isLocked(tenant, secret, ctx.now())) return { ok: false, code: 'PASSWORD_LOCKED' };
  const { hash } = secret;
  const right = await ctx.aside(() => hashes.verify(hash, password));
  const used = right && isPlanted(hash) ? await ctx.aside(() => hashes.hash(password)) : hash;
  // Others may have logged on while the hash was computed.
  const current = store.users.get(keyIn(tenant.id, user.id));
  if (!current?.password) return { ok: false, cause: 'passwordCheckFailure' };
  if (current.password.hash !== hash) {
    return isPlanted(hash)
      ? checkPassword(services, tenant, current, password)
      : { ok: false, cause: 'passwordCheckFailure' };
  }
  if (right) {
    if (used !== hash)
      store.users.set(keyIn(tenant.id, user.id), { ...current, password: { ...current.password, hash: used } });
    return undefined;
  }
  countFailure(services, tenant, current, current.password);
  return { ok: false, cause: 'passwordCheckFailure' };
}

/**
 * An unverified address bars the logon where the application wants a verified one (ias 483d26c), and everywhere by the
 * sendMail×mailVerified matrix of the removed legacy reference, hence the switch.
 */
function mayLogOn({ ctx }: Services, user: StoredUser, { emailVerification = false }: Demands): boolean {
  const needed = emailVerification || ctx.switched('ias.strictMailMatrix', true);
  return !needed || extensionOf(user).mailVerified === true;
}

function isLocked(tenant: Tenant, password: StoredPassword, now: number): boolean {
  if (password.lockedAt === undefined) return false;
  const { lockHours } = policyOf(tenant, password.policy);
  return lockHours === undefined || now < password.lockedAt + lockHours * HOUR;
}

const EXCEEDED = { reset: 'PASSWORD_RESET_REQUIRED', change: 'PASSWORD_CHANGE_REQUIRED' } as const;

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
    if (now > addMonths(used, effective.unusedMonths)) return EXCEEDED[effective.whenExceeded ?? 'reset'];
  }
  if (effective.maxAgeMonths !== undefined && now > addMonths(since, effective.maxAgeMonths)) {
    return EXCEEDED[effective.whenExceeded ?? 'change'];
  }
  return undefined;
}
