import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Peer } from '../../emulation/peer.ts';
import type { Exchange } from '../requests/exchange.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { createHttpServer, pathOf, plainText, toRequest } from './http-server.ts';
import { peerBehind } from './peer.ts';

export interface ProxyOptions {
  readonly authority: CertificateAuthority;
  hosts(): readonly string[];
  exchange(request: Request, peer?: Peer): Promise<Exchange>;
  /** Whether a connection to this host may be opened. */
  connect(host: string): Promise<boolean>;
}

/** Milliseconds after which a silent tunnel is closed: more than the longest delay that a fault rule can ask for. */
const IDLE = 900_000;

/**
 * A forward proxy in which the tunnel ends: `CONNECT` for an emulated host is answered by TLS with a certificate of
 * the local authority, and what comes through goes to the landscape. It opens no connection itself, to no host ever.
 */
export function createProxy(options: ProxyOptions): Server {
  const origins = new WeakMap<object, string>();

  const inner = createHttpServer(async (incoming, body) => {
    const host = origins.get(incoming.socket) ?? '';
    const asked = (incoming.headers.host ?? host).toLowerCase().replace(/:443$/, '');
    if (asked !== host) return answered(421, `this connection was opened to ${host}, not to ${asked}`);
    return pass(incoming, host, pathOf(incoming), body);
  });

  const outer = createHttpServer(async (incoming, body) => {
    if (!/^https?:\/\//i.test(incoming.url ?? ''))
      return answered(400, 'this is a proxy; its use is set by HTTPS_PROXY');
    const url = new URL(incoming.url ?? '');
    // axios asks proxies for https URLs in the open. Services are asked by https wherever the client came from: SAP's have
    // nothing on port 80 but a redirect to it.
    return pass(incoming, url.host, `${url.pathname}${url.search}`, body);
  });

  async function pass(
    incoming: IncomingMessage,
    host: string,
    target: string | undefined,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<Exchange> {
    if (!options.hosts().includes(host)) return answered(502, notEmulated(host));
    if (target === undefined) return answered(400, 'the request target is no path');
    let request: Request;
    try {
      request = toRequest(incoming, `https://${host}`, target, body);
    } catch {
      return answered(400, 'this request cannot be forwarded');
    }
    return options.exchange(request, peerBehind(incoming.socket));
  }

  outer.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    openTunnel(incoming.url ?? '', socket, head).catch(() => socket.destroy());
  });

  async function openTunnel(target: string, socket: Socket, head: Buffer): Promise<void> {
    const [, host = '', port] = /^(.*):(\d+)$/.exec(target.toLowerCase()) ?? [];
    if (port !== '443' || !options.hosts().includes(host)) {
      refuse(socket, notEmulated(target));
      return;
    }
    if (!(await options.connect(host))) {
      refuse(socket, `a fault rule refuses connections to ${host}`);
      return;
    }
    const secureContext = await options.authority.contextFor(host);
    socket.setTimeout(IDLE, () => socket.destroy());
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    const tunnel = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      ALPNProtocols: ['http/1.1'],
      // A client may have a certificate; which ones are good is for the service to say.
      requestCert: true,
      rejectUnauthorized: false,
    });
    tunnel.on('error', () => socket.destroy());
    origins.set(tunnel, host);
    inner.emit('connection', tunnel);
  }

  return outer;
}

/** What a proxy answers that could not connect: the client knows that nothing of its request was sent. */
function refuse(socket: Socket, because: string): void {
  const text = `${because}\n`;
  const head = ['HTTP/1.1 502 Bad Gateway', 'content-type: text/plain', 'connection: close'];
  socket.end(`${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function notEmulated(host: string): string {
  return `the landscape does not emulate ${host.slice(0, 300)}, and asks nobody else`;
}

function answered(status: number, text: string): Exchange {
  return { kind: 'answered', response: plainText(status, text) };
}
