import type { Json, JsonObject } from './json.ts';
import type { Extra, Resource } from './resource.ts';

/** Somebody as the systems name them: a technical user of ours, or the user of a person that a program borrows. */
export interface Identity {
  /** Login name at the identity provider; at SAP ID service the S- or P-user id. */
  readonly userName: string;
  /** In lower case. */
  readonly email: string;
  /** Origin key of the platform trust; `sap.ids` is SAP ID service, which BTP also calls `sap.default`. */
  readonly originKey: string;
  /** Host of the IAS tenant; absent for SAP ID service. */
  readonly host?: string;
  /** Name of the technical user, when it is one of this manifest's: declared, or left in it earlier. */
  readonly user?: string;
}

/** What a use is of: the order is that in which an offboarding takes them away. */
export const USES = ['credential', 'role', 'shadow-user', 'account', 'secret'] as const;
export type UseKind = (typeof USES)[number];

/** One place where an identity is named, or something that it holds there. */
export interface Use extends Omit<Extra, 'user'> {
  /** `credential`: the place names the user and logs in as it, such as a destination. */
  readonly what: UseKind;
  /** For people, e.g. `space_developer in acme-dev/app`. */
  readonly title: string;
  /** Whether Locum made it or may take it as its own; a place of somebody else is only told. */
  readonly ours: boolean;
  /** Why it can't be removed, when it can't. */
  readonly because?: string;
  /** When a rotation last proved it as its owner would use it; epoch milliseconds. */
  readonly proven?: number;
}

/** A place that could not be looked at: what is there is unknown. */
export interface Unread {
  readonly where: string;
  readonly because: string;
  readonly remedy?: string;
  /** Nobody of this manifest has anything to do there: told, but no reason to stop. @default false */
  readonly unlikely?: boolean;
}

export interface Uses {
  readonly found: readonly Use[];
  readonly unread: readonly Unread[];
}

/** Something that a freeze ends beside roles. */
export interface Stop extends Omit<Extra, 'user' | 'removable' | 'after'> {
  /** `logon`: the user can't log on any more; it is what counts most. `tokens`: what it is logged in with ends. */
  readonly what: 'logon' | 'tokens';
  readonly title: string;
  readonly action: 'update' | 'delete';
  /** Props of a resource of the same type with which a thaw puts it back; absent where there is nothing to put back. */
  readonly undo?: Json;
}

/** Something that a user is known to have: enough to say where it is logged in. */
export type Known = Pick<Resource, 'type' | 'scope'>;

export interface Stops {
  readonly found: readonly Stop[];
  readonly unread: readonly Unread[];
  /** What nobody can end at once, for the report. */
  readonly limits: readonly string[];
}

/** What a manifest has to say so that a technical user gets what somebody else holds. */
export interface Declaration {
  /** Keys of a grant, by the place that they are for. */
  readonly grants: readonly { readonly at: GrantPlace; readonly keys: JsonObject }[];
  /** Keys of the technical user itself. */
  readonly keys: JsonObject;
  /** Places that no manifest can declare. */
  readonly byHand: readonly { readonly use: Use; readonly because: string }[];
}

export type GrantPlace =
  | { readonly kind: 'global-account' }
  | { readonly kind: 'directory' | 'subaccount'; readonly name: string };
