import { accountDate } from '../../protocols/btp-cli/emulator/dates.ts';
import { FORCED_DELETION_MS, type Operations } from './operations.ts';
import type { AccountsStore, Directory, GlobalAccount, Labelled, Subaccount } from './store.ts';

/** What views are made of. */
export interface Sight {
  readonly store: AccountsStore;
  readonly operations: Operations;
}

// Shapes and key order as in the recordings of accounts/global-account, accounts/directory and accounts/subaccount.

/** `global-account?get`; with the hierarchy it has children and subaccounts in place of the cost object. */
export function globalAccountView(sight: Sight, account: GlobalAccount, hierarchy: boolean) {
  const head = {
    commercialModel: 'Subscription',
    consumptionBased: false,
    licenseType: 'SAPDEV',
    geoAccess: 'STANDARD',
    costCenter: '0',
    ...(hierarchy ? {} : { costObjectType: 'COST_CENTER', costObjectId: '0' }),
    useFor: 'Testing',
    origin: 'OPERATOR',
    guid: account.guid,
    displayName: account.displayName,
    ...describe(account),
    createdDate: accountDate(account.createdAt),
    modifiedDate: accountDate(account.modifiedAt),
  };
  const tail = {
    entityState: 'OK',
    stateMessage: 'Global account updated.',
    subdomain: account.subdomain,
  };
  if (!hierarchy) return { ...head, ...tail, contractStatus: 'ACTIVE' };
  const { children, subaccounts } = below(sight, account.guid, undefined);
  return {
    ...head,
    ...(children ? { children } : {}),
    ...tail,
    ...(subaccounts ? { subaccounts } : {}),
    contractStatus: 'ACTIVE',
  };
}

/** `directory?get`; inside a hierarchy it has children and subaccounts of its own, when there are any. */
export function directoryView(sight: Sight, directory: Directory, hierarchy = false) {
  const { store, operations } = sight;
  const stage = operations.stage(directory.guid);
  const { children, subaccounts } = hierarchy ? below(sight, directory.globalAccount, directory.guid) : {};
  const parent = directory.parent ?? directory.globalAccount;
  return {
    guid: directory.guid,
    parentGuid: parent,
    parentGUID: parent,
    parentType: parentType(store, directory.parent),
    globalAccountGUID: directory.globalAccount,
    displayName: directory.displayName,
    ...describe(directory),
    createdDate: accountDate(directory.createdAt),
    createdBy: directory.createdBy,
    modifiedDate: accountDate(directory.modifiedAt),
    ...(children ? { children } : {}),
    entityState: stage?.state ?? 'OK',
    stateMessage: stage?.message ?? directory.stateMessage ?? 'Directory created.',
    ...(directory.features.includes('AUTHORIZATIONS') ? { subdomain: directory.guid } : {}),
    directoryType: directoryType(directory),
    directoryFeatures: directory.features,
    ...labelView(directory.guid, directory),
    ...(subaccounts ? { subaccounts } : {}),
    contractStatus: 'ACTIVE',
  };
}

/** `subaccount?list` and inside a hierarchy; `get` also names the nearest parent that manages entitlements. */
export function subaccountView({ store, operations }: Sight, subaccount: Subaccount, single = false) {
  const stage = operations.stage(subaccount.guid);
  const directory = subaccount.parent === undefined ? undefined : store.directories.get(subaccount.parent);
  return {
    guid: subaccount.guid,
    technicalName: operations.withoutTenant(subaccount.guid) ? 'N/A' : subaccount.guid,
    displayName: subaccount.displayName,
    globalAccountGUID: subaccount.globalAccount,
    parentGUID: subaccount.parent ?? subaccount.globalAccount,
    parentType: parentType(store, subaccount.parent),
    ...(directory ? { parentFeatures: directory.features } : {}),
    ...(single
      ? { closestEntitlementManagedParentGUID: managing(store, subaccount.parent, subaccount.globalAccount) }
      : {}),
    region: subaccount.region,
    subdomain: subaccount.subdomain,
    betaEnabled: subaccount.betaEnabled,
    usedForProduction: subaccount.usedForProduction,
    ...describe(subaccount),
    state: stage?.state ?? 'OK',
    stateMessage: stage?.message ?? subaccount.stateMessage ?? 'Subaccount created.',
    ...labelView(subaccount.guid, subaccount),
    createdDate: accountDate(subaccount.createdAt),
    createdBy: subaccount.createdBy,
    modifiedDate: accountDate(subaccount.modifiedAt),
    ...contractView(subaccount),
    lastModifiedBy: subaccount.lastModifiedBy ?? subaccount.createdBy,
  };
}

function below(
  sight: Sight,
  globalAccount: string,
  parent: string | undefined,
): { readonly children?: readonly object[]; readonly subaccounts?: readonly object[] } {
  const { store } = sight;
  const children = store.directories
    .by('globalAccount', globalAccount)
    .filter((directory) => directory.parent === parent)
    .map((directory) => directoryView(sight, directory, true));
  const subaccounts = store.subaccounts
    .by('globalAccount', globalAccount)
    .filter((subaccount) => subaccount.parent === parent)

    .map((subaccount) => subaccountView(sight, subaccount));
  return {
    ...(children.length > 0 ? { children } : {}),
    ...(subaccounts.length > 0 ? { subaccounts } : {}),
  };
}

/** What is to be deleted by force is told with the day. */
function contractView({ deletionForcedAt: since }: Subaccount) {
  if (since === undefined) return { contractStatus: 'ACTIVE' };
  return {
    contractStatus: 'PENDING_FORCED_DELETION',
    forceDeleteRequestTime: accountDate(since),
    forceDeleteTargetTime: accountDate(since + FORCED_DELETION_MS),
  };
}

function describe(account: { readonly description?: string }) {
  return account.description === undefined ? {} : { description: account.description };
}

/** `customProperties` repeats every label with its first value, or an empty text. */
function labelView(guid: string, { labels }: Labelled) {
  if (labels === undefined || Object.keys(labels).length === 0) return {};
  const customProperties = Object.entries(labels).map(([key, values]) => ({
    accountGUID: guid,
    key,
    value: values[0] ?? '',
  }));
  return { customProperties, labels };
}

function directoryType(directory: Directory): 'FOLDER' | 'GROUP' | 'PROJECT' {
  if (directory.features.length === 1) return 'FOLDER';
  return directory.features.length === 3 ? 'PROJECT' : 'GROUP';
}

function parentType(store: AccountsStore, parent: string | undefined): string {
  const directory = parent === undefined ? undefined : store.directories.get(parent);
  return directory ? directoryType(directory) : 'ROOT';
}

/** GUID of who hands entitlements down: the nearest directory that manages them, or the global account. */
export function managing(store: AccountsStore, parent: string | undefined, globalAccount: string): string {
  for (let guid = parent; guid !== undefined; guid = store.directories.get(guid)?.parent) {
    if (store.directories.get(guid)?.features.includes('ENTITLEMENTS')) return guid;
  }
  return globalAccount;
}
