import { PASSWORD_POLICY } from '../wire.ts';
import type { PasswordPolicy } from './rows/tenant-settings.ts';
import type { Tenant } from './store.ts';

/** Table of ias 12b3395 and 67bece2. */
export const STANDARD: PasswordPolicy = {
  uri: PASSWORD_POLICY.standard,
  name: 'Standard',
  strength: 1,
  minLength: 8,
  characterGroups: 3,
  failedAttempts: 5,
  lockHours: 1,
  history: 0,
};

/** What the Administration Console and the User Profile ask for (ias 12b3395). */
export const ENTERPRISE: PasswordPolicy = {
  ...STANDARD,
  uri: PASSWORD_POLICY.enterprise,
  name: 'Enterprise',
  strength: 2,
  minAgeHours: 24,
  maxAgeMonths: 6,
  history: 5,
  unusedMonths: 6,
};

/** 3 (ias 12b3395); ias 697fd2b still says 1. */
export const MAX_CUSTOM_POLICIES = 3;

const MAX_LENGTH = 255;

/** At the SAP ID service there is nothing to configure: one policy for all (that it is like the standard one is assumed). */
export function policyOf(tenant: Tenant, uri: string | undefined): PasswordPolicy {
  if (tenant.kind === 'sap-id') return STANDARD;
  return [STANDARD, ENTERPRISE, ...tenant.customPolicies].find((policy) => policy.uri === uri) ?? STANDARD;
}

/** The stronger of what stuck to the user and what the application asks for wins (ias 67bece2). */
export function stronger(a: PasswordPolicy, b: PasswordPolicy): PasswordPolicy {
  return b.strength > a.strength ? b : a;
}

/** Why a policy refuses a new password; undefined when it does not. */
export function weakness(policy: PasswordPolicy, password: string): string | undefined {
  const groups = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((group) => group.test(password)).length;
  if (password.length < policy.minLength || password.length > MAX_LENGTH) {
    return `Password must have ${policy.minLength} to ${MAX_LENGTH} characters`;
  }
  if (groups < policy.characterGroups) {
    return `Password must have characters of ${policy.characterGroups} of the groups a-z, A-Z, 0-9 and others`;
  }
  return undefined;
}

/** What a policy asks of a new password, for whoever has to think of one. */
export function policyText({ minLength, characterGroups, history, minAgeHours }: PasswordPolicy): string {
  const groups =
    characterGroups === 4
      ? 'lower case, upper case, digits and others'
      : `${characterGroups} of: lower case, upper case, digits, others`;
  return [
    `${minLength} to ${MAX_LENGTH} characters, ${groups}.`,
    history > 0 ? `Not one of the last ${history} passwords.` : '',
    minAgeHours === undefined ? '' : `Can be changed again after ${minAgeHours} hours.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** The same day some months later, in UTC; the last of the month where that day is missing. */
export function addMonths(time: number, months: number): number {
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
