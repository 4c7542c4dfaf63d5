import { invalidGrant } from '../errors.ts';
import type { UaaClient } from '../rows.ts';

/** What UAA takes as a redirect address at all: a scheme, a host that may have stars, a port, a path. */
const REGISTERED =
  /^[a-zA-Z][a-zA-Z0-9+*\-.]{0,50}:\/\/(?:[^/@\s]{1,200}@)?[a-zA-Z0-9*_-]{1,63}(?:\.[a-zA-Z0-9*_-]{1,63}){0,20}(?::(?:\d{1,5}|\*))?(?:\/.*)?$/;

/** Longer addresses match nothing but themselves. */
const LONGEST = 8000;

export function isRegistrable(uri: string): boolean {
  return uri.length <= 2000 && REGISTERED.test(uri) && !uri.includes(',');
}

/**
 * Where an authorization request may be answered to (UAA LegacyRedirectResolver, the default): an address that begins
 * like a registered one, on its host or below, or fits a registered one with stars.
 */
export function resolveRedirect(client: UaaClient, requested: string | null): string {
  if (!client.grantTypes.some((type) => type === 'implicit' || type === 'authorization_code')) {
    throw invalidGrant('A redirect_uri can only be used by implicit or authorization_code grant types.');
  }
  const registered = client.redirectUris ?? [];
  const mismatch = invalidGrant(`Invalid redirect ${requested} did not match one of the registered values`);
  if (requested === null) {
    const [only, ...others] = registered;
    if (only !== undefined && others.length === 0 && !only.includes('*')) return only;
    throw mismatch;
  }
  if (registered.some((uri) => matchesRedirect(uri, requested))) return requested;
  throw mismatch;
}

export function matchesRedirect(registered: string, requested: string): boolean {
  if (requested.length > LONGEST || !URL.canParse(requested)) return registered === requested;
  const wanted = new URL(requested);
  if (wanted.username !== '' || wanted.password !== '') return registered === requested;
  if (registered.includes('*')) return matchesStars(registered, wanted);
  if (!URL.canParse(registered)) return false;
  const known = new URL(registered);
  // Other schemes than these have no host that could be compared.
  if (!['http:', 'https:'].includes(known.protocol)) return registered === requested;
  return (
    known.protocol === wanted.protocol &&
    known.port === wanted.port &&
    (wanted.hostname === known.hostname || wanted.hostname.endsWith(`.${known.hostname}`)) &&
    wanted.pathname.startsWith(known.pathname)
  );
}

const PARTS = /^([a-z][a-z0-9+*.-]*):\/\/([^/:?#]+)(?::(\d+|\*))?([^?#]*)/i;

function matchesStars(registered: string, wanted: URL): boolean {
  const [, scheme = '', host = '', port, path = ''] = PARTS.exec(registered) ?? [];
  return (
    fits(scheme, wanted.protocol.slice(0, -1), '') &&
    fits(host.toLowerCase(), wanted.hostname, '.') &&
    (port === '*' || (port ?? '') === wanted.port) &&
    fits(path === '' ? '/' : path, wanted.pathname, '/')
  );
}

/** Stars as in Ant's patterns: one stands for anything but the separator, two for anything. */
function fits(pattern: string, text: string, separator: string): boolean {
  // All positions that can be reached, piece by piece: patterns are the clients', so nothing may backtrack.
  let reachable = new Set([0]);
  for (const token of pattern.split(/(\*\*|\*)/)) {
    if (token === '') continue;
    const next = new Set<number>();
    for (const at of reachable) {
      if (token !== '*' && token !== '**') {
        if (text.startsWith(token, at)) next.add(at + token.length);
        continue;
      }
      // Where an earlier one has been, nothing new follows.
      for (let end = at; end <= text.length && !next.has(end); end++) {
        next.add(end);
        if (token === '*' && separator !== '' && text[end] === separator) break;
      }
    }
    reachable = next;
  }
  return reachable.has(text.length);
}
