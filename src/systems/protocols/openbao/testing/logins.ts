import { importSPKI, jwtVerify } from 'jose';
import { type BaoCall, done, ok, refuse } from './answers.ts';
import type { AppRoleSetup, JwtSetup } from './setup.ts';
import type { createTokens } from './tokens.ts';

type Tokens = ReturnType<typeof createTokens>;

export interface Logins {
  /** @param path behind `auth/`; undefined: there is no such login */
  logIn(path: string, call: BaoCall): Promise<Response> | Response | undefined;
  /** @param path behind `auth/`; undefined: there is no such thing */
  lookUp(path: string, call: BaoCall): Response | undefined;
}

/** AppRole and JWT of one namespace (openbao.org/api-docs/auth/approle, openbao.org/api-docs/auth/jwt). */
export function createLogins(
  namespace: string,
  roles: Readonly<Record<string, AppRoleSetup>>,
  jwt: JwtSetup | undefined,
  { tokens, begun }: { readonly tokens: Tokens; readonly begun: number },
): Logins {
  const uses = new Map<string, number>();

  /** Undefined: it is not there any more. */
  function secretOf({ secretIds }: AppRoleSetup, id: string) {
    const secret = secretIds[id];
    if (!secret) return undefined;
    // Its end is not looked at here: the server takes one that has ended until it tidies up, about once a minute.
    return secret.uses !== undefined && (uses.get(id) ?? 0) >= secret.uses ? undefined : secret;
  }

  function byAppRole({ body, now }: BaoCall): Response {
    const { role_id: roleId = '', secret_id: id = '' } = body as Record<string, string>;
    // So it answers, though nothing is wrong with the server.
    if (roleId === '') return refuse(500, 'missing role_id');
    const [name = '', role] = Object.entries(roles).find(([, one]) => one.roleId === roleId) ?? [];
    if (!role) return refuse(400, 'invalid role or secret ID');
    if (id === '') return refuse(400, 'missing secret_id');
    const secret = secretOf(role, id);
    if (!secret) return refuse(400, 'invalid role or secret ID');
    uses.set(id, (uses.get(id) ?? 0) + 1);
    if (secret.cidrs && !secret.cidrs.some((cidr) => cidr.startsWith('127.'))) {
      return refuse(400, `source address "127.0.0.1" unauthorized through CIDR restrictions on the secret ID`);
    }
    const given = { namespace, path: 'auth/approle/login', displayName: 'approle', metadata: { role_name: name } };
    return tokens.issue(given, role, now);
  }

  async function byJwt({ body, now }: BaoCall, method: JwtSetup): Promise<Response> {
    const { role: name = '', jwt: token = '' } = body as Record<string, string>;
    const role = method.roles[name];
    if (!role) return refuse(400, `role "${name}" could not be found`);
    if (token === '') return refuse(400, 'missing token');
    const key = await importSPKI(method.publicKey, 'RS256');
    try {
      const { issuer } = method;
      await jwtVerify(token, key, {
        issuer,
        audience: role.audience,
        subject: role.subject,
        currentDate: new Date(now),
      });
    } catch {
      return refuse(400, 'error validating token');
    }
    const given = {
      namespace,
      path: 'auth/jwt/login',
      displayName: `jwt-${role.subject}`,
      metadata: { role: name },
    };
    return tokens.issue(given, role, now);
  }

  function expiration(ttl: number | undefined): string {
    return ttl === undefined ? '0001-01-01T00:00:00Z' : new Date(begun + ttl * 1000).toISOString();
  }

  return {
    logIn(path, call) {
      if (path === 'approle/login') return byAppRole(call);
      return path === 'jwt/login' && jwt ? byJwt(call, jwt) : undefined;
    },
    lookUp(path, { body }) {
      const [, name] = /^approle\/role\/([^/]+)\/secret-id\/lookup$/.exec(path) ?? [];
      if (name === undefined) return undefined;
      const role = roles[name];
      if (!role) return refuse(500, `1 error occurred:\n\t* role "${name}" does not exist\n\n`);
      const secret = secretOf(role, String(body.secret_id));
      if (!secret) return done();
      const at = new Date(begun).toISOString();
      return ok({
        cidr_list: secret.cidrs ?? [],
        creation_time: at,
        expiration_time: expiration(secret.ttl),
        last_updated_time: at,
        metadata: {},
        secret_id_accessor: crypto.randomUUID(),
        secret_id_num_uses: secret.uses === undefined ? 0 : secret.uses - (uses.get(String(body.secret_id)) ?? 0),
        secret_id_ttl: secret.ttl ?? 0,
        token_bound_cidrs: [],
      });
    },
  };
}
