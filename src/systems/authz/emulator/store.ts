import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';
import type { Application } from '../../../emulation/world.ts';
import type { RoleReference } from './zone/catalogue.ts';

/** A user as one zone knows it; the password lives at the identity provider. */
export interface ShadowUser {
  readonly id: string;
  readonly zone: string;
  readonly userName: string;
  readonly email: string;
  readonly originKey: string;
  readonly givenName?: string;
  readonly familyName?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Grows by one with every assignment or its removal. */
  readonly version: number;
  /** In order of assignment. */
  readonly roleCollections: readonly string[];
  /** `sub` at the identity provider; absent until the first logon. */
  readonly externalId?: string;
  /** Login name at the identity provider; absent until the first logon. */
  readonly loginName?: string;
  /** Epoch milliseconds of the last logon, and of the one before; absent = never (btp:eb70f16). */
  readonly lastLogonAt?: number;
  readonly previousLogonAt?: number;
  /** @default true */
  readonly active?: boolean;
}

/** A role collection that a customer made. */
export interface CustomCollection {
  readonly zone: string;
  readonly name: string;
  readonly description: string;
  readonly roles: readonly RoleReference[];
}

export interface CustomRole extends RoleReference {
  readonly zone: string;
  readonly description: string;
  /** As `attributeList` came; nothing here evaluates it. */
  readonly attributes?: readonly Readonly<Record<string, unknown>>[];
}

/** Users of an identity provider with this attribute value get the role collection at logon. */
export interface Mapping {
  readonly zone: string;
  readonly collection: string;
  readonly originKey: string;
  /** `Groups` for a group. */
  readonly attribute: string;
  readonly value: string;
}

/** An application of a zone, with what `security/app` shows of it besides. */
export interface KnownApplication extends Application {
  readonly shown?: Readonly<Record<string, unknown>>;
}

/** One secret of an OAuth client of a zone's XSUAA. */
export interface OAuthClient {
  readonly zone: string;
  readonly clientId: string;
  /** Absent where the client authenticates with a certificate. */
  readonly clientSecret?: string;
  /** PEM of the certificate that stands for the client. */
  readonly certificate?: string;
  /** What the client may by itself. */
  readonly scopes: readonly string[];
  readonly serviceInstanceId?: string;
  /** Application whose roles give its users scopes. */
  readonly appId?: string;
}

/** What is behind an opaque refresh token. */
export interface RefreshGrant {
  readonly token: string;
  readonly zone: string;
  readonly clientId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly grantType: string;
  /** Epoch seconds. */
  readonly authTime: number;
  readonly roleCollections: readonly string[];
  readonly groups: readonly string[];
  readonly opaque: boolean;
  /** What the token stands on; see `rev_sig`. */
  readonly signature: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** An access token that its client sees as a name only (`token_format=opaque`). */
export interface OpaqueToken {
  readonly zone: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** An authorization code that nobody has redeemed yet. */
export interface StoredCode {
  readonly zone: string;
  readonly clientId: string;
  readonly userId: string;
  readonly said: ProviderClaims;
  readonly redirectUri: string;
  readonly scope?: string | undefined;
  readonly nonce?: string | undefined;
  readonly challenge?: { readonly value: string; readonly method: 'S256' | 'plain' } | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** A browser that is signed in, or on its way. */
export interface BrowserSession {
  readonly zone: string;
  /** Absent until somebody has signed in. */
  readonly signedIn?: {
    readonly userId: string;
    readonly said: ProviderClaims;
    /** Tells the identity provider at logout which session is meant. */
    readonly idToken: string;
  };
  /** Epoch milliseconds; moves on with use. */
  readonly expiresAt: number;
}

/** A sign-in at an identity provider that is under way, by its `state`. */
export interface PendingSignIn {
  readonly zone: string;
  readonly session: string;
  readonly originKey: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** Query of the authorization request to go on with. */
  readonly query: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface ApiCredential {
  readonly zone: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly certificate?: string;
}

export interface SecuritySettings {
  readonly zone: string;
  readonly iframeDomains: string;
  readonly accessTokenValidity: number;
  readonly refreshTokenValidity: number;
  readonly homeRedirect?: string;
  readonly defaultIdp: string;
  readonly treatUsersWithSameEmailAsSameUser: boolean;
  readonly useIdpUserNameInTokens: boolean;
  readonly customEmailDomains: readonly string[];
  readonly rotateSigningKeyAutomatically: boolean;
}

export interface AuthzStore {
  readonly users: Collection<ShadowUser>;
  readonly collections: Collection<CustomCollection>;
  readonly roles: Collection<CustomRole>;
  readonly mappings: Collection<Mapping>;
  readonly clients: Collection<OAuthClient>;
  readonly credentials: Collection<ApiCredential>;
  readonly settings: Collection<SecuritySettings>;
  readonly applications: Collection<KnownApplication>;
  readonly refreshGrants: Collection<RefreshGrant>;
  /** By the token's `jti`. */
  readonly opaqueTokens: Collection<OpaqueToken>;
  readonly codes: Collection<StoredCode>;
  readonly sessions: Collection<BrowserSession>;
  readonly signIns: Collection<PendingSignIn>;
}

/** A text that cannot occur in a GUID, a name or an e-mail joins the parts of a key. */
export function keyOf(...parts: readonly string[]): string {
  return parts.join('\n');
}

export function userKey(zone: string, originKey: string, userName: string): string {
  // User names are e-mails here, and XSUAA does not mind their case.
  return keyOf(zone, originKey, userName.toLowerCase());
}

export function mappingKey({ zone, collection, originKey, attribute, value }: Mapping): string {
  return keyOf(zone, collection, originKey, attribute, value);
}

export function createAuthzStore(ctx: Pick<EmulatorContext, 'state'>): AuthzStore {
  return {
    users: ctx.state.collection('authz/users', {
      id: (user) => keyOf(user.zone, user.id),
      zone: (user) => user.zone,
      zoneAndOrigin: (user) => keyOf(user.zone, user.originKey),
      zoneAndName: (user) => keyOf(user.zone, user.userName.toLowerCase()),
      zoneAndEmail: (user) => keyOf(user.zone, user.email.toLowerCase()),
      collection: (user) => user.roleCollections.map((name) => keyOf(user.zone, name)),
    }),
    collections: ctx.state.collection('authz/role-collections', { zone: (collection) => collection.zone }),
    roles: ctx.state.collection('authz/roles', { zone: (role) => role.zone }),
    mappings: ctx.state.collection('authz/mappings', {
      zone: (mapping) => mapping.zone,
      collection: (mapping) => keyOf(mapping.zone, mapping.collection),
    }),
    clients: ctx.state.collection('authz/clients', { client: (client) => keyOf(client.zone, client.clientId) }),
    credentials: ctx.state.collection('authz/api-credentials', { zone: (credential) => credential.zone }),
    settings: ctx.state.collection('authz/settings'),
    applications: ctx.state.collection('authz/applications', { zone: (application) => application.zone }),
    refreshGrants: ctx.state.collection('authz/refresh-grants', { user: (grant) => keyOf(grant.zone, grant.userId) }),
    opaqueTokens: ctx.state.collection('authz/opaque-tokens'),
    codes: ctx.state.collection('authz/codes'),
    sessions: ctx.state.collection('authz/sessions'),
    signIns: ctx.state.collection('authz/sign-ins'),
  };
}

/** What the identity provider said of a user at logon. */
export interface ProviderClaims {
  readonly groups: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}
