import type { Collection, State } from '../../../../emulation/state.ts';
import type {
  Approval,
  BrowserSession,
  ExpiringCode,
  ExternalMapping,
  KeptToken,
  Membership,
  RefreshGrant,
  UaaClient,
  UaaGroup,
  UaaUser,
} from './rows.ts';

export interface UaaStore {
  readonly users: Collection<UaaUser>;
  readonly clients: Collection<UaaClient>;
  readonly refreshGrants: Collection<RefreshGrant>;
  readonly keptTokens: Collection<KeptToken>;
  readonly groups: Collection<UaaGroup>;
  readonly memberships: Collection<Membership>;
  readonly externalMappings: Collection<ExternalMapping>;
  readonly codes: Collection<ExpiringCode>;
  readonly approvals: Collection<Approval>;
  readonly sessions: Collection<BrowserSession>;
  /** Times of failed logins (epoch ms) of an internal user since the last good one. */
  readonly failures: Collection<readonly number[]>;
  /** Epoch milliseconds of the last change of a landscape's signing keys. */
  readonly keysChangedAt: Collection<number>;
  user(landscape: string, id: string): UaaUser | undefined;
  /** User names compare without case, as UAA's database does. */
  userByName(landscape: string, userName: string, origin: string): UaaUser | undefined;
  usersByName(landscape: string, userName: string): readonly UaaUser[];
  usersByEmail(landscape: string, email: string): readonly UaaUser[];
  userByEmail(landscape: string, email: string, origin: string): UaaUser | undefined;
  usersOf(landscape: string): readonly UaaUser[];
  save(user: UaaUser): void;
  client(landscape: string, id: string): UaaClient | undefined;
  clientsOf(landscape: string): readonly UaaClient[];
  saveClient(client: UaaClient): void;
}

export function openUaaStore(state: State): UaaStore {
  const users = state.collection<UaaUser>('cf/uaa-users', {
    name: (user) => keyIn(user.landscape, user.userName.toLowerCase()),
    email: (user) => keyIn(user.landscape, user.email.toLowerCase()),
    landscape: (user) => user.landscape,
  });
  const clients = state.collection<UaaClient>('cf/uaa-clients', { landscape: (client) => client.landscape });
  const byName = (landscape: string, name: string) => users.by('name', keyIn(landscape, name.toLowerCase()));
  const byEmail = (landscape: string, email: string) => users.by('email', keyIn(landscape, email.toLowerCase()));
  return {
    users,
    clients,
    refreshGrants: state.collection<RefreshGrant>('cf/uaa-refresh-tokens', {
      user: (grant) => keyIn(grant.landscape, grant.userId),
      client: (grant) => keyIn(grant.landscape, grant.clientId),
    }),
    keptTokens: state.collection<KeptToken>('cf/uaa-kept-tokens', {
      user: (token) => (token.userId === undefined ? undefined : keyIn(token.landscape, token.userId)),
      client: (token) => keyIn(token.landscape, token.clientId),
    }),
    groups: state.collection<UaaGroup>('cf/uaa-groups', {
      name: (group) => keyIn(group.landscape, group.displayName.toLowerCase()),
      landscape: (group) => group.landscape,
    }),
    memberships: state.collection<Membership>('cf/uaa-memberships', {
      group: ({ landscape, group }) => keyIn(landscape, group),
      member: ({ landscape, member }) => keyIn(landscape, member),
    }),
    externalMappings: state.collection<ExternalMapping>('cf/uaa-external-groups', {
      external: ({ landscape, origin, externalGroup }) => keyIn(landscape, `${origin}/${externalGroup}`),
      group: ({ landscape, group }) => keyIn(landscape, group),
      landscape: ({ landscape }) => landscape,
    }),
    codes: state.collection<ExpiringCode>('cf/uaa-codes', {
      user: ({ landscape, userId }) => keyIn(landscape, userId),
    }),
    approvals: state.collection<Approval>('cf/uaa-approvals', {
      user: ({ landscape, userId }) => keyIn(landscape, userId),
    }),
    sessions: state.collection<BrowserSession>('cf/uaa-sessions'),
    failures: state.collection<readonly number[]>('cf/uaa-failures'),
    keysChangedAt: state.collection<number>('cf/uaa-keys-changed-at'),
    user: (landscape, id) => users.get(keyIn(landscape, id)),
    userByName: (landscape, userName, origin) => byName(landscape, userName).find((user) => user.origin === origin),
    usersByName: byName,
    usersByEmail: byEmail,
    userByEmail: (landscape, email, origin) => byEmail(landscape, email).find((user) => user.origin === origin),
    usersOf: (landscape) => users.by('landscape', landscape),
    save: (user) => users.set(keyIn(user.landscape, user.id), user),
    client: (landscape, id) => clients.get(keyIn(landscape, id)),
    clientsOf: (landscape) => clients.by('landscape', landscape),
    saveClient: (client) => clients.set(keyIn(client.landscape, client.id), client),
  };
}

/** Key of something within a landscape. */
export function keyIn(landscape: string, name: string): string {
  return `${landscape}/${name}`;
}
