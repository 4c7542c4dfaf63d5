import * as oidc from 'openid-client';
import type { ConformanceLandscape } from '../landscape.ts';
import { REDIRECT_URI } from '../seed.ts';

export const OPENID_CLIENT = 'openid-client 6.8.9';

/** Authentication with the empty secret of the client `cf`, which `ClientSecretBasic` refuses to send. */
export const emptySecret: oidc.ClientAuth = (_server, client, _body, headers) => {
  headers.set('authorization', `Basic ${Buffer.from(`${client.client_id}:`).toString('base64')}`);
};

/** Discovers a server through the proxy; signatures of ID tokens are checked with its keys. */
export async function discover(
  { fetch }: Pick<ConformanceLandscape, 'fetch'>,
  server: string,
  clientId: string,
  auth: oidc.ClientAuth,
): Promise<oidc.Configuration> {
  const config = await oidc.discovery(new URL(server), clientId, undefined, auth, {
    [oidc.customFetch]: (url, options) => fetch(url, options as RequestInit),
  });
  oidc.enableNonRepudiationChecks(config);
  return config;
}

/** An authorization request with PKCE, and what the answer must fit to. */
export async function authorizationRequest(config: oidc.Configuration, scope: string) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  });
  return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}
