import type { TokenRequest } from '../../../../protocols/oauth/emulator.ts';
import { urlOf } from '../../landscapes.ts';
import { endpointRefusal, invalidClient, unauthorized } from '../errors.ts';
import type { ClientAuthMethod, UaaClient } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { isVerifier } from '../tokens/pkce.ts';
import { JWT_BEARER } from '../tokens/tokens.ts';
import { assertedClient, checkClientAssertion } from './client-assertion.ts';
import { matchesHash } from './hashes.ts';

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
      autoApprove: ['true'],
      redirectUris: [`${urlOf('uaa', landscape)}/login`],
    },
    // As cf-deployment registers it: `cf ssh-code` reads the code out of the redirect that nobody follows. Only the SSH
    // proxy has its secret, and there is none here.
    {
      landscape,
      id: 'ssh-proxy',
      grantTypes: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'cloud_controller.read', 'cloud_controller.write', 'cloud_controller.admin'],
      authorities: ['uaa.none'],
      autoApprove: ['true'],
      redirectUris: [`${urlOf('uaa', landscape)}/login`],
    },
  ];
}

const NOBODY = 'An Authentication object was not found in the SecurityContext';

export interface AuthenticatedClient {
  readonly client: UaaClient;
  readonly clientAuth: ClientAuthMethod;
}

/** Headers of a request that decide how a client proves itself. */
export interface ClientProof {
  readonly authorization: string | null;
  readonly contentType: string | null;
  /** `X-CF-ENCODED-CREDENTIALS: true` */
  readonly encoded: boolean;
}

/**
 * Authenticates the client of a token request, by Basic, body, assertion, or not at all where it is public (UAA
 * ClientBasicAuthenticationFilter, ClientParametersAuthenticationFilter, ClientDetailsAuthenticationProvider).
 */
export async function authenticateClient(
  uaa: Uaa,
  request: TokenRequest,
  proof: ClientProof,
): Promise<AuthenticatedClient> {
  const { params } = request;
  const form = proof.contentType?.startsWith('application/x-www-form-urlencoded') ?? false;
  const assertion = params.get('client_assertion') ?? undefined;
  const inBody = proof.authorization === null && form;
  checkBasic(uaa, proof);
  const named = request.client ?? (assertion === undefined ? undefined : { id: '', secret: undefined, basic: false });
  const sent = rawBasic(uaa, proof) ?? (named?.basic || inBody ? named : undefined);
  if (!sent) {
    // A form without a client is taken for the client of no name.
    throw inBody ? invalidClient('Bad credentials') : unauthorized(NOBODY);
  }
  const id = sent.id === '' && inBody && assertion !== undefined ? assertedClient(assertion) : sent.id;
  const client = uaa.store.client(uaa.landscape, id);
  if (!client) throw invalidClient('Bad credentials');
  if (inBody && !sent.secret && assertion !== undefined && params.has('client_assertion_type')) {
    await checkClientAssertion(uaa, client, params);
    return { client, clientAuth: 'private_key_jwt' };
  }
  if (inBody && sent.secret === undefined && client.allowPublic && isPublicRequest(params)) {
    return { client, clientAuth: 'none' };
  }
  if (client.secret === undefined) throw invalidClient('Missing credentials');
  // An absent secret counts as the empty one: recorded for client_id=cf in the body of a jwt-bearer grant.
  const secret = sent.secret ?? '';
  if (!(await matchesSecret(uaa, secret, client.secret))) throw invalidClient('Bad credentials');
  if (request.contradictingClient && params.get('grant_type') !== 'user_token') {
    throw endpointRefusal(invalidClient('Given client ID does not match authenticated client'));
  }
  // Others may have changed or deleted the client while its secret was checked.
  const current = uaa.store.client(uaa.landscape, id);
  if (current?.secret !== client.secret) throw invalidClient('Bad credentials');
  return { client: current, clientAuth: secret === '' ? 'empty' : 'secret' };
}

/** Whether a text is one of a client's secrets; it may have two while they are rotated. */
export async function matchesSecret({ clientSecrets }: Uaa, secret: string, stored: string): Promise<boolean> {
  for (const hash of stored.split(' ')) {
    const matches = () => matchesHash(secret, hash);
    if (await (hash === '' ? matches() : clientSecrets.verify(hash, secret, matches))) return true;
  }
  return false;
}

/** Credentials in a form that nobody can read (UAA ClientBasicAuthenticationFilter). */
function checkBasic({ ctx }: Uaa, { authorization, encoded }: ClientProof): void {
  const text = /^basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (text === undefined) return;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw invalidClient('Failed to decode basic authentication token');
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  if (!decoded.includes(':')) throw invalidClient('Invalid basic authentication token');
  const asTheyStand = !encoded && ctx.switched('cf.uaaUriEncodingCompatibility', false);
  if (!asTheyStand && /%(?![0-9A-Fa-f]{2})/.test(decoded)) throw invalidClient('Failed to URL Decode credentials');
}

/** A public client may redeem a code that was asked for with a challenge, and refresh what it got. */
function isPublicRequest(params: URLSearchParams): boolean {
  const has = (name: string) => (params.get(name) ?? '').trim() !== '';
  const grantType = params.get('grant_type');
  if (grantType === 'refresh_token') return has('refresh_token');
  return (
    grantType === 'authorization_code' &&
    has('code') &&
    has('redirect_uri') &&
    isVerifier(params.get('code_verifier') ?? '')
  );
}

/** Basic credentials without form-decoding, where a landscape in URI-encoding compatibility mode takes them like that. */
function rawBasic({ ctx }: Uaa, { authorization, encoded }: ClientProof) {
  const text = /^basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (text === undefined || encoded || !ctx.switched('cf.uaaUriEncodingCompatibility', false)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? { id: decoded, secret: '' } : { id: decoded.slice(0, colon), secret: decoded.slice(colon + 1) };
}
