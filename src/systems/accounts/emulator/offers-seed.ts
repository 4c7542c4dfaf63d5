import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { AccountsStore, SubscribableApplication } from './store.ts';
import { applicationId } from './subscriptions.ts';

const record = z.record(z.string(), z.unknown());

const assignment = z.strictObject({
  /** Display name of the subaccount or directory. */
  subaccount: z.string().optional(),
  directory: z.string().optional(),
  amount: z.number().positive().default(1),
});

/** Service plans that a global account may assign. */
export const entitlementsSeed = z
  .array(
    z.strictObject({
      service: z.string(),
      plan: z.string(),
      /** Tells plans of the same name apart. @default made of service and plan */
      uniqueIdentifier: z.string().optional(),
      category: z
        .enum(['SERVICE', 'ELASTIC_SERVICE', 'APPLICATION', 'QUOTA_BASED_APPLICATION', 'PLATFORM', 'ENVIRONMENT'])
        .default('ELASTIC_SERVICE'),
      /** @default without a limit */
      amount: z.number().positive().optional(),
      /** What the service shows of the plan and of its service besides. */
      details: record.optional(),
      serviceDetails: record.optional(),
      assignments: z.array(assignment).default([]),
    }),
  )
  .default([]);

/** Multitenant applications that every subaccount may subscribe to, and who has. */
export const applicationsSeed = z
  .array(
    z.strictObject({
      appName: z.string(),
      /** @default the technical name */
      commercialAppName: z.string().optional(),
      /** Made of the technical name when absent. */
      appId: z.string().optional(),
      displayName: z.string().optional(),
      description: z.string().default(''),
      plans: z
        .array(
          z.union([
            z.string().transform((name) => ({ name })),
            z.strictObject({
              name: z.string(),
              /** What the service shows of the application with this plan, and of subscriptions to it, besides. */
              details: record.optional(),
              subscribed: record.optional(),
            }),
          ]),
        )
        .min(1)
        .default([{ name: 'default' }]),
      /** Each brings a role of this name into the subaccounts that subscribe. */
      roleTemplates: z.array(z.string()).default([]),
      /** What every subscription ends with. @default it works */
      failure: z.strictObject({ errorMessage: z.string(), appError: z.string().default('') }).optional(),
      subscriptions: z
        .array(
          z.strictObject({
            /** Subdomain of the global account, and display name of the subaccount. */
            globalAccount: z.string(),
            subaccount: z.string(),
            plan: z.string(),
            createdBy: z.string().default('operator@sap.example'),
          }),
        )
        .default([]),
    }),
  )
  .default([]);

/** Who is meant by names in the seed of one global account. */
export interface Named {
  readonly subaccount: (name: string) => string | undefined;
  readonly directory: (name: string) => string | undefined;
  /** GUID of who hands entitlements down to this one. */
  readonly managing: (guid: string) => string;
}

export function plantEntitlements(
  seed: z.infer<typeof entitlementsSeed>,
  globalAccount: string,
  store: AccountsStore,
  ctx: Pick<EmulatorContext, 'now'>,
  named: Named,
): void {
  for (const { assignments, amount, details, serviceDetails, ...entry } of seed) {
    const uniqueIdentifier = entry.uniqueIdentifier ?? `${entry.service}-${entry.plan}`;
    store.entitlements.set(`${globalAccount}/${uniqueIdentifier}`, {
      ...entry,
      globalAccount,
      uniqueIdentifier,
      ...(amount === undefined ? {} : { amount }),
      ...(details === undefined ? {} : { details }),
      ...(serviceDetails === undefined ? {} : { serviceDetails }),
    });
    for (const { subaccount, directory, amount: given } of assignments) {
      const target = subaccount === undefined ? named.directory(directory ?? '') : named.subaccount(subaccount);
      if (target === undefined)
        throw new TypeError(`seed: nobody called '${subaccount ?? directory}' for ${entry.plan}`);
      store.assignments.set(`${target}/${uniqueIdentifier}`, {
        target,
        kind: subaccount === undefined ? 'DIRECTORY' : 'SUBACCOUNT',
        globalAccount,
        parent: named.managing(target),
        uniqueIdentifier,
        amount: given,
        autoAssign: false,
        createdAt: ctx.now(),
        // Long ago, as nothing of it is under way.
        since: 0,
      });
    }
  }
}

export function plantApplications(
  seed: z.infer<typeof applicationsSeed>,
  store: AccountsStore,
  subaccountOf: (globalAccount: string, name: string) => string | undefined,
): void {
  for (const { subscriptions, appName, commercialAppName = appName, displayName = appName, ...rest } of seed) {
    const appId = rest.appId ?? applicationId(appName);
    const { failure, plans, ...own } = rest;
    store.applications.set(appName, {
      ...own,
      appName,
      commercialAppName,
      displayName,
      appId,
      // Parsed JSON: what is absent has no key.
      plans: plans as SubscribableApplication['plans'],
      ...(failure === undefined ? {} : { failure }),
    });
    for (const { globalAccount, subaccount, plan, createdBy } of subscriptions) {
      const guid = subaccountOf(globalAccount, subaccount);
      if (guid === undefined) throw new TypeError(`seed: no subaccount '${subaccount}' in ${globalAccount}`);
      store.subscriptions.set(`${guid}/${appName}`, {
        guid: seedId('subscription', guid, appName),
        subaccount: guid,
        planName: plan,
        operation: 'subscribe',
        since: 0,
        createdAt: 0,
        createdBy,
      });
    }
  }
}
