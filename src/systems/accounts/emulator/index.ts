import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { createAccountsPort } from './port.ts';
import { accountsCommands } from './routes.ts';
import { accountsSeed, plantAccounts } from './seed.ts';
import { createAccountsSemantics } from './semantics.ts';
import { createAccountsStore } from './store.ts';

/** The account model: global accounts, directories, subaccounts and their environments. */
export const accountsEmulator: EmulatorDefinition = {
  id: 'accounts',
  seed: { key: 'accounts', schema: accountsSeed.prefault({}) },
  create(ctx) {
    const store = createAccountsStore(ctx);
    ctx.world.provide('accounts', createAccountsPort(store));
    return {
      mounts: [mountCommands(ctx, accountsCommands(createAccountsSemantics(ctx, store)))],
      async seed(part) {
        plantAccounts(accountsSeed.parse(part), store, ctx);
      },
    };
  },
};
