import type { PasswordPolicy } from '../../landscapes.ts';
import { hashSecret, matchesHash } from '../clients/hashes.ts';
import { invalidPassword } from '../errors.ts';
import type { UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { unlock } from './internal-login.ts';

const LONGEST = 255;

/** What the policy has against a password of an internal user (UAA UaaPasswordPolicyValidator); empty when it is good. */
function passwordFlaws(policy: PasswordPolicy, password: string): readonly string[] {
  const shortest = Math.max(1, policy.minLength ?? 0);
  const longest = policy.maxLength ?? LONGEST;
  const wanted: readonly (readonly [number | undefined, RegExp, string])[] = [
    [policy.requireUpperCaseCharacter, /\p{Lu}/gu, 'uppercase'],
    [policy.requireLowerCaseCharacter, /\p{Ll}/gu, 'lowercase'],
    [policy.requireDigit, /\p{Nd}/gu, 'digit'],
    [policy.requireSpecialCharacter, /[^\p{L}\p{N}\s]/gu, 'special'],
  ];
  return [
    ...(password.length < shortest ? [`Password must be at least ${shortest} characters in length.`] : []),
    ...(password.length > longest ? [`Password must be no more than ${longest} characters in length.`] : []),
    ...wanted.flatMap(([count = 0, pattern, name]) =>
      (password.match(pattern)?.length ?? 0) < count
        ? [`Password must contain at least ${count} ${name} characters.`]
        : [],
    ),
  ];
}

/** @throws UaaError `invalid_password` with everything that is wrong, sorted as UAA sorts it */
export function checkPolicy(uaa: Uaa, password: string): void {
  const flaws = passwordFlaws(uaa.passwordPolicy(), password);
  if (flaws.length > 0) throw invalidPassword([...flaws].sort().join(' '));
}

/** Sets a new password; it ends lock, forced change and all tokens, since they are signed with the old one. */
export async function setPassword(uaa: Uaa, user: UaaUser, password: string): Promise<UaaUser> {
  if (await matchesHash(password, user.password)) {
    throw invalidPassword('Your new password cannot be the same as the old password.', 422);
  }
  checkPolicy(uaa, password);
  const { passwordChangeRequired: _required, ...rest } = user;
  const now = uaa.ctx.now();
  const changed: UaaUser = {
    ...rest,
    password: await hashSecret(password, uaa.ctx),
    passwordLastModifiedAt: now,
    lastModifiedAt: now,
  };
  uaa.store.save(changed);
  unlock(uaa, changed);
  return changed;
}
