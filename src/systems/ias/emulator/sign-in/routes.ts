import { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { MessageCode } from '../../wire.ts';
import { tenantOf } from '../hosts.ts';
import { logOn } from '../logon.ts';
import { userByIdentifier } from '../logon-identifiers.ts';
import { identityProviderFor, LOCAL } from '../oidc/conditional.ts';
import { logonSource, originOf } from '../oidc/conditions.ts';
import { endSession } from '../oidc/logout.ts';
import { takeCode } from '../oidc/second-factor.ts';
import { settingsOf } from '../oidc/settings.ts';
import { changed } from '../page-routes.ts';
import { CHANGE_PATH, changePage, SIGN_IN_PATH, SIGN_OUT_PATH } from '../pages.ts';
import { policyOf, policyText, stronger } from '../policies.ts';
import { confirmSecret } from '../profile/totp-enrolment.ts';
import { universalSignIn } from '../sap-id/sign-in.ts';
import type { Services } from '../services.ts';
import { type Promotion, promoteSession, TooManySessions } from '../sessions.ts';
import { signInResponse } from '../sign-in.ts';
import { keyIn, type Session, type StoredUser, type Tenant } from '../store.ts';
import { AWAY, type Call, pageResponse, type Submission, seeOther, submissionOf } from '../web/visits.ts';
import { type Admission, admit, isSignedIn, type SignedIn } from './admission.ts';
import { stepFor } from './barrier.ts';
import { sendToProvider } from './federation.ts';
import { CODE_PATH, ENROLMENT_PATH, TARGET_FIELD } from './pages.ts';
import { applicationOfTarget, localTarget } from './target.ts';

/** What an inactive user reads (ias schema notes); other refusals tell no more to whoever guesses. */
const GENERIC = 'Sorry, we could not authenticate you. Try again.';
const TOO_LATE = 'Your session has expired. Try again.';
const TOO_MANY = 'You have too many sessions. Sign out elsewhere first.';

const MESSAGES: Partial<Record<MessageCode, string>> = {
  PASSWORD_LOCKED: 'Your password is locked. Try again later.',
  PASSWORD_RESET_REQUIRED: 'Your password must be reset.',
  INITIAL_PASSWORD_EXPIRED: 'Your initial password has expired.',
  INVALID_OTP_CODE: 'The passcode is wrong.',
  USED_OTP_CODE: 'The passcode was used already. Wait for the next one.',
  LOCKED_OTP_CODE: 'Your passcodes are locked. Try again later.',
};

/**
 * Sign-in, step by step: identifier, password, change of an initial one, second factor. Paths, field names and wording are
 * assumed: only that the tenant's host leads there in a fresh browser session is documented (ias 93807cf, 16149d5).
 */
export function signInRoutes(services: Services): Hono<HostEnv> {
  const { store } = services;
  const app = new Hono<HostEnv>({ strict: false });

  app.get(SIGN_IN_PATH, (c) => signInResponse(services, tenantOf(services, c)));

  app.post(
    SIGN_IN_PATH,
    submitted(services, async (c, tenant, { session, fields }, target) => {
      const application = applicationOfTarget(services, tenant, target);
      const settings = settingsOf(tenant, application);
      const name = fields.get('j_username') ?? '';
      const password = fields.get('j_password');
      const logon = { ...originOf(c.req.raw), email: name };
      const user = userByIdentifier(services, tenant, name);
      const provider = identityProviderFor(services, tenant, settings.conditional, { user }, logon);
      const local = new URL(target, 'https://localhost').searchParams.get('idp') === LOCAL;
      // Whom a rule sends to a corporate identity provider, cannot use a password of the tenant.
      if (provider !== undefined && provider !== LOCAL && !local) {
        return sendToProvider(services, tenant, provider, { session, target, loginHint: name });
      }
      if (password === null) return signInResponse(services, tenant, { session, target, identifier: name });
      const person = await universalSignIn(services, tenant, session, { name, password }, target);
      if (person instanceof Response) return person;
      if (person) return goOn(services, session, { user: person.id }, target);
      const outcome = await logOn(services, tenant, name, password, application.policy, {
        from: logonSource(c.req.raw, application.name),
      });
      if (outcome.ok) {
        const subject = { kind: 'user', id: outcome.user.id } as const;
        const authentication = { subject, authenticatedAt: services.ctx.now(), amr: outcome.amr };
        return goOn(services, session, { user: outcome.user.id, authentication }, target);
      }
      if (outcome.code === 'PASSWORD_CHANGE_REQUIRED' && outcome.proven) {
        const changing = promoteSession(services, session, { changing: outcome.proven.id });
        return changeForm(services, tenant, changing, outcome.proven, target);
      }
      const problem = MESSAGES[outcome.code ?? 'USER_INACTIVE'] ?? GENERIC;
      return signInResponse(services, tenant, { problem, session, target, identifier: name });
    }),
  );

  app.post(
    CHANGE_PATH,
    submitted(services, async (_c, tenant, { session, fields }, target) => {
      const id = session.changing;
      const user = id === undefined ? undefined : store.users.get(keyIn(tenant.id, id));
      if (!user) return signInResponse(services, tenant, { problem: TOO_LATE, target });
      const { policy } = applicationOfTarget(services, tenant, target);
      const problem = await changed(services, tenant, user, fields, policy);
      if (problem !== undefined) return changeForm(services, tenant, session, user, target, problem);
      return goOn(services, session, { user: user.id }, target);
    }),
  );

  /** For who signed in and still needs a second factor to enter the target. */
  const secondFactor = (
    kind: 'code' | 'enrolment',
    act: (tenant: Tenant, user: StoredUser, code: string) => MessageCode | undefined,
  ) =>
    submitted(services, async (c, tenant, { session, fields }, target) => {
      if (!isSignedIn(session)) return signInResponse(services, tenant, { problem: TOO_LATE, target });
      const application = applicationOfTarget(services, tenant, target);
      const admission: Admission = admit(services, tenant, application, session, c.req.raw);
      if (admission.kind === 'admitted') return seeOther(target, session);
      if (admission.kind !== kind) return stepFor(services, tenant, session, admission, target);
      const wrong = act(tenant, admission.user, (fields.get('j_otpcode') ?? '').replaceAll(' ', ''));
      if (wrong !== undefined) {
        return stepFor(services, tenant, session, admission, target, MESSAGES[wrong] ?? GENERIC);
      }
      return goOn(services, session, withCode(session), target);
    });

  app.post(
    CODE_PATH,
    secondFactor('code', (tenant, user, code) => takeCode(services, tenant, user, code)),
  );
  app.post(
    ENROLMENT_PATH,
    secondFactor('enrolment', (tenant, user, code) =>
      confirmSecret(services, tenant, user, code) ? undefined : 'INVALID_OTP_CODE',
    ),
  );

  app.post(SIGN_OUT_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submissionOf(services, c, tenant);
    if (form) await endSession(services, tenant, form.session);
    return signInResponse(services, tenant);
  });
  return app;
}

