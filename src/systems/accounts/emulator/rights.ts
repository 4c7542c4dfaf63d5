import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Caller } from '../../protocols/btp-cli/emulator/commands.ts';
import { holdsRole } from '../../protocols/btp-cli/emulator/rights.ts';
import type { AccountsStore, Directory, Subaccount } from './store.ts';

/** Who may read and change the account model: roles of the level itself, and of the levels above as far as noted. */
export interface AccountRights {
  readsAll(caller: Caller): boolean;
  readsDirectory(caller: Caller, directory: Directory): boolean;
  readsSubaccount(caller: Caller, subaccount: Subaccount): boolean;
  administersGlobalAccount(caller: Caller): boolean;
  /** May create and delete below this directory or, without one, below the global account. */
  administersBelow(caller: Caller, directory: string | undefined): boolean;
  /** May change the subaccount's own properties. */
  administersSubaccount(caller: Caller, subaccount: Subaccount): boolean;
}

export function createAccountRights(ctx: EmulatorContext, store: AccountsStore): AccountRights {
  const holds = (caller: Caller, zone: string, ...templates: readonly string[]) =>
    holdsRole(ctx, caller, zone, templates);

  const rights: AccountRights = {
    readsAll: (caller) => holds(caller, caller.globalAccount.guid, 'GlobalAccount_Admin', 'GlobalAccount_Viewer'),
    readsDirectory: (caller, directory) =>
      rights.readsAll(caller) || holds(caller, directory.guid, 'Directory_Admin', 'Directory_Viewer'),
    /** Directory roles reach the subaccounts below for the account model, though not for their users. */
    readsSubaccount(caller, subaccount) {
      if (rights.readsAll(caller) || holds(caller, subaccount.guid, 'Subaccount_Admin', 'Subaccount_Viewer'))
        return true;
      const directory = subaccount.parent === undefined ? undefined : store.directories.get(subaccount.parent);
      return directory !== undefined && holds(caller, directory.guid, 'Directory_Admin', 'Directory_Viewer');
    },
    administersGlobalAccount: (caller) => holds(caller, caller.globalAccount.guid, 'GlobalAccount_Admin'),
    // assumed: an administrator of any directory above counts, as `adminDirectory` may name one that is not the parent.
    administersBelow(caller, directory) {
      if (rights.administersGlobalAccount(caller)) return true;
      for (let guid = directory; guid !== undefined; guid = store.directories.get(guid)?.parent) {
        if (holds(caller, guid, 'Directory_Admin')) return true;
      }
      return false;
    },
    administersSubaccount: (caller, subaccount) =>
      rights.administersBelow(caller, subaccount.parent) || holds(caller, subaccount.guid, 'Subaccount_Admin'),
  };
  return rights;
}
