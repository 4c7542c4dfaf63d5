import { fetchError } from '../../emulation/router.ts';

/** How a request ended. */
export type Exchange =
  | { readonly kind: 'answered'; readonly response: Response }
  /** No such host in the landscape. */
  | { readonly kind: 'unknown host' }
  /** A fault: the connection was refused. */
  | { readonly kind: 'refused' }
  /** A fault: the connection broke before a reply came, and maybe before the service saw the request. */
  | { readonly kind: 'dropped' };

/** What a `fetch` makes of an exchange: the answer, or the errors that undici throws on a real network. */
export function asFetchResult(exchange: Exchange, url: string): Response {
  switch (exchange.kind) {
    case 'answered':
      return exchange.response;
    case 'unknown host':
      throw fetchError('ENOTFOUND', `getaddrinfo ENOTFOUND ${new URL(url).host}`);
    case 'refused':
      throw fetchError('ECONNREFUSED', `connect ECONNREFUSED ${new URL(url).host}`);
    case 'dropped':
      throw fetchError('UND_ERR_SOCKET', 'other side closed');
  }
}

type Body = ArrayBuffer | Uint8Array<ArrayBuffer> | string;

/** Bodies that have been read, by the request that has them. */
const bodies = new WeakMap<Request, Body>();

/** A request whose body need not be read any more. */
export function requestWithBody(url: string, init: RequestInit, body: Body): Request {
  const request = new Request(url, { ...init, body });
  bodies.set(request, body);
  return request;
}

/** The request of a `fetch`. A text that is handed in as its body need not be read out of it again. */
export function requestOf(input: string | URL | Request, init: RequestInit | undefined): Request {
  const request = new Request(input, init);
  const body = init?.body;
  if (typeof body === 'string') bodies.set(request, body);
  else if (body instanceof URLSearchParams) bodies.set(request, body.toString());
  return request;
}

/** The body of a request that has been read; undefined = none. */
export function bodyOf(request: Request): Body | undefined {
  return bodies.get(request);
}

/**
 * The request with its body read. Requests are handled one after the other, so that a body which trickles in must not
 * hold up the others.
 */
export async function withBodyRead(request: Request): Promise<Request> {
  if (!request.body || bodies.has(request)) return request;
  const { method, headers, redirect, signal } = request;
  return requestWithBody(request.url, { method, headers, redirect, signal }, await request.arrayBuffer());
}
