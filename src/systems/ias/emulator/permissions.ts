import type { SystemPermission } from './administrator-permissions.ts';
import { groupsOf } from './groups.ts';
import { POLICY_GROUPS } from './policy-groups.ts';
import type { Actor } from './rows/log-entries.ts';
import type { Services } from './services.ts';
import { keyIn, type Tenant } from './store.ts';

/** An administrator, or whom a policy lets do a part of it. */
export interface Principal {
  readonly actor: Actor;
  readonly permissions: readonly SystemPermission[];
  /** Names such as `MANAGE_TECHNICAL_USERS`; empty unless the tenant has policy-based authorizations. */
  readonly policies: ReadonlySet<string>;
}

interface Requirement {
  /** One of each of these lists. */
  readonly permissions: readonly (readonly SystemPermission[])[];
  /** Or one of these policies. */
  readonly policies?: readonly string[];
}

const readers = ['Read Users', 'Manage Users'] as const;

/**
 * What an operation needs. Stated by the sources named; that changes of administrators, applications' policies and the
 * views of the logs need these permissions is inferred from the descriptions of the roles (assumed).
 */
const REQUIREMENTS = {
  /** ias 86ee374 */
  'read users': { permissions: [readers], policies: ['READ_USERS', 'MANAGE_USERS'] },
  /** ias 5be5692, 348deef */
  'create users': { permissions: [['Manage Users']], policies: ['CREATE_USERS', 'MANAGE_USERS'] },
  'change users': { permissions: [['Manage Users']], policies: ['UPDATE_USERS', 'MANAGE_USERS'] },
  'delete users': { permissions: [['Manage Users']], policies: ['DELETE_USERS', 'MANAGE_USERS'] },
  /** ias 86ee374: of administrators */
  'change mails of administrators': { permissions: [['Manage Users'], ['Manage Tenant Configuration']] },
  /** ias 16149d5 */
  'set initial passwords': { permissions: [['Manage Users'], ['Manage Tenant Configuration']] },
  /** ias 89a99b9, 2a143e1 */
  'see blocked users': { permissions: [['Manage Blocked Users']] },
  'read groups': { permissions: [[...readers, 'Manage Groups']], policies: ['READ_GROUPS', 'MANAGE_GROUPS'] },
  /** ias ddd067c */
  'create groups': {
    permissions: [['Manage Groups'], ['Manage Users']],
    policies: ['CREATE_GROUPS', 'MANAGE_GROUPS'],
  },
  /** ias d2e1a01, 301fdb7 */
  'change groups': { permissions: [['Manage Groups']], policies: ['UPDATE_GROUPS', 'MANAGE_GROUPS'] },
  'delete groups': { permissions: [['Manage Groups']], policies: ['DELETE_GROUPS', 'MANAGE_GROUPS'] },
  /** ias 25573a1; that Manage Users is enough without policies is assumed */
  'create schemas': { permissions: [['Manage Users']], policies: ['CREATE_SCIM_SCHEMAS', 'MANAGE_SCIM_SCHEMAS'] },
  'delete schemas': { permissions: [['Manage Users']], policies: ['DELETE_SCIM_SCHEMAS', 'MANAGE_SCIM_SCHEMAS'] },
  /** ias 885320d: policies alone, no permission. */
  'read technical users': { permissions: [[]], policies: ['READ_TECHNICAL_USERS', 'MANAGE_TECHNICAL_USERS'] },
  'create technical users': { permissions: [[]], policies: ['CREATE_TECHNICAL_USERS', 'MANAGE_TECHNICAL_USERS'] },
  'change technical users': { permissions: [[]], policies: ['UPDATE_TECHNICAL_USERS', 'MANAGE_TECHNICAL_USERS'] },
  'delete technical users': { permissions: [[]], policies: ['DELETE_TECHNICAL_USERS', 'MANAGE_TECHNICAL_USERS'] },
  /** ias 86ee374 */
  'manage administrators': { permissions: [['Manage Tenant Configuration']] },
  /** ias 67bece2 */
  'manage password policies': { permissions: [['Manage Tenant Configuration']] },
  /** ias 25573a1, f8093f4 */
  'manage tenant settings': { permissions: [['Manage Tenant Configuration']] },
  /** ias 04a6e45, c4ba52e */
  'manage applications': { permissions: [['Manage Applications']] },
  /** ias 86ee374 */
  'manage corporate identity providers': { permissions: [['Manage Corporate Identity Providers']] },
  'see the change log': { permissions: [['Manage Tenant Configuration']] },
  'see the logons': { permissions: [['Manage Tenant Configuration']] },
} as const satisfies Record<string, Requirement>;

export type Operation = keyof typeof REQUIREMENTS;

export function mayDo(principal: Principal, operation: Operation): boolean {
  const { permissions, policies = [] }: Requirement = REQUIREMENTS[operation];
  const permitted = permissions.every((anyOf) => anyOf.some((one) => principal.permissions.includes(one)));
  return permitted || policies.some((policy) => principal.policies.has(policy));
}

/** What an operation needs, for whoever lacks it. */
export function neededFor(operation: Operation): string {
  const { permissions, policies = [] }: Requirement = REQUIREMENTS[operation];
  const permitted = permissions.every((anyOf) => anyOf.length > 0);
  const needed = permitted ? permissions.map((anyOf) => anyOf.join(' or ')).join(', and ') : '';
  return [needed, policies.length > 0 ? `policy ${policies.join(' or ')}` : '']
    .filter((part) => part !== '')
    .join('; or ');
}

/** Policies of a user or technical user: the tenant's switch makes them count (ias 25573a1). */
export function policiesOf({ store }: Services, tenant: Tenant, id: string): ReadonlySet<string> {
  if (tenant.policyAuthorizations !== true) return new Set();
  const names = groupsOf(store, tenant, id).map((group) => group.display);
  return new Set(names.filter((name) => POLICY_GROUPS.includes(name)).map((name) => name.split(' - ')[1] ?? ''));
}

/** A person as principal; without permissions unless it is one of the administrators. */
export function humanPrincipal(
  services: Services,
  tenant: Tenant,
  user: { readonly id: string; name: string },
): Principal {
  const administrator = services.store.humanAdministrators.get(keyIn(tenant.id, user.id));
  return {
    actor: { kind: 'user', id: user.id, name: user.name },
    permissions: administrator?.permissions ?? [],
    policies: policiesOf(services, tenant, user.id),
  };
}
