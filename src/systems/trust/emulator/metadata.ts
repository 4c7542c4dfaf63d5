import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type StoredTrust, type TrustStore, trustKey } from './store.ts';

const DAY_MS = 86_400_000;

/** What a trust keeps of the tenant's metadata. */
export type TenantMetadata = Pick<StoredTrust, 'issuer' | 'metadataReadAt'>;

/**
 * The tenant's metadata as trusts keep them: when the issuer of a tenant changes, sign-ins fail until a trust is refreshed. Those of the
 * global account refresh themselves within 24 hours, those of a subaccount never do (btp:c368984, 161f8f0); that they do so a day
 * after they did the last time is assumed.
 */
export function createMetadata(ctx: Pick<EmulatorContext, 'world' | 'now'>, store: TrustStore) {
  function read(host: string): TenantMetadata {
    const tenant = ctx.world
      .use('identity')
      .tenants()
      .find((one) => one.host === host);
    return {
      ...(tenant?.issuer === undefined ? {} : { issuer: tenant.issuer }),
      metadataReadAt: ctx.now(),
    };
  }

  function refreshed(trust: StoredTrust): StoredTrust {
    const { issuer: _, ...rest } = trust;
    return { ...rest, ...read(trust.host) };
  }

  return {
    read,
    refreshed,
    /** What happens as time goes by. */
    refreshDue(): void {
      for (const trust of store.trusts.by('type', 'Platform')) {
        if (ctx.now() - (trust.metadataReadAt ?? trust.createdAt) < DAY_MS) continue;
        store.trusts.set(trustKey(trust.zone, trust.originKey), refreshed(trust));
      }
    },
  };
}

export type Metadata = ReturnType<typeof createMetadata>;
