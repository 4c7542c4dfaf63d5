import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';

interface Account {
  readonly guid: string;
  readonly displayName: string;
  readonly description?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** User name of its creator. */
  readonly createdBy: string;
}

export interface GlobalAccount extends Account {
  readonly subdomain: string;
  /** Region of its own XSUAA tenant. */
  readonly region: string;
}

export interface Labelled {
  readonly labels?: Readonly<Record<string, readonly string[]>>;
}

export type DirectoryFeature = 'DEFAULT' | 'ENTITLEMENTS' | 'AUTHORIZATIONS';

export interface Directory extends Account, Labelled {
  readonly globalAccount: string;
  /** GUID of the directory above; absent below the global account. */
  readonly parent?: string;
  readonly features: readonly DirectoryFeature[];
  /** What the service said last of its state. @default it was created */
  readonly stateMessage?: string;
}

export interface Subaccount extends Account, Labelled {
  readonly globalAccount: string;
  /** GUID of the directory above; absent below the global account. */
  readonly parent?: string;
  readonly subdomain: string;
  readonly region: string;
  readonly betaEnabled: boolean;
  readonly usedForProduction: 'UNSET' | 'USED_FOR_PRODUCTION' | 'NOT_USED_FOR_PRODUCTION';
  /** User name. @default its creator */
  readonly lastModifiedBy?: string;
  /** What the service said last of its state. @default it was created */
  readonly stateMessage?: string;
  /** When somebody forced its deletion, which comes a week later; epoch milliseconds. */
  readonly deletionForcedAt?: number;
}

