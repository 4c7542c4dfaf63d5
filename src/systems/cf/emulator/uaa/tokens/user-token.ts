import type { Caller } from '../callers.ts';
import { endpointRefusal, invalidClient, invalidToken, UaaError } from '../errors.ts';
import { authoritiesOf } from '../groups.ts';
import type { Uaa } from '../services.ts';
import { covers, grantScopes, scopesOf } from './scopes.ts';
import type { TokenAnswer } from './tokens.ts';

/**
 * The grant `user_token`: an application hands what its user may do to another client, as a refresh token that only the
 * other client can use (UAA UserTokenGranter).
 * @param caller whoever the access token belongs to; it must have the scope `uaa.user`
 */
export function grantUserToken(uaa: Uaa, caller: Caller, params: URLSearchParams): Promise<TokenAnswer> {
  return granted(uaa, caller, params).catch((error: unknown) => {
    throw error instanceof UaaError ? endpointRefusal(error) : error;
  });
}

async function granted(uaa: Uaa, caller: Caller, params: URLSearchParams): Promise<TokenAnswer> {
  const { user, client: requesting } = caller;
  if (!user) throw new UaaError(401, 'unauthorized', 'Authentication containing a user is required');
  const receiving = uaa.store.client(uaa.landscape, params.get('client_id') ?? '');
  if (!receiving) throw invalidClient('Bad client credentials');
  if (!requesting.grantTypes.includes('user_token')) throw invalidClient('Unauthorized grant type');
  if (!receiving.grantTypes.includes('refresh_token')) throw invalidClient('Unauthorized grant type');
  const requested = scopesOf(params);
  if (requested && !requested.some((scope) => covers(receiving.scopes, scope))) {
    throw invalidToken('No scopes were granted');
  }
  return uaa.tokens.forUser({
    client: receiving,
    user,
    scopes: grantScopes(receiving, authoritiesOf(uaa.store, user), requested),
    grantType: 'user_token',
    authTime: Math.floor(uaa.ctx.now() / 1000),
    amr: [],
    opaque: true,
  });
}
