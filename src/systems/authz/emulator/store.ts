import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';
import type { CatalogueRole, RoleReference } from './catalogue.ts';

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
}

/** A role collection that a customer made. */
export interface CustomCollection {
  readonly zone: string;
  readonly name: string;
  readonly description: string;
  readonly roles: readonly RoleReference[];
}

export interface CustomRole extends CatalogueRole {
  readonly zone: string;
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

/** One secret of an OAuth client of a zone's XSUAA. */
export interface OAuthClient {
  readonly zone: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly serviceInstanceId?: string;
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
      zoneAndOrigin: (user) => keyOf(user.zone, user.originKey),
      collection: (user) => user.roleCollections.map((name) => keyOf(user.zone, name)),
    }),
    collections: ctx.state.collection('authz/role-collections', { zone: (collection) => collection.zone }),
    roles: ctx.state.collection('authz/roles', { zone: (role) => role.zone }),
    mappings: ctx.state.collection('authz/mappings', {
      collection: (mapping) => keyOf(mapping.zone, mapping.collection),
    }),
    clients: ctx.state.collection('authz/clients', { client: (client) => keyOf(client.zone, client.clientId) }),
    credentials: ctx.state.collection('authz/api-credentials', { zone: (credential) => credential.zone }),
    settings: ctx.state.collection('authz/settings'),
  };
}
