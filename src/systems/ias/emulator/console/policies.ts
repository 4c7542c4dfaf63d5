import { recordChange } from '../change-log.ts';
import { ENTERPRISE, MAX_CUSTOM_POLICIES, STANDARD } from '../policies.ts';
import type { Actor } from '../rows/log-entries.ts';
import type { PasswordPolicy } from '../rows/tenant-settings.ts';
import type { Services } from '../services.ts';
import type { Tenant } from '../store.ts';
import { Refusal } from './refusal.ts';

export type CustomPolicy = Omit<PasswordPolicy, 'uri' | 'strength'>;

/** All policies of a tenant, the weakest first. */
export function policiesIn(tenant: Tenant): readonly PasswordPolicy[] {
  return [STANDARD, ENTERPRISE, ...tenant.customPolicies];
}

/**
 * Custom policies are expected to be the strongest, no two are equal, and there are at most three (ias 67bece2, 12b3395). The
 * form of their URI is assumed.
 */
export function addPolicy(services: Services, tenant: Tenant, actor: Actor, policy: CustomPolicy): void {
  const { customPolicies } = tenant;
  if (customPolicies.length >= MAX_CUSTOM_POLICIES) {
    throw new Refusal(`A tenant has at most ${MAX_CUSTOM_POLICIES} custom policies.`);
  }
  if (policy.name === '') throw new Refusal('A policy needs a name.');
  if (policiesIn(tenant).some((one) => one.name === policy.name)) {
    throw new Refusal(`There is a policy ${policy.name} already.`);
  }
  if (policiesIn(tenant).some((one) => ruleText(one) === ruleText(policy))) {
    throw new Refusal('There is a policy with the same rules already.');
  }
  const strength = Math.max(...policiesIn(tenant).map((one) => one.strength)) + 1;
  const uri = `https://accounts.sap.com/policy/passwords/${tenant.id}/${encodeURIComponent(policy.name)}/1.0`;
  keep(services, tenant, actor, [...customPolicies, { ...policy, uri, strength }]);
}

/** A policy that an application uses stays (assumed); whom it stuck to falls back to the standard one. */
export function dropPolicy(services: Services, tenant: Tenant, actor: Actor, uri: string): void {
  const applications = services.store.applications.by('tenant', tenant.id).filter((one) => one.policy === uri);
  if (applications.length > 0) {
    throw new Refusal(`Applications use this policy: ${applications.map((one) => one.name).join(', ')}.`);
  }
  const left = tenant.customPolicies.filter((policy) => policy.uri !== uri);
  if (left.length === tenant.customPolicies.length) throw new Refusal('There is no such custom policy.');
  keep(services, tenant, actor, left);
}

function keep(services: Services, tenant: Tenant, actor: Actor, customPolicies: readonly PasswordPolicy[]): void {
  const shown = (policies: readonly PasswordPolicy[]) => ({
    customPolicies: policies.map((policy) => `${policy.name}: ${ruleText(policy)}`),
  });
  services.store.tenants.set(tenant.id, { ...tenant, customPolicies });
  recordChange(services, tenant, actor, {
    type: 'tenant',
    id: tenant.id,
    name: tenant.host,
    before: shown(tenant.customPolicies),
    after: shown(customPolicies),
  });
}

/** The rules of a policy in a line; equal rules give equal lines. */
export function ruleText(policy: CustomPolicy): string {
  const { minAgeHours, maxAgeMonths, lockHours, history, unusedMonths, whenExceeded } = policy;
  return [
    `at least ${policy.minLength} characters of ${policy.characterGroups} groups`,
    minAgeHours === undefined ? '' : `changed at most every ${minAgeHours} h`,
    maxAgeMonths === undefined ? 'never too old' : `too old after ${maxAgeMonths} months`,
    unusedMonths === undefined ? '' : `unused for ${unusedMonths} months at most`,
    whenExceeded === undefined ? '' : `then ${whenExceeded}`,
    history === 0 ? '' : `none of the last ${history}`,
    `${policy.failedAttempts} failed logons lock ${lockHours === undefined ? 'until somebody unlocks' : `for ${lockHours} h`}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
