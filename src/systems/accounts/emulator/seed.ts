import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import { applicationsSeed, entitlementsSeed, plantApplications, plantEntitlements } from './offers-seed.ts';
import type { AccountsStore, DirectoryFeature } from './store.ts';
import { managing } from './views.ts';

const labels = z.record(z.string(), z.array(z.string())).optional();
const account = {
  /** Made of the names when absent, the same in every reset. */
  guid: z.string().optional(),
  description: z.string().optional(),
  createdBy: z.string().optional(),
};

const directory = z.strictObject({
  ...account,
  name: z.string(),
  /** Name of the directory above, which comes earlier in the list. */
  parent: z.string().optional(),
  /** Whether it manages entitlements, users and authorizations of its own. */
  authorizations: z.boolean().default(false),
  labels,
});

const subaccount = z.strictObject({
  ...account,
  name: z.string(),
  subdomain: z.string(),
  region: z.string(),
  /** Name of the directory above; absent = below the global account. */
  directory: z.string().optional(),
  labels,
  betaEnabled: z.boolean().default(false),
  usedForProduction: z.boolean().optional(),
  /** Whether its deletion was forced, and can still be taken back. */
  pendingDeletion: z.boolean().default(false),
  /** Its Cloud Foundry environment, where that has an id of its own; without it, the environment is made of the subaccount's org. */
  environment: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      org: z.strictObject({ guid: z.string(), name: z.string(), landscape: z.string() }),
      parameters: z.record(z.string(), z.unknown()).default({}),
    })
    .optional(),
});

/** `accounts` of a landscape seed. */
export const accountsSeed = z.strictObject({
  globalAccounts: z
    .array(
      z.strictObject({
        ...account,
        subdomain: z.string(),
        displayName: z.string().optional(),
        /** Region of the global account's own XSUAA tenant. */
        region: z.string().default('eu10'),
        directories: z.array(directory).default([]),
        subaccounts: z.array(subaccount).default([]),
        entitlements: entitlementsSeed,
        resourceProviders: z
          .array(
            z.strictObject({
              provider: z.string(),
              technicalName: z.string(),
              displayName: z.string(),
              description: z.string().optional(),
              configuration: z.record(z.string(), z.unknown()).default({}),
            }),
          )
          .default([]),
        /** Display names of two subaccounts that stand in for each other. */
        pairs: z
          .array(z.strictObject({ id: z.string().optional(), subaccounts: z.array(z.string()).length(2) }))
          .default([]),
      }),
    )
    .default([]),
  applications: applicationsSeed,
});

export type AccountsSeed = z.infer<typeof accountsSeed>;

const ALL_FEATURES: readonly DirectoryFeature[] = ['AUTHORIZATIONS', 'DEFAULT', 'ENTITLEMENTS'];

export function plantAccounts(seed: AccountsSeed, store: AccountsStore, ctx: Pick<EmulatorContext, 'now'>): void {
  for (const global of seed.globalAccounts) {
    const guid = global.guid ?? seedId('global-account', global.subdomain);
    const common = (entry: { description?: string | undefined; createdBy?: string | undefined }) => ({
      ...(entry.description === undefined ? {} : { description: entry.description }),
      createdBy: entry.createdBy ?? 'operator@sap.example',
      createdAt: ctx.now(),
      modifiedAt: ctx.now(),
    });
    store.globalAccounts.set(guid, {
      guid,
      displayName: global.displayName ?? global.subdomain,
      subdomain: global.subdomain,
      region: global.region,
      ...common(global),
    });
    const directories = new Map<string, string>();
    const above = (name: string | undefined) => {
      if (name === undefined) return {};
      const parent = directories.get(name);
      if (parent === undefined) throw new TypeError(`seed: no directory '${name}' in ${global.subdomain}`);
      return { parent };
    };
    for (const entry of global.directories) {
      const id = entry.guid ?? seedId('directory', global.subdomain, entry.name);
      store.directories.set(id, {
        guid: id,
        globalAccount: guid,
        displayName: entry.name,
        features: entry.authorizations ? ALL_FEATURES : ['DEFAULT'],
        ...above(entry.parent),
        ...(entry.labels === undefined ? {} : { labels: entry.labels }),
        ...common(entry),
      });
      directories.set(entry.name, id);
    }
    for (const entry of global.subaccounts) {
      const id = entry.guid ?? seedId('subaccount', global.subdomain, entry.name);
      store.subaccounts.set(id, {
        guid: id,
        globalAccount: guid,
        displayName: entry.name,
        subdomain: entry.subdomain,
        region: entry.region,
        betaEnabled: entry.betaEnabled,
        usedForProduction: productionOf(entry.usedForProduction),
        ...above(entry.directory),
        ...(entry.labels === undefined ? {} : { labels: entry.labels }),
        ...(entry.pendingDeletion
          ? { deletionForcedAt: ctx.now(), stateMessage: 'Subaccount is pending deletion' }
          : {}),
        ...common(entry),
      });
      if (entry.environment === undefined) continue;
      // Provisioned long ago.
      const times = { operation: 'provision', since: 0, createdAt: 0 } as const;
      store.environments.set(id, { ...entry.environment, subaccount: id, ...times });
    }
    const subaccount = (name: string) => subaccountByName(store, guid, name);
    plantEntitlements(global.entitlements, guid, store, ctx, {
      subaccount,
      directory: (name) => directories.get(name),
      managing: (target) =>
        managing(store, store.subaccounts.get(target)?.parent ?? store.directories.get(target)?.parent, guid),
    });
    for (const { description, ...entry } of global.resourceProviders) {
      const more = description === undefined ? {} : { description };
      const key = `${guid}/${entry.provider}/${entry.technicalName}`;
      store.resourceProviders.set(key, { globalAccount: guid, ...entry, ...more });
    }
    for (const entry of global.pairs) {
      const id = entry.id ?? seedId('subaccount-pair', guid, ...entry.subaccounts);
      const subaccounts = entry.subaccounts.flatMap((name) => subaccount(name) ?? []);
      const { createdBy } = common({});
      store.pairs.set(id, { id, globalAccount: guid, subaccounts, createdAt: ctx.now(), createdBy });
    }
  }
  plantApplications(seed.applications, store, (globalAccount, name) => {
    const [account] = store.globalAccounts.by('subdomain', globalAccount);
    return account && subaccountByName(store, account.guid, name);
  });
}

function subaccountByName(store: AccountsStore, globalAccount: string, name: string): string | undefined {
  return store.subaccounts.by('globalAccount', globalAccount).find(({ displayName }) => displayName === name)?.guid;
}

function productionOf(used: boolean | undefined): 'UNSET' | 'USED_FOR_PRODUCTION' | 'NOT_USED_FOR_PRODUCTION' {
  if (used === undefined) return 'UNSET';
  return used ? 'USED_FOR_PRODUCTION' : 'NOT_USED_FOR_PRODUCTION';
}
