import type { Collection, State } from '../../../../emulation/state.ts';

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
  /** `sub` at the identity provider. */
  readonly externalId?: string;
  readonly verified: boolean;
  readonly active: boolean;
  /** Groups beside the default ones. */
  readonly groups: readonly string[];
  /** Internal users only: `scrypt` hash with its salt. */
  readonly password?: string;
  readonly passwordChangeRequired?: boolean;
  /** Part of the revocation signature; a new one invalidates all tokens. */
  readonly salt: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly lastModifiedAt: number;
  readonly lastLogonAt?: number;
  readonly previousLogonAt?: number;
}

export interface UaaClient {
  readonly landscape: string;
  readonly id: string;
  /** `scrypt` hash; '' = the empty secret. */
  readonly secret: string;
  readonly grantTypes: readonly string[];
  readonly scopes: readonly string[];
  readonly authorities: readonly string[];
  /** Origin keys; absent = all. */
  readonly allowedProviders?: readonly string[];
}

/** What is behind an opaque refresh token. */
export interface RefreshGrant {
  readonly token: string;
  readonly landscape: string;
  readonly clientId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly grantType: string;
  /** Epoch seconds. */
  readonly authTime: number;
  readonly amr: readonly string[];
  readonly revocationSignature: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface UaaStore {
  readonly users: Collection<UaaUser>;
  readonly clients: Collection<UaaClient>;
  readonly refreshGrants: Collection<RefreshGrant>;
  /** Times of failed logins (epoch ms) of an internal user since the last good one. */
  readonly failures: Collection<readonly number[]>;
  user(landscape: string, id: string): UaaUser | undefined;
  /** User names compare without case, as UAA's database does. */
  userByName(landscape: string, userName: string, origin: string): UaaUser | undefined;
  usersByName(landscape: string, userName: string): readonly UaaUser[];
  userByEmail(landscape: string, email: string, origin: string): UaaUser | undefined;
  save(user: UaaUser): void;
  client(landscape: string, id: string): UaaClient | undefined;
}

export function openUaaStore(state: State): UaaStore {
  const users = state.collection<UaaUser>('cf/uaa-users', {
    name: (user) => nameKey(user.landscape, user.userName),
    email: (user) => nameKey(user.landscape, user.email),
  });
  const clients = state.collection<UaaClient>('cf/uaa-clients');
  return {
    users,
    clients,
    refreshGrants: state.collection<RefreshGrant>('cf/uaa-refresh-tokens'),
    failures: state.collection<readonly number[]>('cf/uaa-failures'),
    user: (landscape, id) => users.get(`${landscape}/${id}`),
    userByName: (landscape, userName, origin) =>
      users.by('name', nameKey(landscape, userName)).find((user) => user.origin === origin),
    usersByName: (landscape, userName) => users.by('name', nameKey(landscape, userName)),
    userByEmail: (landscape, email, origin) =>
      users.by('email', nameKey(landscape, email)).find((user) => user.origin === origin),
    save: (user) => users.set(`${user.landscape}/${user.id}`, user),
    client: (landscape, id) => clients.get(`${landscape}/${id}`),
  };
}

function nameKey(landscape: string, name: string): string {
  return `${landscape}/${name.toLowerCase()}`;
}
