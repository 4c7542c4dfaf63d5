import type { Context as HonoContext } from 'hono';
import { getCookie } from 'hono/cookie';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { sameText } from '../../../protocols/oauth/emulator/secrets.ts';
import type { Services } from '../services.ts';
import { sessionOf } from '../sessions.ts';
import { keyIn, type Session, type StoredUser, type Tenant } from '../store.ts';
import type { Html } from './document.ts';
import { TOKEN_FIELD } from './form.ts';

export type Call = HonoContext<HostEnv>;

const COOKIE = 'IDS_SESSION';

/** What a browser sent with a form. */
export interface Submission {
  readonly session: Session;
  readonly fields: URLSearchParams;
}

export function sessionAt(services: Services, c: Call, tenant: Tenant): Session | undefined {
  return sessionOf(services, tenant, getCookie(c, COOKIE));
}

/** Who signed in with this session. */
export function signedIn({ store }: Services, tenant: Tenant, session: Session | undefined): StoredUser | undefined {
  return session?.user === undefined ? undefined : store.users.get(keyIn(tenant.id, session.user));
}

/** A form whose token came back; undefined = forged or too late. */
export async function submissionOf(services: Services, c: Call, tenant: Tenant): Promise<Submission | undefined> {
  const fields = new URLSearchParams(await c.req.text());
  const session = sessionAt(services, c, tenant);
  return session && sameText(fields.get(TOKEN_FIELD) ?? '', session.token) ? { session, fields } : undefined;
}

interface PageOptions {
  /** @default 200 */
  readonly status?: number;
  /** Given to the browser. */
  readonly session?: Session | undefined;
  /** Where forms of the page may lead beside the host itself, also by redirects. */
  readonly formActions?: readonly string[];
  /** Origins of pages that it shows in frames. */
  readonly frames?: readonly string[];
}

/** Nothing but our own style runs on a page, nobody frames it, nobody keeps it. */
export async function pageResponse(page: Html, options: PageOptions = {}): Promise<Response> {
  const { status = 200, session, formActions = [], frames = [] } = options;
  const framed = frames.length > 0 ? ` frame-src ${frames.join(' ')};` : '';
  const actions = ["'self'", ...formActions].join(' ');
  return new Response(String(await page), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src 'self'; img-src data:;${framed} form-action ${actions}; base-uri 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      ...cookieOf(session),
    },
  });
}

/**
 * Where forms of the sign-in may lead: back to an application, and from there who knows where. Browsers hold every redirect
 * after a form against the policy.
 */
export const AWAY = ['https:', 'http://localhost:*', 'http://127.0.0.1:*'] as const;

/** Sends the browser somewhere else. */
export function redirect(url: string, session?: Session): Response {
  return new Response(null, {
    status: 302,
    headers: { location: url, 'cache-control': 'no-store', ...cookieOf(session) },
  });
}

/** After a form: the browser loads the next page anew. */
export function seeOther(path: string, session?: Session): Response {
  return new Response(null, { status: 303, headers: { location: path, ...cookieOf(session) } });
}

function cookieOf(session: Session | undefined): Record<string, string> {
  return session ? { 'set-cookie': `${COOKIE}=${session.id}; Path=/; Secure; HttpOnly; SameSite=Lax` } : {};
}
