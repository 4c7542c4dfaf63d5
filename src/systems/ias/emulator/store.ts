import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { Permission, SystemPermission } from './administrator-permissions.ts';
import { groupNameOf, memberIdsOf } from './group-documents.ts';
import { type Authentication, subjectKey } from './oidc/store.ts';
import type { RiskRules, StoredSettings, TokenPolicy } from './rows/application-settings.ts';
import type { ChangeLogEntry, LogonEntry } from './rows/log-entries.ts';
import type { Link, Mail } from './rows/mail.ts';
import type { ExcludeLists, InactivityPolicy, PasswordPolicy, TrustedCertificate } from './rows/tenant-settings.ts';
import type { ClientCredentials } from './stored-credentials.ts';
import { identifiersOf, userUuidOf } from './user-names.ts';

/** A subaccount, by its GUID (the "tenant ID" of the console) or, in seeds, by its names. */
export type AuditLogHome =
  | { readonly tenantId: string }
  | { readonly globalAccount: string; readonly subaccount: string };

/** An IAS tenant, or the SAP ID service (`accounts.sap.com`). */
export interface Tenant {
  readonly id: string;
  readonly host: string;
  readonly kind: 'ias' | 'sap-id';
  /** Days that an initial password is valid (1 to 365, default 14; ias f8093f4). */
  readonly initialPasswordDays: number;
  readonly customPolicies: readonly PasswordPolicy[];
  /** "Authorizations Based on Policies" of the Administration Console; technical users need it (ias 885320d). @default false */
  readonly policyAuthorizations?: boolean;
  /** Subaccount to whose audit log the tenant writes (ias a3e793c). @default none: nobody reads it */
  readonly auditLog?: AuditLogHome;
  /** `iss` of its tokens. @default `https://<host>` */
  readonly issuer?: string;
  /** For the applications without a token policy of their own (ias 3d6abcc). @default SAP's */
  readonly tokenPolicy?: Partial<TokenPolicy>;
  /** For the applications without rules of their own (ias 1aab51a). @default none */
  readonly riskRules?: RiskRules;
  /** Life of a session in the browser (ias 5ca23e4). @default 720 */
  readonly sessionMinutes?: number;
  /** Terms that addresses, names and passwords may not hold (ias 8b9fa88). @default none */
  readonly excluded?: ExcludeLists;
  /** How client certificates name users (ias 52c7dcb). @default none */
  readonly trustedCertificates?: readonly TrustedCertificate[];
  /** Blocking and deletion of users who do not log on (ias 744b2d0). @default none */
  readonly inactivity?: readonly InactivityPolicy[];
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
  /** Second factor: a secret in Base32 that a code has confirmed. */
  readonly totp?: StoredTotp;
}

export interface StoredTotp {
  readonly secret: string;
  readonly confirmedAt: number;
  /** Time step of the last code that was taken; none up to it is taken again. */
  readonly usedStep?: number;
  /** Wrong codes in a row. */
  readonly failedAttempts?: number;
  readonly lockedAt?: number;
}

export interface StoredGroup {
  readonly tenant: string;
  readonly id: string;
  readonly version: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly resource: JsonObject;
}

/** A system as administrator of a tenant: a client that may call its APIs. */
export interface StoredAdministrator extends ClientCredentials {
  readonly tenant: string;
  readonly name: string;
  readonly clientId: string;
  /** Name of the landscape's credential. */
  readonly secretCredential?: string;
  readonly permissions: readonly SystemPermission[];
}

/** A person as administrator of a tenant. */
export interface HumanAdministrator {
  readonly tenant: string;
  /** SCIM id of the user. */
  readonly user: string;
  readonly permissions: readonly Permission[];
}

/** An object of the tile Technical Users: a client with groups, without a password (ias 2c4bcb9, 14b36c2). */
export interface StoredTechnicalUser extends ClientCredentials {
  readonly tenant: string;
  /** SCIM id. */
  readonly id: string;
  readonly clientId: string;
  readonly displayName: string;
  readonly owner: { readonly firstName?: string; readonly lastName?: string; readonly email?: string };
  /** Made by IAS. */
  readonly email: string;
  readonly active: boolean;
  readonly createdAt: number;
  readonly changedAt: number;
}

/** An application, i.e. a relying party of the tenant. */
export interface StoredApplication extends ClientCredentials {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** URI of its password policy. */
  readonly policy: string;
  readonly createdAt: number;
  readonly changedAt: number;
  /** Who made and who changed it last, as the Applications API names them; absent = SAP. */
  readonly createdBy?: string;
  readonly changedBy?: string;
  /** Registered by a service of SAP's, such as a trust; redirects to SAP's hosts are good (assumed). @default false */
  readonly managedBySap?: boolean;
  /** Id of the application above, whose trust it uses, as applications of subscriptions and of the Identity service do. */
  readonly parent?: string;
  /** What it was configured with beside SAP's defaults; `settingsOf` tells what counts. */
  readonly settings?: StoredSettings;
  /** What the Applications API wrote that counts for nothing here, such as SAML and branding. */
  readonly document?: JsonObject;
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
  /** How that one signed in; absent = with a password when the session began. */
  readonly authentication?: Authentication;
  /** Claim `sid` of the tokens that this session leads to. */
  readonly sid?: string;
  /** SCIM id of who proved a password that must be changed first. */
  readonly changing?: string;
  /** E-mail of the Universal ID that somebody proved, to choose an account of it. */
  readonly universal?: string;
}

