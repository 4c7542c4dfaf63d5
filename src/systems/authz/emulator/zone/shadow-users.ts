import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { recordChange } from '../../../protocols/audit/emulator.ts';
import { type AuthzStore, keyOf, type ShadowUser, userKey } from '../store.ts';
import { canonicalOrigin, type ZoneDirectory } from './directory.ts';

/** Who a shadow user stands for. */
export interface Person {
  readonly userName: string;
  /** @default the user name */
  readonly email?: string | undefined;
  readonly originKey: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly externalId?: string | undefined;
}

/** The shadow users of all zones; every change goes to the audit log of its zone. */
export interface ShadowUsers {
  /** Finds the shadow user, or creates it; nobody checks that the identity provider knows it (notes btp-cli §4.1.6). */
  ensure(zone: string, person: Person, by: string | undefined): ShadowUser;
  /** Changes what is not an assignment; the user name may be another one. */
  replace(before: ShadowUser, after: ShadowUser): ShadowUser;
  /** Gives exactly these role collections; each that comes or goes is one more version. */
  assign(user: ShadowUser, roleCollections: readonly string[], by: string | undefined): ShadowUser;
  /** The user and its assignments; cannot be undone (btp:eb70f16). */
  remove(user: ShadowUser, by: string | undefined): void;
  /** Everybody of an identity provider, with what its groups are mapped to. */
  removeOrigin(zone: string, originKey: string): void;
}

export function createShadowUsers(ctx: EmulatorContext, store: AuthzStore, directory: ZoneDirectory): ShadowUsers {
  const key = (user: ShadowUser) => userKey(user.zone, user.originKey, user.userName);

  function audit(
    user: ShadowUser,
    by: string | undefined,
    table: string,
    crud: 'CREATE' | 'DELETE',
    more: Readonly<Record<string, string>> = {},
  ): void {
    const attributes = {
      timestamp: String(ctx.now()),
      origin: user.originKey,
      user: user.id,
      zone: user.zone,
      ...more,
    };
    recordChange(ctx.world, { zone: user.zone, user: by, table, crud, attributes });
  }

  const users: ShadowUsers = {
    ensure(zone, { userName, email = userName, originKey, givenName, familyName, externalId }, by) {
      const known = directory.user(zone, originKey, userName);
      if (known) return known;
      const user: ShadowUser = {
        id: ctx.id(),
        zone,
        userName,
        email,
        originKey: canonicalOrigin(originKey),
        ...(givenName === undefined ? {} : { givenName }),
        ...(familyName === undefined ? {} : { familyName }),
        ...(externalId === undefined ? {} : { externalId }),
        createdAt: ctx.now(),
        modifiedAt: ctx.now(),
        version: 0,
        roleCollections: [],
      };
      store.users.set(key(user), user);
      // assumed: the table's name; that the log tells who created a user is documented (btp:38958e5).
      audit(user, by, 'users', 'CREATE', { username: user.userName });
      return user;
    },
    replace(before, after) {
      if (key(before) !== key(after)) store.users.delete(key(before));
      store.users.set(key(after), after);
      return after;
    },
    assign(user, roleCollections, by) {
      const added = roleCollections.filter((name) => !user.roleCollections.includes(name));
      const removed = user.roleCollections.filter((name) => !roleCollections.includes(name));
      const changes = added.length + removed.length;
      if (changes === 0) return user;
      const kept = user.roleCollections.filter((name) => roleCollections.includes(name));
      const after = {
        ...user,
        roleCollections: [...kept, ...added],
        version: user.version + changes,
        modifiedAt: ctx.now(),
      };
      store.users.set(key(after), after);
      for (const name of added) audit(user, by, 'xs_rolecollection2user', 'CREATE', { rolecollection: name });
      for (const name of removed) audit(user, by, 'xs_rolecollection2user', 'DELETE', { rolecollection: name });
      return after;
    },
    remove(user, by) {
      store.users.delete(key(user));
      for (const grant of store.refreshGrants.by('user', keyOf(user.zone, user.id))) {
        store.refreshGrants.delete(grant.token);
      }
      audit(user, by, 'users', 'DELETE', { username: user.userName });
    },
    removeOrigin(zone, originKey) {
      for (const user of store.users.by('zoneAndOrigin', keyOf(zone, originKey))) users.remove(user, undefined);
      for (const [mapping, { originKey: origin, zone: where }] of mappings(store)) {
        if (where === zone && origin === originKey) store.mappings.delete(mapping);
      }
    },
  };
  return users;
}

function mappings(store: AuthzStore) {
  return [...store.mappings.keys()].flatMap((key) => {
    const mapping = store.mappings.get(key);
    return mapping ? [[key, mapping] as const] : [];
  });
}
