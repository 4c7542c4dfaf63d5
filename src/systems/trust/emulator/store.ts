import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';
import type { TrustProtocol } from '../../../emulation/world.ts';

/** A trust of a zone to an IAS tenant. */
export interface StoredTrust {
  readonly id: string;
  /** GUID of the global account (`Platform`) or subaccount (`Application`). */
  readonly zone: string;
  readonly globalAccount: string;
  readonly originKey: string;
  readonly type: 'Platform' | 'Application';
  readonly host: string;
  /** New trusts are OpenID Connect; older ones may still be SAML (btp:827ae66). @default OpenID Connect */
  readonly protocol?: TrustProtocol;
  /** Name of the application at the IAS tenant. */
  readonly application: string;
  readonly name: string;
  readonly description: string;
  readonly domain: string | null;
  readonly linkText: string;
  readonly availableForUserLogon: boolean;
  readonly createShadowUsers: boolean;
  readonly active: boolean;
  /** Absent on trusts that are older than the shared origin key: CF does not know them. */
  readonly originKeyCfuaa?: string;
  /** Whom the tenant's tokens named when its metadata were read. @default https://<host> */
  readonly issuer?: string;
  /** Epoch milliseconds. @default when the trust was made */
  readonly metadataReadAt?: number;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** What a zone changed about the default identity provider. */
export interface StoredDefault {
  readonly zone: string;
  readonly createShadowUsers: boolean;
  readonly availableForUserLogon: boolean;
  readonly active: boolean;
}

export interface TrustStore {
  readonly trusts: Collection<StoredTrust>;
  readonly defaults: Collection<StoredDefault>;
}

export function createTrustStore(ctx: Pick<EmulatorContext, 'state'>): TrustStore {
  return {
    trusts: ctx.state.collection('trust/configurations', {
      zone: (trust) => trust.zone,
      type: (trust) => trust.type,
      originKey: (trust) => trust.originKey,
    }),
    defaults: ctx.state.collection('trust/defaults'),
  };
}

export function trustKey(zone: string, originKey: string): string {
  return `${zone}/${originKey}`;
}
