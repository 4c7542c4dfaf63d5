import { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { tenantOf } from '../hosts.ts';
import { keepLogon } from '../kept-logons.ts';
import { recordLogon } from '../logon-log.ts';
import type { Services } from '../services.ts';
import { openSession, promoteSession, TooManySessions } from '../sessions.ts';
import { admit, isSignedIn, type SignedIn } from '../sign-in/admission.ts';
import { barrier } from '../sign-in/barrier.ts';
import { brokenProvider, sendToProvider } from '../sign-in/federation.ts';
import { stopPage } from '../sign-in/pages.ts';
import { AUTHORIZE_PATH, applicationOfTarget } from '../sign-in/target.ts';
import { signInResponse } from '../sign-in.ts';
import type { Session, StoredApplication, Tenant } from '../store.ts';
import { nameOf } from '../user-names.ts';
import { isActive } from '../user-status.ts';
import { type Call, pageResponse, redirect, seeOther, sessionAt } from '../web/visits.ts';
import { grantAuthorization } from './authorization-answer.ts';
import {
  type AuthorizationRequest,
  RefusedRequest,
  readAuthorization,
  UnsafeRequest,
} from './authorization-request.ts';
import { issuerOf } from './claims.ts';
import { identityProviderFor, LOCAL } from './conditional.ts';
import { logonSource, originOf } from './conditions.ts';
import { FederationError, finishFederation } from './corporate.ts';
import { settingsOf } from './settings.ts';
import { userByCertificate } from './user-certificates.ts';

/** The authorization endpoint, and where corporate identity providers send browsers back to. */
export function authorizeRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });

  // POST as OpenID Connect Core §3.1.2.1 wants it.
  app.on(['GET', 'POST'], AUTHORIZE_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const params = await paramsOf(c);
    try {
      const request = readAuthorization(services, tenant, params);
      return await authorize(services, c, tenant, request, params);
    } catch (error) {
      if (error instanceof RefusedRequest) return redirect(error.location);
      if (error instanceof UnsafeRequest || error instanceof TooManySessions) {
        const page = stopPage({ host: tenant.host, title: 'Request Refused', text: error.message });
        return pageResponse(page, { status: 400 });
      }
      throw error;
    }
  });

  app.get('/oauth2/callback', async (c) => {
    const tenant = tenantOf(services, c);
    const before = sessionAt(services, c, tenant);
    try {
      const params = new URL(c.req.url).searchParams;
      const { authentication, target } = await finishFederation(services, tenant, before?.id, params);
      const { subject } = authentication;
      if (!before || !isActive(services, tenant, subject)) throw new FederationError('the user is not active');
      if (subject.kind === 'user') {
        const user = keepLogon(services, tenant, subject.id);
        const method = 'corporate identity provider';
        const { name } = applicationOfTarget(services, tenant, target);
        recordLogon(services, tenant, {
          identifier: nameOf(user),
          user: user.id,
          method,
          ...logonSource(c.req.raw, name),
        });
      }
      const who = subject.kind === 'user' ? { user: subject.id, authentication } : { authentication };
      return seeOther(target, promoteSession(services, before, who));
    } catch (error) {
      if (error instanceof FederationError) return brokenProvider(tenant, before);
      if (error instanceof TooManySessions) return signInResponse(services, tenant, { problem: error.message });
      throw error;
    }
  });
  return app;
}

async function paramsOf(c: Call): Promise<URLSearchParams> {
  const params = new URLSearchParams(new URL(c.req.url).search);
  const form = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded');
  if (c.req.method === 'POST' && form) {
    for (const [name, value] of new URLSearchParams(await c.req.text())) params.set(name, value);
  }
  return params;
}

async function authorize(
  services: Services,
  c: Call,
  tenant: Tenant,
  request: AuthorizationRequest,
  params: URLSearchParams,
): Promise<Response> {
  const { application, prompt } = request;
  const before = sessionAt(services, c, tenant);
  const session = fresh(services, before, request) ?? (await byCertificate(services, c, tenant, application, before));
  if (!session) {
    if (prompt.has('none')) throw loginRequired(tenant, request);
    return askToSignIn(services, c, tenant, before, request, targetOf(params));
  }
  const target = targetOf(params);
  if (prompt.has('none') && admit(services, tenant, application, session, c.req.raw).kind !== 'admitted') {
    // "If the user is forced to authenticate for other reasons, return login_required" (ias 94ff0b4).
    throw loginRequired(tenant, request);
  }
  const missing = barrier(services, tenant, c.req.raw, session, { application, target });
  if (missing) return missing;
  return redirect(await grantAuthorization(services, tenant, request, session), session);
}

/** The session, unless the client wants the user to sign in anew. */
function fresh(
  { ctx }: Services,
  session: Session | undefined,
  { prompt, maxAge }: AuthorizationRequest,
): SignedIn | undefined {
  if (!isSignedIn(session) || prompt.has('login')) return undefined;
  const age = ctx.now() - session.authentication.authenticatedAt;
  return maxAge !== undefined && age > maxAge * 1000 ? undefined : session;
}

/** Whoever shows a certificate that the tenant trusts needs no password (ias 52c7dcb). */
async function byCertificate(
  services: Services,
  c: Call,
  tenant: Tenant,
  { name }: StoredApplication,
  before: Session | undefined,
): Promise<SignedIn | undefined> {
  const user = await userByCertificate(services, tenant, c.req.raw);
  if (!user || !isActive(services, tenant, { kind: 'user', id: user.id })) return undefined;
  keepLogon(services, tenant, user.id);
  const method = 'certificate';
  recordLogon(services, tenant, { identifier: nameOf(user), user: user.id, method, ...logonSource(c.req.raw, name) });
  const subject = { kind: 'user', id: user.id } as const;
  const authentication = { subject, authenticatedAt: services.ctx.now(), amr: ['x509'] };
  const session = before ?? openSession(services, tenant);
  const promoted = promoteSession(services, session, { user: user.id, authentication });
  return isSignedIn(promoted) ? promoted : undefined;
}

/** The sign-in page, or at once the corporate identity provider where nobody needs to say who he is. */
async function askToSignIn(
  services: Services,
  c: Call,
  tenant: Tenant,
  before: Session | undefined,
  { application, idp, loginHint }: AuthorizationRequest,
  target: string,
): Promise<Response> {
  const session = before ?? openSession(services, tenant);
  const { conditional } = settingsOf(tenant, application);
  // `idp` names providers of a chain; only the first is ours to send to (ias 94ff0b4).
  const wanted = idp?.split(',')[0];
  const provider = wanted ?? identityProviderFor(services, tenant, conditional, undefined, originOf(c.req.raw));
  if (provider !== undefined && provider !== LOCAL) {
    const hint = loginHint === undefined ? {} : { loginHint };
    return sendToProvider(services, tenant, provider, { session, target, ...hint });
  }
  return signInResponse(services, tenant, { session, target });
}

/** The same request again, after the sign-in: what asked for a new one has been done then. */
function targetOf(params: URLSearchParams): string {
  const next = new URLSearchParams(params);
  next.delete('prompt');
  return `${AUTHORIZE_PATH}?${next}`;
}

function loginRequired(tenant: Tenant, request: AuthorizationRequest): RefusedRequest {
  const issuer = issuerOf(tenant, request.application);
  return new RefusedRequest({ ...request, issuer }, 'login_required', 'The user must sign in');
}
