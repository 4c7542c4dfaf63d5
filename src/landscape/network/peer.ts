import type { Socket } from 'node:net';
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Peer } from '../../emulation/peer.ts';

/** More certificates than any chain has. */
const LONGEST_CHAIN = 10;

/** Who is at the other end of a connection. */
export function peerBehind(socket: Socket): Peer {
  return {
    ...(socket.remoteAddress === undefined ? {} : { address: socket.remoteAddress.replace(/^::ffff:/, '') }),
    certificates: socket instanceof TLSSocket ? chainOf(socket) : [],
  };
}

function chainOf(socket: TLSSocket): string[] {
  const chain: string[] = [];
  // An empty object where the client showed none.
  let next: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  while (next?.raw && chain.length < LONGEST_CHAIN) {
    chain.push(pemOf(next.raw));
    // A root names itself as its issuer.
    next = next.issuerCertificate?.fingerprint256 === next.fingerprint256 ? undefined : next.issuerCertificate;
  }
  return chain;
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
