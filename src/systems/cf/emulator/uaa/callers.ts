import { insufficientScope, refusedBearer, UaaError } from './errors.ts';
import type { UaaClient, UaaUser } from './rows.ts';
import type { Uaa } from './services.ts';
import { checkToken } from './tokens/token-check.ts';

/** Who calls one of UAA's own resources with an access token. */
export interface Caller {
  readonly client: UaaClient;
  /** Absent when the client acts for itself. */
  readonly user?: UaaUser;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
}

/** The token in the header; '' when there is none behind the word. */
export function bearerOf(header: string | null | undefined): string | undefined {
  return /^bearer(?:\s+(\S*)\s*)?$/i
    .exec(header ?? '')
    ?.slice(1)
    .join('');
}

/** Checks the bearer token of a request to a resource (UAA OAuth2AuthenticationProcessingFilter). */
export async function authenticateCaller(uaa: Uaa, header: string | null | undefined): Promise<Caller> {
  const text = bearerOf(header);
  if (text === undefined) {
    throw refusedBearer('unauthorized', 'Full authentication is required to access this resource');
  }
  if (text === '') {
    throw refusedBearer('invalid_token', 'Invalid access token value, must be at least 30 characters');
  }
  try {
    const { client, user, scopes, expired, expiresAt, claims } = await checkToken(uaa, text);
    if (expired) throw refusedBearer('invalid_token', `Invalid access token: expired at ${javaDate(expiresAt)}`);
    return { client, ...(user ? { user } : {}), scopes, audience: [claims.aud ?? []].flat() };
  } catch (error) {
    if (error instanceof UaaError && error.challenge === undefined) throw refusedBearer('invalid_token', error.message);
    throw error;
  }
}

/** Whether a token has one of these scopes. */
export function mayAny(caller: Caller, ...scopes: readonly string[]): boolean {
  return scopes.some((scope) => caller.scopes.includes(scope));
}

/** Refuses callers without any of these scopes; `uaa.admin` may everything (UAA ContextSensitiveOAuth2SecurityExpressionMethods). */
export function requireScope(caller: Caller, ...scopes: readonly string[]): void {
  const enough = ['uaa.admin', ...scopes.filter((scope) => scope !== 'uaa.admin')];
  if (!mayAny(caller, ...enough)) throw insufficientScope(enough.join(' '));
}

/** The same of what administrators of the zone may do too; the refusal names their scope. */
export function requireScopeInZone(caller: Caller, ...scopes: readonly string[]): void {
  requireScope(caller, ...scopes, 'zones.uaa.admin');
}

/**
 * What is guarded in the older way: the token must be meant for the resource, the part before the dot, and have the scope itself;
 * `uaa.admin` is not enough (UAA OAuth2AuthenticationManager, ScopeVoter).
 */
export function requireOwnScope(caller: Caller, scope: string): void {
  const [resource = ''] = scope.split('.');
  if (!caller.audience.includes(resource)) {
    throw new UaaError(403, 'access_denied', `Invalid token does not contain resource id (${resource})`, {
      challenge: 'Bearer realm="UAA/oauth"',
    });
  }
  if (!mayAny(caller, scope)) throw insufficientScope(scope);
}

/** A time as Java prints it: `Sat Nov 21 12:00:00 UTC 2026`. */
function javaDate(ms: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(ms)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
