import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Tls } from '../kernel/context.ts';
import type { Secret } from '../kernel/secret.ts';
import { fetchError } from './router.ts';

/**
 * Who is at the other end of the connection that a request came by: what TLS and TCP know and HTTP does not. The fronts
 * of a landscape tell it to the emulators in a header of their own; whatever a client sends under that name is thrown
 * away before.
 */
export interface Peer {
  /** IP address; absent for a call in process or from one emulated service to another. */
  readonly address?: string;
  /**
   * The client certificate as PEM, then the ones of its issuers that the client sent along. That the client has its key
   * is certain, TLS proved it; whether anybody trusts it is for the service to say.
   */
  readonly certificates: readonly string[];
}

const HEADER = 'x-locum-peer';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/g;

const NOBODY: Peer = { certificates: [] };

/** Says who sent the request, in place of what it said itself. */
export function tellPeer(request: Request, peer: Peer = NOBODY): void {
  if (peer.address === undefined && peer.certificates.length === 0) request.headers.delete(HEADER);
  else request.headers.set(HEADER, Buffer.from(JSON.stringify(peer)).toString('base64url'));
}

/**
 * Who calls in process with these settings of TLS: over a network it would show their certificate.
 * @throws TypeError as `fetch` does when the key is not the certificate's
 */
export function peerWith(tls: Tls | undefined): Peer {
  if (tls?.cert === undefined || tls.key === undefined) return NOBODY;
  const certificates = tls.cert.match(CERTIFICATE) ?? [];
  if (!fits(certificates[0], tls.key)) throw fetchError('ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'key values mismatch');
  return { certificates };
}

function fits(certificate: string | undefined, key: Secret): boolean {
  try {
    return (
      certificate !== undefined && new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key.reveal()))
    );
  } catch {
    return false;
  }
}

export function peerOf(request: Request): Peer {
  const told = request.headers.get(HEADER);
  return told === null ? NOBODY : (JSON.parse(Buffer.from(told, 'base64url').toString('utf8')) as Peer);
}
