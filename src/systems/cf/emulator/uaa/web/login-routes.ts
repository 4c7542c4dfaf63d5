import { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { matchesRedirect } from '../authorization/redirects.ts';
import { UaaError } from '../errors.ts';
import { logInInternally } from '../login/internal-login.ts';
import { setPassword } from '../login/passwords.ts';
import { type OidcProvider, ZONE_DEFAULT } from '../login/providers.ts';
import { type Call, queryOf, redirectTo, type UaaOf, uaaAt } from '../requests.ts';
import type { BrowserSession } from '../rows.ts';
import { redeemVerification } from '../tokens/codes.ts';
import { arrive, depart, farewell } from './external-sign-in.ts';
import { errorPage, forcePasswordPage, homePage, originPage, passwordPage } from './pages.ts';
import { endSession, promoteSession, saveSession, visitorOf } from './sessions.ts';
import { STYLESHEET, STYLESHEET_PATH } from './stylesheet.ts';
import {
  hintOf,
  pageContext,
  pageResponse,
  redirectWith,
  redirectWithout,
  submissionOf,
  toSignIn,
  type Visit,
  visitAt,
} from './visits.ts';

/** Texts of `/login?error=…` (UAA messages.properties). */
const PROBLEMS: Readonly<Record<string, string>> = {
  login_failure: 'Provided credentials are invalid. Please try again.',
  account_locked: 'Your account has been locked because of too many failed attempts to login.',
  account_not_verified:
    'Your account is not verified. You can get another verification link by clicking on Create Account.',
  account_not_precreated: 'The user account must be pre-created. Please contact your system administrator.',
  invalid_login_hint: 'The origin provided in the login hint is invalid.',
  invalid_login_request:
    'Invalid login attempt, the request does not meet our security standards and may indicate that the action was not originated by you. Please try again.',
};

/** The pages on which people sign in and out (UAA LoginInfoEndpoint, login-ui.xml). */
/** A form that came from none of our pages. */
const forged = (c: Call) => redirectTo(`${new URL(c.req.url).origin}/login?error=invalid_login_request`);

export function loginRoutes(uaaOf: UaaOf): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  app.get(STYLESHEET_PATH, (c) =>
    c.body(STYLESHEET, 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    }),
  );

  app.get('/login', async (c) => {
    const accept = c.req.header('accept') ?? '*/*';
    // JSON is served elsewhere, before this route.
    if (!/text\/(html|\*)|\*\/\*|application\/xhtml/i.test(accept)) {
      const visit = visitAt(uaaAt(uaaOf, c), c);
      return pageResponse(visit, errorPage(pageContext(visit), 'Not acceptable'), 406);
    }
    return signIn(visitAt(uaaAt(uaaOf, c), c));
  });

  app.post('/origin-chooser', async (c) => {
    const visit = visitAt(uaaAt(uaaOf, c), c);
    const fields = await submissionOf(visit);
    if (!fields) return forged(c);
    const key = (fields.get('login_hint') ?? '').trim();
    if (key === '') return redirectTo('/login?discoveryPerformed=true');
    const hint = encodeURIComponent(JSON.stringify({ origin: key.toWellFormed() }));
    return redirectTo(`/login?discoveryPerformed=true&login_hint=${hint}`);
  });

  app.post('/login.do', async (c) => {
    const visit = visitAt(uaaAt(uaaOf, c), c);
    const fields = await submissionOf(visit);
    if (!fields) return forged(c);
    return logInByForm(visit, fields);
  });

  app.get('/login/callback/:origin', async (c) => {
    const visit = visitAt(uaaAt(uaaOf, c), c);
    const { uaa, session } = visit;
    const provider = uaa.providers().find((known) => known.originKey === c.req.param('origin'));
    const failed = (reason: string) => {
      const externalError = `There was an error when authenticating against the external identity provider: ${reason}`;
      const { pending: _pending, ...rest } = session ?? {};
      return redirectWith(
        saveSession(uaa, { ...saveSession(uaa, session, {}), ...rest }, { externalError }),
        '/oauth_error',
      );
    };
    if (!provider) return failed('Could not resolve identity provider with given origin.');
    try {
      const { logon, idToken } = await arrive(uaa, provider, session, queryOf(c), new URL(c.req.url).origin);
      const promoted = promoteSession(uaa, session, logon, { idToken });
      return redirectWith(promoted, comeBack(c, promoted));
    } catch (error) {
      // Whatever the identity provider answered or did not: the page tells it, as UAA does.
      return failed(error instanceof UaaError ? error.message : 'the identity provider could not be asked');
    }
  });

  app.get('/oauth_error', (c) => {
    const visit = visitAt(uaaAt(uaaOf, c), c);
    const text = visit.session?.externalError ?? 'There was an error.';
    return pageResponse(visit, errorPage(pageContext(visit, text), 'Sign-in failed'), 400);
  });

  const home = (visit: Visit) => {
    const visitor = visitorOf(visit.uaa, visit.session);
    if (!visitor) return visit.session?.passwordChange ? redirectTo('/force_password_change') : toSignIn(visit);
    return pageResponse(visit, homePage(pageContext(visit), `${visitor.user.userName} (${visitor.user.origin})`));
  };
  app.get('/', (c) => home(visitAt(uaaAt(uaaOf, c), c)));
  app.get('/home', (c) => home(visitAt(uaaAt(uaaOf, c), c)));

  app.get('/force_password_change', (c) => {
    const visit = visitAt(uaaAt(uaaOf, c), c);
    const { uaa, session } = visit;
    const user = session?.passwordChange && session.logon && uaa.store.user(uaa.landscape, session.logon.userId);
    if (!user) return redirectTo(visitorOf(uaa, session) ? '/' : '/login');
    return pageResponse(visit, forcePasswordPage(pageContext(visit), user.email));
  });
  app.post('/force_password_change', async (c) => {
    const visit = visitAt(uaaAt(uaaOf, c), c);
    const fields = await submissionOf(visit);
    if (!fields) return forged(c);
    return forcePasswordChange(visit, fields);
  });

  app.get('/verify_user', (c) => {
    const uaa = uaaAt(uaaOf, c);
    const visit = visitAt(uaa, c);
    const code = redeemVerification(uaa, queryOf(c).get('code') ?? '');
    const user = code && uaa.store.user(uaa.landscape, code.userId);
    if (!code || !user) {
      const text = 'Your activation link has expired. Please request another.';
      return pageResponse(visit, errorPage(pageContext(visit, text), 'Account Activation'), 422);
    }
    uaa.store.save({ ...user, verified: true });
    const client = uaa.store.client(uaa.landscape, code.clientId);
    const back = code.redirectUri;
    const safe = back !== undefined && client?.redirectUris?.some((uri) => matchesRedirect(uri, back));
    return redirectTo(safe ? (back ?? '/') : '/login?success=verify_success');
  });

  app.get('/logout.do', (c) => logOut(visitAt(uaaAt(uaaOf, c), c)));
  return app;
}

