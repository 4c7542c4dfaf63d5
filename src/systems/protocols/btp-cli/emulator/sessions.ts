import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Collection } from '../../../../emulation/state.ts';

/** A login at the command-line server. */
export interface StoredSession {
  readonly id: string;
  /** E-mail in lower case: the user's name on every BTP level. */
  readonly user: string;
  /** Host of the identity provider. */
  readonly issuer: string;
  readonly createdAt: number;
  /** GUIDs that the client asked to load. */
  readonly loaded: readonly string[];
}

/** SAP documents twelve hours on its log-in page (and "24 h after the last command" on the log-out page). */
const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;
/** Per user and identity provider, over cockpit and command lines (btp:6f0a623). */
const SESSION_LIMIT = 10;

export interface Sessions {
  /** Undefined when the user has ten sessions already and the eleventh is refused. */
  open(user: string, issuer: string): StoredSession | undefined;
  /** Undefined when unknown or expired. */
  find(id: string | null): StoredSession | undefined;
  load(id: string, guids: readonly string[]): void;
  close(id: string): void;
}

export function createSessions(ctx: EmulatorContext): Sessions {
  const stored: Collection<StoredSession> = ctx.state.collection('btp-cli/sessions', {
    user: (session) => userKey(session),
  });

  function alive(session: StoredSession): boolean {
    return ctx.now() < session.createdAt + SESSION_LIFETIME_MS;
  }

  return {
    open(user, issuer) {
      const known = stored.by('user', userKey({ user, issuer }));
      for (const session of known) if (!alive(session)) stored.delete(session.id);
      const living = known.filter(alive);
      const oldest = living[0];
      if (oldest && living.length >= SESSION_LIMIT) {
        // assumed: that there are ten is documented, not what becomes of the eleventh.
        if (!ctx.switched('btp-cli.dropOldestSession', true)) return undefined;
        stored.delete(oldest.id);
      }
      const id = Buffer.from(ctx.random(32)).toString('base64url');
      const session: StoredSession = { id, user, issuer, createdAt: ctx.now(), loaded: [] };
      stored.set(id, session);
      return session;
    },
    find(id) {
      const session = id === null ? undefined : stored.get(id);
      return session && alive(session) ? session : undefined;
    },
    load(id, guids) {
      const session = stored.get(id);
      if (session) stored.set(id, { ...session, loaded: [...new Set([...session.loaded, ...guids])] });
    },
    close(id) {
      stored.delete(id);
    },
  };
}

function userKey(session: Pick<StoredSession, 'user' | 'issuer'>): string {
  return `${session.user}@${session.issuer}`;
}
