import { z } from 'zod';
import type { EmulatorContext, EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mount } from '../../../emulation/mount.ts';
import type { Zone } from '../../../emulation/world.ts';
import { createRoutes } from './routes.ts';
import { create, readProperties } from './semantics.ts';
import { makeServiceKey } from './service-keys.ts';
import { createStore } from './store.ts';

const credentialName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable');

const place = {
  /** Subdomain of the global account. */
  globalAccount: z.string(),
  /** Display name of the subaccount. */
  subaccount: z.string(),
};

/** What a landscape has of destinations from the beginning; nothing secret stands in it. */
export const destinationSeed = z
  .strictObject({
    /** One Destination service instance with a service key for each; the key's JSON becomes the credential. */
    serviceKeys: z.array(z.strictObject({ ...place, credential: credentialName })).default([]),
    destinations: z
      .array(
        z.strictObject({
          ...place,
          /** Puts it on the level of this key's instance instead of the subaccount. */
          serviceKey: credentialName.optional(),
          properties: z.record(z.string(), z.string()),
          /** Credential whose value becomes the property `Password`. */
          passwordCredential: credentialName.optional(),
        }),
      )
      .default([]),
  })
  .default({ serviceKeys: [], destinations: [] });

/** The Destination service of every region that has a subaccount: v1 REST API, find with real token retrieval. */
export const destinationEmulator: EmulatorDefinition = {
  id: 'destination',
  seed: { key: 'destination', schema: destinationSeed },
  create(ctx) {
    const store = createStore(ctx);
    const hosts = (): readonly string[] => {
      const subaccounts = ctx.world
        .use('accounts')
        .zones()
        .filter((zone) => zone.kind === 'subaccount');
      const regions = new Set(subaccounts.map((zone) => zone.region));
      return [...regions].map((region) => `destination-configuration.cfapps.${region}.hana.ondemand.com`);
    };
    return {
      mounts: [mount('destination-configuration.cfapps.{region}.hana.ondemand.com', hosts, createRoutes(ctx, store))],
      async seed(part) {
        const { serviceKeys, destinations } = destinationSeed.parse(part);
        for (const { credential, ...at } of serviceKeys) await makeServiceKey(ctx, store, zoneOf(ctx, at), credential);
        for (const { properties, passwordCredential, serviceKey, ...at } of destinations) {
          const instance = serviceKey === undefined ? undefined : store.keys.get(serviceKey)?.instance;
          if (serviceKey !== undefined && instance === undefined) throw new Error(`no service key ${serviceKey}`);
          const password = passwordCredential && ctx.credentials.password(passwordCredential);
          create(
            store,
            ctx,
            { zone: zoneOf(ctx, at).guid, ...(instance === undefined ? {} : { instance }) },
            readProperties({ ...properties, ...(password === undefined ? {} : { Password: password }) }),
          );
        }
      },
    };
  },
};

function zoneOf(ctx: EmulatorContext, at: { readonly globalAccount: string; readonly subaccount: string }): Zone {
  const zone = ctx.world.use('accounts').subaccountByName(at.globalAccount, at.subaccount);
  if (!zone) throw new Error(`no subaccount '${at.subaccount}' in global account '${at.globalAccount}'`);
  return zone;
}
