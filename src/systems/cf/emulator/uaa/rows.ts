import type { JsonObject } from '../../../../kernel/json.ts';

/** A row of UAA's users: an internal user, or the shadow of a user of an identity provider. */
export interface UaaUser {
  readonly id: string;
  readonly landscape: string;
  readonly userName: string;
  readonly email: string;
  /** `uaa`, `sap.ids` or the origin key of a platform trust. */
  readonly origin: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly phoneNumber?: string;
  /** `sub` at the identity provider. */
  readonly externalId?: string;
  readonly verified: boolean;
  readonly active: boolean;
  /** Internal users only: `scrypt` hash with its salt. */
  readonly password?: string;
  readonly passwordChangeRequired?: boolean;
  /** Part of the revocation signature; a new one invalidates all tokens. Absent until somebody wanted that. */
  readonly salt?: string;
  /** Grows with every change of the row; the entity tag. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly lastModifiedAt: number;
  readonly passwordLastModifiedAt: number;
  readonly lastLogonAt?: number;
  readonly previousLogonAt?: number;
}

export interface UaaClient {
  readonly landscape: string;
  readonly id: string;
  /** `scrypt` hash, or two of them with a space between while the secret is rotated; '' = the empty secret; absent = none. */
  readonly secret?: string;
  readonly grantTypes: readonly string[];
  readonly scopes: readonly string[];
  readonly authorities: readonly string[];
  readonly redirectUris?: readonly string[];
  /** Scopes that users need not approve; `true` = all. */
  readonly autoApprove?: readonly string[];
  /** Origin keys; absent = all. */
  readonly allowedProviders?: readonly string[];
  /** Groups that a user must have all of. */
  readonly requiredUserGroups?: readonly string[];
  /** Code with PKCE and refresh need no secret. */
  readonly allowPublic?: boolean;
  /** Seconds; absent = the landscape's. */
  readonly accessTokenValidity?: number;
  /** Seconds; absent = 30 days. */
  readonly refreshTokenValidity?: number;
  /** Part of the revocation signature. */
  readonly tokenSalt?: string;
  /** Keys for private_key_jwt: the JWKs themselves, or where they are. */
  readonly jwt?: { readonly keys: readonly JsonObject[] } | { readonly uri: string };
  /** What else an administrator stored with it (`name`, …), as it was sent. */
  readonly additional?: JsonObject;
  /** Epoch milliseconds. */
  readonly lastModifiedAt?: number;
}

/** How a client proved who it is; the claim `client_auth_method` tells all but the usual secret. */
export type ClientAuthMethod = 'secret' | 'empty' | 'none' | 'private_key_jwt';

/** What is behind an opaque refresh token. */
export interface RefreshGrant {
  readonly token: string;
  readonly landscape: string;
  readonly clientId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly grantType: string;
  /** Epoch seconds; absent for a logon by passcode. */
  readonly authTime?: number;
  readonly amr: readonly string[];
  readonly nonce?: string;
  /** @default secret */
  readonly clientAuth?: ClientAuthMethod;
  readonly revocationSignature: string;
  /** Epoch milliseconds. */
  readonly issuedAt?: number;
  readonly expiresAt: number;
}

/** An access token that is kept here: its id is what the client has (opaque), or stands in it (`revocable`). */
export interface KeptToken {
  /** `jti`. */
  readonly token: string;
  readonly landscape: string;
  readonly clientId: string;
  /** Absent for a client's own token. */
  readonly userId?: string;
  readonly format: 'opaque' | 'jwt';
  readonly scopes: readonly string[];
  readonly jwt: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface UaaGroup {
  readonly id: string;
  readonly landscape: string;
  /** The scope, e.g. `scim.read`. */
  readonly displayName: string;
  readonly description?: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly lastModifiedAt: number;
}

/** That a user or a group belongs to a group. */
export interface Membership {
  readonly landscape: string;
  readonly group: string;
  readonly member: string;
  readonly type: 'USER' | 'GROUP';
  /** Who brought it about: `uaa` for administrators, an identity provider for what its groups gave. */
  readonly origin: string;
}

/** A group of an identity provider that stands for one of UAA's. */
export interface ExternalMapping {
  readonly landscape: string;
  readonly group: string;
  /** In lower case. */
  readonly externalGroup: string;
  readonly origin: string;
}

/** How a user was authenticated, for the tokens that follow from it. */
export interface Logon {
  readonly userId: string;
  /** Epoch seconds. */
  readonly authTime: number;
  readonly amr: readonly string[];
}

/** A code that is good once and for a short time. */
export type ExpiringCode = {
  readonly code: string;
  readonly landscape: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
} & Logon &
  (
    | { readonly kind: 'passcode' }
    | {
        readonly kind: 'authorization';
        readonly clientId: string;
        readonly scopes: readonly string[];
        /** Where the code was sent to. */
        readonly redirectUri: string;
        /** Whether the request named it: then the client must name it again. */
        readonly redirectNamed: boolean;
        readonly challenge?: { readonly value: string; readonly method: string };
        readonly nonce?: string;
      }
    | { readonly kind: 'verification'; readonly clientId: string; readonly redirectUri?: string }
  );

/** What a user said to an application's wish for a scope. */
export interface Approval {
  readonly landscape: string;
  readonly userId: string;
  readonly clientId: string;
  readonly scope: string;
  readonly status: 'APPROVED' | 'DENIED';
  /** Epoch milliseconds. */
  readonly lastUpdatedAt: number;
  readonly expiresAt: number;
}

/** A browser's session at the login host. */
export interface BrowserSession {
  readonly id: string;
  readonly landscape: string;
  /** Path and query to which the browser goes after the sign-in. */
  readonly savedRequest?: string;
  /** Sign-in at an identity provider that is under way. */
  readonly pending?: { readonly origin: string; readonly state: string; readonly verifier: string };
  /** Why the last sign-in at an identity provider failed. */
  readonly externalError?: string;
  readonly logon?: Logon;
  /** The user must set a new password before anything else. */
  readonly passwordChange?: boolean;
  /** Token of the identity provider, to sign out there. */
  readonly idToken?: string;
  /** Epoch milliseconds of the last use. */
  readonly usedAt: number;
}