/** An account at a cloud provider that a global account brings along. */
export interface ResourceProvider {
  readonly globalAccount: string;
  /** `AWS`, `AZURE` and so on. */
  readonly provider: string;
  readonly technicalName: string;
  readonly displayName: string;
  readonly description?: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** Two subaccounts that stand in for each other. */
export interface SubaccountPair {
  readonly id: string;
  readonly globalAccount: string;
  readonly subaccounts: readonly string[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly createdBy: string;
}

/** Something under way for an account. */
export interface Operation {
  /** Of the account. */
  readonly guid: string;
  readonly kind:
    | 'create subaccount'
    | 'delete subaccount'
    | 'restore subaccount'
    | 'create directory'
    | 'enable directory'
    | 'delete directory';
  /** Epoch milliseconds. */
  readonly since: number;
}

/** A Cloud Foundry environment that was made here; those of a seed are known by their orgs alone. */
export interface EnvironmentInstance {
  /** Upper-case. */
  readonly id: string;
  readonly subaccount: string;
  readonly name: string;
  readonly org: { readonly guid: string; readonly name: string; readonly landscape: string };
  /** As they were sent last. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly operation: 'provision' | 'update' | 'deprovision';
  /** When the operation began, epoch milliseconds. */
  readonly since: number;
  readonly createdAt: number;
}

/** A Kyma environment: what its broker knows of the cluster. */
export interface KymaInstance {
  /** Upper-case. */
  readonly id: string;
  readonly subaccount: string;
  readonly name: string;
  readonly plan: string;
  readonly parameters: Readonly<Record<string, unknown>> & {
    readonly name: string;
    /** E-mails of those who have the role `cluster-admin`. */
    readonly administrators: readonly string[];
  };
  readonly operation: 'provision' | 'update' | 'deprovision';
  /** When the operation began, epoch milliseconds. */
  readonly since: number;
  readonly createdAt: number;
}

/** A multitenant application of the landscape. */
export interface SubscribableApplication {
  /** Technical name. */
  readonly appName: string;
  readonly commercialAppName: string;
  /** `xsappname` of its XSUAA instance. */
  readonly appId: string;
  readonly displayName: string;
  readonly description: string;
  readonly plans: readonly ApplicationPlan[];
  readonly roleTemplates: readonly string[];
  /** What every subscription ends with; absent = it works. */
  readonly failure?: { readonly errorMessage: string; readonly appError: string };
}

export interface ApplicationPlan {
  readonly name: string;
  /** What the service shows of the application with this plan besides. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What it shows of a subscription besides. */
  readonly subscribed?: Readonly<Record<string, unknown>>;
}

/** A subscription of a subaccount, or what is left of it while it ends. */
export interface Subscription {
  readonly guid: string;
  readonly subaccount: string;
  readonly planName: string;
  readonly operation: 'subscribe' | 'update' | 'unsubscribe';
  /** When the operation began, epoch milliseconds. */
  readonly since: number;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** A service plan that a global account may use. */
export interface Entitlement {
  readonly globalAccount: string;
  readonly service: string;
  readonly plan: string;
  /** Tells plans of the same name apart: `hana-cloud-hana`. */
  readonly uniqueIdentifier: string;
  readonly category:
    | 'SERVICE'
    | 'ELASTIC_SERVICE'
    | 'APPLICATION'
    | 'QUOTA_BASED_APPLICATION'
    | 'PLATFORM'
    | 'ENVIRONMENT';
  /** How much of it there is; absent = without a limit. */
  readonly amount?: number;
  /** What the service shows of the plan besides. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What it shows of the plan's service. */
  readonly serviceDetails?: Readonly<Record<string, unknown>>;
}

/** A service plan as a subaccount or directory has it. */
export interface Assignment {
  /** GUID of the subaccount or directory. */
  readonly target: string;
  readonly kind: 'SUBACCOUNT' | 'DIRECTORY';
  readonly globalAccount: string;
  /** GUID of who gave it: a directory that manages entitlements, or the global account. */
  readonly parent: string;
  readonly uniqueIdentifier: string;
  /** 1 where there is no limit. */
  readonly amount: number;
  readonly autoAssign: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly since: number;
}

export interface AccountsStore {
  readonly globalAccounts: Collection<GlobalAccount>;
  readonly directories: Collection<Directory>;
  readonly subaccounts: Collection<Subaccount>;
  /** By the account's GUID. */
  readonly operations: Collection<Operation>;
  /** By the subaccount's GUID: it has one at most. */
  readonly environments: Collection<EnvironmentInstance>;
  readonly kymaInstances: Collection<KymaInstance>;
  /** By technical name. */
  readonly applications: Collection<SubscribableApplication>;
  /** By the subaccount's GUID and the application's technical name. */
  readonly subscriptions: Collection<Subscription>;
  readonly resourceProviders: Collection<ResourceProvider>;
  readonly pairs: Collection<SubaccountPair>;
  readonly entitlements: Collection<Entitlement>;
  readonly assignments: Collection<Assignment>;
}

export function createAccountsStore(ctx: Pick<EmulatorContext, 'state'>): AccountsStore {
  return {
    globalAccounts: ctx.state.collection('accounts/global-accounts', { subdomain: (account) => account.subdomain }),
    directories: ctx.state.collection('accounts/directories', {
      globalAccount: (directory) => directory.globalAccount,
    }),
    subaccounts: ctx.state.collection('accounts/subaccounts', {
      globalAccount: (subaccount) => subaccount.globalAccount,
      deletion: ({ deletionForcedAt }) => (deletionForcedAt === undefined ? undefined : 'forced'),
      host: (subaccount) => `${subaccount.subdomain}.${subaccount.region}`,
      name: (subaccount) => `${subaccount.globalAccount}/${subaccount.displayName}`,
    }),
    operations: ctx.state.collection('accounts/operations'),
    environments: ctx.state.collection('accounts/environments'),
    kymaInstances: ctx.state.collection('accounts/kyma-instances', { subaccount: (instance) => instance.subaccount }),
    applications: ctx.state.collection('accounts/applications'),
    subscriptions: ctx.state.collection('accounts/subscriptions', {
      subaccount: (subscription) => subscription.subaccount,
    }),
    resourceProviders: ctx.state.collection('accounts/resource-providers', {
      globalAccount: (provider) => provider.globalAccount,
    }),
    pairs: ctx.state.collection('accounts/pairs', { subaccount: (pair) => pair.subaccounts }),
    entitlements: ctx.state.collection('accounts/entitlements', {
      globalAccount: (entitlement) => entitlement.globalAccount,
    }),
    assignments: ctx.state.collection('accounts/assignments', {
      target: (assignment) => assignment.target,
      plan: ({ globalAccount, uniqueIdentifier }) => `${globalAccount}/${uniqueIdentifier}`,
      parent: (assignment) => assignment.parent,
    }),
  };
}
