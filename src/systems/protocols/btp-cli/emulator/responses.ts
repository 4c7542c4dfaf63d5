import type { Context } from '../../../../kernel/context.ts';
import { HEADERS } from '../wire.ts';
import type { Answer } from './answers.ts';

/** Headers that every recorded answer has, whatever its status. */
function commonHeaders(ctx: Pick<Context, 'id' | 'now'>): Headers {
  return new Headers({
    'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
    pragma: 'no-cache',
    expires: '0',
    'strict-transport-security': 'max-age=31536000; includeSubDomains; preload;',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'x-vcap-request-id': ctx.id(),
    date: new Date(ctx.now()).toUTCString(),
  });
}

/** The server's own verdict: an HTTP status other than 200, no body, no content type (notes §3.1). */
export function verdict(ctx: Pick<Context, 'id' | 'now'>, status: number, serverMessage?: string): Response {
  const headers = commonHeaders(ctx);
  headers.set('content-length', '0');
  if (serverMessage !== undefined) headers.set(HEADERS.serverMessage, serverMessage);
  return new Response(null, { status, headers });
}

/** An answer of the server itself, e.g. to a login. */
export function plain(
  ctx: Pick<Context, 'id' | 'now'>,
  json: unknown,
  more: Readonly<Record<string, string>> = {},
): Response {
  const headers = commonHeaders(ctx);
  headers.set('content-type', 'application/json');
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return new Response(JSON.stringify(json), { status: 200, headers });
}

/**
 * A service's answer, tunnelled: HTTP 200, its status in a header, `application/json` for bodies of every kind. The
 * media type header is there when the service sent one: with a body.
 */
export function tunnelled(ctx: Pick<Context, 'id' | 'now'>, answer: Answer, mediaType: string): Response {
  const headers = commonHeaders(ctx);
  const body = answer.json === undefined ? answer.text : JSON.stringify(answer.json);
  headers.set(HEADERS.backendStatus, String(answer.status));
  if (answer.message !== undefined) headers.set(HEADERS.backendMessage, answer.message);
  if (answer.status === 403 && body === undefined) headers.set('content-length', '0');
  else headers.set('content-type', 'application/json');
  // Errors are made by the command-line server, whatever charset the service uses (notes §1.3).
  if (body !== undefined || answer.labelled === true) {
    headers.set(HEADERS.backendMediaType, answer.status >= 400 && !answer.alike ? 'application/json' : mediaType);
  }
  return new Response(body ?? null, { status: 200, headers });
}
