import type { IncomingMessage } from 'node:http';
import type { Peer } from '../../emulation/peer.ts';
import type { Exchange } from '../requests/exchange.ts';
import { createHttpServer, pathOf, plainText, toRequest } from './http-server.ts';
import { mayHoldLinks, type PortMap, toLocalLinks, toProductionLinks } from './links.ts';
import type { Listeners } from './listeners.ts';
import { isLoopback } from './loopback.ts';
import { peerBehind } from './peer.ts';

export interface PortsOptions {
  readonly listeners: Listeners;
  hosts(): readonly string[];
  exchange(request: Request, peer?: Peer): Promise<Exchange>;
}

/** One plain http port per emulated host, for clients that use neither a proxy nor a CA. */
export interface Ports {
  /** Opens a port for every host that has none yet. */
  open(): Promise<void>;
  /** Production host to local origin such as `http://localhost:41003`. */
  origins(): Readonly<Record<string, string>>;
}

const LINK_HEADERS = ['location', 'link', 'content-location'];
const REQUEST_LINK_HEADERS = ['origin', 'referer'];

export function createPorts(options: PortsOptions): Ports {
  const opened = new Map<string, Promise<number>>();
  const portOf = new Map<string, number>();
  const hostOf = new Map<number, string>();
  const map: PortMap = { portOf: (host) => portOf.get(host), hostOf: (port) => hostOf.get(port) };

  async function open(): Promise<void> {
    // One after the other: the first free port shall not depend on which one is faster.
    for (const host of options.hosts()) {
      if (portOf.has(host)) continue;
      let opening = opened.get(host);
      if (!opening) {
        const server = createHttpServer((incoming, body) => serve(host, incoming, body));
        opening = options.listeners.open(host, server);
        opened.set(host, opening);
        opening.catch(() => opened.delete(host));
      }
      const port = await opening;
      portOf.set(host, port);
      hostOf.set(port, host);
    }
  }

  async function serve(host: string, incoming: IncomingMessage, body: Uint8Array<ArrayBuffer>): Promise<Exchange> {
    const asked = incoming.headers.host ?? '';
    if (!isLoopback(asked) && asked.toLowerCase() !== host)
      return answered(421, `this port is ${host} on localhost only`);
    const target = pathOf(incoming);
    if (target === undefined) return answered(400, 'the request target is no path');
    let request: Request;
    try {
      request = toRequest(
        incoming,
        `https://${host}`,
        toProductionLinks(target, map),
        toProductionBody(incoming, body),
      );
    } catch {
      return answered(400, 'this request cannot be forwarded');
    }
    for (const name of REQUEST_LINK_HEADERS) {
      const value = request.headers.get(name);
      if (value !== null) request.headers.set(name, toProductionLinks(value, map));
    }
    const exchange = await options.exchange(request, peerBehind(incoming.socket));
    if (exchange.kind !== 'answered') return exchange;
    // The answer may name hosts that this very request brought about.
    await open();
    await options.listeners.remembered();
    return { kind: 'answered', response: await toLocalResponse(exchange.response) };
  }

  function toProductionBody(incoming: IncomingMessage, body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (incoming.headers['content-encoding'] || !mayHoldLinks(incoming.headers['content-type'] ?? null)) return body;
    return new TextEncoder().encode(toProductionLinks(new TextDecoder().decode(body), map));
  }

  async function toLocalResponse(response: Response): Promise<Response> {
    const headers = new Headers(response.headers);
    for (const name of LINK_HEADERS) {
      const value = headers.get(name);
      if (value !== null) headers.set(name, toLocalLinks(value, map));
    }
    const cookies = headers.getSetCookie();
    headers.delete('set-cookie');
    for (const cookie of cookies) headers.append('set-cookie', toLocalCookie(cookie));
    if (!mayHoldLinks(headers.get('content-type'))) {
      return new Response(response.body, { status: response.status, headers });
    }
    headers.delete('content-length');
    const text = toLocalLinks(await response.text(), map);
    return new Response(text === '' ? null : text, { status: response.status, headers });
  }

  return {
    open,
    origins: () => Object.fromEntries([...portOf].map(([host, port]) => [host, `http://localhost:${port}`])),
  };
}

/** A cookie for a production domain over https would not come back to http://localhost. */
function toLocalCookie(cookie: string): string {
  return cookie
    .split(';')
    .filter((attribute) => !/^\s*(?:domain\s*=|secure\s*$)/i.test(attribute))
    .join(';')
    .replace(/(;\s*samesite\s*=\s*)none/i, '$1Lax');
}

function answered(status: number, text: string): Exchange {
  return { kind: 'answered', response: plainText(status, text) };
}
