import { invalidScope } from '../errors.ts';
import type { UaaClient } from '../rows.ts';

/** Reads `scope`: separated by spaces or, as old clients do, commas; undefined when there is none. */
export function scopesOf(params: URLSearchParams): readonly string[] | undefined {
  const scopes = (params.get('scope') ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
  return scopes.length === 0 ? undefined : [...new Set(scopes)];
}

/** Whether a scope is among these, of which some may have `*` for one part between dots (UAA UaaStringUtils). */
export function covers(patterns: Iterable<string>, scope: string): boolean {
  for (const pattern of patterns) {
    if (pattern === scope) return true;
    if (pattern.includes('*') && matchesParts(pattern, scope)) return true;
  }
  return false;
}

/** `*` stands for one or more characters without a dot, anywhere; no regular expression, since clients write patterns. */
function matchesParts(pattern: string, scope: string): boolean {
  const wanted = pattern.split('.');
  const given = scope.split('.');
  return wanted.length === given.length && wanted.every((part, index) => matchesPart(part, given[index] ?? ''));
}

function matchesPart(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    // Every star takes at least one character.
    const found = text.indexOf(piece, at + 1);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length >= at + 1 + last.length && text.endsWith(last);
}

/** Refuses scopes that a client may not ask for (UAA UaaAuthorizationRequestManager.validateParameters). */
function checkRequestedScopes(allowed: readonly string[], requested: readonly string[] | undefined): void {
  const strange = requested?.find((scope) => !covers(allowed, scope));
  if (strange !== undefined) {
    throw invalidScope(`${strange} is invalid. Please use a valid scope name in the request`);
  }
}

/**
 * Scopes granted to a user: what was asked for, of what the client may have, of what the user has (UAA
 * UaaAuthorizationRequestManager.checkUserScopes).
 * @param authorities names of the user's groups
 */
export function grantScopes(
  client: UaaClient,
  authorities: ReadonlySet<string>,
  requested: readonly string[] | undefined,
): readonly string[] {
  checkRequestedScopes(client.scopes, requested);
  const wanted = requested ?? client.scopes;
  const granted = wanted
    .flatMap((scope) =>
      scope.includes('*') ? [...authorities].filter((authority) => covers([scope], authority)) : [scope],
    )
    .filter((scope) => authorities.has(scope) && covers(client.scopes, scope));
  if (granted.length === 0 && client.scopes.length > 0) {
    throw invalidScope(`[${wanted.join(', ')}] is invalid. This user is not allowed any of the requested scopes`);
  }
  if (client.requiredUserGroups?.some((group) => !authorities.has(group))) {
    throw invalidScope("User does not meet the client's required group criteria.");
  }
  return [...new Set(granted)];
}

/** The client, and for each scope what stands before its last dot (UAA UaaAuthorizationRequestManager.getResourceIds). */
export function audienceOf(clientId: string, scopes: readonly string[]): string[] {
  const parts = scopes.flatMap((scope) => {
    if (scope === 'openid') return [scope];
    const dot = scope.lastIndexOf('.');
    return dot < 0 || dot === scope.length - 1 || scope === 'uaa.none' ? [] : [scope.slice(0, dot)];
  });
  return [...new Set([clientId, ...parts])];
}