/** The page to choose an identity provider on, or on to the one that was named. */
async function signIn(visit: Visit): Promise<Response> {
  const { c, uaa, session } = visit;
  if (visitorOf(uaa, session)) return redirectTo('/home', { 'content-language': 'en-US' });
  if (session?.passwordChange) return redirectTo('/force_password_change');
  const query = queryOf(c);
  const problem = query.get('error');
  const { sent, origin } = hintOf(visit);
  const chosen = query.get('discoveryPerformed') === 'true';
  const text = problem === null ? undefined : (PROBLEMS[problem] ?? 'Error!');
  const choose = (because = text) => pageResponse(visit, originPage(pageContext(visit, because)));
  if (query.get('discoveryPerformed') === 'false') return choose();
  if (origin === 'uaa') {
    const loginHint = JSON.stringify({ origin: 'uaa' });
    return pageResponse(visit, passwordPage(pageContext(visit, text), { loginHint }));
  }
  if (origin !== undefined) {
    const provider = uaa.providers().find((known) => known.originKey === origin);
    return provider ? leave(visit, provider) : choose(PROBLEMS.invalid_login_hint);
  }
  if (chosen && !sent) {
    const standard = uaa.providers().find((known) => known.originKey === ZONE_DEFAULT);
    if (standard) return leave(visit, standard);
  }
  return choose();
}

