import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { createBindingSemantics } from './bindings.ts';
import { createBrokerSemantics, createPlatformSemantics } from './brokers.ts';
import { createCatalogue } from './catalogue.ts';
import { createInstanceSemantics } from './instances.ts';
import { createOfferingSemantics } from './offerings.ts';
import { servicesCommands } from './routes.ts';
import { plantServices, servicesSeed } from './seed.ts';
import { createServicesStore } from './store.ts';

/** Service Manager at the command-line server: offerings, plans, instances, bindings, brokers and platforms of subaccounts. */
export const servicesEmulator: EmulatorDefinition = {
  id: 'services',
  seed: { key: 'services', schema: servicesSeed },
  create(ctx) {
    const store = createServicesStore(ctx);
    const catalogue = createCatalogue(store);
    const commands = servicesCommands(ctx, {
      instances: createInstanceSemantics(ctx, store, catalogue),
      bindings: createBindingSemantics(ctx, store, catalogue),
      offerings: createOfferingSemantics(catalogue),
      brokers: createBrokerSemantics(ctx, store),
      platforms: createPlatformSemantics(ctx, store),
    });
    return {
      mounts: [mountCommands(ctx, commands)],
      async seed(part) {
        await plantServices(ctx, store, catalogue, servicesSeed.parse(part));
      },
    };
  },
};
