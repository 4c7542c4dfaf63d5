import { timingSafeEqual } from 'node:crypto';
import type { Visitor } from '../authorization/authorization.ts';
import type { BrowserSession, Logon } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { randomText } from '../tokens/codes.ts';

/** A session ends half an hour after its last use (UAA's default). */
export const SESSION_IDLE_MS = 1_800_000;

export const SESSION_COOKIE = 'JSESSIONID';

export function sessionOf(uaa: Uaa, id: string | undefined): BrowserSession | undefined {
  if (id === undefined || !/^[\w-]{40}$/.test(id)) return undefined;
  const session = uaa.store.sessions.get(keyIn(uaa.landscape, id));
  return session && uaa.ctx.now() < session.usedAt + SESSION_IDLE_MS ? session : undefined;
}

/** The session with what is new, or a new one. */
export function saveSession(
  uaa: Uaa,
  session: BrowserSession | undefined,
  change: Partial<Omit<BrowserSession, 'id' | 'landscape' | 'usedAt'>>,
): BrowserSession {
  const { landscape, ctx } = uaa;
  const saved: BrowserSession = {
    id: session?.id ?? randomText(ctx, 40),
    landscape,
    ...session,
    ...change,
    usedAt: ctx.now(),
  };
  uaa.store.sessions.set(keyIn(landscape, saved.id), saved);
  return saved;
}

/** The session of who proved to be somebody: under another id, so that whoever knew the old one knows nothing. */
export function promoteSession(
  uaa: Uaa,
  session: BrowserSession | undefined,
  logon: Logon,
  more: Pick<BrowserSession, 'passwordChange' | 'idToken'> = {},
): BrowserSession {
  if (session) endSession(uaa, session);
  const { savedRequest } = session ?? {};
  return saveSession(uaa, undefined, { ...(savedRequest === undefined ? {} : { savedRequest }), logon, ...more });
}

export function endSession({ store, landscape }: Uaa, session: BrowserSession): void {
  store.sessions.delete(keyIn(landscape, session.id));
}

/** Who is signed in; nobody while a new password is due, or when the user has gone. */
export function visitorOf(uaa: Uaa, session: BrowserSession | undefined): Visitor | undefined {
  if (!session?.logon || session.passwordChange) return undefined;
  const user = uaa.store.user(uaa.landscape, session.logon.userId);
  return user?.active ? { user, logon: session.logon } : undefined;
}

export function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
