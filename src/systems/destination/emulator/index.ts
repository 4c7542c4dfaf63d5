import { z } from 'zod';
import type { EmulatorContext, EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mount } from '../../../emulation/mount.ts';
import type { Zone } from '../../../emulation/world.ts';
import { mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { renewCertificates } from './certificates/certificates.ts';
import { cockpitRoutes } from './cockpit/routes.ts';
import { destinationCommands } from './commands/routes.ts';
import { createFragment } from './fragments.ts';
import { createRoutes } from './routes/routes.ts';
import { create } from './semantics.ts';
import { makeServiceKey } from './service-keys.ts';
import { createStore, type Level, recordKey } from './store.ts';
import { makeTrust } from './trust.ts';
import { versionOf } from './versions.ts';

const COCKPIT = 'cockpit.btp.cloud.sap';

const credentialName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable');

const place = {
  /** Subdomain of the global account. */
  globalAccount: z.string(),
  /** Display name of the subaccount. */
  subaccount: z.string(),
};

const instance = {
  /** GUID of a service instance, on whose level it is then. @default the subaccount's level */
  serviceInstance: z.string().optional(),
};

/** What a landscape has of destinations from the beginning; nothing secret stands in it. */
const destinationSeed = z
  .strictObject({
    /** One Destination service instance with a service key for each; the key's JSON becomes the credential. */
    serviceKeys: z
      .array(
        z.strictObject({
          ...place,
          credential: credentialName,
          /** Subaccounts of the same global account that subscribed to an application with this instance. @default none */
          subscribers: z.array(z.string()).default([]),
          /** `x509`: a certificate with its key in place of the client secret. */
          credentialType: z.enum(['binding-secret', 'x509']).default('binding-secret'),
        }),
      )
      .default([]),
    destinations: z
      .array(
        z.strictObject({
          ...place,
          /** Puts it on the level of this key's instance instead of the subaccount. */
          serviceKey: credentialName.optional(),
          ...instance,
          properties: z.record(z.string(), z.string()),
          /** Credential whose value becomes the property `Password`. */
          passwordCredential: credentialName.optional(),
        }),
      )
      .default([]),
    fragments: z
      .array(z.strictObject({ ...place, ...instance, properties: z.record(z.string(), z.string()) }))
      .default([]),
    /** Certificates and key stores, told by what the service reads in them. */
    certificates: z
      .array(
        z.strictObject({
          ...place,
          ...instance,
          name: z.string(),
          nodes: z.array(z.record(z.string(), z.unknown())),
          creation: z.record(z.string(), z.unknown()).default({ generation_method: 'import' }),
        }),
      )
      .default([]),
    /** Subaccounts whose trust has a second key pair, which is to replace the active one. */
    passiveTrusts: z.array(z.strictObject(place)).default([]),
  })
  .prefault({});

/** The Destination service of every region that has a subaccount: its REST API, find with real token retrieval. */
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
      mounts: [
        mount('destination-configuration.cfapps.{region}.hana.ondemand.com', hosts, createRoutes(ctx, store)),
        mountCommands(ctx, destinationCommands(ctx, store)),
        mount(COCKPIT, () => [COCKPIT], cockpitRoutes(ctx, store)),
      ],
      tick: () => renewCertificates(store, ctx),
      async seed(part) {
        const { serviceKeys, destinations, fragments, certificates, passiveTrusts } = destinationSeed.parse(part);
        const levelOf = (at: Place): Level => ({
          zone: zoneOf(ctx, at).guid,
          ...(at.serviceInstance === undefined ? {} : { instance: at.serviceInstance }),
        });
        for (const { credential, subscribers: names, credentialType, ...at } of serviceKeys) {
          const subscribers = names.map((subaccount) => zoneOf(ctx, { ...at, subaccount }));
          await makeServiceKey(ctx, store, zoneOf(ctx, at), credential, { subscribers, credentialType });
        }
        for (const { properties, passwordCredential, serviceKey, ...at } of destinations) {
          const instance = serviceKey === undefined ? at.serviceInstance : store.keys.get(serviceKey)?.instance;
          if (serviceKey !== undefined && instance === undefined) throw new Error(`no service key ${serviceKey}`);
          const password = passwordCredential && ctx.credentials.password(passwordCredential);
          create(
            store,
            ctx,
            { zone: zoneOf(ctx, at).guid, ...(instance === undefined ? {} : { instance }) },
            { ...properties, ...(password === undefined ? {} : { Password: password }) },
          );
        }
        for (const { properties, ...at } of fragments) createFragment(store, ctx, levelOf(at), properties);
        for (const { name, nodes, creation, ...at } of certificates) {
          const level = levelOf(at);
          const record = { ...level, name, type: 'CERTIFICATE', content: '', nodes, creation };
          store.certificates.set(recordKey(level, name), { ...record, ...versionOf(ctx, level, record) });
        }
        for (const at of passiveTrusts) await makeTrust(ctx, store, zoneOf(ctx, at).guid, false);
      },
    };
  },
};

interface Place {
  readonly globalAccount: string;
  readonly subaccount: string;
  readonly serviceInstance?: string | undefined;
}

function zoneOf(ctx: EmulatorContext, at: Place): Zone {
  const zone = ctx.world.use('accounts').subaccountByName(at.globalAccount, at.subaccount);
  if (!zone) throw new Error(`no subaccount '${at.subaccount}' in global account '${at.globalAccount}'`);
  return zone;
}
