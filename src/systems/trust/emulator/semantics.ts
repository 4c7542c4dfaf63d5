import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import { type Change, recordChange } from '../../protocols/audit/emulator.ts';
import { type Answer, found } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { DEFAULT_ORIGIN_ALIAS, DEFAULT_ORIGIN_KEY } from '../../protocols/btp-cli/wire.ts';
import {
  applicationsRemain,
  invalidOriginKey,
  originKeyTaken,
  readOnlyTrust,
  tooManyTrusts,
  unknownTenant,
  unknownTenantOfSubaccount,
  unknownTrust,
} from './errors.ts';
import type { Metadata } from './metadata.ts';
import { type StoredDefault, type StoredTrust, type TrustStore, trustKey } from './store.ts';
import {
  applicationRecord,
  defaultView,
  platformRecord,
  tenantId,
  tenantView,
  trustView,
  updatedPlatformView,
} from './views.ts';

/** Custom identity providers for platform users per global account (btp:c368984). */
const PLATFORM_TRUST_LIMIT = 3;
/** 36 characters at most, of which `-platform` is nine (btp:c368984). */
const PLATFORM_ORIGIN_KEY = /^[A-Za-z0-9_-]{1,27}-platform$/;
/** Name that IAS gives the application of every platform trust. */
export const PLATFORM_APPLICATION = 'SAP Business Technology Platform';

