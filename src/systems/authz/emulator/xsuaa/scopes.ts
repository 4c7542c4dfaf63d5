import type { Zone } from '../../../../emulation/world.ts';
import type { OAuthClient } from '../store.ts';
import type { ZoneDirectory } from '../zone/directory.ts';
import { invalidScope } from './errors.ts';

/** The parameter `scope`: names with spaces or commas between them; undefined = everything that there is. */
export function requestedScopes(params: URLSearchParams): readonly string[] | undefined {
  const scope = params.get('scope')?.trim();
  return scope ? scope.split(/[\s,]+/) : undefined;
}

/**
 * Scopes of a token: what the holder has of what the client may ask for and did ask for.
 * @param held scopes of the user's roles, or the authorities of the client itself
 */
export function grantedScopes(
  directory: ZoneDirectory,
  zone: Zone,
  client: OAuthClient,
  held: readonly string[],
  requested: readonly string[] | undefined,
): readonly string[] {
  const offered = offeredScopes(directory, zone, client);
  const unknown = requested?.find((scope) => !offered.has(scope));
  if (unknown !== undefined) throw invalidScope(`${unknown} is invalid. Please use a valid scope name in the request`);
  // assumed: a client that belongs to no application here gives its users what it may itself.
  const own = held === client.scopes || client.appId !== undefined ? held : [...held, ...client.scopes];
  const granted = [...(held === client.scopes ? [] : ['openid']), ...own].filter((scope) => offered.has(scope));
  const wanted = requested === undefined ? granted : granted.filter((scope) => requested.includes(scope));
  if (requested && requested.length > 0 && wanted.length === 0) {
    throw invalidScope(`[${requested.join(', ')}] is invalid. This user is not allowed any of the requested scopes`);
  }
  return [...new Set(wanted)];
}

/** What a client may ask for: `openid`, the scopes of its application, and what it was granted itself. */
function offeredScopes(directory: ZoneDirectory, zone: Zone, client: OAuthClient): ReadonlySet<string> {
  const ofApplication = directory
    .templates(zone)
    .filter(({ appId }) => appId === client.appId)
    .flatMap(({ scopes }) => scopes);
  return new Set(['openid', ...client.scopes, ...ofApplication]);
}
