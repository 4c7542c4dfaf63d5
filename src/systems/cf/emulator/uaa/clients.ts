import type { TokenRequest } from '../../../protocols/oauth/emulator.ts';
import { invalidClient, unauthorized } from './errors.ts';
import { matchesHash } from './hashes.ts';
import type { UaaClient, UaaStore } from './store.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The clients that every landscape has. */
export function builtInClients(landscape: string): readonly UaaClient[] {
  return [
    {
      landscape,
      id: 'cf',
      secret: '',
      // SAP's landscapes add jwt-bearer to UAA's default (recorded in terraform-provider-cloudfoundry).
      grantTypes: ['implicit', 'password', 'refresh_token', JWT_BEARER],
      scopes: [
        'cloud_controller.read',
        'cloud_controller.write',
        'openid',
        'password.write',
        'cloud_controller.admin',
        'cloud_controller.admin_read_only',
        'cloud_controller.global_auditor',
        'scim.read',
        'scim.write',
        'doppler.firehose',
        'network.admin',
        'network.write',
        'uaa.user',
        'routing.router_groups.read',
        'routing.router_groups.write',
        'clients.read',
      ],
      authorities: ['uaa.none'],
    },
  ];
}

/**
 * Authenticates the client of a token request (UAA ClientBasicAuthenticationFilter, ClientParametersAuthenticationFilter).
 * @param rawBasic what the Basic header held before form-decoding, for landscapes in URI-encoding compatibility mode
 */
export async function authenticateClient(
  store: UaaStore,
  landscape: string,
  request: TokenRequest,
  rawBasic: { readonly id: string; readonly secret: string } | undefined,
): Promise<UaaClient> {
  const sent = rawBasic ?? request.client;
  if (!sent) throw unauthorized('An Authentication object was not found in the SecurityContext');
  if (request.contradictingClient) throw invalidClient('Given client ID does not match authenticated client');
  const client = store.client(landscape, sent.id);
  if (!client) throw invalidClient('Bad credentials');
  // An absent secret counts as the empty one: recorded for client_id=cf in the body of a jwt-bearer grant.
  if (!(await matchesHash(sent.secret ?? '', client.secret))) throw invalidClient('Bad credentials');
  return client;
}

/** Basic credentials as they were sent, without form-decoding. */
export function rawBasicOf(header: string | null): { readonly id: string; readonly secret: string } | undefined {
  const encoded = /^basic (.+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? { id: text, secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
