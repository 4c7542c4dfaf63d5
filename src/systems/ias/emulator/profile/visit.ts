import { recordUserChange } from '../change-log.ts';
import { tenantOf } from '../hosts.ts';
import { PROFILE_PATH } from '../pages.ts';
import type { Services } from '../services.ts';
import { isSignedIn } from '../sign-in/admission.ts';
import { barrier } from '../sign-in/barrier.ts';
import { applicationOfTarget } from '../sign-in/target.ts';
import { signInResponse } from '../sign-in.ts';
import type { Session, StoredUser, Tenant } from '../store.ts';
import { nameOf } from '../user-names.ts';
import type { Html, Message } from '../web/document.ts';
import { type Call, pageResponse, sessionAt, signedIn, submissionOf } from '../web/visits.ts';
import type { ProfileFrame } from './pages.ts';

/** A request of who signed in to the profile. */
export interface ProfileVisit {
  readonly tenant: Tenant;
  readonly session: Session;
  readonly user: StoredUser;
  /** Of the form; empty for a page. */
  readonly fields: URLSearchParams;
}

/** What the pages of the profile have in common. */
export function profileVisits(services: Services) {
  return {
    /** For who signed in; everybody else signs in first. Forms must bring the session's token. */
    visit: (act: (visit: ProfileVisit, c: Call) => Promise<Response> | Response) => async (c: Call) => {
      const tenant = tenantOf(services, c);
      const form = c.req.method === 'POST' ? await submissionOf(services, c, tenant) : undefined;
      const reads = c.req.method === 'GET';
      const session = form?.session ?? (reads ? sessionAt(services, c, tenant) : undefined);
      const target = reads ? new URL(c.req.url).pathname : PROFILE_PATH;
      if (!isSignedIn(session)) return signInResponse(services, tenant, { target });
      // Whoever enters the profile takes its policy along, the enterprise one (ias 12b3395, 67bece2).
      const application = applicationOfTarget(services, tenant, PROFILE_PATH);
      const stopped = barrier(services, tenant, c.req.raw, session, { application, target });
      if (stopped) return stopped;
      const user = signedIn(services, tenant, session);
      if (!user) return signInResponse(services, tenant, { target });
      return act({ tenant, session, user, fields: form?.fields ?? new URLSearchParams() }, c);
    },
    show: ({ session }: ProfileVisit, page: Html) => pageResponse(page, { session }),
    frame: ({ tenant, session, user }: ProfileVisit, message?: Message): ProfileFrame => {
      return { host: tenant.host, token: session.token, name: nameOf(user), message };
    },
    /** In the change log, as done by the user. */
    keep: ({ tenant, user }: ProfileVisit, after: StoredUser) =>
      recordUserChange(services, tenant, { kind: 'user', id: user.id, name: nameOf(user) }, user, after),
  };
}
