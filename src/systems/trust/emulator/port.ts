import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { TrustedIdentityProvider, TrustPort, Zone } from '../../../emulation/world.ts';
import { BTP_CLI_CALLBACK, DEFAULT_ORIGIN_KEY } from '../../protocols/btp-cli/wire.ts';
import { defaultOf } from './semantics.ts';
import type { StoredTrust, TrustStore } from './store.ts';

/** The trusts as the other emulated services see them, with the credentials of the application at the tenant. */
export function createTrustPort(ctx: EmulatorContext, store: TrustStore): TrustPort {
  const register = (host: string, name: string, redirectUris: readonly string[]) => {
    const application = ctx.world.use('identity').registerApplication(host, { name, redirectUris });
    return { relyingPartyId: application.clientId, relyingPartySecret: application.clientSecret };
  };

  /** Where sign-ins at a tenant come back to: XSUAA of the zones that trust it, UAA of every CF landscape, the command line. */
  function returnAddresses({ type, zone: guid, originKey, globalAccount }: StoredTrust): readonly string[] {
    const accounts = ctx.world.use('accounts');
    if (type === 'Application') {
      const zone = accounts.zone(guid);
      return zone ? [returnAddress(zone, originKey)] : [];
    }
    const own = accounts.zones().filter((zone) => zone.globalAccount === globalAccount && zone.authorizations);
    const landscapes = ctx.world.find('cloudFoundry')?.landscapes() ?? [];
    return [
      BTP_CLI_CALLBACK,
      ...own.map((zone) => returnAddress(zone, originKey)),
      ...landscapes.flatMap(({ name }) =>
        ['login', 'uaa'].map((host) => `https://${host}.cf.${name}.hana.ondemand.com/login/callback/${originKey}`),
      ),
    ];
  }

  function providerOf(trust: StoredTrust): TrustedIdentityProvider {
    return {
      originKey: trust.originKey,
      name: trust.name,
      type: trust.type,
      host: trust.host,
      ...(trust.issuer === undefined ? {} : { issuer: trust.issuer }),
      ...(trust.protocol === undefined ? {} : { protocol: trust.protocol }),
      ...register(trust.host, trust.application, returnAddresses(trust)),
      active: trust.active,
      createShadowUsers: trust.createShadowUsers,
      availableForUserLogon: trust.availableForUserLogon,
      linkText: trust.linkText,
      ...(trust.originKeyCfuaa === undefined ? {} : { originKeyCfuaa: trust.originKeyCfuaa }),
      globalAccount: trust.globalAccount,
    };
  }

  function defaultTenant() {
    return ctx.world
      .use('identity')
      .tenants()
      .find((one) => one.default);
  }

  /** Its own trusts, and the platform ones of its global account. */
  function trustsOf(zone: Zone): readonly StoredTrust[] {
    const own = store.trusts.by('zone', zone.guid);
    if (zone.kind === 'global-account') return own;
    const platform = store.trusts.by('zone', zone.globalAccount).filter((trust) => trust.originKeyCfuaa !== undefined);
    return [...own, ...platform];
  }

  function standardProvider(zone: Zone): readonly TrustedIdentityProvider[] {
    const tenant = defaultTenant();
    if (!tenant) return [];
    const settings = defaultOf(store, zone);
    return [
      {
        originKey: DEFAULT_ORIGIN_KEY,
        name: DEFAULT_ORIGIN_KEY,
        type: 'Application',
        host: tenant.host,
        ...register(tenant.host, 'XSUAA', [returnAddress(zone, DEFAULT_ORIGIN_KEY)]),
        active: settings.active,
        createShadowUsers: settings.createShadowUsers,
        availableForUserLogon: settings.availableForUserLogon,
        linkText: 'Default Identity Provider',
        globalAccount: zone.globalAccount,
      },
    ];
  }

  return {
    identityProviders(zoneGuid) {
      const zone = ctx.world.use('accounts').zone(zoneGuid);
      return zone ? [...standardProvider(zone), ...trustsOf(zone).map(providerOf)] : [];
    },
    trusts(zoneGuid, originKey) {
      const zone = ctx.world.use('accounts').zone(zoneGuid);
      if (!zone) return false;
      if (originKey === DEFAULT_ORIGIN_KEY) return defaultTenant() !== undefined;
      return trustsOf(zone).some((trust) => trust.originKey === originKey);
    },
    platformIdentityProviders() {
      return store.trusts.by('type', 'Platform').map(providerOf);
    },
  };
}

function returnAddress({ subdomain, region }: Zone, originKey: string): string {
  return `https://${subdomain}.authentication.${region}.hana.ondemand.com/login/callback/${originKey}`;
}
