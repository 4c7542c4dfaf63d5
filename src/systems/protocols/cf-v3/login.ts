import { decodeJwt } from 'jose';
import type { LoginOutcome } from '../../../kernel/doctor/logins.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { Token } from '../../../kernel/system.ts';
import { basic, passwordGrant } from '../oauth/client.ts';
import { tokenResponse } from '../oauth/wire.ts';
import { type Landscape, parsed } from './client.ts';
import { accessTokenClaims } from './wire.ts';

/** Logs in as `cf login --origin` does: client `cf` with its empty secret, origin as `login_hint` in the query. */
export function logIn(
  landscape: Landscape,
  now: () => number,
  user: { readonly userName: string; readonly password: Secret; readonly originKey: string },
): Promise<Exclude<LoginOutcome<Token>, { status: 'spared' }>> {
  // cf CLI 8.18 asks the login link, go-cfclient the uaa link: one service, both are right.
  const tokenUrl = `${landscape.links.login.href}/oauth/token`;
  return passwordGrant(landscape.http, now, { tokenUrl, clientId: 'cf', ...user });
}

/** Renews a token; undefined when the refresh token is not accepted any more. */
export async function renew(landscape: Landscape, now: () => number, refresh: Secret): Promise<Token | undefined> {
  const response = await landscape.http({
    operation: 'refresh token',
    method: 'POST',
    url: `${landscape.links.uaa.href}/oauth/token`,
    // Refresh tokens of the cf client do not rotate: sending it twice does nothing twice.
    mutation: false,
    expect: [200, 400, 401],
    headers: { accept: 'application/json', authorization: basic('cf', undefined) },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh.reveal() }),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    return undefined;
  }
  const answer = parsed(tokenResponse, await response.json(), 'refresh token');
  return {
    value: new Secret(answer.access_token),
    refresh: answer.refresh_token === undefined ? refresh : new Secret(answer.refresh_token),
    expiresAt: now() + answer.expires_in * 1000,
    scope: answer.scope ?? '',
  };
}

/** Who a token speaks for, read from its claims; the signature is the Cloud Controller's business. */
export interface TokenIdentity {
  readonly userId: string;
  readonly userName: string;
  readonly originKey: string;
  readonly scopes: readonly string[];
}

/** @throws RemoteError when it is no access token of a user */
export function identityOf(token: Token): TokenIdentity {
  let payload: unknown;
  try {
    payload = decodeJwt(token.value.reveal());
  } catch {
    // The cause would quote the token.
    throw new RemoteError('ERR_REMOTE_BROKEN', { system: 'cf', operation: 'read access token (not a JWT)' });
  }
  const claims = parsed(accessTokenClaims, payload, 'read access token');
  if (claims.user_id === undefined || claims.origin === undefined) {
    throw new RemoteError('ERR_REMOTE_BROKEN', { system: 'cf', operation: 'read access token (no user in it)' });
  }
  return {
    userId: claims.user_id,
    userName: claims.user_name ?? claims.user_id,
    originKey: claims.origin,
    scopes: claims.scope,
  };
}
