import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mount } from '../../../emulation/mount.ts';
import { APPLICATION_PATTERN, RUNTIME_PATTERN } from './addresses.ts';
import { applicationRoutes } from './application-routes.ts';
import { runtimeRoutes } from './runtime-routes.ts';
import { integrationSeed, plant } from './seed.ts';
import { createRuntime } from './semantics.ts';
import { openIntegrationStore } from './store.ts';
import { createTokenValidator } from './tokens.ts';

/** Who consumes the tokens of XSUAA: integration flows behind HTTPS senders, and demo applications. */
export const integrationEmulator: EmulatorDefinition = {
  id: 'integration',
  seed: { key: 'integration', schema: integrationSeed },
  create(ctx) {
    const store = openIntegrationStore(ctx.state);
    const validate = createTokenValidator(ctx);
    const runtime = createRuntime(ctx, store, validate);
    return {
      mounts: [
        mount(RUNTIME_PATTERN, () => [...store.tenants.keys()], runtimeRoutes(store, runtime)),
        mount(APPLICATION_PATTERN, () => [...store.applications.keys()], applicationRoutes(store, validate)),
      ],
      async seed(part) {
        plant(integrationSeed.parse(part), ctx, store);
      },
      async tick() {
        runtime.endSessions();
      },
    };
  },
};
