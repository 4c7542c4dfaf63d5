import * as oidc from 'openid-client';
import type { ConformanceLandscape } from '../landscape.ts';

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