type Step = (c: Call, tenant: Tenant, form: Submission, target: string) => Promise<Response>;

/** A form of the sign-in; one that is forged or too late begins anew. */
function submitted(services: Services, step: Step): (c: Call) => Promise<Response> {
  return async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submissionOf(services, c, tenant);
    if (!form) return signInResponse(services, tenant, { problem: TOO_LATE });
    const target = localTarget(form.fields.get(TARGET_FIELD));
    try {
      return await step(c, tenant, form, target);
    } catch (error) {
      if (error instanceof TooManySessions) return signInResponse(services, tenant, { problem: TOO_MANY, target });
      throw error;
    }
  };
}

/** To where the browser was going when it had to sign in. */
function goOn(services: Services, session: Session, who: Promotion, target: string): Response {
  return seeOther(target, promoteSession(services, session, who));
}

function withCode({ authentication, user }: SignedIn): Promotion {
  const amr = [...authentication.amr, 'otp'];
  const more = { authentication: { ...authentication, amr } };
  return user === undefined ? more : { ...more, user };
}

function changeForm(
  services: Services,
  tenant: Tenant,
  session: Session,
  user: StoredUser,
  target: string,
  problem?: string,
): Promise<Response> {
  const { policy: uri } = applicationOfTarget(services, tenant, target);
  const policy = stronger(policyOf(tenant, user.password?.policy), policyOf(tenant, uri));
  const page = changePage({
    host: tenant.host,
    token: session.token,
    target,
    policy: policyText(policy),
    message: problem === undefined ? undefined : { kind: 'bad', text: problem },
  });
  return pageResponse(page, { session, formActions: AWAY });
}
