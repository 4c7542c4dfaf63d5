import { Hono } from 'hono';
import type { HostEnv } from '../../../emulation/mount.ts';
import type { MessageCode } from '../wire.ts';
import { tenantOf } from './hosts.ts';
import { changePassword, logOn } from './logon.ts';
import { CHANGE_PATH, changePage, PROFILE_PATH, SIGN_IN_PATH, SIGN_OUT_PATH } from './pages.ts';
import { ENTERPRISE, policyOf, policyText, stronger } from './policies.ts';
import type { Services } from './services.ts';
import { closeSession, promoteSession } from './sessions.ts';
import { signInResponse } from './sign-in.ts';
import { keyIn, type Session, type StoredUser, type Tenant } from './store.ts';
import { STYLESHEET, STYLESHEET_PATH } from './web/stylesheet.ts';
import { pageResponse, seeOther, submissionOf } from './web/visits.ts';

/** What an inactive user reads (ias schema notes); other refusals tell no more to whoever guesses. */
const GENERIC = 'Sorry, we could not authenticate you. Try again.';
const TOO_LATE = 'Your session has expired. Try again.';

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

  app.get(STYLESHEET_PATH, (c) =>
    c.body(STYLESHEET, 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    }),
  );

  app.get('/', (c) => c.redirect(PROFILE_PATH));

  app.get(SIGN_IN_PATH, (c) => signInResponse(services, tenantOf(services, c)));

  app.post(SIGN_IN_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submissionOf(services, c, tenant);
    if (!form) return signInResponse(services, tenant, { problem: TOO_LATE });
    const { session, fields } = form;
    const name = fields.get('j_username') ?? '';
    const logon = await logOn(services, tenant, name, fields.get('j_password') ?? '', ENTERPRISE.uri);
    if (logon.ok) return goOn(promoteSession(services, session, { user: logon.user.id }));
    if (logon.code === 'PASSWORD_CHANGE_REQUIRED' && logon.proven) {
      return changeForm(tenant, promoteSession(services, session, { changing: logon.proven.id }), logon.proven);
    }
    const problem = MESSAGES[logon.code ?? 'USER_INACTIVE'] ?? GENERIC;
    return signInResponse(services, tenant, { problem, session });
  });

  app.post(CHANGE_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submissionOf(services, c, tenant);
    const id = form?.session.changing;
    const user = id === undefined ? undefined : store.users.get(keyIn(tenant.id, id));
    if (!form || !user) return signInResponse(services, tenant, { problem: TOO_LATE });
    const { session, fields } = form;
    const problem = await changed(services, tenant, user, fields);
    if (problem !== undefined) return changeForm(tenant, session, user, problem);
    return goOn(promoteSession(services, session, { user: user.id }));
  });

  app.post(SIGN_OUT_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submissionOf(services, c, tenant);
    if (form) closeSession(services, form.session);
    return signInResponse(services, tenant);
  });
  return app;
}

/** To where the browser was going when it had to sign in. */
function goOn(session: Session): Response {
  return seeOther(session.target ?? PROFILE_PATH, session);
}

function changeForm(tenant: Tenant, session: Session, user: StoredUser, problem?: string): Promise<Response> {
  const policy = stronger(policyOf(tenant, user.password?.policy), ENTERPRISE);
  const page = changePage({
    host: tenant.host,
    token: session.token,
    policy: policyText(policy),
    message: problem === undefined ? undefined : { kind: 'bad', text: problem },
  });
  return pageResponse(page, { session });
}

/** Changes the password as a form of {@link changeFields} says; gives why not. */
export async function changed(
  services: Services,
  tenant: Tenant,
  user: StoredUser,
  fields: URLSearchParams,
): Promise<string | undefined> {
  const next = fields.get('newPassword') ?? '';
  if (next !== fields.get('newPasswordConfirm')) return 'The passwords differ';
  return changePassword(services, tenant, user, fields.get('currentPassword') ?? '', next);
}
