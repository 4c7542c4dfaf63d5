import { mailUser } from '../mail/user-mails.ts';
import { stickPolicy } from '../passwords.ts';
import { policyOf } from '../policies.ts';
import { pendingSecret } from '../profile/totp-enrolment.ts';
import type { Services } from '../services.ts';
import { closeSession } from '../sessions.ts';
import { signInResponse } from '../sign-in.ts';
import type { StoredApplication, Tenant } from '../store.ts';
import { totpUri } from '../totp.ts';
import { namesOf } from '../user-names.ts';
import type { Message } from '../web/document.ts';
import { AWAY, pageResponse } from '../web/visits.ts';
import { type Admission, admit, type SignedIn } from './admission.ts';
import { codePage, enrolmentStep, stopPage } from './pages.ts';

/** What a user reads as long as a rule denies (ias 18d02ab). */
const DENIED = 'Sorry, but you are currently not authorized for access';

/**
 * What stands between somebody who signed in and an application; undefined = nothing. Whoever passes takes the password
 * policy of the application along (ias 67bece2).
 */
export function barrier(
  services: Services,
  tenant: Tenant,
  request: Request,
  session: SignedIn,
  to: { readonly application: StoredApplication; readonly target: string },
): Promise<Response> | undefined {
  const admission = admit(services, tenant, to.application, session, request);
  if (admission.kind !== 'admitted') return stepFor(services, tenant, session, admission, to.target);
  if (admission.user) stickPolicy(services, tenant, admission.user, policyOf(tenant, to.application.policy));
  return undefined;
}

/** The page for what is missing. */
export function stepFor(
  services: Services,
  tenant: Tenant,
  session: SignedIn,
  admission: Exclude<Admission, { readonly kind: 'admitted' }>,
  target: string,
  problem?: string,
): Promise<Response> {
  const message: Message | undefined = problem === undefined ? undefined : { kind: 'bad', text: problem };
  const step = { host: tenant.host, token: session.token, target, message };
  const stop = (title: string, text: string) =>
    pageResponse(stopPage({ host: tenant.host, title, text, token: session.token }), { session, status: 403 });
  switch (admission.kind) {
    case 'code':
      return pageResponse(codePage(step), { session, formActions: AWAY });
    case 'enrolment': {
      const secret = pendingSecret(services, admission.user);
      const { userName, emails } = namesOf(admission.user.resource);
      const uri = totpUri(secret, tenant.host, userName === '' ? (emails[0] ?? '') : userName);
      return pageResponse(enrolmentStep({ ...step, secret, uri }), { session, formActions: AWAY });
    }
    case 'unverified':
      // "He or she is asked to verify the email address first", by a link in a mail (ias 483d26c).
      mailUser(services, tenant, admission.user, 'verification');
      return stop('Verify Your E-Mail', 'Follow the link that was sent to your e-mail address, then sign in again.');
    case 'denied':
      return stop('Not Authorized', DENIED);
    case 'nobody':
      closeSession(services, session);
      return signInResponse(services, tenant, { target, problem: 'Your session has expired. Try again.' });
  }
}
