import type { MessageCode } from '../../wire.ts';

/** Who did something, as the change log names it. */
export interface Actor {
  readonly kind: 'user' | 'system' | 'technical-user';
  /** SCIM id, or client id of a system. */
  readonly id: string;
  readonly name: string;
}

export type ObjectType =
  | 'user'
  | 'group'
  | 'schema'
  | 'technical user'
  | 'system'
  | 'administrator'
  | 'application'
  | 'identity provider'
  | 'tenant';

/** An attribute that changed, as text; absent = it was, or is, not there. Never a secret. */
export interface AttributeChange {
  readonly attribute: string;
  readonly before?: string;
  readonly after?: string;
}

export interface ChangeLogEntry {
  readonly tenant: string;
  readonly id: string;
  readonly time: number;
  readonly actor: Actor;
  readonly operation: 'create' | 'update' | 'delete';
  readonly object: { readonly type: ObjectType; readonly id: string; readonly name: string };
  readonly changes: readonly AttributeChange[];
}

/**
 * Why a logon failed: the words of IAS's audit log where the notes have them, else the code that the answer has. The form
 * of the log is ours: what a tenant's audit log looks like on the wire is not documented.
 */
export type LogonCause =
  | 'userNotFound'
  | 'passwordCheckFailure'
  | 'mailNotVerified'
  | 'userNotValid'
  | 'otpCheckFailure'
  | MessageCode;

/** One attempt to log on. Never what was typed as the password. */
export interface LogonEntry {
  readonly tenant: string;
  readonly id: string;
  readonly time: number;
  readonly identifier: string;
  /** SCIM id, if the identifier means somebody. */
  readonly user?: string;
  readonly application?: string;
  readonly address?: string;
  /** How the user proved to be it. @default password */
  readonly method?: 'certificate' | 'corporate identity provider';
  /** Absent = it succeeded. */
  readonly cause?: LogonCause;
}
