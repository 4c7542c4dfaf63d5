import { type Address, address } from '../../kernel/address.ts';
import type { Finding, FindingKind } from '../../kernel/finding.ts';
import type { IdentityProvider, Manifest } from '../../kernel/manifest/types.ts';
import type { Resource, ResourceType } from '../../kernel/system.ts';
import { btpSession } from '../protocols/btp-cli/client.ts';
import { sameTenant } from '../protocols/btp-cli/tenant-host.ts';
import { createPlatformTrust, listPlatformTrusts, type PlatformTrust } from './client.ts';
import { trustFindings } from './findings.ts';

export interface PlatformTrustProps {
  readonly globalAccount: string;
  readonly originKey: string;
  readonly host: string;
  /** Whether apply may establish it. */
  readonly mode: IdentityProvider['trust'];
}

/** What the list of trusts says about one origin key. */
export type ObservedTrust =
  | { readonly state: 'there'; readonly trust: PlatformTrust }
  /** The tenant is trusted, but under this origin key. */
  | { readonly state: 'elsewhere'; readonly originKey: string }
  /** Missing, and there is no room for another one. */
  | { readonly state: 'full'; readonly originKeys: readonly string[] };

const TYPE = 'trust/platform';

/** Custom identity providers for platform users per global account (SAP Help, btp:c368984). */
const LIMIT = 3;

export function trustAddress(globalAccount: string, originKey: string): Address {
  return address('trust', 'platform', globalAccount, originKey);
}

/** The trust that an identity provider of the manifest needs. */
export function trustResource(manifest: Manifest, provider: IdentityProvider): Resource<PlatformTrustProps> {
  const { globalAccount } = manifest;
  const { originKey, host, trust: mode } = provider;
  return {
    type: TYPE,
    address: trustAddress(globalAccount, originKey),
    props: { globalAccount, originKey, host, mode },
    scope: globalAccount,
    needs: [],
  };
}

export const platformTrust: ResourceType<PlatformTrustProps, ObservedTrust> = {
  type: TYPE,

  async observe(_scope, wanted, ctx) {
    const trusts = await listPlatformTrusts(await btpSession(ctx));
    const objects = new Map<Address, ObservedTrust>();
    for (const { address: at, props } of wanted) {
      const trust = trusts.find((one) => one.originKey === props.originKey);
      const elsewhere = trusts.find((one) => sameTenant(one.host, props.host));
      if (trust) objects.set(at, { state: 'there', trust });
      else if (elsewhere) objects.set(at, { state: 'elsewhere', originKey: elsewhere.originKey });
      else if (trusts.length >= LIMIT) {
        objects.set(at, { state: 'full', originKeys: trusts.map((one) => one.originKey) });
      }
    }
    return { objects, extras: [] };
  },

  diff({ address: at, props }, observed) {
    const { originKey, host } = props;
    if (observed?.state === 'there') {
      const { trust } = observed;
      if (!sameTenant(trust.host, host)) {
        return blocked(
          at,
          trustFindings.otherHost,
          `${originKey} is trusted for ${trust.host}, not for ${host}`,
          `correct host or originKey of this identity provider in the manifest`,
        );
      }
      if (!trust.active) {
        return blocked(
          at,
          trustFindings.inactive,
          `the trust ${originKey} is inactive`,
          'activate it in the cockpit: Security, Trust Configuration',
        );
      }
      if (!trust.openIdConnect) {
        return blocked(
          at,
          trustFindings.saml,
          `the trust ${originKey} is over SAML: no program can log on with a password through it`,
          'migrate it to OpenID Connect in the cockpit: Security, Trust Configuration',
        );
      }
      return { action: 'none' };
    }
    if (observed?.state === 'elsewhere') {
      return blocked(
        at,
        trustFindings.otherOrigin,
        `${host} is trusted under the origin key ${observed.originKey}`,
        `write originKey: ${observed.originKey} in the manifest`,
      );
    }
    if (props.mode === 'expect') {
      return blocked(
        at,
        trustFindings.missing,
        `no platform trust has the origin key ${originKey}`,
        'establish it in the cockpit, or write trust: establish in the manifest',
      );
    }
    if (observed?.state === 'full') {
      const there = observed.originKeys.join(', ');
      return blocked(
        at,
        trustFindings.limit,
        `${LIMIT} platform trusts are there already: ${there}`,
        'use one of them, or remove one in the cockpit',
      );
    }
    return {
      action: 'create',
      changes: [
        { path: 'originKey', after: originKey },
        { path: 'iasTenantUrl', after: host },
      ],
    };
  },

  async converge({ resource }, ctx) {
    // Only ever created: a deleted trust takes shadow users and their assignments along.
    const { host, originKey } = resource.props;
    const description = `Established by Locum for ${ctx.manifest.name}`;
    return createPlatformTrust(await btpSession(ctx), { host, originKey, description });
  },
};

function blocked(subject: Address, kind: FindingKind, because: string, remedy: string) {
  const finding: Finding = {
    code: kind.code,
    severity: 'error',
    subject,
    because,
    remedy,
    ...(kind.docs === undefined ? {} : { docs: kind.docs }),
  };
  return { action: 'blocked', finding } as const;
}
