import type { CredentialPolicy } from '../../kernel/rotate/credential.ts';
import type { DeclaredPolicy, Fact } from '../../kernel/rotate/declaration.ts';
import { PASSWORD_POLICY } from './wire.ts';

/** What a password policy demands. Absent = nothing. */
interface PasswordPolicy {
  readonly name: string;
  readonly minAgeHours?: number;
  /** Former passwords that it refuses. */
  readonly history?: number;
  readonly maxAgeMonths?: number;
  readonly unusedMonths?: number;
  /** Failed logins that lock the user. */
  readonly lockAfter: number;
}

export const STANDARD: PasswordPolicy = { name: 'standard', lockAfter: 5 };

export const ENTERPRISE = {
  name: 'enterprise',
  minAgeHours: 24,
  history: 5,
  maxAgeMonths: 6,
  unusedMonths: 6,
  lockAfter: 5,
} as const satisfies PasswordPolicy;

/** By URI: the policies that are the same in every tenant (ias 12b3395). SCIM does not tell the limits of a tenant's own. */
const POLICIES: Readonly<Record<string, PasswordPolicy>> = {
  [PASSWORD_POLICY.standard]: STANDARD,
  [PASSWORD_POLICY.enterprise]: ENTERPRISE,
};

/** Before its first logon to an application a user has no policy (ias 67bece2); the default one is the mildest. */
const NO_POLICY: CredentialPolicy = { name: 'none yet', lockAfter: STANDARD.lockAfter };

const HOUR = 3_600_000;

/** What the policy of a user demands of its credential; undefined for a tenant's own. @param uri absent: none yet */
export function credentialPolicy(uri: string | undefined): CredentialPolicy | undefined {
  const policy = uri === undefined ? undefined : POLICIES[uri];
  if (!policy) return uri === undefined ? NO_POLICY : undefined;
  const { name, minAgeHours, lockAfter } = policy;
  return { name, lockAfter, ...(minAgeHours === undefined ? {} : { minAgeMs: minAgeHours * HOUR }) };
}

/** For people: each limit under either policy. */
export const declaredPolicy: DeclaredPolicy = {
  minimumAge: limit((policy) => policy.minAgeHours, 'h'),
  history: limit((policy) => policy.history, 'former passwords'),
  maximumAge: limit((policy) => policy.maxAgeMonths, 'months'),
  unusedLimit: limit((policy) => policy.unusedMonths, 'months'),
};

function limit(of: (policy: PasswordPolicy) => number | undefined, unit: string): Fact {
  const each = [STANDARD, ENTERPRISE].map((policy) => {
    const value = of(policy);
    return `${policy.name}: ${value === undefined ? 'none' : `${value} ${unit}`}`;
  });
  return { is: `${each.join('; ')}; else the tenant's policy`, source: 'ias 12b3395' };
}
