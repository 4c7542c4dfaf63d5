import { fetchError } from '../emulation/router.ts';

/** How a request ended. */
export type Exchange =
  | { readonly kind: 'answered'; readonly response: Response }
  /** No such host in the landscape. */
  | { readonly kind: 'unknown host' }
  /** A fault: the connection was refused. */
  | { readonly kind: 'refused' }
  /** A fault: the service did what was asked, but its reply was lost. */
  | { readonly kind: 'dropped' };

/** What a `fetch` makes of an exchange: the answer, or the errors that undici throws on a real network. */
export function asFetchResult(exchange: Exchange, url: string): Response {
  const { host } = new URL(url);
  switch (exchange.kind) {
    case 'answered':
      return exchange.response;
    case 'unknown host':
      throw fetchError('ENOTFOUND', `getaddrinfo ENOTFOUND ${host}`);
    case 'refused':
      throw fetchError('ECONNREFUSED', `connect ECONNREFUSED ${host}`);
    case 'dropped':
      throw fetchError('UND_ERR_SOCKET', 'other side closed');
  }
}

/**
 * The request with its body read. Requests are handled one after the other, so that a body which trickles in must not
 * hold up the others.
 */
export async function withBodyRead(request: Request): Promise<Request> {
  if (!request.body) return request;
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    body: await request.arrayBuffer(),
    redirect: request.redirect,
    signal: request.signal,
  });
}
