import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Application, TrustedIdentityProvider, Zone } from '../../../../emulation/world.ts';
import { DEFAULT_ORIGIN_ALIAS, DEFAULT_ORIGIN_KEY } from '../../../protocols/btp-cli/wire.ts';
import { type AuthzStore, type KnownApplication, keyOf, type ShadowUser, userKey } from '../store.ts';
import { type CatalogueRole, PREDEFINED, ROLES, type RoleReference } from './catalogue.ts';

export interface RoleCollection {
  readonly name: string;
  readonly description: string;
  readonly roles: readonly RoleReference[];
  readonly readOnly: boolean;
}

export interface Role extends CatalogueRole {
  readonly readOnly: boolean;
  readonly attributes?: readonly Readonly<Record<string, unknown>>[];
}

/** What roles are made of. */
export interface RoleTemplate {
  readonly appId: string;
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
  /** Attributes that a role narrows its rights by. */
  readonly attributes?: Application['roleTemplates'][number]['attributes'];
}

/** What exists in a zone: its role collections, roles, applications and users. Zones share nothing (btp:0039cf0). */
export interface ZoneDirectory {
  collections(zone: Zone): readonly RoleCollection[];
  collection(zone: Zone, name: string): RoleCollection | undefined;
  templates(zone: Zone): readonly RoleTemplate[];
  roles(zone: Zone): readonly Role[];
  applications(zone: Zone): readonly KnownApplication[];
  application(zone: string, appId: string): KnownApplication | undefined;
  user(zone: string, originKey: string, userName: string): ShadowUser | undefined;
  userById(zone: string, id: string): ShadowUser | undefined;
  providers(zone: string): readonly TrustedIdentityProvider[];
  provider(zone: string, originKey: string): TrustedIdentityProvider | undefined;
  /** Scopes of the roles in role collections. */
  scopesOf(zone: Zone, collections: readonly string[]): readonly string[];
  /** Names of the role templates that a user's role collections hold. */
  templatesOf(zone: Zone, user: ShadowUser): readonly string[];
}

export function createZoneDirectory(ctx: Pick<EmulatorContext, 'world'>, store: AuthzStore): ZoneDirectory {
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
    templates(zone) {
      return [
        ...ROLES[zone.kind].map(({ appId, template, description, scopes }) => ({
          appId,
          name: template,
          description,
          scopes,
        })),
        ...directory
          .applications(zone)
          .flatMap(({ appId, roleTemplates }) => roleTemplates.map((template) => ({ appId, ...template }))),
      ];
    },
    roles(zone) {
      const templates = directory.templates(zone);
      const named = new Map(ROLES[zone.kind].map((role) => [keyOf(role.appId, role.template), role.name]));
      // Each template brings a role of its own, which cannot be changed.
      const delivered = templates.map(({ appId, name: template, ...rest }) => ({
        appId,
        template,
        name: named.get(keyOf(appId, template)) ?? template,
        ...rest,
        readOnly: true,
      }));
      const scopes = new Map(templates.map((template) => [keyOf(template.appId, template.name), template.scopes]));
      const custom = store.roles.by('zone', zone.guid).map((role) => ({
        ...role,
        scopes: scopes.get(keyOf(role.appId, role.template)) ?? [],
        readOnly: false,
      }));
      return [...delivered, ...custom];
    },
    applications: (zone) => store.applications.by('zone', zone.guid),
    application: (zone, appId) => store.applications.get(keyOf(zone, appId)),
    user: (zone, originKey, userName) => store.users.get(userKey(zone, canonicalOrigin(originKey), userName)),
    userById: (zone, id) => store.users.by('id', keyOf(zone, id))[0],
    providers: (zone) => ctx.world.use('trust').identityProviders(zone),
    provider(zone, originKey) {
      const wanted = canonicalOrigin(originKey);
      return directory.providers(zone).find((provider) => provider.originKey === wanted);
    },
    scopesOf(zone, collections) {
      const roles = new Map(directory.roles(zone).map((role) => [roleKey(role), role.scopes]));
      const held = collections.flatMap((name) => directory.collection(zone, name)?.roles ?? []);
      return [...new Set(held.flatMap((reference) => roles.get(roleKey(reference)) ?? []))];
    },
    templatesOf(zone, user) {
      const references = user.roleCollections.flatMap((name) => directory.collection(zone, name)?.roles ?? []);
      return references.map((reference) => reference.template);
    },
  };
  return directory;
}

function roleKey({ appId, template, name }: RoleReference): string {
  return keyOf(appId, template, name);
}

/** Requests may call the default identity provider `ldap`; answers never do (notes §4.1.1). */
export function canonicalOrigin(originKey: string): string {
  return originKey === DEFAULT_ORIGIN_ALIAS ? DEFAULT_ORIGIN_KEY : originKey;
}
