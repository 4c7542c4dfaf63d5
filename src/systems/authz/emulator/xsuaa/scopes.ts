import type { Zone } from '../../../../emulation/world.ts';
import type { OAuthClient } from '../store.ts';
import type { ZoneDirectory } from '../zone/directory.ts';
import { invalidScope } from './errors.ts';

/** The parameter `scope`: names with spaces or commas between them; undefined = everything that there is. */
export function requestedScopes(params: URLSearchParams): readonly string[] | undefined {
  const scope = params.get('scope')?.trim();
  return scope ? scope.split(/[\s,]+/) : undefined;
}

/** Scopes of a client's own token: all of its authorities, or those that it asked for. */
export function clientScopes(client: OAuthClient, requested: readonly string[] | undefined): readonly string[] {
  refuseUnknown(requested, new Set(client.scopes));
  return client.scopes.filter((scope) => requested?.includes(scope) ?? true);
}

/**
 * Scopes of a user's token: what the user has of what the client may ask for and did ask for.
 * @param held scopes of the user's roles
 */
export function userScopes(
  directory: ZoneDirectory,
  zone: Zone,
  client: OAuthClient,
  held: readonly string[],
  requested: readonly string[] | undefined,
): readonly string[] {
  const offered = offeredScopes(directory, zone, client);
  refuseUnknown(requested, offered);
  // assumed: a client that belongs to no application here gives its users what it may itself.
  const own = client.appId === undefined ? [...held, ...client.scopes] : held;
  const granted = [...new Set(['openid', ...own])].filter((scope) => offered.has(scope));
  if (requested === undefined) return granted;
  const wanted = granted.filter((scope) => requested.includes(scope));
  if (wanted.length > 0) return wanted;
  throw invalidScope(`[${requested.join(', ')}] is invalid. This user is not allowed any of the requested scopes`);
}

function refuseUnknown(requested: readonly string[] | undefined, offered: ReadonlySet<string>): void {
  const unknown = requested?.find((scope) => !offered.has(scope));
  if (unknown !== undefined) throw invalidScope(`${unknown} is invalid. Please use a valid scope name in the request`);
}

/** What a client may ask for: `openid`, the scopes of its application, and what it was granted itself. */
function offeredScopes(directory: ZoneDirectory, zone: Zone, client: OAuthClient): ReadonlySet<string> {
  const ofApplication = directory
    .templates(zone)
    .filter(({ appId }) => appId === client.appId)
    .flatMap(({ scopes }) => scopes);
  return new Set(['openid', ...client.scopes, ...ofApplication]);
}
