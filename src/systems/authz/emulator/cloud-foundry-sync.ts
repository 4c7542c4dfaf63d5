import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { DEFAULT_ORIGIN_KEY } from '../../protocols/btp-cli/wire.ts';
import type { ZoneDirectory } from './zone/directory.ts';
import type { ShadowUsers } from './zone/shadow-users.ts';

/** Who creates these users, as the audit log spells it (btp:38958e5). */
const CLOUD_FOUNDRY_SYNC = 'CLOUD_FOUNDRY_SNYC';

/** Origin key of SAP ID service in Cloud Foundry (btp:98ec56a). */
const SAP_ID_IN_CLOUD_FOUNDRY = 'sap.ids';

/**
 * The background job that gives everybody with a role in a subaccount's org a shadow user there, whether or not the user
 * exists anywhere (btp:8e6ce96). It never deletes one. assumed: how often it runs; here whenever the clock ticks.
 */
export function syncCloudFoundryUsers(ctx: EmulatorContext, directory: ZoneDirectory, users: ShadowUsers): void {
  const cloudFoundry = ctx.world.find('cloudFoundry');
  if (!cloudFoundry) return;
  const trust = ctx.world.use('trust');
  for (const zone of ctx.world.use('accounts').zones()) {
    if (zone.kind !== 'subaccount') continue;
    // Asked once a subaccount: an org has hundreds of users of a few identity providers.
    const trusted = new Map<string, boolean>();
    const trusts = (originKey: string): boolean => {
      const known = trusted.get(originKey) ?? trust.trusts(zone.guid, originKey);
      trusted.set(originKey, known);
      return known;
    };
    for (const { userName, originKey: origin } of cloudFoundry.usersWithRole(zone.guid)) {
      const originKey = origin === SAP_ID_IN_CLOUD_FOUNDRY ? DEFAULT_ORIGIN_KEY : origin;
      // Internal users of UAA belong to no identity provider of the subaccount.
      if (directory.user(zone.guid, originKey, userName) || !trusts(originKey)) continue;
      users.ensure(zone.guid, { userName, originKey }, CLOUD_FOUNDRY_SYNC);
    }
  }
}
