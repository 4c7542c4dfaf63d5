import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { syncCloudFoundryUsers } from './cloud-foundry-sync.ts';
import { createApplicationSemantics } from './commands/applications.ts';
import { createCollectionSemantics } from './commands/collections.ts';
import { createCredentialSemantics } from './commands/credentials.ts';
import { createRights } from './commands/rights.ts';
import { authzCommands } from './commands/routes.ts';
import { createSettingsSemantics } from './commands/settings.ts';
import { createUserSemantics } from './commands/users.ts';
import { createLimits } from './limits.ts';
import { createAuthorizationPort } from './port.ts';
import { createRestAccess } from './rest/access.ts';
import { mountRestApis } from './rest/routes.ts';
import { authzSeed, plantAuthorizations } from './seed.ts';
import { createAuthzStore } from './store.ts';
import { createBrowserLogon } from './xsuaa/browser.ts';
import { browserRoutes } from './xsuaa/browser-routes.ts';
import { createAuthorizationCodes } from './xsuaa/codes.ts';
import { createExternalLogins } from './xsuaa/external-logins.ts';
import { createGrants } from './xsuaa/grants.ts';
import { createLogons } from './xsuaa/logons.ts';
import { mountXsuaa, tokenRoutes } from './xsuaa/routes.ts';
import { createTokens } from './xsuaa/tokens.ts';
import { createZoneDirectory } from './zone/directory.ts';
import { createShadowUsers } from './zone/shadow-users.ts';

/** Users and authorizations of every zone: the commands on them, and XSUAA. */
export const authzEmulator: EmulatorDefinition = {
  id: 'authz',
  seed: { key: 'authz', schema: authzSeed.prefault({}) },
  create(ctx) {
    const store = createAuthzStore(ctx);
    const directory = createZoneDirectory(ctx, store);
    const users = createShadowUsers(ctx, store, directory);
    const limits = createLimits(ctx);
    ctx.world.provide('authorization', createAuthorizationPort(ctx, store, directory, users));
    const semantics = {
      users: createUserSemantics(ctx, store, directory, users),
      collections: createCollectionSemantics(ctx, store, directory, users),
      applications: createApplicationSemantics(directory),
      settings: createSettingsSemantics(ctx, store),
      credentials: createCredentialSemantics(ctx, store),
    };
    const tokens = createTokens(ctx, store);
    const external = createExternalLogins(ctx);
    const logons = createLogons(ctx, store, directory, users);
    const codes = createAuthorizationCodes(ctx, store);
    const grants = createGrants(ctx, { store, directory, tokens, external, logons, codes });
    const browser = createBrowserLogon(ctx, { store, directory, external, logons, codes });
    const xsuaa = () => tokenRoutes(ctx, { store, tokens, grants, limits }).route('/', browserRoutes(ctx, browser));
    const access = createRestAccess(ctx, store, tokens, limits);
    return {
      mounts: [
        mountCommands(ctx, authzCommands(semantics, createRights(directory))),
        ...mountXsuaa(ctx, xsuaa),
        mountRestApis(ctx, { ...semantics, access, store, directory, shadows: users }),
      ],
      async seed(part) {
        plantAuthorizations(authzSeed.parse(part ?? {}), store, directory, ctx);
      },
      async tick() {
        tokens.prune();
        syncCloudFoundryUsers(ctx, directory, users);
      },
    };
  },
};
