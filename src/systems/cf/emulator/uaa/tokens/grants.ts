import type { AuthenticatedClient } from '../clients/clients.ts';
import {
  endpointRefusal,
  FilterRefusal,
  filterRefusal,
  invalidClient,
  invalidGrant,
  invalidRequest,
  invalidScope,
  UaaError,
} from '../errors.ts';
import { authoritiesOf } from '../groups.ts';
import { logInByAssertion, logInByPassword } from '../login/logins.ts';
import type { Uaa } from '../services.ts';
import { redeemAuthorizationCode } from './codes.ts';
import { checkVerifier, isVerifier } from './pkce.ts';
import { refresh } from './refresh.ts';
import { covers, grantScopes, scopesOf } from './scopes.ts';
import { userOf } from './token-check.ts';
import { JWT_BEARER, type TokenAnswer } from './tokens.ts';

const GRANT_TYPES = [
  'password',
  'refresh_token',
  'client_credentials',
  'authorization_code',
  'user_token',
  JWT_BEARER,
] as const;

/** Grants a token to an authenticated client (`POST /oauth/token`). */
export function grant(uaa: Uaa, authenticated: AuthenticatedClient, params: URLSearchParams): Promise<TokenAnswer> {
  return granted(uaa, authenticated, params).catch((error: unknown) => {
    // What has a challenge of its own was refused by a filter.
    throw error instanceof UaaError && !(error instanceof FilterRefusal) ? endpointRefusal(error) : error;
  });
}

async function granted(uaa: Uaa, authenticated: AuthenticatedClient, params: URLSearchParams): Promise<TokenAnswer> {
  const { client, clientAuth } = authenticated;
  const grantType = params.get('grant_type');
  if (!grantType) throw invalidRequest('Missing grant type');
  if (grantType === 'implicit') throw invalidGrant('Implicit grant type not supported from token endpoint');
  const known = GRANT_TYPES.find((type) => type === grantType);
  if (known === undefined) throw new UaaError(400, 'unsupported_grant_type', 'Unsupported grant type');
  // Filters before the endpoint have logged the user in already: who is wrong hears that first.
  const loggedOn = await logIn(uaa, authenticated, params, known);
  if (known === 'user_token') {
    throw new UaaError(401, 'unauthorized', 'Authentication containing a user is required');
  }
  if (!client.grantTypes.includes(known)) throw invalidClient('Unauthorized grant type');
  if (loggedOn) return loggedOn();
  if (known === 'authorization_code') return byCode(uaa, authenticated, params);
  if (known === 'refresh_token') return refresh(uaa, authenticated, params);
  const requested = scopesOf(params);
  const strange = requested?.find((scope) => !covers(client.authorities, scope));
  if (strange !== undefined) {
    throw invalidScope(`Invalid scope: ${strange}`, { scope: client.authorities.join(' ') });
  }
  return uaa.tokens.forClient(client, requested ?? client.authorities, { clientAuth, opaque: isOpaque(params) });
}

/** Logs in the user of a grant that brings one; what comes back gives the tokens (UAA BackwardsCompatibleTokenEndpointAuthenticationFilter). */
async function logIn(
  uaa: Uaa,
  { client, clientAuth }: AuthenticatedClient,
  params: URLSearchParams,
  grantType: (typeof GRANT_TYPES)[number],
): Promise<(() => Promise<TokenAnswer>) | undefined> {
  if (grantType !== 'password' && grantType !== JWT_BEARER) return undefined;
  try {
    const { user, logon } =
      grantType === 'password'
        ? await logInByPassword(uaa, client, params)
        : await logInByAssertion(uaa, client, params.get('assertion'));
    const scopes = grantScopes(client, authoritiesOf(uaa.store, user), scopesOf(params));
    const nonce = params.get('nonce') || undefined;
    return () =>
      uaa.tokens.forUser({
        client,
        clientAuth,
        user,
        scopes,
        grantType,
        authTime: logon.authTime,
        amr: logon.amr,
        opaque: isOpaque(params),
        ...(nonce === undefined ? {} : { nonce }),
      });
  } catch (error) {
    throw error instanceof UaaError ? filterRefusal(error) : error;
  }
}

/** UAA PkceEnhancedAuthorizationCodeTokenGranter, checks in its order. */
async function byCode(
  uaa: Uaa,
  { client, clientAuth }: AuthenticatedClient,
  params: URLSearchParams,
): Promise<TokenAnswer> {
  const code = params.get('code');
  if (code === null) throw invalidRequest('An authorization code must be supplied.');
  const verifier = params.get('code_verifier');
  if (verifier !== null && !isVerifier(verifier)) {
    throw invalidRequest(
      'Code verifier length must between 43 and 128 and use only [A-Z],[a-z],[0-9],_,.,-,~ characters.',
    );
  }
  const granted = redeemAuthorizationCode(uaa, code);
  checkVerifier(client, granted.challenge, verifier);
  const redirectUri = params.get('redirect_uri');
  if ((redirectUri !== null || granted.redirectNamed) && redirectUri !== granted.redirectUri) {
    throw invalidGrant('Redirect URI mismatch.');
  }
  if (granted.clientId !== client.id) throw invalidClient('Client ID mismatch');
  return uaa.tokens.forUser({
    client,
    clientAuth,
    user: userOf(uaa, granted.userId),
    scopes: granted.scopes,
    grantType: 'authorization_code',
    authTime: granted.authTime,
    amr: granted.amr,
    opaque: isOpaque(params),
    ...(granted.nonce === undefined ? {} : { nonce: granted.nonce }),
  });
}

/** `token_format=opaque`; everything else is a JWT. */
function isOpaque(params: URLSearchParams): boolean {
  return params.get('token_format') === 'opaque';
}
