import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { BrowserLogon, Next } from './browser.ts';
import { OAuthError } from './errors.ts';
import { choicePage, PAGE_HEADERS, problemPage, signedOutPage } from './pages.ts';
import { type Call, zoneOf } from './routes.ts';

const COOKIE = 'JSESSIONID';

/** XSUAA for browsers: authorization, the way back from the identity provider, logout: paths and parameters are UAA's (UAA API docs). */
export function browserRoutes(ctx: Pick<EmulatorContext, 'world'>, browser: BrowserLogon): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const queryOf = (c: Call) => new URL(c.req.url).searchParams;
  const sessionOf = (c: Call) => getCookie(c, COOKIE);

  const shown = (respond: (c: Call) => Promise<Response> | Response) => async (c: Call) => {
    try {
      return await respond(c);
    } catch (error) {
      if (error instanceof OAuthError) {
        return new Response(problemPage(error.message), { status: error.status, headers: PAGE_HEADERS });
      }
      throw error;
    }
  };

  function follow(c: Call, next: Next): Response {
    if (next.kind === 'choose') return c.body(choicePage(next.choices), 200, PAGE_HEADERS);
    const headers = new Headers({ location: next.location, 'cache-control': 'no-store' });
    if (next.session !== undefined) headers.set('set-cookie', cookieOf(next.session));
    return new Response(null, { status: 302, headers });
  }

  app.get(
    '/oauth/authorize',
    shown(async (c) => follow(c, await browser.authorize(zoneOf(ctx, c), queryOf(c), sessionOf(c)))),
  );
  app.get(
    '/login/callback/:origin',
    shown(async (c) =>
      follow(c, await browser.callback(zoneOf(ctx, c), c.req.param('origin') ?? '', queryOf(c), sessionOf(c))),
    ),
  );
  app.get(
    '/logout.do',
    shown(async (c) => {
      const target = await browser.logOut(zoneOf(ctx, c), queryOf(c), sessionOf(c));
      const gone = { 'set-cookie': `${COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0` };
      if (target !== undefined) return c.body(null, 302, { location: target, 'cache-control': 'no-store', ...gone });
      return c.body(signedOutPage(), 200, { ...PAGE_HEADERS, ...gone });
    }),
  );
  return app;
}

/** Lax: it has to come along when the identity provider sends the browser back. */
function cookieOf(session: string): string {
  return `${COOKIE}=${session}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}
