import type { Context, MiddlewareHandler } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { readTokenRequest } from '../../../protocols/oauth/emulator.ts';
import { authenticateCaller, type Caller } from './callers.ts';
import { type AuthenticatedClient, authenticateClient } from './clients/clients.ts';
import { NoSuchClient } from './clients/oauth-clients.ts';
import { ClientRefusal, ScimReport, scimRefusal, UaaError, Unhandled } from './errors.ts';
import type { Uaa } from './services.ts';

export type Call = Context<HostEnv>;
export type UaaOf = (landscape: string) => Uaa;

export const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };
/** UAA's JSON from before mid-2025 (recorded); later `application/json` alone. */
export const JSON_UTF8 = { 'content-type': 'application/json;charset=UTF-8' };

/** JSON that is rendered as a page would be. */
export const JSON_VIEW = { ...JSON_UTF8, 'content-language': 'en-US' };
/** What Spring Security adds to every answer that says nothing about caches. */
const UNKEPT = { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate', pragma: 'no-cache', expires: '0' };

/** What is served outside of the filters. */
const UNFILTERED = /\/\.well-known\/|^\/healthz$/;

/** Answers that say nothing about caches are not to be kept (recorded). */
export const unkept: MiddlewareHandler<HostEnv> = async (c, next) => {
  await next();
  const { headers, status } = c.res;
  if (headers.has('cache-control') || status === 304 || status === 501 || UNFILTERED.test(c.req.path)) return;
  for (const [name, value] of Object.entries(UNKEPT)) headers.set(name, value);
};

/** Answers of UAA's own failures: bad input that it was not prepared for. */
const ownFailures = new WeakSet<Response>();

/**
 * Bad input is refused with 400 and the body that UAA has for it, although UAA fails with 500 (recorded): nobody should learn to take bad
 * input for an outage. The switch `cf.uaaFailsItself` gives UAA's status.
 */
export const withoutOwnFailures =
  (uaaOf: UaaOf): MiddlewareHandler<HostEnv> =>
  async (c, next) => {
    await next();
    const { res } = c;
    if (!ownFailures.has(res) || uaaAt(uaaOf, c).ctx.switched('cf.uaaFailsItself', false)) return;
    c.res = new Response(res.body, { status: 400, headers: res.headers });
  };

export const uaaAt = (uaaOf: UaaOf, c: Call): Uaa => uaaOf(c.env.landscape ?? '');

/** Answers, or tells what UAA refused. */
export function answering(respond: (c: Call) => Promise<Response>): (c: Call) => Promise<Response> {
  return (c) =>
    respond(c).catch((error: unknown) => {
      const refused = refusal(c, error);
      if (refused.status === 500 && (error instanceof Unhandled || error instanceof ScimReport))
        ownFailures.add(refused);
      return refused;
    });
}

function refusal(c: Call, error: unknown): Response {
  if (error instanceof NoSuchClient) return c.body(null, 404);
  if (error instanceof Unhandled) {
    return c.json({}, error.status as 400, {
      ...JSON_VIEW,
      ...UNKEPT,
      'cache-control': `${UNKEPT['cache-control']}, no-store`,
    });
  }
  if (!(error instanceof UaaError)) throw error;
  return c.json(error.body(), error.status as 400, {
    // Errors of these resources are rendered as a page would be (recorded).
    ...(error instanceof ScimReport ? { ...JSON_VIEW, ...UNKEPT } : error instanceof ClientRefusal ? UNKEPT : NO_STORE),
    ...(error.etag === undefined ? {} : { etag: error.etag }),
    ...(error.challenge === undefined ? {} : { 'www-authenticate': headerSafe(error.challenge) }),
  });
}

/** Who calls a resource of UAA's own. */
export function callerAt(uaaOf: UaaOf, c: Call): Promise<Caller> {
  // Or by the query (RFC 6750 §2.3).
  const inQuery = c.req.query('access_token');
  const header = c.req.header('authorization') ?? (inQuery === undefined ? undefined : `Bearer ${inQuery}`);
  return authenticateCaller(uaaAt(uaaOf, c), header);
}

/** Client and parameters of a request to the token endpoint and its like. */
export async function clientAt(
  uaaOf: UaaOf,
  c: Call,
): Promise<AuthenticatedClient & { readonly params: URLSearchParams }> {
  const request = await readTokenRequest(c.req.raw);
  const authenticated = await authenticateClient(uaaAt(uaaOf, c), request, {
    authorization: c.req.header('authorization') ?? null,
    contentType: c.req.header('content-type') ?? null,
    encoded: c.req.header('x-cf-encoded-credentials') === 'true',
  });
  return { ...authenticated, params: request.params };
}

export function queryOf(c: Call): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

/** Body of a request as JSON; 400 when it is none, or says that it is something else. */
export async function jsonOf(
  c: Call,
  refused: (text: string) => Error = (text) => scimRefusal(text),
): Promise<unknown> {
  const type = c.req.header('content-type');
  if (type !== undefined && !/json/i.test(type)) throw refused(`Content type '${type}' not supported`);
  try {
    return JSON.parse(await c.req.text());
  } catch {
    throw refused('JSON parse error: the body is not JSON');
  }
}

/** A part of the path; Hono decodes it as far as it can. */
export function pathPart(c: Call, name: string): string {
  return c.req.param(name) ?? '';
}

/** Header values are one line of Latin letters; bodies of identity providers may be anything. */
function headerSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, ' ');
}

/** A redirect; what cannot stand in a header is encoded. */
export function redirectTo(location: string, headers: Readonly<Record<string, string>> = {}): Response {
  const safe = location.toWellFormed().replace(/[^\x21-\x7e]+/g, (odd) => encodeURIComponent(odd));
  return new Response(null, { status: 302, headers: { location: safe, ...headers } });
}
