import { X509Certificate } from 'node:crypto';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { peerOf } from '../../../../emulation/peer.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { sameText } from '../../../protocols/oauth/emulator/secrets.ts';
import type { TokenRequest } from '../../../protocols/oauth/emulator.ts';
import { type AuthzStore, keyOf, type OAuthClient } from '../store.ts';
import { invalidClient, unauthorized } from './errors.ts';

export interface ClientCredentials {
  readonly request: TokenRequest;
  /** As it came: its headers say how Basic is encoded, its peer shows a certificate. */
  readonly raw: Request;
}

/** Authenticates the client of a request by secret (Basic or body) or by certificate. @throws OAuthError */
export function authenticateClient(
  ctx: Pick<EmulatorContext, 'now' | 'switched'>,
  store: AuthzStore,
  zone: Zone,
  { request, raw }: ClientCredentials,
): OAuthClient {
  if (request.contradictingClient) throw invalidClient('Given client ID does not match authenticated client');
  const sent = request.client?.basic ? basicOf(ctx, request, raw) : request.client;
  if (!sent) throw unauthorized('An Authentication object was not found in the SecurityContext');
  const known = store.clients.by('client', keyOf(zone.guid, sent.id));
  const client = new URL(raw.url).host.includes('.authentication.cert.')
    ? known.find(({ certificate }) => certificate !== undefined && isShown(certificate, raw, ctx.now()))
    : known.find(({ clientSecret }) => clientSecret !== undefined && sameText(clientSecret, sent.secret ?? ''));
  if (!client) throw invalidClient('Bad credentials');
  return client;
}

/**
 * Basic credentials are taken as they are unless the client says that it encoded them: encoded ones without
 * `X-CF-ENCODED-CREDENTIALS: true` fail, and so does a `+` in a secret, which reads as a space (btp:fd5865e; A16).
 */
function basicOf(
  ctx: Pick<EmulatorContext, 'switched'>,
  request: TokenRequest,
  raw: Request,
): { readonly id: string; readonly secret: string | undefined } | undefined {
  const declared = raw.headers.get('x-cf-encoded-credentials')?.toLowerCase() === 'true';
  if (declared || !ctx.switched('xsuaa.encodedCredentialsHeader', true)) return request.client;
  const header = /^basic (.+)$/i.exec(raw.headers.get('authorization') ?? '')?.[1] ?? '';
  const text = Buffer.from(header, 'base64').toString('utf8').replaceAll('+', ' ');
  const colon = text.indexOf(':');
  return colon < 0 ? { id: text, secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/**
 * Whether the peer shows this very certificate, and it is valid by the landscape's clock. SAP also takes a renewed one of the
 * same subject from the same CA (no pinning by default); without a CA to trust, names alone would let in whoever copies them.
 */
function isShown(pem: string, raw: Request, now: number): boolean {
  const [leaf] = peerOf(raw).certificates;
  if (leaf === undefined) return false;
  try {
    const shown = new X509Certificate(leaf);
    const valid = now >= Date.parse(shown.validFrom) && now <= Date.parse(shown.validTo);
    return valid && shown.fingerprint256 === new X509Certificate(pem).fingerprint256;
  } catch {
    return false;
  }
}
