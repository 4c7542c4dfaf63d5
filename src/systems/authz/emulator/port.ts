import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { AuthorizationPort } from '../../../emulation/world.ts';
import type { ZoneDirectory } from './directory.ts';
import { type AuthzStore, keyOf, userKey } from './store.ts';

/** Users and their rights as the other emulated services see them. */
export function createAuthorizationPort(
  ctx: EmulatorContext,
  store: AuthzStore,
  directory: ZoneDirectory,
): AuthorizationPort {
  return {
    roleCollections(zoneGuid, userName, originKey) {
      return directory.user(zoneGuid, originKey, userName)?.roleCollections ?? [];
    },
    roles(zoneGuid, userName, originKey) {
      const zone = ctx.world.use('accounts').zone(zoneGuid);
      const user = directory.user(zoneGuid, originKey, userName);
      return zone && user ? directory.templatesOf(zone, user) : [];
    },
    ensureShadowUser(zoneGuid, user) {
      directory.ensureUser(zoneGuid, user.originKey, user.userName, user.email);
    },
    removeShadowUsers(zoneGuid, originKey) {
      for (const user of store.users.by('zoneAndOrigin', keyOf(zoneGuid, originKey))) {
        store.users.delete(userKey(user.zone, user.originKey, user.userName));
      }
    },
    registerClient(client) {
      store.clients.set(keyOf(client.zone, client.clientId, client.clientSecret), client);
    },
  };
}
