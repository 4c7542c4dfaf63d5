import type { Zone } from '../../../emulation/world.ts';
import { type Answer, cisFailure } from '../../protocols/btp-cli/emulator/answers.ts';
import type { CommandCall, CommandObject, TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import type { createDirectorySemantics } from './directories.ts';
import type { createEntitlementSemantics } from './entitlements.ts';
import type { createEnvironmentSemantics } from './environment-instances.ts';
import type { Operations } from './operations.ts';
import type { createResourceProviderSemantics } from './resource-providers.ts';
import type { createAccountsSemantics } from './semantics.ts';
import type { createPairSemantics } from './subaccount-pairs.ts';
import type { createSubaccountSemantics } from './subaccounts.ts';
import type { createSubscriptionSemantics } from './subscriptions.ts';

const CIS = 'application/json;charset=UTF-8';

interface Semantics {
  readonly reading: ReturnType<typeof createAccountsSemantics>;
  readonly subaccounts: ReturnType<typeof createSubaccountSemantics>;
  readonly directories: ReturnType<typeof createDirectorySemantics>;
  readonly environments: ReturnType<typeof createEnvironmentSemantics>;
  readonly subscriptions: ReturnType<typeof createSubscriptionSemantics>;
  readonly entitlements: ReturnType<typeof createEntitlementSemantics>;
  readonly providers: ReturnType<typeof createResourceProviderSemantics>;
  readonly pairs: ReturnType<typeof createPairSemantics>;
}

/** The commands of the account service. */
export function accountsCommands(
  operations: Operations,
  zoneOf: (call: CommandCall) => Zone | undefined,
  { reading, subaccounts, directories, environments, subscriptions, entitlements, providers, pairs }: Semantics,
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
  // Actions of an object whose others look nothing up: the service answers for an unknown subaccount itself.
  const onSubaccount =
    (handler: (call: TenantCall) => Answer) =>
    (call: CommandCall): Answer => {
      const zone = zoneOf(call);
      return zone
        ? handler({ ...call, zone })
        : cisFailure(`Subaccount ${call.params.subaccount} not found`, 20004, 404);
    };
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
      restore: subaccounts.restore,
      subscribe: onSubaccount(subscriptions.subscribe),
      unsubscribe: onSubaccount(subscriptions.unsubscribe),
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
    'accounts/subscription': tenantObject({
      list: subscriptions.list,
      get: subscriptions.get,
      update: subscriptions.update,
    }),
    'accounts/entitlement': object({ list: entitlements.list, assign: entitlements.assign }),
    'accounts/resource-provider': object({
      list: providers.list,
      get: providers.get,
      create: providers.create,
      update: providers.update,
      delete: providers.delete,
    }),
    'disaster-recovery/subaccount-pair': {
      ...tenantObject({ get: pairs.get, create: pairs.create, delete: pairs.delete }),
      mediaType: 'application/json;charset=utf-8',
    },
    'accounts/available-environment': tenantObject({ list: environments.listAvailable }),
  };
}
