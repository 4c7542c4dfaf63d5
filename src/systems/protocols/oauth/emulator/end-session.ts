/**
 * Where a relying party sends the browser to end the session at the identity provider (OpenID Connect RP-Initiated Logout 1.0 §2).
 * @param endpoint `end_session_endpoint` of the provider's discovery
 * @param back where the provider sends the browser afterwards
 */
export function endSessionUrl(
  endpoint: string,
  { clientId, idToken, back }: { readonly clientId: string; readonly idToken: string; readonly back: string },
): string {
  const url = new URL(endpoint);
  url.searchParams.set('post_logout_redirect_uri', back);
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('id_token_hint', idToken);
  return url.href;
}
