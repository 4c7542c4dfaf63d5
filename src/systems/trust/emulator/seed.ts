import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import type { Metadata } from './metadata.ts';
import { PLATFORM_APPLICATION } from './semantics.ts';
import { type TrustStore, trustKey } from './store.ts';
import { tenantId } from './views.ts';

const common = {
  /** Subdomain of the global account. */
  globalAccount: z.string(),
  /** Host of the IAS tenant. */
  host: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  active: z.boolean().default(true),
  /** `SAML` for a trust that was never migrated: no password reaches the tenant over it. @default OpenID Connect */
  protocol: z.enum(['OpenID Connect', 'SAML']).optional(),
};

/** `trust` of a landscape seed: what is trusted at the start, beside the default identity provider. */
export const trustSeed = z.strictObject({
  platform: z
    .array(
      z.strictObject({
        ...common,
        originKey: z.string().optional(),
        /** Origin key in CF; null = an older trust that CF does not know. @default the origin key */
        originKeyCfuaa: z.string().nullable().optional(),
      }),
    )
    .default([]),
  application: z
    .array(
      z.strictObject({
        ...common,
        /** Display name of the subaccount. */
        subaccount: z.string(),
        originKey: z.string().default('sap.custom'),
        createShadowUsers: z.boolean().default(true),
        availableForUserLogon: z.boolean().default(true),
      }),
    )
    .default([]),
});

export type TrustSeed = z.infer<typeof trustSeed>;

export function plantTrusts(seed: TrustSeed, store: TrustStore, ctx: EmulatorContext, metadata: Metadata): void {
  const accounts = ctx.world.use('accounts');
  const base = (
    zone: Zone,
    entry: TrustSeed['platform'][number] | TrustSeed['application'][number],
    originKey: string,
  ) => ({
    id: seedId('trust', zone.guid, originKey),
    zone: zone.guid,
    globalAccount: zone.globalAccount,
    originKey,
    host: entry.host,
    ...(entry.protocol === undefined ? {} : { protocol: entry.protocol }),
    active: entry.active,
    ...metadata.read(entry.host),
    version: 0,
    createdAt: ctx.now(),
    modifiedAt: ctx.now(),
  });
  for (const entry of seed.platform) {
    const zone = existing(accounts.globalAccountBySubdomain(entry.globalAccount), entry.globalAccount);
    const originKey = entry.originKey ?? `${tenantId(entry.host)}-platform`;
    const originKeyCfuaa = entry.originKeyCfuaa === undefined ? originKey : entry.originKeyCfuaa;
    store.trusts.set(trustKey(zone.guid, originKey), {
      ...base(zone, entry, originKey),
      type: 'Platform',
      application: PLATFORM_APPLICATION,
      name: entry.name ?? originKey,
      description: entry.description ?? 'Custom Platform Identity Provider',
      domain: entry.host,
      linkText: originKey,
      availableForUserLogon: false,
      createShadowUsers: true,
      ...(originKeyCfuaa === null ? {} : { originKeyCfuaa }),
    });
  }
  for (const entry of seed.application) {
    const zone = existing(accounts.subaccountByName(entry.globalAccount, entry.subaccount), entry.subaccount);
    store.trusts.set(trustKey(zone.guid, entry.originKey), {
      ...base(zone, entry, entry.originKey),
      type: 'Application',
      application: `SAP BTP subaccount ${zone.displayName}`,
      name: entry.name ?? 'Custom IAS tenant',
      description: entry.description ?? `IAS tenant ${entry.host} (OpenID Connect)`,
      domain: null,
      linkText: entry.host,
      availableForUserLogon: entry.availableForUserLogon,
      createShadowUsers: entry.createShadowUsers,
    });
  }
}

function existing(zone: Zone | undefined, name: string): Zone {
  if (!zone) throw new TypeError(`seed: no account '${name}' to put a trust on`);
  return zone;
}
