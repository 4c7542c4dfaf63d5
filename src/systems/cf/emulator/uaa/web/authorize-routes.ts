import { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { approvalDocument } from '../authorization/approval-document.ts';
import { type AuthorizationAnswer, authorize, type Verdict, type Visitor } from '../authorization/authorization.ts';
import { authenticateCaller, bearerOf, requireScope } from '../callers.ts';
import { Unhandled } from '../errors.ts';
import { answering, type Call, JSON_VIEW, queryOf, redirectTo, type UaaOf, uaaAt } from '../requests.ts';
import type { Uaa } from '../services.ts';
import { issuePasscode } from '../tokens/codes.ts';
import { approvalPage, errorPage, passcodePage } from './pages.ts';
import { visitorOf } from './sessions.ts';
import { pageContext, pageResponse, submissionOf, toSignIn, type Visit, visitAt } from './visits.ts';

/** What a signed-in browser is for: codes for command lines, and authorization of applications. */
export function authorizeRoutes(uaaOf: UaaOf): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  app.get('/passcode', (c) => {
    const visit = visitAt(uaaAt(uaaOf, c), c);
    const visitor = visitorOf(visit.uaa, visit.session);
    if (!visitor) return toSignIn(visit);
    const passcode = issuePasscode(visit.uaa, visitor.logon);
    // The bare text as JSON, for programs that hold a session (UAA PasscodeMockMvcTests).
    if (c.req.header('accept')?.includes('application/json')) return c.json(passcode, 200, VIEW);
    return pageResponse(visit, passcodePage(pageContext(visit), passcode));
  });

  app.get(
    '/oauth/authorize',
    answering(async (c) => {
      const uaa = uaaAt(uaaOf, c);
      const query = queryOf(c);
      const byToken = await visitorByToken(uaa, c, query);
      if (byToken) return answerToProgram(byToken, query, await authorize(uaa, query, byToken));
      const visit = visitAt(uaa, c);
      if (mustSignInAgain(visit, query)) return toSignIn({ ...visit, session: undefined });
      return answerToBrowser(visit, await authorize(uaa, query, visitorOf(uaa, visit.session)));
    }),
  );

  app.post(
    '/oauth/authorize',
    answering(async (c) => {
      const uaa = uaaAt(uaaOf, c);
      const byToken = await visitorByToken(uaa, c, queryOf(c));
      if (byToken) return answerToProgram(byToken, queryOf(c), await authorize(uaa, queryOf(c), byToken));
      const visit = visitAt(uaa, c);
      const fields = await submissionOf(visit);
      if (!fields) {
        const text = 'The request was not originated by you, or the time limit was reached. Please retry your action.';
        return pageResponse(visit, errorPage(pageContext(visit, text), 'Invalid Request'), 403);
      }
      return answerToBrowser(visit, await authorize(uaa, queryOf(c), visitorOf(uaa, visit.session), verdictOf(fields)));
    }),
  );
  return app;
}

/**
 * A program with an access token instead of a browser with a session, as `cf ssh-code` is one (UAA
 * statelessAuthorizeApiSecurity): only for codes, and with the scope `uaa.user`.
 */
async function visitorByToken(uaa: Uaa, c: Call, query: URLSearchParams): Promise<Visitor | undefined> {
  const header = c.req.header('authorization');
  if (bearerOf(header) === undefined || query.get('response_type') !== 'code' || !query.has('client_id'))
    return undefined;
  const caller = await authenticateCaller(uaa, header);
  requireScope(caller, 'uaa.user');
  const { user } = caller;
  // UAA stumbles over a client in the place of a user (recorded).
  if (!user) throw new Unhandled(500);
  return { user, logon: { userId: user.id, authTime: Math.floor(uaa.ctx.now() / 1000), amr: [] } };
}

/** `prompt=login` and `max_age` want a fresh sign-in (UAA ReAuthenticationRequiredFilter). */
function mustSignInAgain({ uaa, session }: Visit, query: URLSearchParams): boolean {
  if (!session?.logon) return false;
  const maxAge = query.get('max_age');
  const age = uaa.ctx.now() / 1000 - session.logon.authTime;
  const old = maxAge !== null && /^\d{1,9}$/.test(maxAge) && age > Number(maxAge);
  // What the browser comes back with after the sign-in is the same request: then the logon is of this very second.
  return old || (query.get('prompt') === 'login' && age > 1);
}

function verdictOf(fields: URLSearchParams): Verdict {
  const scopes = [...fields]
    .filter(([name]) => name.startsWith('scope.'))
    .map(([, value]) => value.replace(/^scope\./, ''));
  return { approved: fields.get('user_oauth_approval')?.toLowerCase() === 'true', scopes: new Set(scopes) };
}

/** What the endpoint itself answers, in whatever form. */
const VIEW = { ...JSON_VIEW, 'cache-control': 'no-store' };

function onward({ location, by }: Extract<AuthorizationAnswer, { kind: 'redirect' }>): Response {
  if (by === 'filter') return redirectTo(location);
  return redirectTo(location, {
    'content-language': 'en-US',
    ...(by === undefined ? { 'cache-control': 'no-store' } : {}),
  });
}

function answerToProgram({ user }: Visitor, query: URLSearchParams, answer: AuthorizationAnswer): Response {
  if (answer.kind === 'redirect') return onward(answer);
  // Nobody is there to be asked: what the page would have asked comes as a document (recorded).
  if (answer.kind === 'approval') {
    return Response.json(approvalDocument(user.landscape, query, answer), { headers: VIEW });
  }
  const { status, error, text } =
    answer.kind === 'refused' ? answer : { status: 401, error: 'unauthorized', text: 'Unauthorized' };
  // A program hears of a client that is not there in other words than a person.
  const description =
    error === 'invalid_client' ? `No client with requested id: ${query.get('client_id') ?? ''}` : text;
  return Response.json({ error, error_description: description }, { status, headers: VIEW });
}

function answerToBrowser(visit: Visit, answer: AuthorizationAnswer): Response | Promise<Response> {
  switch (answer.kind) {
    case 'redirect':
      return onward(answer);
    case 'sign-in':
      return toSignIn(visit);
    case 'refused':
      return unkeptPage(
        pageResponse(visit, errorPage(pageContext(visit, answer.text), 'Authorization failed'), answer.status),
      );
    case 'approval': {
      const { pathname, search } = new URL(visit.c.req.url);
      const name = answer.client.additional?.name;
      return unkeptPage(
        pageResponse(
          visit,
          approvalPage(pageContext(visit), {
            client: typeof name === 'string' ? name : answer.client.id,
            redirectUri: answer.to,
            scopes: answer.scopes,
            action: `${pathname}${search}`,
          }),
        ),
      );
    }
  }
}

async function unkeptPage(page: Promise<Response>): Promise<Response> {
  const response = await page;
  response.headers.set('cache-control', 'no-store');
  return response;
}
