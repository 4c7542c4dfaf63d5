import type { TokenRequest } from '../../../protocols/oauth/emulator.ts';
import { certificateUsed } from '../client-certificates.ts';
import { authenticateClient, type Client, clientById } from '../clients.ts';
import { OAuthError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Tenant } from '../store.ts';
import { authenticateByAssertion, CLIENT_ASSERTION_TYPE } from './client-assertion.ts';
import { applicationOf } from './grants.ts';
import { settingsOf } from './settings.ts';

/** Names of OpenID Connect Discovery, as IAS lists them (ias c297516); `none` for public clients. */
export type ClientAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'none';

export interface AuthenticatedClient {
  readonly client: Client;
  readonly method: ClientAuthMethod;
  /** SHA-256 thumbprint of the certificate, base64url. */
  readonly thumbprint?: string;
}

/**
 * Authenticates a client by secret, certificate or JWT (ias 67f720d, c408083, db97a69).
 * @throws OAuthError 401 `invalid_client`
 */
export async function authenticate(
  services: Services,
  tenant: Tenant,
  request: Request,
  read: TokenRequest,
): Promise<AuthenticatedClient> {
  const { params, client: sent, contradictingClient } = read;
  if (contradictingClient) throw invalidClient();
  const assertion = params.get('client_assertion');
  if (assertion !== null || params.has('client_assertion_type')) {
    if (assertion === null || params.get('client_assertion_type') !== CLIENT_ASSERTION_TYPE) throw invalidClient();
    const client = await authenticateByAssertion(services, tenant, assertion, sent?.id);
    if (!client) throw invalidClient();
    return { client, method: 'private_key_jwt' };
  }
  if (!sent) throw invalidClient();
  if (sent.secret !== undefined && (sent.basic || sent.secret !== '')) {
    // SAP's approuter sends the secret in the header and in the body; the header counts.
    // SAP Help says which scope a secret needs for OpenID Connect (ias 5c3c35e), not what becomes of one without it: assumed.
    const scope = services.ctx.switched('ias.secretScopes', true) ? 'oAuth' : undefined;
    const client = authenticateClient(services, tenant, sent.id, sent.secret, rawSecret(request), scope);
    if (!client) throw invalidClient();
    return { client, method: sent.basic ? 'client_secret_basic' : 'client_secret_post' };
  }
  const client = clientById(services, tenant, sent.id);
  if (!client) throw invalidClient();
  const fingerprint = certificateUsed(services, client, request);
  if (fingerprint !== undefined) {
    const thumbprint = Buffer.from(fingerprint, 'hex').toString('base64url');
    return { client, method: 'tls_client_auth', thumbprint };
  }
  if (!settingsOf(tenant, applicationOf(client)).publicClient) throw invalidClient();
  return { client, method: 'none' };
}

function invalidClient(): OAuthError {
  return new OAuthError(401, 'invalid_client', 'Client authentication failed');
}

/** The secret of the Basic header as it came: some clients encode it, some do not. */
function rawSecret(request: Request): string | undefined {
  const header = /^basic (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (header === undefined) return undefined;
  const text = Buffer.from(header, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : text.slice(colon + 1);
}