/**
 * SAP Universal ID: a person's one logon in front of several S- and P-users, by e-mail and with a password of its own. It
 * works in the browser only (btp e241b30, 7a37d66); programs need the account's own password (SAP note 3085908).
 */
export interface UniversalId {
  readonly tenant: string;
  readonly email: string;
  readonly hash: string;
  /** SCIM ids. */
  readonly accounts: readonly string[];
}

/** A schema that the tenant defined; an extension of its users. */
export interface StoredSchema {
  readonly tenant: string;
  /** A URN. */
  readonly id: string;
  readonly version: string;
  readonly createdAt: number;
  readonly name: string;
  readonly description?: string;
  readonly attributes: readonly JsonObject[];
}

export interface Store {
  readonly tenants: Collection<Tenant>;
  readonly users: Collection<StoredUser>;
  readonly groups: Collection<StoredGroup>;
  readonly schemas: Collection<StoredSchema>;
  readonly administrators: Collection<StoredAdministrator>;
  readonly humanAdministrators: Collection<HumanAdministrator>;
  readonly technicalUsers: Collection<StoredTechnicalUser>;
  /** Deleted users where deletion is soft. */
  readonly blockedUsers: Collection<StoredUser>;
  readonly changeLog: Collection<ChangeLogEntry>;
  readonly logons: Collection<LogonEntry>;
  readonly mails: Collection<Mail>;
  /** Times of the mails to a user, by user. */
  readonly mailCounters: Collection<readonly number[]>;
  /** Links in mails. */
  readonly links: Collection<Link>;
  /** Of the SAP ID service, by e-mail. */
  readonly universalIds: Collection<UniversalId>;
  readonly applications: Collection<StoredApplication>;
  readonly clientLocks: Collection<ClientLock>;
  readonly sessions: Collection<Session>;
  /** Secrets of second factors that are being set up, by user. */
  readonly totpEnrolments: Collection<string>;
  readonly counters: Collection<number>;
}

/** Key of a thing that belongs to a tenant. */
export function keyIn(tenant: string, id: string): string {
  return `${tenant}/${id}`;
}

/** The application with a client id, which need not be its own id. */
export function applicationOfClient(
  { applications }: Pick<Store, 'applications'>,
  tenant: string,
  clientId: string,
): StoredApplication | undefined {
  return applications.by('client', keyIn(tenant, clientId))[0];
}

export function openStore(ctx: EmulatorContext): Store {
  const { state } = ctx;
  return {
    tenants: state.collection('ias/tenants', { host: (tenant) => tenant.host }),
    users: state.collection('ias/users', {
      tenant: (user) => user.tenant,
      identifier: (user) => identifiersOf(user).map((identifier) => keyIn(user.tenant, identifier)),
      // Most have the SCIM id, by which they are found anyway.
      uuid: ({ tenant, id, resource }) =>
        userUuidOf(resource) === id ? undefined : keyIn(tenant, userUuidOf(resource)),
    }),
    groups: state.collection('ias/groups', {
      tenant: (group) => group.tenant,
      name: (group) => keyIn(group.tenant, groupNameOf(group)),
      member: (group) => memberIdsOf(group).map((id) => keyIn(group.tenant, id)),
    }),
    schemas: state.collection('ias/schemas', { tenant: (schema) => schema.tenant }),
    administrators: state.collection('ias/administrators', { tenant: (administrator) => administrator.tenant }),
    humanAdministrators: state.collection('ias/human-administrators', { tenant: (human) => human.tenant }),
    technicalUsers: state.collection('ias/technical-users', {
      tenant: (user) => user.tenant,
      client: (user) => keyIn(user.tenant, user.clientId),
    }),
    blockedUsers: state.collection('ias/blocked-users', { tenant: (user) => user.tenant }),
    mails: state.collection('ias/mails', { tenant: (mail) => mail.tenant }),
    mailCounters: state.collection('ias/mail-counters'),
    links: state.collection('ias/links', { user: (link) => keyIn(link.tenant, link.user) }),
    universalIds: state.collection('ias/universal-ids'),
    changeLog: state.collection('ias/change-log', { tenant: (entry) => entry.tenant }),
    logons: state.collection('ias/logons', { tenant: (entry) => entry.tenant }),
    applications: state.collection('ias/applications', {
      tenant: (application) => application.tenant,
      client: (application) => keyIn(application.tenant, application.clientId),
    }),
    clientLocks: state.collection('ias/client-locks'),
    sessions: state.collection('ias/sessions', {
      subject: ({ tenant, authentication }) => authentication && subjectKey(tenant, authentication.subject),
    }),
    totpEnrolments: state.collection('ias/totp-enrolments'),
    counters: state.collection('ias/counters'),
  };
}
