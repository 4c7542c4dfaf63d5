import type { Zone } from '../../../../emulation/world.ts';
import { type AuthzStore, keyOf, type ProviderClaims, type ShadowUser } from '../store.ts';
import type { ZoneDirectory } from './directory.ts';
import { settingsOf } from './settings.ts';

export const NO_CLAIMS: ProviderClaims = { groups: [], claims: {} };

/** What a user may do in a zone: role collections assigned to the user, and those that its groups are mapped to. */
export interface Entitlements {
  readonly roleCollections: readonly string[];
  readonly scopes: readonly string[];
}

export function entitlementsOf(
  store: AuthzStore,
  directory: ZoneDirectory,
  zone: Zone,
  user: ShadowUser,
  said: ProviderClaims,
): Entitlements {
  const assigned = samePerson(store, zone, user).flatMap((one) => one.roleCollections);
  const roleCollections = [...new Set([...assigned, ...mappedCollections(store, directory, zone, user, said)])];
  return { roleCollections, scopes: directory.scopesOf(zone, roleCollections) };
}

/**
 * The user, and with `treatUsersWithSameEmailAsSameUser` everybody with the same e-mail, the oldest first. assumed: only
 * that such a setting exists is known, not what it does to tokens.
 */
export function samePerson(store: AuthzStore, zone: Zone, user: ShadowUser): readonly [ShadowUser, ...ShadowUser[]] {
  if (!settingsOf(store, zone).treatUsersWithSameEmailAsSameUser) return [user];
  const [first = user, ...others] = [
    ...store.users.by('zoneAndEmail', keyOf(zone.guid, user.email.toLowerCase())),
  ].sort((a, b) => a.createdAt - b.createdAt);
  return [first, ...others];
}

/** Mappings belong to the IAS tenant, whichever of its trusts they were made for (btp:9562d9d); case counts (A24). */
function mappedCollections(
  store: AuthzStore,
  directory: ZoneDirectory,
  zone: Zone,
  user: ShadowUser,
  { groups, claims }: ProviderClaims,
): readonly string[] {
  const mappings = store.mappings.by('zone', zone.guid);
  if (mappings.length === 0) return [];
  const hosts = new Map(directory.providers(zone.guid).map(({ originKey, host }) => [originKey, host]));
  const host = hosts.get(user.originKey);
  return mappings
    .filter((mapping) => host !== undefined && hosts.get(mapping.originKey) === host)
    .filter(({ attribute, value }) => (attribute === 'Groups' ? groups : valuesOf(claims[attribute])).includes(value))
    .map(({ collection }) => collection);
}

function valuesOf(claim: unknown): readonly string[] {
  return [claim ?? []].flat().filter((value) => typeof value === 'string');
}
