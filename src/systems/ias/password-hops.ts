import type { Hop } from '../../kernel/system.ts';
import type { PasswordObservation } from './password.ts';
import { INITIAL_DAYS, LOCK_MS, lockState, passwordLife } from './password-life.ts';
import type { SeenPassword, SeenUser } from './seen-user.ts';

const DAY = 86_400_000;

/** An end within this many milliseconds is worth a warning. */
export const HORIZON_MS = 30 * DAY;

/** The command that mends what a manifest declares. */
export const APPLY = 'locum apply';

/** A hop without its place. */
export type Verdict = Pick<Hop, 'status' | 'evidence' | 'because' | 'remedy' | 'code'>;

/** What SCIM tells about a user's password: definitive, unlocked, and not about to end. Pure. */
export function passwordHops(user: SeenUser, vault: PasswordObservation['vault'], now: number): readonly Hop[] {
  const hop = (title: string, verdict: Verdict): Hop => ({ check: 'ias/user', title, ...verdict });
  const { password } = user;
  if (!password) {
    const because = 'the user has no password';
    return [hop('definitive password', failed([], because, APPLY, 'IAS_PASSWORD_MISSING'))];
  }
  return [
    hop('definitive password', definitive(password, vault, now)),
    hop('not locked', unlocked(user.userName, password, now)),
    hop('password lives on', living(password, now)),
  ];
}

function failed(evidence: readonly string[], because: string, remedy: string, code: string): Verdict {
  return { status: 'failed', evidence, because, remedy, code };
}

function definitive(password: SeenPassword, vault: PasswordObservation['vault'], now: number): Verdict {
  const { status = 'unknown', setTime } = password;
  const evidence = [`status ${status}`, ...(setTime === undefined ? [] : [`set ${setTime}`])];
  if (status === 'initial') {
    const dead = setTime !== undefined && now > Date.parse(setTime) + INITIAL_DAYS * DAY;
    const because = dead
      ? `the password is initial and older than ${INITIAL_DAYS} days: it has expired unless the tenant allows more`
      : 'the password is initial: every logon answers that it must be changed';
    return failed(evidence, because, APPLY, 'IAS_PASSWORD_INITIAL');
  }
  if (status === 'disabled') {
    return failed(evidence, 'the logon with a password is switched off', APPLY, 'IAS_PASSWORD_DISABLED');
  }
  if (status !== 'enabled') {
    const because = 'the tenant does not say that the password is definitive';
    return { status: 'unknown', evidence, because, remedy: 'locum token', code: 'IAS_PASSWORD_UNKNOWN' };
  }
  if (vault === 'current') return { status: 'ok', evidence: [...evidence, 'in the vault, proven'] };
  const because =
    vault === 'pending' ? 'the password was never proven by a logon' : 'the vault does not know the password';
  return failed(evidence, because, APPLY, 'IAS_PASSWORD_NOT_IN_VAULT');
}

function unlocked(name: string, password: SeenPassword, now: number): Verdict {
  const { failedLoginAttempts: attempts, lockedTime } = password;
  const evidence = attempts === undefined ? [] : [`${attempts} failed logons`];
  const unlock = `\`locum unlock ${name}\``;
  const state = lockState(password, now);
  if (state === 'locked') {
    const until = new Date(Date.parse(lockedTime ?? '') + LOCK_MS).toISOString();
    const because = `the password is locked after failed logons, at least until ${until}: somebody uses a wrong one`;
    return failed(evidence, because, `find who logs on with an old password; then ${unlock}`, 'IAS_PASSWORD_LOCKED');
  }
  if (state === 'unknown') {
    const because = `the password was locked at ${lockedTime}, and the tenant's own policy may lock for longer than an hour`;
    return { status: 'unknown', evidence, because, remedy: unlock, code: 'IAS_PASSWORD_LOCKED' };
  }
  if (attempts !== undefined && attempts > 0) {
    const because = `${attempts} logons in a row failed: somebody uses a wrong password, and five lock the user`;
    const remedy = 'find who logs on with an old password before the user is locked';
    return { status: 'warning', evidence, because, remedy, code: 'IAS_LOGONS_FAILED' };
  }
  return { status: 'ok', evidence };
}

function living(password: SeenPassword, now: number): Verdict {
  const life = passwordLife(password);
  if (life.kind === 'unlimited') return { status: 'ok', evidence: [`policy ${life.policy}`, 'does not expire'] };
  const remedy = 'IAS console: Applications & Resources → SAP Business Technology Platform → Password Policy: Standard';
  if (life.kind === 'unknown') {
    return { status: 'unknown', evidence: [], because: life.because, remedy, code: 'IAS_POLICY_UNKNOWN' };
  }
  const date = new Date(life.at).toISOString().slice(0, 10);
  const evidence = [`policy ${life.policy}`, `ends ${date}`];
  const cause =
    life.why === 'age'
      ? 'passwords of its policy must be changed after 6 months'
      : 'its policy blocks after 6 months without logon';
  if (now > life.at) {
    return failed(evidence, `${cause}: it ended on ${date}`, APPLY, 'IAS_PASSWORD_EXPIRED');
  }
  if (life.at - now < HORIZON_MS) {
    const because = `${cause}: it ends on ${date}`;
    return { status: 'warning', evidence, because, remedy, code: 'IAS_PASSWORD_EXPIRES_SOON' };
  }
  return { status: 'ok', evidence };
}
