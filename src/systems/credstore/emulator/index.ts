import { z } from 'zod';
import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mount } from '../../../emulation/mount.ts';
import { makeBinding } from './binding.ts';
import { credstoreRoutes } from './routes.ts';
import { openCredstoreStore } from './store.ts';

/** Part `credentialStore` of a landscape seed: instances with one binding each, empty at the beginning. */
const seedSchema = z
  .strictObject({
    instances: z
      .array(
        z.strictObject({
          /** Gets the binding as JSON. */
          credential: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable'),
          region: z.string().default('eu10'),
        }),
      )
      .default([]),
  })
  .prefault({});

/** SAP Credential Store: passwords in namespaces, with encrypted payloads (credential-store:7202e7a). */
export const credstoreEmulator: EmulatorDefinition = {
  id: 'credstore',
  seed: { key: 'credentialStore', schema: seedSchema },
  create(ctx) {
    const store = openCredstoreStore(ctx);
    const host = (region: string) => `credstore.cfapps.${region}.hana.ondemand.com`;
    const hosts = () => [...new Set([...store.bindings.values()].map(({ region }) => host(region)))];
    return {
      mounts: [mount(host('{region}'), hosts, credstoreRoutes(ctx, store))],
      async seed(part) {
        for (const { credential, region } of seedSchema.parse(part).instances) {
          const binding = await makeBinding(ctx, store, region);
          ctx.credentials.keep(
            credential,
            JSON.stringify({ url: `https://${host(region)}/api/v1/credentials`, ...binding }),
          );
        }
      },
    };
  },
};
