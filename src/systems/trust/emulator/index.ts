import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { UNKNOWN_USER } from '../../protocols/audit/emulator.ts';
import { mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { createMetadata } from './metadata.ts';
import { createTrustPort } from './port.ts';
import { createRights } from './rights.ts';
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
    const metadata = createMetadata(ctx, store);
    const semantics = createTrustSemantics(ctx, store, metadata);
    ctx.world.provide('trust', createTrustPort(ctx, store));
    ctx.world.provide('trustAdministration', {
      administer({ zone, params, user = UNKNOWN_USER }, action) {
        const globalAccount = ctx.world.use('accounts').zone(zone.globalAccount) ?? zone;
        return semantics[action]({ zone, params, caller: { user, originKey: '', globalAccount } });
      },
    });
    return {
      mounts: [mountCommands(ctx, trustCommands(semantics, createRights(ctx)))],
      async seed(part) {
        plantTrusts(trustSeed.parse(part ?? {}), store, ctx, metadata);
      },
      tick: async () => metadata.refreshDue(),
    };
  },
};
