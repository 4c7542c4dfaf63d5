import { insufficientScope, refusedBearer, UaaError } from './errors.ts';
import type { UaaClient, UaaUser } from './rows.ts';
import type { Uaa } from './services.ts';
import { checkToken } from './token-check.ts';

/** Who calls one of UAA's own resources with an access token. */
export interface Caller {
  readonly client: UaaClient;
  /** Absent when the client acts for itself. */
  readonly user?: UaaUser;
  readonly scopes: readonly string[];
}

export function bearerOf(header: string | null | undefined): string | undefined {
  return /^bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1];
}

/** Checks the bearer token of a request to a resource (UAA OAuth2AuthenticationProcessingFilter). */
export async function authenticateCaller(uaa: Uaa, header: string | null | undefined): Promise<Caller> {
  const text = bearerOf(header);
  if (text === undefined) {
    throw refusedBearer('unauthorized', 'Full authentication is required to access this resource');
  }
  try {
    const { client, user, scopes, expired, expiresAt } = await checkToken(uaa, text);
    if (expired) throw refusedBearer('invalid_token', `Invalid access token: expired at ${javaDate(expiresAt)}`);
    return { client, ...(user ? { user } : {}), scopes };
  } catch (error) {
    if (error instanceof UaaError && error.challenge === undefined) throw refusedBearer('invalid_token', error.message);
    throw error;
  }
}

/** Whether a token has one of these scopes. */
export function mayAny(caller: Caller, ...scopes: readonly string[]): boolean {
  return scopes.some((scope) => caller.scopes.includes(scope));
}

/** Refuses callers without any of these scopes. */
export function requireScope(caller: Caller, ...scopes: readonly string[]): void {
  if (!mayAny(caller, ...scopes)) throw insufficientScope(scopes.join(' '));
}

/** A time as Java prints it: `Sat Nov 21 12:00:00 UTC 2026`. */
function javaDate(ms: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(ms)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
