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

const NOBODY: Peer = { certificates: [] };

/** Says who sent the request, in place of what it said itself. */
export function tellPeer(request: Request, peer: Peer = NOBODY): void {
  if (peer.address === undefined && peer.certificates.length === 0) request.headers.delete(HEADER);
  else request.headers.set(HEADER, Buffer.from(JSON.stringify(peer)).toString('base64url'));
}

export function peerOf(request: Request): Peer {
  const told = request.headers.get(HEADER);
  return told === null ? NOBODY : (JSON.parse(Buffer.from(told, 'base64url').toString('utf8')) as Peer);
}
