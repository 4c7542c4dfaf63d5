import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { createDirectorySemantics } from './directories.ts';
import { createEnvironmentSemantics } from './environment-instances.ts';
import { createOperations } from './operations.ts';
import { createAccountsPort } from './port.ts';
import { createAccountRights } from './rights.ts';
import { accountsCommands } from './routes.ts';
import { accountsSeed, plantAccounts } from './seed.ts';
import { createAccountsSemantics } from './semantics.ts';
import { createAccountsStore } from './store.ts';
import { createSubaccountSemantics } from './subaccounts.ts';

/** The account model: global accounts, directories, subaccounts and their environments. */
export const accountsEmulator: EmulatorDefinition = {
  id: 'accounts',
  seed: { key: 'accounts', schema: accountsSeed.prefault({}) },
  create(ctx) {
    const store = createAccountsStore(ctx);
    const operations = createOperations(ctx, store);
    const rights = createAccountRights(ctx, store);
    ctx.world.provide('accounts', createAccountsPort(store, operations));
    const commands = accountsCommands(operations, {
      reading: createAccountsSemantics(store, operations, rights),
      subaccounts: createSubaccountSemantics(ctx, store, operations, rights),
      directories: createDirectorySemantics(ctx, store, operations, rights),
      environments: createEnvironmentSemantics(ctx, store, rights),
    });
    return {
      mounts: [mountCommands(ctx, commands)],
      tick: async () => operations.settle(),
      async seed(part) {
        plantAccounts(accountsSeed.parse(part), store, ctx);
      },
    };
  },
};
