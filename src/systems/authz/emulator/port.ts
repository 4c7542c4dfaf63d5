import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { AuthorizationPort } from '../../../emulation/world.ts';
import { type AuthzStore, keyOf, type OAuthClient } from './store.ts';
import type { ZoneDirectory } from './zone/directory.ts';
import type { ShadowUsers } from './zone/shadow-users.ts';

/** Users and their rights as the other emulated services see them. */
export function createAuthorizationPort(
  ctx: EmulatorContext,
  store: AuthzStore,
  directory: ZoneDirectory,
  users: ShadowUsers,
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
      users.ensure(zoneGuid, user, undefined);
    },
    assignRoleCollection(zoneGuid, person, roleCollection) {
      const user = users.ensure(zoneGuid, person, person.userName);
      users.assign(user, [...new Set([...user.roleCollections, roleCollection])], person.userName);
    },
    removeShadowUsers: users.removeOrigin,
    registerClient(client) {
      store.clients.set(keyOf(client.zone, client.clientId, proofOf(client)), client);
    },
    removeClient(client) {
      store.clients.delete(keyOf(client.zone, client.clientId, proofOf(client)));
    },
    registerApplication(application) {
      const { zone, appId, roleCollections } = application;
      store.applications.set(keyOf(zone, appId), application);
      // Delivered with the application, and the customer's from then on: what was changed stays changed.
      for (const { name, description, roleTemplates } of roleCollections) {
        const key = keyOf(zone, name);
        if (store.collections.get(key)) continue;
        const roles = roleTemplates.map((template) => ({ appId, template, name: template }));
        store.collections.set(key, { zone, name, description, roles });
      }
    },
  };
}

/** What tells the secrets and certificates of a client apart. */
function proofOf({ clientSecret, certificate }: Pick<OAuthClient, 'clientSecret' | 'certificate'>): string {
  return clientSecret ?? certificate ?? '';
}
