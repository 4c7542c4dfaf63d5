import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { TrustedIdentityProvider, Zone } from '../../../emulation/world.ts';
import { DEFAULT_ORIGIN_ALIAS, DEFAULT_ORIGIN_KEY } from '../../protocols/btp-cli/wire.ts';
import { type CatalogueRole, PREDEFINED, ROLES, type RoleReference } from './catalogue.ts';
import { type AuthzStore, keyOf, type ShadowUser, userKey } from './store.ts';

export interface RoleCollection {
  readonly name: string;
  readonly description: string;
  readonly roles: readonly RoleReference[];
  readonly readOnly: boolean;
}

/** What exists in a zone: its role collections, roles and users. Zones share nothing (btp:0039cf0). */
export interface ZoneDirectory {
  collections(zone: Zone): readonly RoleCollection[];
  collection(zone: Zone, name: string): RoleCollection | undefined;
  roles(zone: Zone): readonly (CatalogueRole & { readonly readOnly: boolean })[];
  user(zone: string, originKey: string, userName: string): ShadowUser | undefined;
  /** Creates the shadow user if it is missing; nobody checks that the identity provider knows it (notes §4.1.6). */
  ensureUser(zone: string, originKey: string, userName: string, email?: string): ShadowUser;
  provider(zone: string, originKey: string): TrustedIdentityProvider | undefined;
  /** Names of the role templates that a user's role collections hold. */
  templatesOf(zone: Zone, user: ShadowUser): readonly string[];
}

export function createZoneDirectory(ctx: EmulatorContext, store: AuthzStore): ZoneDirectory {
  const directory: ZoneDirectory = {
    collections(zone) {
      const predefined = PREDEFINED[zone.kind].map((collection) => ({ ...collection, readOnly: true }));
      const custom = store.collections.by('zone', zone.guid).map((collection) => ({ ...collection, readOnly: false }));
      return [...predefined, ...custom].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    collection(zone, name) {
      const custom = store.collections.get(keyOf(zone.guid, name));
      if (custom) return { ...custom, readOnly: false };
      const predefined = PREDEFINED[zone.kind].find((collection) => collection.name === name);
      return predefined && { ...predefined, readOnly: true };
    },
    roles(zone) {
      return [
        ...ROLES[zone.kind].map((role) => ({ ...role, readOnly: true })),
        ...store.roles.by('zone', zone.guid).map((role) => ({ ...role, readOnly: false })),
      ];
    },
    user(zone, originKey, userName) {
      return store.users.get(userKey(zone, canonicalOrigin(originKey), userName));
    },
    ensureUser(zone, originKey, userName, email = userName) {
      const known = directory.user(zone, originKey, userName);
      if (known) return known;
      const user: ShadowUser = {
        id: ctx.id(),
        zone,
        userName,
        email,
        originKey: canonicalOrigin(originKey),
        createdAt: ctx.now(),
        modifiedAt: ctx.now(),
        version: 0,
        roleCollections: [],
      };
      store.users.set(userKey(zone, user.originKey, userName), user);
      return user;
    },
    provider(zone, originKey) {
      const wanted = canonicalOrigin(originKey);
      return ctx.world
        .use('trust')
        .identityProviders(zone)
        .find((provider) => provider.originKey === wanted);
    },
    templatesOf(zone, user) {
      const references = user.roleCollections.flatMap((name) => directory.collection(zone, name)?.roles ?? []);
      return references.map((reference) => reference.template);
    },
  };
  return directory;
}

/** Requests may call the default identity provider `ldap`; answers never do (notes §4.1.1). */
export function canonicalOrigin(originKey: string): string {
  return originKey === DEFAULT_ORIGIN_ALIAS ? DEFAULT_ORIGIN_KEY : originKey;
}