/** Trust configurations of the global account (platform users) and of subaccounts (business users). */
export function createTrustSemantics(ctx: EmulatorContext, store: TrustStore, metadata: Metadata) {
  function audit(
    call: TenantCall,
    crud: Change['crud'],
    trust: Pick<StoredTrust, 'zone' | 'originKey' | 'name' | 'host' | 'protocol'>,
  ) {
    const { zone, originKey, name, host, protocol } = trust;
    const by = { zone, user: call.caller.user, crud };
    const attributes = { originKey, name, url: `https://${host}` };
    recordChange(ctx.world, { ...by, type: 'IdentityProvider', attributes });
    // OpenID Connect trusts change the tenant, too (btp:d8f4b7c).
    if (protocol !== 'SAML')
      recordChange(ctx.world, { ...by, crud: 'UPDATE', table: 'xs_tenant', attributes: { originKey } });
  }

  const application = (trust: StoredTrust) =>
    ctx.world.use('identity').registerApplication(trust.host, { name: trust.application });

  function trustsOf(zone: Zone): { readonly own: readonly StoredTrust[]; readonly inherited: readonly StoredTrust[] } {
    const own = store.trusts.by('zone', zone.guid);
    if (zone.kind === 'global-account') return { own, inherited: [] };
    // Both recorded subaccounts inherit exactly the platform trusts that CF knows (notes §4.2.2).
    const inherited = store.trusts.by('zone', zone.globalAccount).filter((trust) => trust.originKeyCfuaa !== undefined);
    return { own, inherited };
  }

  function create(call: TenantCall): Answer {
    const host = (call.params.iasTenantUrl ?? '').replace(/^https:\/\//, '').replace(/\/$/, '');
    const platform = call.zone.kind === 'global-account';
    const exists = ctx.world
      .use('identity')
      .tenants()
      .some((tenant) => tenant.host === host && !tenant.default);
    if (!exists) return platform ? unknownTenant(host) : unknownTenantOfSubaccount(host);
    const originKey = call.params.origin ?? (platform ? `${tenantId(host)}-platform` : 'sap.custom');
    if (platform) {
      if (store.trusts.by('zone', call.zone.guid).length >= PLATFORM_TRUST_LIMIT) return tooManyTrusts();
      if (!PLATFORM_ORIGIN_KEY.test(originKey)) return invalidOriginKey(originKey);
      // Set once for the whole landscape and unique across customers (btp:c368984).
      if (store.trusts.by('originKey', originKey).some((trust) => trust.type === 'Platform'))
        return originKeyTaken(originKey);
    } else if (store.trusts.get(trustKey(call.zone.guid, originKey))) return originKeyTaken(originKey);
    const trust = platform ? newPlatformTrust(call, host, originKey) : newApplicationTrust(call, host, originKey);
    store.trusts.set(trustKey(trust.zone, trust.originKey), trust);
    audit(call, 'CREATE', trust);
    return platform
      ? found(platformRecord(trust, application(trust)))
      : { status: 201, json: applicationRecord(trust, application(trust), 'create') };
  }

  function newTrust(call: TenantCall, host: string, originKey: string) {
    const { guid, globalAccount } = call.zone;
    const now = ctx.now();
    return {
      id: ctx.id(),
      zone: guid,
      globalAccount,
      originKey,
      host,
      ...metadata.read(host),
      active: true,
      version: 0,
      createdAt: now,
      modifiedAt: now,
    };
  }

  function newPlatformTrust(call: TenantCall, host: string, originKey: string): StoredTrust {
    return {
      ...newTrust(call, host, originKey),
      type: 'Platform',
      application: PLATFORM_APPLICATION,
      name: call.params.name ?? originKey,
      description: call.params.description ?? 'Custom Platform Identity Provider',
      domain: call.params.domain ?? host,
      linkText: originKey,
      availableForUserLogon: false,
      createShadowUsers: true,
      originKeyCfuaa: originKey,
    };
  }

  function newApplicationTrust(call: TenantCall, host: string, originKey: string): StoredTrust {
    const base = newTrust(call, host, originKey);
    return {
      ...base,
      type: 'Application',
      // Every create registers a new application at IAS, other than at the global account (notes §4.2.8).
      application: `SAP BTP subaccount ${call.zone.displayName} (${base.id})`,
      name: call.params.name ?? 'Custom IAS tenant',
      description: call.params.description ?? `IAS tenant ${host} (OpenID Connect)`,
      domain: call.params.domain ?? null,
      linkText: call.params.linkText ?? host,
      availableForUserLogon: call.params.userLogon !== 'false',
      createShadowUsers: call.params.shadowUsers !== 'false',
    };
  }

  function update(call: TenantCall): Answer {
    const originKey = canonical(call.params.originKey);
    const { zone, params } = call;
    if (originKey === DEFAULT_ORIGIN_KEY) {
      const settings = { ...defaultOf(store, zone), ...logonSettings(params) };
      store.defaults.set(zone.guid, settings);
      return found(defaultView(settings));
    }
    const trust = store.trusts.get(trustKey(zone.guid, originKey));
    if (!trust)
      return trustsOf(zone).inherited.some((other) => other.originKey === originKey)
        ? readOnlyTrust(originKey)
        : unknownTrust();
    const platform = trust.type === 'Platform';
    const changed: StoredTrust = {
      ...(params.refreshTrust === 'true' ? metadata.refreshed(trust) : trust),
      name: params.name ?? trust.name,
      description: params.description ?? trust.description,
      domain: params.domain ?? trust.domain,
      linkText: (platform ? undefined : params.linkText) ?? trust.linkText,
      ...(platform ? {} : logonSettings(params)),
      version: trust.version + 1,
      modifiedAt: ctx.now(),
    };
    store.trusts.set(trustKey(zone.guid, originKey), changed);
    audit(call, 'UPDATE', changed);
    return found(platform ? updatedPlatformView(changed) : trustView(changed));
  }

  function remove(call: TenantCall): Answer {
    const originKey = canonical(call.params.originKey);
    // assumed: that it cannot be deleted is documented, the answer is not.
    if (originKey === DEFAULT_ORIGIN_KEY) return readOnlyTrust(originKey);
    const trust = store.trusts.get(trustKey(call.zone.guid, originKey));
    if (!trust) return unknownTrust();
    const below = ctx.world.use('identity').applicationsBelow?.(trust.host, application(trust).clientId) ?? [];
    if (below.length > 0) return applicationsRemain(below);
    store.trusts.delete(trustKey(call.zone.guid, originKey));
    audit(call, 'DELETE', trust);
    // A deleted trust takes its shadow users along (btp:472da4f), in every zone that inherited it.
    const zones = ctx.world.use('accounts').zones();
    for (const zone of zones) {
      if (zone.guid === trust.zone || (trust.type === 'Platform' && zone.globalAccount === trust.globalAccount)) {
        ctx.world.use('authorization').removeShadowUsers(zone.guid, originKey);
      }
    }
    return found(
      trust.type === 'Platform'
        ? platformRecord(trust, application(trust))
        : applicationRecord(trust, application(trust), 'delete'),
    );
  }

  /** The default identity provider as a trust of its own, for those who want all trusts in one form. */
  function defaultTrust(zone: Zone): StoredTrust {
    const { active, createShadowUsers, availableForUserLogon } = defaultOf(store, zone);
    const tenant = ctx.world
      .use('identity')
      .tenants()
      .find((one) => one.default);
    return {
      id: seedId('trust', zone.guid, DEFAULT_ORIGIN_KEY),
      zone: zone.guid,
      globalAccount: zone.globalAccount,
      originKey: DEFAULT_ORIGIN_KEY,
      type: 'Application',
      host: tenant?.host ?? '',
      application: 'XSUAA',
      name: DEFAULT_ORIGIN_KEY,
      description: '',
      domain: null,
      linkText: 'Default Identity Provider',
      availableForUserLogon,
      createShadowUsers,
      active,
      version: 0,
      createdAt: 0,
      modifiedAt: 0,
    };
  }

  function recordsOf(zone: Zone): readonly StoredTrust[] {
    return [defaultTrust(zone), ...store.trusts.by('zone', zone.guid)];
  }

  return {
    list({ zone }: TenantCall): Answer {
      const { own, inherited } = trustsOf(zone);
      return found([
        defaultView(defaultOf(store, zone)),
        ...own.map((trust) => trustView(trust)),
        ...inherited.map((trust) => trustView(trust, true)),
      ]);
    },

    get(call: TenantCall): Answer {
      const originKey = canonical(call.params.origin);
      if (originKey === DEFAULT_ORIGIN_KEY) return found(defaultView(defaultOf(store, call.zone)));
      const { own, inherited } = trustsOf(call.zone);
      const trust = own.find((one) => one.originKey === originKey);
      if (trust) return found(trustView(trust));
      const above = inherited.find((one) => one.originKey === originKey);
      return above ? found(trustView(above, true)) : unknownTrust();
    },

    create,
    update,
    delete: remove,

    /** The trusts of a zone in the form that create and delete give. */
    listRecords({ zone }: TenantCall): Answer {
      if (zone.kind === 'global-account') {
        return found(store.trusts.by('zone', zone.guid).map((trust) => platformRecord(trust, application(trust))));
      }
      return found(recordsOf(zone).map((trust) => applicationRecord(trust, application(trust), 'delete')));
    },

    getRecord({ zone, params }: TenantCall): Answer {
      const trust = recordsOf(zone).find((one) => one.id === params.id);
      return trust ? found(applicationRecord(trust, application(trust), 'delete')) : unknownTrust();
    },

    listTenants(): Answer {
      const tenants = ctx.world
        .use('identity')
        .tenants()
        .filter((tenant) => !tenant.default);
      return found(tenants.map((tenant) => tenantView(tenant.host, false)));
    },

    getTenant(call: TenantCall): Answer {
      const tenants = ctx.world.use('identity').tenants();
      const tenant = tenants.find((one) => !one.default && one.host === call.params.iasTenantUrl);
      return tenant ? found(tenantView(tenant.host, true)) : unknownTrust();
    },
  };
}

/** Settings of the default identity provider: new subaccounts create no shadow users from it (btp:d852567). */
export function defaultOf(store: TrustStore, zone: Zone): StoredDefault {
  return (
    store.defaults.get(zone.guid) ?? {
      zone: zone.guid,
      createShadowUsers: zone.kind !== 'subaccount',
      availableForUserLogon: true,
      active: true,
    }
  );
}

function logonSettings(params: Readonly<Record<string, string>>) {
  return {
    ...(params.userLogon === undefined ? {} : { availableForUserLogon: params.userLogon === 'true' }),
    ...(params.shadowUsers === undefined ? {} : { createShadowUsers: params.shadowUsers === 'true' }),
    ...(params.status === undefined ? {} : { active: params.status === 'active' }),
  };
}

function canonical(originKey: string | undefined): string {
  return originKey === DEFAULT_ORIGIN_ALIAS ? DEFAULT_ORIGIN_KEY : (originKey ?? '');
}
