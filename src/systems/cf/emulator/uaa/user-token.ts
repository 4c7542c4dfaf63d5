import type { Caller } from './callers.ts';
import { invalidClient, invalidGrant, UaaError } from './errors.ts';
import { authoritiesOf } from './groups.ts';
import { grantScopes, scopesOf } from './scopes.ts';
import type { Uaa } from './services.ts';
import type { TokenAnswer } from './tokens.ts';

/**
 * The grant `user_token`: an application hands what its user may do to another client, as a refresh token that only the
 * other client can use (UAA UserTokenGranter).
 * @param caller whoever the access token belongs to; it must have the scope `uaa.user`
 */
export async function grantUserToken(uaa: Uaa, caller: Caller, params: URLSearchParams): Promise<TokenAnswer> {
  const { user, client: requesting } = caller;
  if (!user) throw new UaaError(401, 'unauthorized', 'Authentication containing a user is required');
  const receiving = uaa.store.client(uaa.landscape, params.get('client_id') ?? '');
  if (!receiving) throw invalidGrant('Parameter client_id is required.');
  if (!requesting.grantTypes.includes('user_token')) throw invalidClient('Unauthorized grant type');
  if (!receiving.grantTypes.includes('refresh_token')) throw invalidClient('Unauthorized grant type');
  return uaa.tokens.forUser({
    client: receiving,
    user,
    scopes: grantScopes(receiving, authoritiesOf(uaa.store, user), scopesOf(params)),
    grantType: 'user_token',
    authTime: Math.floor(uaa.ctx.now() / 1000),
    amr: [],
    opaque: true,
  });
}
