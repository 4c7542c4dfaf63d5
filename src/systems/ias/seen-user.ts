import { IAS_SCHEMA, type UserResource } from './wire.ts';

/** What SCIM tells about a user's password; times in ISO 8601. */
export interface SeenPassword {
  /** `initial`, `enabled`, `disabled` or a value that we do not know. */
  readonly status?: string;
  /** URI of the policy that stuck to the user; absent before the first logon to an application. */
  readonly policy?: string;
  readonly failedLoginAttempts?: number;
  readonly setTime?: string;
  readonly loginTime?: string;
  readonly lockedTime?: string;
}

/** A user of an IAS tenant in our words; plain JSON. */
export interface SeenUser {
  /** SCIM id. */
  readonly id: string;
  /** `P000123`. */
  readonly userId?: string;
  readonly userName: string;
  /** The primary address. */
  readonly email?: string;
  readonly otherEmails: readonly string[];
  readonly userType?: string;
  readonly active: boolean;
  readonly mailVerified: boolean;
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly customAttributes: Readonly<Record<string, string>>;
  /** Absent = the user has no password. */
  readonly password?: SeenPassword;
  /** `meta.version`, which is what the ETag says. */
  readonly version?: string;
}

export function seenUser(resource: UserResource): SeenUser {
  const sap = resource[IAS_SCHEMA.sap];
  const primary = resource.emails.find((email) => email.primary) ?? resource.emails[0];
  const others = resource.emails.filter((email) => email !== primary).map((email) => email.value);
  const attributes = resource[IAS_SCHEMA.custom]?.attributes ?? [];
  const details = sap?.passwordDetails;
  return {
    id: resource.id,
    ...present({ userId: sap?.userId, email: primary?.value, userType: resource.userType }),
    userName: resource.userName ?? '',
    otherEmails: others,
    active: resource.active ?? sap?.status === 'active',
    mailVerified: sap?.mailVerified ?? false,
    ...present({ validFrom: sap?.validFrom, validTo: sap?.validTo }),
    customAttributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value ?? ''])),
    ...present({ version: resource.meta?.version }),
    ...(details === undefined
      ? {}
      : {
          password: present({
            status: details.status,
            policy: details.policy,
            failedLoginAttempts: details.failedLoginAttempts,
            setTime: details.setTime,
            loginTime: details.loginTime,
            lockedTime: details.passwordLockedTime,
          }),
        }),
  };
}

/** Among users that were found by name or e-mail, the one of this login name, which IAS compares without case. */
export function ofName(users: readonly SeenUser[], name: string): SeenUser | undefined {
  return users.find((user) => user.userName.toLowerCase() === name.toLowerCase());
}

/** An object without the keys whose value is undefined. */
function present<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
