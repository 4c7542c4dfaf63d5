import { Hono, type Context as HonoContext } from 'hono';
import { getCookie } from 'hono/cookie';
import type { HostEnv } from '../../../emulation/mount.ts';
import type { MessageCode } from '../wire.ts';
import { tenantOf } from './hosts.ts';
import { changePassword, logOn } from './logon.ts';
import {
  CHANGE_PATH,
  changePage,
  PROFILE_PATH,
  profilePage,
  SIGN_IN_PATH,
  SIGN_OUT_PATH,
  signInPage,
} from './pages.ts';
import { ENTERPRISE } from './policies.ts';
import type { Services } from './services.ts';
import { openSession, sessionOf, updateSession } from './sessions.ts';
import { keyIn, namesOf, type Session, type StoredUser, type Tenant } from './store.ts';

type Call = HonoContext<HostEnv>;

const COOKIE = 'IDS_SESSION';

/** What an inactive user reads (ias schema notes); other refusals tell no more to whoever guesses. */
const GENERIC = 'Sorry, we could not authenticate you. Try again.';

const MESSAGES: Partial<Record<MessageCode, string>> = {
  PASSWORD_LOCKED: 'Your password is locked. Try again later.',
  PASSWORD_RESET_REQUIRED: 'Your password must be reset.',
  INITIAL_PASSWORD_EXPIRED: 'Your initial password has expired.',
};

/**
 * Sign-in and the change of a password at first logon. Paths, field names and wording are assumed: only that the
 * tenant's host leads there in a fresh browser session is documented (ias 93807cf, 16149d5).
 */
export function pageRoutes(services: Services): Hono<HostEnv> {
  const { store } = services;
  const app = new Hono<HostEnv>({ strict: false });
  const html = (text: string, session: Session, status = 200) =>
    new Response(text, {
      status,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
        'set-cookie': `${COOKIE}=${session.id}; Path=/; Secure; HttpOnly; SameSite=Lax`,
      },
    });
  const userOf = (tenant: Tenant, id: string | undefined): StoredUser | undefined =>
    id === undefined ? undefined : store.users.get(keyIn(tenant.id, id));
  const sessionAt = (c: Call, tenant: Tenant) => sessionOf(services, tenant, getCookie(c, COOKIE));
  /** The session of a form whose token came back; undefined = forged or too late. */
  const submitted = async (c: Call, tenant: Tenant) => {
    const fields = new URLSearchParams(await c.req.text());
    const session = sessionAt(c, tenant);
    return session && fields.get('authenticity_token') === session.token ? { session, fields } : undefined;
  };
  const signIn = (tenant: Tenant, message?: string) => {
    const session = openSession(services, tenant);
    return html(signInPage(tenant.host, session.token, message), session);
  };

  app.get('/', (c) => c.redirect(PROFILE_PATH));

  app.get(PROFILE_PATH, (c) => {
    const tenant = tenantOf(services, c);
    const session = sessionAt(c, tenant);
    const user = userOf(tenant, session?.user);
    if (!session || !user) return signIn(tenant);
    const { userName, emails } = namesOf(user.resource);
    return html(profilePage(session.token, { name: userName, mail: emails[0] ?? '' }), session);
  });

  app.post(SIGN_IN_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submitted(c, tenant);
    if (!form) return signIn(tenant, 'Your session has expired. Try again.');
    const { session, fields } = form;
    const name = fields.get('j_username') ?? '';
    const logon = await logOn(services, tenant, name, fields.get('j_password') ?? '', ENTERPRISE.uri);
    if (logon.ok) {
      updateSession(services, session, { user: logon.user.id });
      return c.redirect(PROFILE_PATH, 303);
    }
    if (logon.code === 'PASSWORD_CHANGE_REQUIRED' && logon.proven) {
      updateSession(services, session, { changing: logon.proven.id });
      return html(changePage(session.token), session);
    }
    return html(signInPage(tenant.host, session.token, MESSAGES[logon.code ?? 'USER_INACTIVE'] ?? GENERIC), session);
  });

  app.post(CHANGE_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submitted(c, tenant);
    const user = form && userOf(tenant, form.session.changing ?? form.session.user);
    if (!form || !user) return signIn(tenant, 'Your session has expired. Try again.');
    const { session, fields } = form;
    const next = fields.get('newPassword') ?? '';
    const refusal =
      next === fields.get('newPasswordConfirm')
        ? await changePassword(services, tenant, user, fields.get('currentPassword') ?? '', next)
        : 'The passwords differ';
    if (refusal !== undefined) return html(changePage(session.token, refusal), session);
    updateSession(services, session, { user: user.id });
    return c.redirect(PROFILE_PATH, 303);
  });

  app.post(SIGN_OUT_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submitted(c, tenant);
    if (form) store.sessions.delete(keyIn(tenant.id, form.session.id));
    return signIn(tenant);
  });
  return app;
}
