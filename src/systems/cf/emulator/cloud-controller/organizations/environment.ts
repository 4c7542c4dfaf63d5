import { seedId } from '../../../../../emulation/seed-id.ts';
import type { CloudFoundryPort } from '../../../../../emulation/world.ts';
import { NO_METADATA } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { urlOf } from '../../landscapes.ts';
import { addShadowUser } from '../../uaa/login/shadow-users.ts';
import { type Acting, newRow, type Parts } from '../acting.ts';
import { record } from '../events.ts';
import { quotaNamed } from '../quotas/limits.ts';
import { addRole } from '../roles/roles.ts';
import type { CfOrg } from '../rows/organizations.ts';
import { visibilityOf } from '../visibility.ts';
import { removeOrg } from './removal.ts';

/** Quota of the orgs that belong to a subaccount (recorded). */
const QUOTA = 'SUBSCRIPTION_QUOTA';

/** What the environment broker of SAP BTP does in the Cloud Controller: an org for each subaccount that wants one. */
export function environmentBroker(parts: Parts): Required<Pick<CloudFoundryPort, 'createOrg' | 'removeOrg'>> {
  const { ctx, store, uaa } = parts;

  /** The broker is an administrator; that events name no user is assumed. */
  function acting(landscape: string): Acting {
    const guid = seedId('cf/environment-broker', landscape);
    const caller = { landscape, guid, name: '', admin: true, globalRead: true, readsSecrets: true };
    return { ...parts, caller, see: visibilityOf(store, caller), api: urlOf('api', landscape) };
  }

  return {
    createOrg({ subaccount, landscape, name, managers }) {
      const taken = store.orgsOf(landscape).some((org) => org.name.toLowerCase() === name.toLowerCase());
      if (taken) return undefined;
      const broker = acting(landscape);
      const quota = quotaNamed(parts, landscape, QUOTA).guid;
      const org: CfOrg = { ...newRow(broker), name, suspended: false, quota, subaccount, metadata: NO_METADATA };
      store.orgs.set(org.guid, org);
      record(broker, 'audit.organization.create', { guid: org.guid, type: 'organization', name }, { org: org.guid });
      for (const { userName, originKey: origin } of managers) {
        const user =
          uaa.userByName(landscape, userName, origin) ?? addShadowUser(uaa, ctx, { landscape, origin }, userName);
        for (const type of ['organization_user', 'organization_manager']) {
          addRole(parts, landscape, { type, user: user.id, org: org.guid });
        }
      }
      return { guid: org.guid };
    },
    removeOrg(subaccount) {
      for (const org of store.orgs.by('subaccount', subaccount)) removeOrg(acting(org.landscape), org);
    },
  };
}
