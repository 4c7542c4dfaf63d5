import { endGrant, endSessionGrants } from './oidc/grants.ts';
import { type Authentication, grantKey, type Subject, subjectKey } from './oidc/store.ts';
import type { Services } from './services.ts';
import { keyIn, type Session, type Tenant } from './store.ts';

/** Sessions end after 12 hours unless the tenant says otherwise (ias 12b3395, 5ca23e4). */
const DEFAULT_MINUTES = 720;
const MINUTE = 60_000;

export function openSession(services: Services, tenant: Tenant): Session {
  const { ctx, store } = services;
  const session: Session = {
    tenant: tenant.id,
    ...fresh(services),
    createdAt: ctx.now(),
  };
  store.sessions.set(keyIn(tenant.id, session.id), session);
  return session;
}

export function sessionOf({ ctx, store }: Services, tenant: Tenant, id: string | undefined): Session | undefined {
  const session = id === undefined ? undefined : store.sessions.get(keyIn(tenant.id, id));
  return session && ctx.now() < sessionEnd(tenant, session) ? session : undefined;
}

/** Epoch milliseconds. */
function sessionEnd(tenant: Tenant | undefined, session: Session): number {
  return session.createdAt + (tenant?.sessionMinutes ?? DEFAULT_MINUTES) * MINUTE;
}

/** Who is behind a session from now on. */
export type Promotion =
  /** @property authentication default: what the session has of the same user, else a password just now */
  | { readonly user: string; readonly authentication?: Authentication }
  | { readonly changing: string }
  /** Who proved a Universal ID with several accounts; its e-mail. */
  | { readonly universal: string }
  /** Somebody whom only a corporate identity provider knows. */
  | { readonly authentication: Authentication };

/**
 * The session of who proved to be somebody. It has another id than before: whoever knew the id of the browser's session
 * before the sign-in knows nothing after it.
 */
export function promoteSession(services: Services, session: Session, who: Promotion): Session {
  const { store } = services;
  const { tenant } = session;
  const authentication = authenticationOf(services, session, who);
  const same = authentication !== undefined && authentication === session.authentication;
  const promoted: Session = {
    tenant,
    ...fresh(services),
    // A session lives from its sign-in on.
    createdAt: same ? session.createdAt : services.ctx.now(),
    ...who,
    ...(authentication ? { authentication, sid: sidOf(services, session, authentication) } : {}),
  };
  store.sessions.delete(keyIn(tenant, session.id));
  if (session.sid !== undefined && session.sid !== promoted.sid) endSessionGrants(services.oidc, session.sid);
  store.sessions.set(keyIn(tenant, promoted.id), promoted);
  return promoted;
}

function authenticationOf({ ctx }: Services, session: Session, who: Promotion): Authentication | undefined {
  if ('changing' in who || 'universal' in who) return undefined;
  if (who.authentication) return who.authentication;
  if (!('user' in who)) return undefined;
  if (session.user === who.user && session.authentication) return session.authentication;
  return { subject: { kind: 'user', id: who.user }, authenticatedAt: ctx.now(), amr: ['pwd'] };
}

/** The same while it is the same person. */
function sidOf(services: Services, session: Session, authentication: Authentication): string {
  const before = session.authentication?.subject;
  const { subject } = authentication;
  const samePerson =
    before !== undefined &&
    (before.kind === 'user' ? subject.kind === 'user' && before.id === subject.id : before === subject);
  if (samePerson && session.sid !== undefined) return session.sid;
  admitSession(services, session.tenant, subject);
  return `S-SP-${services.ctx.id()}`;
}

/** Parallel sessions of a user at an identity provider, in the browser and of command lines (btp 6f0a623). */
const MOST_SESSIONS = 10;

/** There are as many sessions as may be, and the oldest may not be ended for a new one. */
export class TooManySessions extends Error {
  override readonly name = 'TooManySessions';
}

/**
 * Makes room for one more session of a user. What happens to the eleventh is not documented: here the oldest ends, or
 * with `ias.eleventhSessionRefused` the new one is refused.
 * @throws TooManySessions
 */
export function admitSession(services: Services, tenant: string, subject: Subject): void {
  const { ctx, store, oidc } = services;
  const key = subjectKey(tenant, subject);
  const browsers = store.sessions
    .by('subject', key)
    .map((session) => ({ since: session.createdAt, end: () => closeSession(services, session) }));
  // Tokens of a session in the browser are part of it; each password grant is a session of its own.
  const commandLines = oidc.grants
    .by('subject', key)
    .filter((grant) => grant.grantType === 'password' && grant.expiresAt > ctx.now())
    .map((grant) => ({ since: grant.createdAt, end: () => endGrant(oidc, grantKey(grant)) }));
  const sessions = [...browsers, ...commandLines].sort((a, b) => a.since - b.since);
  if (sessions.length < MOST_SESSIONS) return;
  if (ctx.switched('ias.eleventhSessionRefused', false)) throw new TooManySessions('too many sessions');
  for (const { end } of sessions.slice(0, sessions.length - MOST_SESSIONS + 1)) end();
}

export function closeSession({ store, oidc }: Services, session: Session): void {
  store.sessions.delete(keyIn(session.tenant, session.id));
  if (session.sid !== undefined) endSessionGrants(oidc, session.sid);
}

/** Forgets sessions that ended. */
export function endSessions(services: Services): void {
  const { ctx, store } = services;
  for (const session of [...store.sessions.values()]) {
    if (ctx.now() >= sessionEnd(store.tenants.get(session.tenant), session)) closeSession(services, session);
  }
}

function fresh({ ctx }: Services): Pick<Session, 'id' | 'token'> {
  const secret = () => Buffer.from(ctx.random(24)).toString('base64url');
  return { id: secret(), token: secret() };
}
