import { type Answer, cisFailure, found, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { Caller, CommandCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { regionView } from './environments.ts';
import { labelConditions } from './labels.ts';
import type { Operations } from './operations.ts';
import type { AccountRights } from './rights.ts';
import type { AccountsStore, Directory, Subaccount } from './store.ts';
import { directoryView, globalAccountView, subaccountView } from './views.ts';

/** The account service (CIS) behind the command-line server. Rights are roles of the zone itself, never inherited. */
export function createAccountsSemantics(store: AccountsStore, operations: Operations, rights: AccountRights) {
  const { readsAll, readsDirectory, readsSubaccount } = rights;
  const sight = { store, operations };

  function directoryOf(caller: Caller, guid: string | undefined): Directory | Answer {
    const directory = store.directories.get(guid ?? '');
    if (!directory || directory.globalAccount !== caller.globalAccount.guid) {
      return cisFailure(`Could not find ${guid}`, 20002, 404);
    }
    return readsDirectory(caller, directory) ? directory : notAuthorized();
  }

  function subaccountOf(caller: Caller, guid: string | undefined): Subaccount | Answer {
    const subaccount = store.subaccounts.get(guid ?? '');
    if (!subaccount || subaccount.globalAccount !== caller.globalAccount.guid) {
      return cisFailure(`Subaccount ${guid} not found`, 20004, 404);
    }
    return readsSubaccount(caller, subaccount) ? subaccount : notAuthorized();
  }

  return {
    getGlobalAccount({ caller, params }: CommandCall): Answer {
      const account = store.globalAccounts.get(caller.globalAccount.guid);
      if (!account || !readsAll(caller)) return notAuthorized();
      return found(globalAccountView(sight, account, params.showHierarchy === 'true'));
    },

    getDirectory({ caller, params }: CommandCall): Answer {
      const directory = directoryOf(caller, params.directoryID);
      return 'status' in directory ? directory : found(directoryView(sight, directory));
    },

    listSubaccounts({ caller, params }: CommandCall): Answer {
      const conditions = labelConditions(params.labelsFilter);
      if (!conditions) {
        return cisFailure(
          'Invalid labelSelector format. Each label condition must consist of a URL-encoded key-value pair with either an equals or not equals operator: <label-key><=/!=><label-value>',
          12003,
          400,
        );
      }
      const all = store.subaccounts.by('globalAccount', caller.globalAccount.guid);
      // assumed: without a role on the global account the list holds what the caller may read, like the cockpit's.
      const value = all
        .filter((subaccount) => readsSubaccount(caller, subaccount))
        .filter((subaccount) => conditions.every((holdsFor) => holdsFor(subaccount.labels ?? {})))
        .map((subaccount) => subaccountView(sight, subaccount));
      return found({ value });
    },

    getSubaccount({ caller, params }: CommandCall): Answer {
      const subaccount = subaccountOf(caller, params.subaccount);
      return 'status' in subaccount ? subaccount : found(subaccountView(sight, subaccount, true));
    },

    listLabels({ caller, params }: CommandCall): Answer {
      const account =
        params.directoryID === undefined
          ? subaccountOf(caller, params.subaccountID)
          : directoryOf(caller, params.directoryID);
      return 'status' in account ? account : found({ labels: account.labels ?? {} });
    },

    listRegions({ caller }: CommandCall): Answer {
      if (!readsAll(caller)) return notAuthorized();
      const regions = new Set([...store.subaccounts.values()].map((subaccount) => subaccount.region));
      return found({ datacenters: [...regions].map(regionView) });
    },
  };
}