async function leave(visit: Visit, provider: OidcProvider): Promise<Response> {
  const { c, uaa, session } = visit;
  try {
    const { location, pending } = await depart(uaa, provider, new URL(c.req.url).origin);
    return redirectWith(saveSession(uaa, session, { pending }), location);
  } catch {
    // UAA leaves an identity provider that does not answer out of its page; here it has been chosen already.
    const text = `The identity provider ${provider.originKey} does not answer.`;
    return pageResponse(visit, originPage(pageContext(visit, text)), 502);
  }
}

/** What the browser had asked for before it was sent to sign in. */
function comeBack(c: Call, { savedRequest }: BrowserSession): string {
  return savedRequest === undefined ? '/' : `${new URL(c.req.url).origin}${savedRequest}`;
}

async function logInByForm({ c, uaa, session }: Visit, fields: URLSearchParams): Promise<Response> {
  const sent = { userName: fields.get('username'), password: fields.get('password') };
  try {
    const user = await logInInternally(uaa, sent, false);
    const logon = { userId: user.id, authTime: Math.floor(uaa.ctx.now() / 1000), amr: ['pwd'] };
    const passwordChange = user.passwordChangeRequired === true;
    const promoted = promoteSession(uaa, session, logon, passwordChange ? { passwordChange } : {});
    return redirectWith(promoted, passwordChange ? '/force_password_change' : comeBack(c, promoted));
  } catch (error) {
    if (!(error instanceof UaaError)) throw error;
    const kinds: Readonly<Record<string, string>> = {
      unauthorized: 'account_locked',
      access_denied: 'account_not_verified',
    };
    const problem = kinds[error.error] ?? 'login_failure';
    const hint = encodeURIComponent(JSON.stringify({ origin: 'uaa' }));
    return redirectTo(`/login?error=${problem}&login_hint=${hint}`);
  }
}

async function forcePasswordChange(visit: Visit, fields: URLSearchParams): Promise<Response> {
  const { uaa, session } = visit;
  const user = session?.passwordChange && session.logon && uaa.store.user(uaa.landscape, session.logon.userId);
  if (!session || !user) return redirectTo('/login');
  const again = (text: string) => pageResponse(visit, forcePasswordPage(pageContext(visit, text), user.email), 422);
  const password = fields.get('password') ?? '';
  if (password === '' || password !== fields.get('password_confirmation')) {
    return again('Passwords must match and not be empty.');
  }
  try {
    await setPassword(uaa, user, password);
  } catch (error) {
    if (error instanceof UaaError) return again(error.message);
    throw error;
  }
  const logon = { userId: user.id, authTime: Math.floor(uaa.ctx.now() / 1000), amr: ['pwd'] };
  const promoted = promoteSession(uaa, session, logon);
  return redirectWith(promoted, promoted.savedRequest ?? '/');
}

/** Ends the session, at the identity provider too where it has a place for that (UAA ZoneAwareWhitelistLogoutHandler). */
async function logOut({ c, uaa, session }: Visit): Promise<Response> {
  const query = queryOf(c);
  const { origin } = new URL(c.req.url);
  const to = afterLogout(uaa, query, origin);
  if (session) endSession(uaa, session);
  const user = session?.logon && uaa.store.user(uaa.landscape, session.logon.userId);
  const provider = user && uaa.providers().find((known) => known.originKey === user.origin);
  const away =
    provider && session?.idToken && (await farewell(uaa, provider, session.idToken, new URL(to, origin).href));
  return redirectWithout(away || to);
}

/** Where a browser may go after signing out: here, or to an address of the client that it names. */
function afterLogout(uaa: Visit['uaa'], query: URLSearchParams, origin: string): string {
  const wanted = query.get('post_logout_redirect_uri') ?? query.get('redirect');
  if (wanted === null) return '/login';
  if (wanted.startsWith(`${origin}/`)) return wanted;
  const client = uaa.store.client(uaa.landscape, query.get('client_id') ?? '');
  return client?.redirectUris?.some((uri) => matchesRedirect(uri, wanted)) ? wanted : '/login';
}
