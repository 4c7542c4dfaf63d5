import type { AccountsPort, Zone } from '../../../emulation/world.ts';
import type { Operations } from './operations.ts';
import type { AccountsStore, Directory, GlobalAccount, Subaccount } from './store.ts';

/** The account model as the other emulated services see it. */
export function createAccountsPort(store: AccountsStore, operations: Operations): AccountsPort {
  const port: AccountsPort = {
    zone(guid) {
      operations.settle();
      const subaccount = store.subaccounts.get(guid);
      if (subaccount) return zoneOfSubaccount(subaccount);
      const directory = store.directories.get(guid);
      if (directory) return zoneOfDirectory(directory, store.globalAccounts.get(directory.globalAccount)?.region ?? '');
      const account = store.globalAccounts.get(guid);
      return account && zoneOfGlobalAccount(account);
    },
    globalAccountBySubdomain(subdomain) {
      const [account] = store.globalAccounts.by('subdomain', subdomain);
      return account && zoneOfGlobalAccount(account);
    },
    zoneBySubdomain(subdomain, region) {
      operations.settle();
      const [subaccount] = store.subaccounts.by('host', `${subdomain}.${region}`);
      if (subaccount) return zoneOfSubaccount(subaccount);
      // A directory's subdomain is its GUID (notes §2.11).
      const zone = port.zone(subdomain) ?? port.globalAccountBySubdomain(subdomain);
      return zone?.region === region && zone.subdomain === subdomain && zone.authorizations ? zone : undefined;
    },
    subaccountByName(globalAccountSubdomain, displayName) {
      operations.settle();
      const [account] = store.globalAccounts.by('subdomain', globalAccountSubdomain);
      const [found] = account ? store.subaccounts.by('name', `${account.guid}/${displayName}`) : [];
      return found && zoneOfSubaccount(found);
    },
    zones() {
      operations.settle();
      return [
        ...[...store.globalAccounts.values()].map(zoneOfGlobalAccount),
        ...[...store.directories.values()].map((directory) =>
          zoneOfDirectory(directory, store.globalAccounts.get(directory.globalAccount)?.region ?? ''),
        ),
        ...[...store.subaccounts.values()].map(zoneOfSubaccount),
      ];
    },
  };
  return port;
}

function zoneOfGlobalAccount(account: GlobalAccount): Zone {
  const { guid, displayName, subdomain, region } = account;
  return { guid, kind: 'global-account', displayName, subdomain, region, globalAccount: guid, authorizations: true };
}

function zoneOfDirectory(directory: Directory, region: string): Zone {
  const { guid, displayName, globalAccount } = directory;
  return {
    guid,
    kind: 'directory',
    displayName,
    subdomain: guid,
    region,
    globalAccount,
    parent: directory.parent ?? globalAccount,
    authorizations: directory.features.includes('AUTHORIZATIONS'),
  };
}

function zoneOfSubaccount(subaccount: Subaccount): Zone {
  const { guid, displayName, subdomain, region, globalAccount } = subaccount;
  const parent = subaccount.parent ?? globalAccount;
  return { guid, kind: 'subaccount', displayName, subdomain, region, globalAccount, parent, authorizations: true };
}
