import type { Services } from './services.ts';
import { keyIn, type Session, type Tenant } from './store.ts';

/** Sessions end after 12 hours (ias 12b3395). */
const LIFETIME_MS = 12 * 3_600_000;

/** @param target path on this host to which the sign-in leads */
export function openSession(services: Services, tenant: Tenant, target?: string): Session {
  const { ctx, store } = services;
  const session: Session = {
    tenant: tenant.id,
    ...fresh(services),
    createdAt: ctx.now(),
    ...(target === undefined ? {} : { target }),
  };
  store.sessions.set(keyIn(tenant.id, session.id), session);
  return session;
}

export function sessionOf({ ctx, store }: Services, tenant: Tenant, id: string | undefined): Session | undefined {
  const session = id === undefined ? undefined : store.sessions.get(keyIn(tenant.id, id));
  return session && ctx.now() < session.createdAt + LIFETIME_MS ? session : undefined;
}

/**
 * The session of who proved to be somebody. It has another id than before: whoever knew the id of the browser's session
 * before the sign-in knows nothing after it.
 */
export function promoteSession(
  services: Services,
  session: Session,
  who: { readonly user: string } | { readonly changing: string },
): Session {
  const { store } = services;
  const { tenant, createdAt, target } = session;
  const promoted: Session = {
    tenant,
    ...fresh(services),
    createdAt,
    ...(target === undefined ? {} : { target }),
    ...who,
  };
  store.sessions.delete(keyIn(tenant, session.id));
  store.sessions.set(keyIn(tenant, promoted.id), promoted);
  return promoted;
}

export function closeSession({ store }: Services, session: Session): void {
  store.sessions.delete(keyIn(session.tenant, session.id));
}

/** Forgets sessions that ended. */
export function endSessions({ ctx, store }: Services): void {
  for (const session of [...store.sessions.values()]) {
    if (ctx.now() >= session.createdAt + LIFETIME_MS) store.sessions.delete(keyIn(session.tenant, session.id));
  }
}

function fresh({ ctx }: Services): Pick<Session, 'id' | 'token'> {
  const secret = () => Buffer.from(ctx.random(24)).toString('base64url');
  return { id: secret(), token: secret() };
}
