import { decisionsOf } from '../authorization/approvals.ts';
import type { AuthenticatedClient } from '../clients/clients.ts';
import { invalidClient, invalidGrant, invalidRequest, invalidScope, invalidToken, revoked } from '../errors.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { scopesOf } from './scopes.ts';
import { checkBearing, userOf } from './token-check.ts';
import type { TokenAnswer } from './tokens.ts';

/** A fresh access token for a refresh token (UAA UaaTokenServices.refreshAccessToken, checks in its order). */
export async function refresh(
  uaa: Uaa,
  { client, clientAuth }: AuthenticatedClient,
  params: URLSearchParams,
): Promise<TokenAnswer> {
  const { store, landscape, ctx } = uaa;
  const text = params.get('refresh_token');
  if (!text) throw invalidRequest('refresh_token parameter not provided');
  const grant = store.refreshGrants.get(keyIn(landscape, text));
  if (!grant || grant.expiresAt <= ctx.now()) {
    // Only ids that end in `-r` name refresh tokens; the others are access tokens, opaque or not.
    // A JWT is looked at before anybody asks what it is for.
    if (text.split('.').length === 3) await uaa.tokens.keys.verify(text);
    const accessToken = text.split('.').length === 3 || store.keptTokens.get(keyIn(landscape, text)) !== undefined;
    throw accessToken ? invalidToken('Invalid refresh token.') : revoked();
  }
  const owner = store.client(landscape, grant.clientId);
  if (!owner) throw invalidToken(`Invalid client ID ${grant.clientId}`);
  const user = userOf(uaa, grant.userId);
  const { scopes: held, revocationSignature: signature } = grant;
  checkBearing(uaa, { client: owner, user, scopes: held, claim: 'granted_scopes', signature });
  if (owner.id !== client.id) throw invalidGrant(`Wrong client for this refresh token: ${owner.id}`);
  const requested = scopesOf(params);
  if (requested?.some((scope) => !held.includes(scope))) {
    const text = `Unable to narrow the scope of the client authentication to [${requested.join(', ')}].`;
    throw invalidScope(text, { scope: held.join(' ') });
  }
  // Whoever types a password approves of everything by it; other grants want what the user has approved, or nobody must.
  const { approved } = decisionsOf(uaa, owner, user, requested ?? held);
  const unapproved = (requested ?? held).filter((scope) => !approved.includes(scope));
  if (grant.grantType !== 'password' && unapproved.length > 0) {
    throw invalidToken(`Invalid token (some requested scopes are not approved): [${unapproved.join(', ')}]`);
  }
  const before = grant.clientAuth ?? 'secret';
  if (clientAuth === 'none' && before !== 'none') {
    throw invalidToken('Refresh without client authentication not allowed.');
  }
  if (!client.grantTypes.includes('refresh_token')) throw invalidClient('Unauthorized grant type');
  return uaa.tokens.again(grant, {
    client,
    clientAuth,
    user,
    scopes: requested ?? held,
    grantType: grant.grantType,
    authTime: grant.authTime,
    amr: grant.amr,
    opaque: params.get('token_format') === 'opaque',
    ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
  });
}
