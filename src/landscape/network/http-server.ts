import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Exchange, requestWithBody } from '../requests/exchange.ts';

/** Longest request body in bytes. */
export const BODY_LIMIT = 10 * 1024 * 1024;

/** Longest request head in bytes: tokens with many scopes are long. */
const HEAD_LIMIT = 128 * 1024;

/** Milliseconds in which the rest of a refused body is thrown away. */
const LINGER = 1000;

/** Answers a request or says how the connection shall fail. */
export type Handler = (incoming: IncomingMessage, body: Uint8Array<ArrayBuffer>) => Promise<Exchange>;

/** An HTTP/1.1 server with bounds; its handler sees requests whose body has been read. */
export function createHttpServer(handler: Handler): Server {
  const server = createServer({
    maxHeaderSize: HEAD_LIMIT,
    headersTimeout: 20_000,
    requestTimeout: 120_000,
    keepAliveTimeout: 60_000,
    connectionsCheckingInterval: 5_000,
  });
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    answer(handler, incoming, outgoing).catch(() => incoming.socket.destroy());
  };
  server.on('request', serve);
  server.on('checkContinue', (incoming, outgoing) => {
    // Said before a body that would be refused anyway is sent.
    if (Number(incoming.headers['content-length'] ?? 0) <= BODY_LIMIT) outgoing.writeContinue();
    serve(incoming, outgoing);
  });
  return server;
}

async function answer(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await readBody(incoming);
  if (!body) {
    outgoing.shouldKeepAlive = false;
    await send(outgoing, plainText(413, `request bodies end at ${BODY_LIMIT} bytes`));
    // Closing on unread bytes would reset the connection before the client has read why.
    incoming.resume();
    setTimeout(() => incoming.socket.destroy(), LINGER).unref();
    return;
  }
  const exchange = await handler(incoming, body).catch(
    (): Exchange => ({ kind: 'answered', response: plainText(500, 'the landscape failed') }),
  );
  if (exchange.kind === 'answered') await send(outgoing, exchange.response);
  else if (exchange.kind === 'unknown host') await send(outgoing, plainText(502, 'no such host in the landscape'));
  else incoming.socket.destroy();
}

/** The body; undefined when it is too long, and then the rest of it is never read. */
async function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (Number(incoming.headers['content-length'] ?? 0) > BODY_LIMIT) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

async function send(outgoing: ServerResponse, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  const bodiless = outgoing.req.method === 'HEAD' || [204, 304].includes(response.status);
  if (!bodiless) headers['content-length'] ??= String(body.byteLength);
  outgoing.writeHead(response.status, headers);
  outgoing.end(body);
}

export function plainText(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

/** Headers that belong to a connection or to a proxy, not to the request. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The request as the service at a production origin sees it.
 * @param origin e.g. `https://api.cf.eu10.hana.ondemand.com`
 * @param target path and query
 */
export function toRequest(
  incoming: IncomingMessage,
  origin: string,
  target: string,
  body: Uint8Array<ArrayBuffer>,
): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    if (HOP_BY_HOP.has(name) || name === 'host') continue;
    for (const value of values ?? []) headers.append(name, value);
  }
  headers.set('host', new URL(origin).host);
  const method = incoming.method ?? 'GET';
  // Glued, not resolved: `//evil/x` as a reference would name another host.
  const init = { method, headers, redirect: 'manual' } as const;
  const url = `${origin}${target}`;
  const withBody = body.byteLength > 0 && !['GET', 'HEAD'].includes(method);
  return withBody ? requestWithBody(url, init, body) : new Request(url, init);
}

/** Splits the target of a request line; undefined unless it is a path. */
export function pathOf(incoming: IncomingMessage): string | undefined {
  const target = incoming.url ?? '';
  return target.startsWith('/') ? target : undefined;
}
