import type { Answer } from '../../protocols/btp-cli/emulator/answers.ts';
import type { CommandCall, CommandObject, TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import type { createDirectorySemantics } from './directories.ts';
import type { createEnvironmentSemantics } from './environment-instances.ts';
import type { Operations } from './operations.ts';
import type { createAccountsSemantics } from './semantics.ts';
import type { createSubaccountSemantics } from './subaccounts.ts';

const CIS = 'application/json;charset=UTF-8';

interface Semantics {
  readonly reading: ReturnType<typeof createAccountsSemantics>;
  readonly subaccounts: ReturnType<typeof createSubaccountSemantics>;
  readonly directories: ReturnType<typeof createDirectorySemantics>;
  readonly environments: ReturnType<typeof createEnvironmentSemantics>;
}

/** The commands of the account service. */
export function accountsCommands(
  operations: Operations,
  { reading, subaccounts, directories, environments }: Semantics,
): Readonly<Record<string, CommandObject>> {
  /** What is over by now shows in every answer. */
  function settled<C extends CommandCall>(
    handlers: Readonly<Record<string, (call: C) => Answer>>,
  ): Readonly<Record<string, (call: C) => Answer>> {
    return Object.fromEntries(
      Object.entries(handlers).map(([action, handler]) => [
        action,
        (call: C) => {
          operations.settle();
          return handler(call);
        },
      ]),
    );
  }
  const object = (handlers: Readonly<Record<string, (call: CommandCall) => Answer>>): CommandObject => ({
    tenantScoped: false,
    mediaType: CIS,
    actions: settled(handlers),
  });
  const tenantObject = (handlers: Readonly<Record<string, (call: TenantCall) => Answer>>): CommandObject => ({
    tenantScoped: true,
    mediaType: CIS,
    actions: settled(handlers),
  });
  return {
    'accounts/global-account': object({ get: reading.getGlobalAccount }),
    'accounts/directory': object({
      get: reading.getDirectory,
      create: directories.create,
      update: directories.update,
      enable: directories.enable,
      delete: directories.delete,
    }),
    'accounts/subaccount': object({
      list: reading.listSubaccounts,
      get: reading.getSubaccount,
      create: subaccounts.create,
      update: subaccounts.update,
      delete: subaccounts.delete,
    }),
    'accounts/label': object({ list: reading.listLabels }),
    'accounts/available-region': object({ list: reading.listRegions }),
    // assumed: tenant-scoped like services/*: an empty id is answered with 400 (recorded), an unknown one was not tried.
    'accounts/environment-instance': tenantObject({
      list: environments.list,
      get: environments.get,
      create: environments.create,
      update: environments.update,
      delete: environments.delete,
    }),
    'accounts/available-environment': tenantObject({ list: environments.listAvailable }),
  };
}
