import type { Services } from './services.ts';
import { keyIn, type Session, type Tenant } from './store.ts';

/** Sessions end after 12 hours (ias 12b3395). */
const LIFETIME_MS = 12 * 3_600_000;

export function openSession({ ctx, store }: Services, tenant: Tenant): Session {
  const secret = () => Buffer.from(ctx.random(24)).toString('base64url');
  const session: Session = { tenant: tenant.id, id: secret(), token: secret(), createdAt: ctx.now() };
  store.sessions.set(keyIn(tenant.id, session.id), session);
  return session;
}

export function sessionOf({ ctx, store }: Services, tenant: Tenant, id: string | undefined): Session | undefined {
  const session = id === undefined ? undefined : store.sessions.get(keyIn(tenant.id, id));
  return session && ctx.now() < session.createdAt + LIFETIME_MS ? session : undefined;
}

/** Who is behind a session from now on. */
export function updateSession(
  { store }: Services,
  session: Session,
  who: { readonly user: string } | { readonly changing: string },
): void {
  const { tenant, id, token, createdAt } = session;
  store.sessions.set(keyIn(tenant, id), { tenant, id, token, createdAt, ...who });
}

/** Forgets sessions that ended. */
export function endSessions({ ctx, store }: Services): void {
  for (const session of [...store.sessions.values()]) {
    if (ctx.now() >= session.createdAt + LIFETIME_MS) store.sessions.delete(keyIn(session.tenant, session.id));
  }
}
