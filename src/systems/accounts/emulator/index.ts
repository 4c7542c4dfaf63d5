import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { type CommandCall, mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { createDirectorySemantics } from './directories.ts';
import { createEntitlementSemantics } from './entitlements.ts';
import { createEnvironmentSemantics } from './environment-instances.ts';
import { createOperations } from './operations.ts';
import { createAccountsPort } from './port.ts';
import { createResourceProviderSemantics } from './resource-providers.ts';
import { createAccountRights } from './rights.ts';
import { accountsCommands } from './routes.ts';
import { accountsSeed, plantAccounts } from './seed.ts';
import { createAccountsSemantics } from './semantics.ts';
import { createAccountsStore } from './store.ts';
import { createPairSemantics } from './subaccount-pairs.ts';
import { createSubaccountSemantics } from './subaccounts.ts';
import { createSubscriptionSemantics } from './subscriptions.ts';

/** The account model: global accounts, directories, subaccounts and their environments. */
export const accountsEmulator: EmulatorDefinition = {
  id: 'accounts',
  seed: { key: 'accounts', schema: accountsSeed.prefault({}) },
  create(ctx) {
    const store = createAccountsStore(ctx);
    const operations = createOperations(ctx, store);
    const rights = createAccountRights(ctx, store);
    const port = createAccountsPort(store, operations);
    ctx.world.provide('accounts', port);
    const subaccountOf = ({ caller, params }: CommandCall) => {
      const zone = port.zone(params.subaccount ?? '');
      return zone?.kind === 'subaccount' && zone.globalAccount === caller.globalAccount.guid ? zone : undefined;
    };
    const commands = accountsCommands(operations, subaccountOf, {
      reading: createAccountsSemantics(store, operations, rights),
      subaccounts: createSubaccountSemantics(ctx, store, operations, rights),
      directories: createDirectorySemantics(ctx, store, operations, rights),
      environments: createEnvironmentSemantics(ctx, store, rights),
      subscriptions: createSubscriptionSemantics(ctx, store),
      entitlements: createEntitlementSemantics(ctx, store, rights),
      providers: createResourceProviderSemantics(store, rights),
      pairs: createPairSemantics(ctx, store, rights),
    });
    return {
      mounts: [mountCommands(ctx, commands)],
      tick: async () => operations.settle(),
      async seed(part) {
        plantAccounts(accountsSeed.parse(part ?? {}), store, ctx);
      },
    };
  },
};
