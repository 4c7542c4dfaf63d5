import { getCookie } from 'hono/cookie';
import { hintedOrigin } from '../login/providers.ts';
import { type Call, redirectTo } from '../requests.ts';
import type { BrowserSession } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { randomText } from '../tokens/codes.ts';
import { CSRF, type Html, type PageContext } from './pages.ts';
import { isSame, SESSION_COOKIE, saveSession, sessionOf } from './sessions.ts';

/** A browser at one of UAA's pages. */
export interface Visit {
  readonly c: Call;
  readonly uaa: Uaa;
  readonly session: BrowserSession | undefined;
  /** Token that forms must bring back; it stands in a cookie too, as UAA does it. */
  readonly csrf: string;
}

export function visitAt(uaa: Uaa, c: Call): Visit {
  const known = getCookie(c, CSRF);
  const csrf = known !== undefined && /^[\w-]{22}$/.test(known) ? known : randomText(uaa.ctx, 22);
  return { c, uaa, session: sessionOf(uaa, getCookie(c, SESSION_COOKIE)), csrf };
}

/** Fields of a form that came from one of our pages; undefined = forged, or the cookie is gone. */
export async function submissionOf({ c }: Visit): Promise<URLSearchParams | undefined> {
  const fields = new URLSearchParams(await c.req.text());
  const cookie = getCookie(c, CSRF);
  return cookie !== undefined && cookie !== '' && isSame(fields.get(CSRF) ?? '', cookie) ? fields : undefined;
}

export function pageContext({ c, csrf }: Visit, problem?: string): PageContext {
  const message = problem === undefined ? undefined : ({ kind: 'bad', text: problem } as const);
  return { host: new URL(c.req.url).host, csrf, message };
}

/** Nothing but our own style runs on a page, nobody frames it, nobody keeps it. */
export async function pageResponse(visit: Visit, page: Html, status = 200): Promise<Response> {
  const headers = new Headers({
    'content-type': 'text/html;charset=UTF-8',
    'content-language': 'en-US',
    // No form-action: forms lead to identity providers and applications, by redirects.
    'content-security-policy':
      "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  });
  headers.append('set-cookie', `${CSRF}=${visit.csrf}; Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=Lax`);
  return new Response(String(await page), { status, headers });
}

/** Redirects the browser and gives it its session. */
export function redirectWith(session: BrowserSession, location: string): Response {
  return redirectTo(location, {
    'set-cookie': `${SESSION_COOKIE}=${session.id}; Path=/; Secure; HttpOnly; SameSite=Lax`,
  });
}

export function redirectWithout(location: string): Response {
  return redirectTo(location, {
    'set-cookie': `${SESSION_COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`,
  });
}

/** Remembers what the browser asked for, and sends it to sign in. */
export function toSignIn({ c, uaa, session }: Visit): Response {
  const { pathname, search, origin } = new URL(c.req.url);
  return redirectWith(saveSession(uaa, session, { savedRequest: `${pathname}${search}` }), `${origin}/login`);
}

/** The origin that the browser was told to sign in at: by this request, or by the one that brought it here. */
export function hintOf({ c, session }: Visit): { readonly sent: boolean; readonly origin: string | undefined } {
  const own = new URL(c.req.url).searchParams.get('login_hint');
  const saved = session?.savedRequest;
  const hint = own ?? (saved === undefined ? null : new URL(saved, c.req.url).searchParams.get('login_hint'));
  return { sent: hint !== null && hint !== '', origin: hintedOrigin(hint) };
}
