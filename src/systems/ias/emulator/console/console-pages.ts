import type { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { ScimError } from '../../../protocols/scim/emulator/errors.ts';
import { tenantOf } from '../hosts.ts';
import { humanPrincipal, mayDo, neededFor, type Operation } from '../permissions.ts';
import type { Services } from '../services.ts';
import { isSignedIn } from '../sign-in/admission.ts';
import { barrier } from '../sign-in/barrier.ts';
import { applicationOfTarget } from '../sign-in/target.ts';
import { signInResponse } from '../sign-in.ts';
import { nameOf } from '../user-names.ts';
import type { Html } from '../web/document.ts';
import { type Call, pageResponse, sessionAt, signedIn, submissionOf } from '../web/visits.ts';
import { CONSOLE_PATH, consolePage } from './frame.ts';
import { Refusal } from './refusal.ts';
import type { ConsolePages, ConsoleVisit, Show } from './visit.ts';

/** @param app where the routes are added, below {@link CONSOLE_PATH} */
export function consolePages(services: Services, app: Hono<HostEnv>): ConsolePages {
  const handle =
    (operation: Operation | undefined, act: (visit: ConsoleVisit) => Promise<Response>) => async (c: Call) => {
      const tenant = tenantOf(services, c);
      const posted = c.req.method === 'POST';
      const form = posted ? await submissionOf(services, c, tenant) : undefined;
      const session = posted ? form?.session : sessionAt(services, c, tenant);
      const url = new URL(c.req.url);
      const target = posted ? CONSOLE_PATH : url.pathname + url.search;
      if (!isSignedIn(session)) return signInResponse(services, tenant, { target });
      // Whoever enters the console takes its policy along, the enterprise one (ias 12b3395, 67bece2).
      const application = applicationOfTarget(services, tenant, CONSOLE_PATH);
      const stopped = barrier(services, tenant, c.req.raw, session, { application, target });
      if (stopped) return stopped;
      const user = signedIn(services, tenant, session);
      if (!user) return signInResponse(services, tenant, { target });
      const principal = humanPrincipal(services, tenant, { id: user.id, name: nameOf(user) });
      const visit: ConsoleVisit = {
        services,
        tenant,
        session,
        user,
        principal,
        path: url.pathname,
        fields: form?.fields ?? new URLSearchParams(),
        query: url.searchParams,
        param: (name) => c.req.param(name) ?? '',
        may: (one) => mayDo(principal, one),
      };
      if (operation && !visit.may(operation)) return respond(visit, forbidden(visit, operation), 403);
      return act(visit);
    };
  return {
    entrance(path, lead) {
      app.get(
        CONSOLE_PATH + path,
        handle(undefined, async (visit) => lead(visit) ?? respond(visit, forbidden(visit, 'read users'), 403)),
      );
    },
    page(path, operation, show) {
      app.get(
        CONSOLE_PATH + path,
        handle(operation, async (visit) => {
          try {
            return await respond(visit, show(visit));
          } catch (error) {
            if (!isNews(error)) throw error;
            return respond(visit, missing(visit, error.message), 404);
          }
        }),
      );
    },
    form(path, operation, act, again) {
      app.post(
        CONSOLE_PATH + path,
        handle(operation, async (visit) => {
          try {
            const done = await act(visit);
            return done instanceof Response ? done : await respond(visit, done);
          } catch (error) {
            if (!isNews(error)) throw error;
            return respond(visit, againOr(visit, again, error.message), 400);
          }
        }),
      );
    },
  };
}

/** What is refused in words; everything else is a failure of ours. */
function isNews(error: unknown): error is Refusal | ScimError {
  return error instanceof Refusal || error instanceof ScimError;
}

/** The page with the form may be gone with the thing that it is about. */
function againOr(visit: ConsoleVisit, again: Show, text: string): Html {
  try {
    return again(visit, { kind: 'bad', text });
  } catch (error) {
    if (!isNews(error)) throw error;
    return missing(visit, error.message);
  }
}

function respond({ session }: ConsoleVisit, page: Html, status = 200): Promise<Response> {
  return pageResponse(page, { session, status });
}

function forbidden(visit: ConsoleVisit, operation: Operation): Html {
  const { permissions, policies } = visit.principal;
  const stranger = permissions.length === 0 && policies.size === 0;
  const text = stranger
    ? 'You are not an administrator of this tenant.'
    : `You need the authorization for this: ${neededFor(operation)}.`;
  return consolePage(visit, { title: 'Not Authorized', message: { kind: 'bad', text }, body: '' });
}

function missing(visit: ConsoleVisit, text: string): Html {
  return consolePage(visit, { title: 'Not Found', message: { kind: 'bad', text }, body: '' });
}
