import { bodyOf, requestWithBody, withBodyRead } from './exchange.ts';

/** As many as undici follows. */
const LONGEST_CHAIN = 20;

/** Follows redirects as a `fetch` over a network does, by the request's `redirect` mode. */
export async function followRedirects(
  request: Request,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  // Read here, so that it is there for a redirect, too.
  let current = await withBodyRead(request);
  const body = bodyOf(current);
  for (let hops = 0; ; hops++) {
    const response = await send(current);
    const location = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get('location') : null;
    if (location === null || request.redirect === 'manual') return response;
    if (request.redirect === 'error') throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
    if (hops === LONGEST_CHAIN) throw new TypeError('fetch failed', { cause: new Error('redirect count exceeded') });
    current = next(current, new URL(location, current.url), response.status, body);
  }
}

/** The request that follows (Fetch standard, HTTP-redirect fetch). */
function next(from: Request, to: URL, status: number, body: ReturnType<typeof bodyOf>): Request {
  const headers = new Headers(from.headers);
  if (to.origin !== new URL(from.url).origin)
    for (const name of ['authorization', 'cookie', 'host']) headers.delete(name);
  const becomesGet =
    (status === 303 && from.method !== 'HEAD') || ([301, 302].includes(status) && from.method === 'POST');
  if (becomesGet) for (const name of ['content-type', 'content-length', 'content-encoding']) headers.delete(name);
  const method = becomesGet ? 'GET' : from.method;
  const init = { method, headers, signal: from.signal };
  return body && !['GET', 'HEAD'].includes(method) ? requestWithBody(to.href, init, body) : new Request(to, init);
}
