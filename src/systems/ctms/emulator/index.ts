import { z } from 'zod';
import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mountDeployService } from './deploy-service/index.ts';
import { PLANS } from './transport/caller.ts';
import { mountTransport } from './transport/index.ts';
import { plantLandscape } from './transport/landscape.ts';
import { subscribe } from './transport/service-key.ts';
import { createTransportStore, FORWARD_MODES } from './transport/store.ts';

const nodeName = z.string().min(1).max(30);

/** `ctms` of a landscape seed: subaccounts that are subscribed to Cloud Transport Management, with their nodes. */
const ctmsSeed = z
  .strictObject({
    subscriptions: z
      .array(
        z.strictObject({
          /** Subdomain of the global account. */
          globalAccount: z.string(),
          /** Display name of the subaccount. */
          subaccount: z.string(),
          /** The key's JSON becomes this credential. */
          serviceKeyCredential: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable'),
          plan: z.enum(Object.keys(PLANS) as [keyof typeof PLANS]).default('standard'),
          nodes: z
            .array(
              z.strictObject({
                name: nodeName,
                description: z.string().default(''),
                forwardMode: z.enum(FORWARD_MODES).default('AUTO'),
                uploadAllowed: z.boolean().default(true),
                /** Name of a destination in the subaccount; without one the node is virtual. */
                destination: z.string().optional(),
              }),
            )
            .default([]),
          routes: z.array(z.strictObject({ from: nodeName, to: nodeName })).default([]),
        }),
      )
      .default([]),
  })
  .prefault({});

/** Cloud Transport Management, and the deploy service that it imports MTAs with. */
export const ctmsEmulator: EmulatorDefinition = {
  id: 'ctms',
  seed: { key: 'ctms', schema: ctmsSeed },
  create(ctx) {
    const store = createTransportStore(ctx);
    const transport = mountTransport(ctx, store);
    return {
      mounts: [transport.mount, mountDeployService(ctx)],
      tick: transport.carryOn,
      async seed(part) {
        for (const { globalAccount, subaccount, serviceKeyCredential, plan, ...landscape } of ctmsSeed.parse(part)
          .subscriptions) {
          const zone = ctx.world.use('accounts').subaccountByName(globalAccount, subaccount);
          if (!zone) throw new TypeError(`seed: no subaccount '${subaccount}' in global account '${globalAccount}'`);
          subscribe(ctx, store, zone, { credential: serviceKeyCredential, plan });
          plantLandscape(store, zone.guid, landscape);
        }
      },
    };
  },
};
