import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import { DEFAULT_ORIGIN_KEY } from '../../protocols/btp-cli/wire.ts';
import { type AuthzStore, keyOf, mappingKey, userKey } from './store.ts';
import { canonicalOrigin, type ZoneDirectory } from './zone/directory.ts';

/** Where: the global account itself, or directories or subaccounts by display name (`*` = all). */
const place = z.union([
  z.literal('global-account'),
  z.strictObject({ directories: z.union([z.literal('*'), z.array(z.string())]) }),
  z.strictObject({ subaccounts: z.union([z.literal('*'), z.array(z.string())]) }),
]);

/** An application with what its security descriptor brings. */
const application = z.strictObject({
  globalAccount: z.string(),
  in: place,
  /** `xsappname` with its index: `it-rt!b18631`. */
  appId: z.string(),
  roleTemplates: z
    .array(
      z.strictObject({
        name: z.string(),
        description: z.string().default(''),
        /** Whole names. */
        scopes: z.array(z.string()).default([]),
        attributes: z
          .array(
            z.looseObject({
              attributeName: z.string(),
              attributeValueOrigin: z.string().default('static'),
              attributeValues: z.array(z.string().nullable()).default([null]),
              valueRequired: z.boolean().default(false),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
  /** What `security/app` shows of it besides. */
  shown: z.record(z.string(), z.unknown()).optional(),
});

/** `authz` of a landscape seed: shadow users with their role collections, and role collections of one's own. */
export const authzSeed = z.strictObject({
  applications: z.array(application).default([]),
  /** Roles of one's own, made of role templates. */
  roles: z
    .array(
      z.strictObject({
        globalAccount: z.string(),
        in: place,
        appId: z.string(),
        template: z.string(),
        name: z.string(),
        description: z.string().default(''),
        attributes: z.array(z.record(z.string(), z.unknown())).optional(),
      }),
    )
    .default([]),
  roleCollections: z
    .array(
      z.strictObject({
        globalAccount: z.string(),
        in: place,
        name: z.string(),
        description: z.string().default(''),
        /** Names of roles, e.g. `Subaccount Viewer`. */
        roles: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  /** Groups (or other attributes) of a custom identity provider whose members get a role collection. */
  mappings: z
    .array(
      z.strictObject({
        globalAccount: z.string(),
        in: place,
        roleCollection: z.string(),
        originKey: z.string(),
        attribute: z.string().default('Groups'),
        value: z.string(),
      }),
    )
    .default([]),
  users: z
    .array(
      z.strictObject({
        globalAccount: z.string(),
        in: place,
        userName: z.string(),
        /** @default the user name */
        email: z.string().optional(),
        originKey: z.string().default(DEFAULT_ORIGIN_KEY),
        givenName: z.string().optional(),
        familyName: z.string().optional(),
        roleCollections: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

export type AuthzSeed = z.infer<typeof authzSeed>;

export function plantAuthorizations(
  seed: AuthzSeed,
  store: AuthzStore,
  directory: ZoneDirectory,
  ctx: EmulatorContext,
): void {
  for (const { appId, roleTemplates, shown, ...entry } of seed.applications) {
    for (const { guid: zone } of zonesOf(ctx, entry.globalAccount, entry.in)) {
      const known = { zone, appId, roleTemplates, roleCollections: [], ...(shown === undefined ? {} : { shown }) };
      store.applications.set(keyOf(zone, appId), known);
    }
  }
  for (const { globalAccount, in: where, attributes, ...entry } of seed.roles) {
    for (const { guid: zone } of zonesOf(ctx, globalAccount, where)) {
      const role = { zone, ...entry, ...(attributes === undefined ? {} : { attributes }) };
      store.roles.set(keyOf(zone, entry.appId, entry.template, entry.name), role);
    }
  }
  for (const { name, description, roles, ...entry } of seed.roleCollections) {
    for (const zone of zonesOf(ctx, entry.globalAccount, entry.in)) {
      const references = roles.map((roleName) => {
        const role = directory.roles(zone).find((one) => one.name === roleName);
        if (!role) throw new TypeError(`seed: no role '${roleName}' in ${zone.displayName}`);
        return { appId: role.appId, template: role.template, name: role.name };
      });
      store.collections.set(keyOf(zone.guid, name), { zone: zone.guid, name, description, roles: references });
    }
  }
  for (const { roleCollection: collection, originKey, attribute, value, ...entry } of seed.mappings) {
    for (const { guid: zone } of zonesOf(ctx, entry.globalAccount, entry.in)) {
      const mapping = { zone, collection, originKey, attribute, value };
      store.mappings.set(mappingKey(mapping), mapping);
    }
  }
  for (const entry of seed.users) {
    const originKey = canonicalOrigin(entry.originKey);
    for (const zone of zonesOf(ctx, entry.globalAccount, entry.in)) {
      for (const name of entry.roleCollections) {
        if (!directory.collection(zone, name)) {
          throw new TypeError(`seed: no role collection '${name}' in ${zone.displayName}`);
        }
      }
      store.users.set(userKey(zone.guid, originKey, entry.userName), {
        id: seedId('shadow-user', zone.guid, originKey, entry.userName),
        zone: zone.guid,
        userName: entry.userName,
        email: entry.email ?? entry.userName,
        originKey,
        ...(entry.givenName === undefined ? {} : { givenName: entry.givenName }),
        ...(entry.familyName === undefined ? {} : { familyName: entry.familyName }),
        createdAt: ctx.now(),
        modifiedAt: ctx.now(),
        version: entry.roleCollections.length,
        roleCollections: entry.roleCollections,
      });
    }
  }
}

function zonesOf(ctx: EmulatorContext, subdomain: string, where: z.infer<typeof place>): readonly Zone[] {
  const accounts = ctx.world.use('accounts');
  const account = accounts.globalAccountBySubdomain(subdomain);
  if (!account) throw new TypeError(`seed: no global account '${subdomain}'`);
  if (where === 'global-account') return [account];
  const [kind, names] =
    'directories' in where ? (['directory', where.directories] as const) : (['subaccount', where.subaccounts] as const);
  const all = () =>
    accounts.zones().filter((zone) => zone.globalAccount === account.guid && zone.kind === kind && zone.authorizations);
  if (names === '*') return all();
  return names.map((name) => {
    const zone =
      kind === 'subaccount'
        ? accounts.subaccountByName(subdomain, name)
        : all().find((one) => one.displayName === name);
    if (!zone) throw new TypeError(`seed: no ${kind} '${name}' with users of its own in ${subdomain}`);
    return zone;
  });
}
