import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import { IAS_SCHEMA } from '../wire.ts';
import type { PasswordPolicy } from './policies.ts';

/** An IAS tenant, or the SAP ID service (`accounts.sap.com`). */
export interface Tenant {
  readonly id: string;
  readonly host: string;
  readonly kind: 'ias' | 'sap-id';
  /** Days that an initial password is valid (1 to 365, default 14; ias f8093f4). */
  readonly initialPasswordDays: number;
  readonly customPolicies: readonly PasswordPolicy[];
}

/** All times in epoch milliseconds. */
export interface StoredPassword {
  /** Argon2id; absent for a password logon that is switched off without a password. */
  readonly hash?: string;
  readonly status: 'initial' | 'enabled' | 'disabled';
  readonly setAt: number;
  /** Hashes before this one, newest first. */
  readonly history: readonly string[];
  /** URI of the policy that stuck to the user. */
  readonly policy?: string;
  readonly policySince?: number;
  readonly failedAttempts: number;
  readonly lockedAt?: number;
  readonly loginAt?: number;
}

export interface StoredUser {
  readonly tenant: string;
  /** SCIM id, a UUID. */
  readonly id: string;
  readonly version: string;
  readonly createdAt: number;
  readonly changedAt: number;
  /** What a SCIM client wrote, normalised; without id, meta, groups, password and its details. */
  readonly resource: JsonObject;
  readonly sendMail: boolean;
  readonly password?: StoredPassword;
  readonly loginAt?: number;
}

export interface StoredGroup {
  readonly tenant: string;
  readonly id: string;
  readonly version: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly resource: JsonObject;
}

/** A system administrator of a tenant: a client that may call its APIs. */
export interface StoredAdministrator {
  readonly tenant: string;
  readonly name: string;
  readonly clientId: string;
  /** Name of the landscape's credential. */
  readonly secretCredential: string;
  readonly permissions: readonly Permission[];
}

/** Authorizations of an administrator (ias 86ee374). */
export const PERMISSIONS = [
  'Manage Applications',
  'Manage Corporate Identity Providers',
  'Manage Users',
  'Read Users',
  'Manage Blocked Users',
  'Manage Groups',
  'Manage Tenant Configuration',
  'Manage Identity Provisioning',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** An application, i.e. a relying party of the tenant. */
export interface StoredApplication {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** URI of its password policy. */
  readonly policy: string;
}

/** Failed logins of a client id. */
interface ClientLock {
  readonly failedAttempts: number;
  readonly lockedAt?: number;
}

/** A browser at the sign-in pages. */
export interface Session {
  readonly tenant: string;
  readonly id: string;
  /** Must come back with every form. */
  readonly token: string;
  readonly createdAt: number;
  /** SCIM id of who signed in. */
  readonly user?: string;
  /** SCIM id of who proved a password that must be changed first. */
  readonly changing?: string;
}

export interface Store {
  readonly tenants: Collection<Tenant>;
  readonly users: Collection<StoredUser>;
  readonly groups: Collection<StoredGroup>;
  readonly administrators: Collection<StoredAdministrator>;
  readonly applications: Collection<StoredApplication>;
  readonly clientLocks: Collection<ClientLock>;
  readonly sessions: Collection<Session>;
  readonly counters: Collection<number>;
}

/** Key of a thing that belongs to a tenant. */
export function keyIn(tenant: string, id: string): string {
  return `${tenant}/${id}`;
}

export function openStore(ctx: EmulatorContext): Store {
  const { state } = ctx;
  return {
    tenants: state.collection('ias/tenants', { host: (tenant) => tenant.host }),
    users: state.collection('ias/users', {
      tenant: (user) => user.tenant,
      identifier: (user) => identifiersOf(user).map((identifier) => keyIn(user.tenant, identifier)),
    }),
    groups: state.collection('ias/groups', { tenant: (group) => group.tenant }),
    administrators: state.collection('ias/administrators'),
    applications: state.collection('ias/applications'),
    clientLocks: state.collection('ias/client-locks'),
    sessions: state.collection('ias/sessions'),
    counters: state.collection('ias/counters'),
  };
}

/** Everything that identifies a user, in lower case: login name, e-mails, user id (ias 8b9fa88). */
export function identifiersOf(user: StoredUser): string[] {
  const { userName, emails } = namesOf(user.resource);
  return [...new Set([userName, userIdOf(user.resource), ...emails].filter((one) => one !== ''))].map((one) =>
    one.toLowerCase(),
  );
}

/** Login name and e-mails of a resource, as written. */
export function namesOf(resource: JsonObject): { readonly userName: string; readonly emails: readonly string[] } {
  const emails = Array.isArray(resource.emails) ? resource.emails : [];
  return {
    userName: typeof resource.userName === 'string' ? resource.userName : '',
    emails: emails.flatMap((email: unknown) =>
      typeof email === 'object' && email !== null && 'value' in email && typeof email.value === 'string'
        ? [email.value]
        : [],
    ),
  };
}

/** `P000123` of an IAS user; `P2001234567` or `S0012345678` at the SAP ID service. */
export function userIdOf(resource: JsonObject): string {
  const extension = resource[IAS_SCHEMA.sap];
  return typeof extension === 'object' && extension !== null && 'userId' in extension ? String(extension.userId) : '';
}
