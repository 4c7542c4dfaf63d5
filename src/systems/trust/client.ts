import type { JsonObject } from '../../kernel/json.ts';
import type { BtpSession } from '../protocols/btp-cli/client.ts';
import { tenantHost } from '../protocols/btp-cli/tenant-host.ts';
import { platformRecord, trustListResponse } from './wire.ts';

/** A trust of the global account to a custom identity provider. */
export interface PlatformTrust {
  readonly originKey: string;
  readonly name: string;
  readonly host: string;
  readonly active: boolean;
  readonly createsShadowUsers: boolean;
  /** Over OpenID Connect alone passwords reach the tenant (SAP Help, btp:fd5865e). */
  readonly openIdConnect: boolean;
  /** Origin key in Cloud Foundry; absent on old trusts, which Cloud Foundry and the subaccounts do not know. */
  readonly cfOriginKey?: string;
}

const OPENID_CONNECT = 'OpenID Connect';

export async function listPlatformTrusts(session: BtpSession): Promise<readonly PlatformTrust[]> {
  const rows = await session.read(
    { object: 'security/trust', action: 'list', parameters: { globalAccount: session.globalAccount } },
    trustListResponse,
  );
  return rows
    .filter((row) => row.typeOfTrust === 'Platform')
    .map((row) => ({
      originKey: row.originKey,
      name: row.name,
      host: tenantHost(row.identityProvider),
      active: row.status === 'active',
      // Every recorded trust names it; one that does not is none of the old ones.
      openIdConnect: (row.protocol ?? OPENID_CONNECT) === OPENID_CONNECT,
      createsShadowUsers: row.createShadowUsersDuringLogon !== 'false',
      ...(row.originKeyCfuaa ? { cfOriginKey: row.originKeyCfuaa } : {}),
    }));
}

export interface NewPlatformTrust {
  readonly host: string;
  readonly originKey: string;
  readonly description: string;
}

/** Establishes the trust; gives the ids of the application at the tenant. */
export async function createPlatformTrust(session: BtpSession, trust: NewPlatformTrust): Promise<JsonObject> {
  const record = await session.read(
    {
      object: 'security/trust',
      action: 'create',
      parameters: {
        globalAccount: session.globalAccount,
        iasTenantUrl: trust.host,
        origin: trust.originKey,
        // Role-collection mappings name the identity provider by this, and clients compare it with the origin key.
        name: trust.originKey,
        description: trust.description,
        domain: trust.host,
      },
    },
    platformRecord,
  );
  return {
    originKey: record.originKey,
    application: record.iasAppId ?? null,
    relyingParty: record.relyingPartyId ?? null,
  };
}
