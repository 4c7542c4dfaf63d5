import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { createCollectionSemantics } from './collections.ts';
import { createCredentialSemantics } from './credentials.ts';
import { createZoneDirectory } from './directory.ts';
import { createAuthorizationPort } from './port.ts';
import { createRights } from './rights.ts';
import { authzCommands } from './routes.ts';
import { authzSeed, plantAuthorizations } from './seed.ts';
import { createSettingsSemantics } from './settings.ts';
import { createAuthzStore } from './store.ts';
import { createUserSemantics } from './users.ts';
import { createXsuaa } from './xsuaa.ts';
import { mountXsuaa } from './xsuaa-routes.ts';

/** Users and authorizations of every zone: the commands on them, and XSUAA's token endpoints. */
export const authzEmulator: EmulatorDefinition = {
  id: 'authz',
  seed: { key: 'authz', schema: authzSeed.prefault({}) },
  create(ctx) {
    const store = createAuthzStore(ctx);
    const directory = createZoneDirectory(ctx, store);
    ctx.world.provide('authorization', createAuthorizationPort(ctx, store, directory));
    const commands = authzCommands(
      {
        users: createUserSemantics(ctx, store, directory),
        collections: createCollectionSemantics(store, directory),
        settings: createSettingsSemantics(ctx, store),
        credentials: createCredentialSemantics(ctx, store),
      },
      createRights(directory),
    );
    return {
      mounts: [mountCommands(ctx, commands), ...mountXsuaa(ctx, createXsuaa(ctx, store, directory))],
      async seed(part) {
        plantAuthorizations(authzSeed.parse(part), store, directory, ctx);
      },
    };
  },
};
