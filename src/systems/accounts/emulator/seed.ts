import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { AccountsStore, DirectoryFeature } from './store.ts';
import { applicationId } from './subscriptions.ts';

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
        /** Service plans that the global account may assign. */
        entitlements: z
          .array(
            z.strictObject({
              service: z.string(),
              plan: z.string(),
              category: z
                .enum([
                  'SERVICE',
                  'ELASTIC_SERVICE',
                  'APPLICATION',
                  'QUOTA_BASED_APPLICATION',
                  'PLATFORM',
                  'ENVIRONMENT',
                ])
                .default('ELASTIC_SERVICE'),
              /** @default without a limit */
              amount: z.int().positive().optional(),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
  /** Multitenant applications that every subaccount may subscribe to. */
  applications: z
    .array(
      z.strictObject({
        appName: z.string(),
        /** @default the technical name */
        commercialAppName: z.string().optional(),
        /** Made of the technical name when absent. */
        appId: z.string().optional(),
        displayName: z.string().optional(),
        description: z.string().default(''),
        plans: z.array(z.string()).min(1).default(['default']),
        /** Each brings a role of this name into the subaccounts that subscribe. */
        roleTemplates: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

export type AccountsSeed = z.infer<typeof accountsSeed>;

const ALL_FEATURES: readonly DirectoryFeature[] = ['AUTHORIZATIONS', 'DEFAULT', 'ENTITLEMENTS'];

export function plantAccounts(seed: AccountsSeed, store: AccountsStore, ctx: Pick<EmulatorContext, 'now'>): void {
  for (const { appName, commercialAppName = appName, displayName = appName, ...rest } of seed.applications) {
    const appId = rest.appId ?? applicationId(appName);
    store.applications.set(appName, { ...rest, appName, commercialAppName, displayName, appId });
  }
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
    for (const { amount, ...entry } of global.entitlements) {
      const limit = amount === undefined ? {} : { amount };
      store.entitlements.set(`${guid}/${entry.service}/${entry.plan}`, { globalAccount: guid, ...entry, ...limit });
    }
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
        ...common(entry),
      });
    }
  }
}

function productionOf(used: boolean | undefined): 'UNSET' | 'USED_FOR_PRODUCTION' | 'NOT_USED_FOR_PRODUCTION' {
  if (used === undefined) return 'UNSET';
  return used ? 'USED_FOR_PRODUCTION' : 'NOT_USED_FOR_PRODUCTION';
}
