import type { CommandObject } from '../../protocols/btp-cli/emulator/commands.ts';
import type { createAccountsSemantics } from './semantics.ts';

const CIS = 'application/json;charset=UTF-8';

/** The commands of the account service. */
export function accountsCommands(
  semantics: ReturnType<typeof createAccountsSemantics>,
): Readonly<Record<string, CommandObject>> {
  return {
    'accounts/global-account': { tenantScoped: false, mediaType: CIS, actions: { get: semantics.getGlobalAccount } },
    'accounts/directory': { tenantScoped: false, mediaType: CIS, actions: { get: semantics.getDirectory } },
    'accounts/subaccount': {
      tenantScoped: false,
      mediaType: CIS,
      actions: { list: semantics.listSubaccounts, get: semantics.getSubaccount },
    },
    'accounts/label': { tenantScoped: false, mediaType: CIS, actions: { list: semantics.listLabels } },
    'accounts/available-region': { tenantScoped: false, mediaType: CIS, actions: { list: semantics.listRegions } },
    // assumed: tenant-scoped like services/*: an empty id is answered with 400 (recorded), an unknown one was not tried.
    'accounts/environment-instance': {
      tenantScoped: true,
      mediaType: CIS,
      actions: { list: semantics.listEnvironments, get: semantics.getEnvironment },
    },
  };
}
