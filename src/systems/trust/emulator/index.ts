import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { createTrustPort } from './port.ts';
import { trustCommands } from './routes.ts';
import { plantTrusts, trustSeed } from './seed.ts';
import { createTrustSemantics } from './semantics.ts';
import { createTrustStore } from './store.ts';

/** Trust configurations of global accounts and subaccounts. */
export const trustEmulator: EmulatorDefinition = {
  id: 'trust',
  seed: { key: 'trust', schema: trustSeed.prefault({}) },
  create(ctx) {
    const store = createTrustStore(ctx);
    ctx.world.provide('trust', createTrustPort(ctx, store));
    return {
      mounts: [mountCommands(ctx, trustCommands(createTrustSemantics(ctx, store)))],
      async seed(part) {
        plantTrusts(trustSeed.parse(part), store, ctx);
      },
    };
  },
};
