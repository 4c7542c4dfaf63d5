import type { AuthenticatedClient } from './clients.ts';
import { redeemAuthorizationCode } from './codes.ts';
import { invalidClient, invalidRequest, redirectMismatch, UaaError } from './errors.ts';
import { authoritiesOf } from './groups.ts';
import { logInByAssertion, logInByPassword } from './logins.ts';
import { checkVerifier, isVerifier } from './pkce.ts';
import { refresh } from './refresh.ts';
import type { Logon, UaaUser } from './rows.ts';
import { checkRequestedScopes, grantScopes, scopesOf } from './scopes.ts';
import type { Uaa } from './services.ts';
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
export async function grant(
  uaa: Uaa,
  authenticated: AuthenticatedClient,
  params: URLSearchParams,
): Promise<TokenAnswer> {
  const { client, clientAuth } = authenticated;
  const grantType = params.get('grant_type');
  if (!grantType) throw invalidRequest('Missing grant type');
  const known = GRANT_TYPES.find((type) => type === grantType);
  if (known === undefined) throw new UaaError(400, 'unsupported_grant_type', 'Unsupported grant type');
  // Its bearer is a user, not the client itself.
  if (known === 'user_token' || !client.grantTypes.includes(known)) throw invalidClient('Unauthorized grant type');
  switch (known) {
    case 'password': {
      const { user, logon } = await logInByPassword(uaa, client, params);
      return forUser(uaa, authenticated, params, user, logon);
    }
    case JWT_BEARER: {
      const { user, logon } = await logInByAssertion(uaa, client, params.get('assertion'));
      return forUser(uaa, authenticated, params, user, logon);
    }
    case 'authorization_code':
      return byCode(uaa, authenticated, params);
    case 'refresh_token':
      return refresh(uaa, authenticated, params);
    case 'client_credentials': {
      const requested = scopesOf(params);
      checkRequestedScopes(client.authorities, requested);
      return uaa.tokens.forClient(client, requested ?? client.authorities, { clientAuth, opaque: isOpaque(params) });
    }
  }
}

function forUser(
  uaa: Uaa,
  { client, clientAuth }: AuthenticatedClient,
  params: URLSearchParams,
  user: UaaUser,
  logon: Logon,
): Promise<TokenAnswer> {
  return uaa.tokens.forUser({
    client,
    clientAuth,
    user,
    scopes: grantScopes(client, authoritiesOf(uaa.store, user), scopesOf(params)),
    grantType: params.get('grant_type') ?? '',
    authTime: logon.authTime,
    amr: logon.amr,
    opaque: isOpaque(params),
    ...(params.get('nonce') ? { nonce: params.get('nonce') ?? '' } : {}),
  });
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
    throw redirectMismatch('Redirect URI mismatch.');
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
export function isOpaque(params: URLSearchParams): boolean {
  return params.get('token_format') === 'opaque';
}
