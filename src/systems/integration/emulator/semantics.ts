import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { logIn } from './logins.ts';
import type { IntegrationFlow, IntegrationStore, Session, Tenant } from './store.ts';
import type { Claims, TokenValidator } from './tokens.ts';

/** Time without a request after which a session is gone (assumed: Tomcat's default). */
export const SESSION_IDLE_MS = 30 * 60_000;

/** Changed roles may take that long until they count (is:5d46e56). */
export const ROLE_CACHE_MS = 3_600_000;

/** What a request shows of its sender. */
export interface Presented {
  readonly basic?: { readonly name: string; readonly password: string };
  readonly bearer?: string;
  /** Value of the cookie JSESSIONID. */
  readonly session?: string;
}

export type Access =
  | { readonly status: 'granted' | 'forbidden'; readonly session: Session }
  | { readonly status: 'unauthenticated' }
  | { readonly status: 'unavailable' };

/** Who may call an integration flow. */
export interface Runtime {
  enter(tenant: Tenant, flow: IntegrationFlow, presented: Presented): Promise<Access>;
  /** Ends the sessions that nobody used. */
  endSessions(): void;
}

export function createRuntime(ctx: EmulatorContext, store: IntegrationStore, validate: TokenValidator): Runtime {
  const isLive = (session: Session) => ctx.now() < session.usedAt + SESSION_IDLE_MS;

  function sessionOf(tenant: Tenant, id: string | undefined): Session | undefined {
    const session = id === undefined ? undefined : store.sessions.get(id);
    return session?.zone === tenant.zone && isLive(session) ? session : undefined;
  }

  function begin(tenant: Tenant, caller: Pick<Session, 'principal' | 'scopes' | 'basicName'>): Session {
    const random = () => Buffer.from(ctx.random(16)).toString('hex').toUpperCase();
    return { id: random(), csrfToken: random(), zone: tenant.zone, usedAt: ctx.now(), ...caller };
  }

  /** Roles of a user, which the runtime reads anew only after an hour. */
  function rolesOf(tenant: Tenant, { scope }: Claims, principal: string): readonly string[] {
    if (!ctx.switched('integration.roleCache', true)) return scope;
    const key = `${tenant.zone}\n${principal}`;
    const known = store.roles.get(key);
    if (known && ctx.now() < known.readAt + ROLE_CACHE_MS) return known.scopes;
    store.roles.set(key, { scopes: scope, readAt: ctx.now() });
    return scope;
  }

  async function byBasic(
    tenant: Tenant,
    { name, password }: NonNullable<Presented['basic']>,
    session: Session | undefined,
  ): Promise<Session | 'refused' | 'unavailable'> {
    // Who shows the cookie is who he was: neither password nor roles are looked at again (is:1656c91; that the password
    // is not either is assumed, it is what a session is for).
    if (session?.basicName === name.toLowerCase()) return session;
    const login = await logIn(ctx, tenant, name, password);
    if (typeof login === 'string') return login;
    const claims = await validate(login.token, tenant);
    if (claims?.zid !== tenant.zone) return 'refused';
    const principal = principalOf(claims);
    return begin(tenant, { principal, scopes: rolesOf(tenant, claims, principal), basicName: name.toLowerCase() });
  }

  async function byBearer(tenant: Tenant, token: string, session: Session | undefined): Promise<Session | 'refused'> {
    const claims = await validate(token, tenant);
    // The keys are those of any zone of the region: another subaccount's token is genuine too.
    if (claims?.zid !== tenant.zone) return 'refused';
    const principal = principalOf(claims);
    return session?.principal === principal
      ? { ...session, scopes: claims.scope }
      : begin(tenant, { principal, scopes: claims.scope });
  }

  return {
    async enter(tenant, flow, { basic, bearer, session: cookie }) {
      const known = sessionOf(tenant, cookie);
      const caller =
        bearer !== undefined
          ? await byBearer(tenant, bearer, known)
          : basic
            ? await byBasic(tenant, basic, known)
            : (known ?? 'refused');
      if (caller === 'refused') return { status: 'unauthenticated' };
      if (caller === 'unavailable') return { status: 'unavailable' };
      // Without the role, too: that is why cookies have to be cleared after an assignment (btp:3775ac2).
      const session = { ...caller, usedAt: ctx.now() };
      store.sessions.set(session.id, session);
      const needed = `${tenant.appId}.${flow.role}`;
      return { status: session.scopes.includes(needed) ? 'granted' : 'forbidden', session };
    },
    endSessions() {
      for (const session of [...store.sessions.values()]) {
        if (!isLive(session)) store.sessions.delete(session.id);
      }
    },
  };
}

function principalOf({ cid, user_name, origin }: Claims): string {
  return user_name === undefined ? `client ${cid}` : `user ${user_name.toLowerCase()} of ${origin}`;
}
