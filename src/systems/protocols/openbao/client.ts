import { z } from 'zod';
import { createBudget } from '../../../kernel/budget.ts';
import type { Context } from '../../../kernel/context.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import type { SecretRef } from '../../../kernel/manifest/types.ts';
import { Secret } from '../../../kernel/secret.ts';
import { type Answer, answerOf } from '../http/answer.ts';
import { createHttp, type HttpCall } from '../http/client.ts';

/** A server of OpenBao or HashiCorp Vault, and exactly one way to log on to it. */
export interface OpenbaoConnection {
  /** Base address, with a slash at its end. */
  readonly url: string;
  readonly namespace?: string | undefined;
  readonly token?: SecretRef | undefined;
  readonly appRole?: { readonly mount: string; readonly roleId: string; readonly secretId: SecretRef } | undefined;
  readonly jwt?: { readonly mount: string; readonly role: string; readonly token: SecretRef } | undefined;
}

/** A call relative to `/v1/`; answers with the response. */
export type Send = (call: HttpCall) => Promise<Answer>;

export interface OpenbaoContext extends Pick<Context, 'fetch' | 'now' | 'sleep'> {
  secret(ref: SecretRef): Promise<Secret>;
}

const loginAnswer = z.looseObject({
  auth: z.looseObject({
    client_token: z.string(),
    // Of AppRole the role's name, which the login did not know: it has the role's ID.
    metadata: z.looseObject({ role_name: z.string().optional() }).nullish(),
  }),
});

interface Login {
  readonly token: Secret;
  /** Of AppRole. */
  readonly roleName?: string | undefined;
}

/** Calls with a token. */
export interface Session {
  readonly send: Send;
  /** Name of the role that AppRole logs on as; undefined with other logins. */
  roleName(): Promise<string | undefined>;
}

/**
 * Logs on when the first call is sent (openbao.org/api-docs/auth/approle, openbao.org/api-docs/auth/jwt), and anew when the token
 * has ended meanwhile: what is refused with 403 was not done, so it may be sent again.
 */
export function openSession(connection: OpenbaoConnection, ctx: OpenbaoContext): Session {
  const { namespace, url } = connection;
  const http = createHttp({ system: 'openbao', ctx, budget: createBudget({ concurrency: 4 }, ctx) });
  const base = { 'x-vault-request': 'true', ...(namespace ? { 'x-vault-namespace': namespace } : {}) };
  const plain: Send = (one) => http({ ...one, url: new URL(`v1/${one.url}`, url), headers: base });
  const withToken = ({ token }: Login, one: HttpCall) =>
    http({ ...one, url: new URL(`v1/${one.url}`, url), headers: { ...base, 'x-vault-token': token.reveal() } });

  let current: Promise<Login> | undefined;
  const login = (): Promise<Login> => {
    current ??= logOn(connection, plain, ctx);
    const mine = current;
    mine.catch(() => forget(mine));
    return mine;
  };
  const forget = (one: Promise<Login>) => {
    if (current === one) current = undefined;
  };

  async function send(one: HttpCall): Promise<Answer> {
    const used = login();
    try {
      return await withToken(await used, one);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.status !== 403 || current !== used) throw error;
      if (await lives(await used)) throw lacksRight(error, one);
      if (connection.token !== undefined) throw ended(error);
      // Whoever finds it ended at the same moment waits for the same new login.
      forget(used);
    }
    return withToken(await login(), one);
  }

  /** A token that ended is refused in the same words as one without the right; only of itself it can be asked. */
  async function lives(one: Login): Promise<boolean> {
    const response = await withToken(one, {
      operation: 'look up token',
      url: 'auth/token/lookup-self',
      expect: [200, 403],
    });
    await response.body?.cancel();
    return response.status === 200;
  }

  return { send, roleName: async () => (await login()).roleName };
}

async function logOn(chosen: OpenbaoConnection, send: Send, ctx: OpenbaoContext): Promise<Login> {
  if (chosen.token !== undefined) return { token: await ctx.secret(chosen.token) };
  const { mount, body, check } = await credentialsOf(chosen, ctx);
  const operation = `log on at auth/${mount}`;
  try {
    const url = `auth/${encodedPath(mount)}/login`;
    const response = await send({ operation, method: 'POST', url, body: JSON.stringify(body) });
    const { auth } = await answerOf(loginAnswer, response);
    return { token: new Secret(auth.client_token), roleName: auth.metadata?.role_name };
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    // 403: nothing is mounted there; 404: there is no such namespace.
    const wrong = error.status !== undefined && error.status >= 400 && error.status < 429;
    // Whoever wanted to write has sent nothing yet.
    throw wrong
      ? error.retold({
          cause: error,
          code: 'ERR_REMOTE_CREDENTIALS',
          operation,
          remedy: `${check}, the mount and the namespace`,
          outcome: 'refused',
        })
      : error.retold({ cause: error, operation, outcome: 'refused' });
  }
}

async function credentialsOf({ appRole, jwt }: OpenbaoConnection, ctx: OpenbaoContext) {
  if (appRole) {
    const { mount, roleId, secretId } = appRole;
    const check = 'check the role ID, the secret ID (ended, used up, or for other addresses?)';
    return { mount, body: { role_id: roleId, secret_id: (await ctx.secret(secretId)).reveal() }, check };
  }
  const check =
    'check the role, that the JWT is a fresh one and that its issuer, audience and subject are those of the role';
  const token = jwt && (await ctx.secret(jwt.token));
  return { mount: jwt?.mount ?? 'jwt', body: { role: jwt?.role, jwt: token?.reveal() }, check };
}

function ended(error: RemoteError): RemoteError {
  const remedy = 'the token has ended or was revoked: give a new one, or log on by AppRole or JWT';
  return error.retold({ cause: error, code: 'ERR_REMOTE_CREDENTIALS', remedy });
}

function lacksRight(error: RemoteError, { method = 'GET', url }: HttpCall): RemoteError {
  const [path = '', query = ''] = String(url).split('?');
  // What is written below auth/ is there already.
  const key = method === 'POST' && path.startsWith('auth/') ? 'PUT' : method;
  const wanted = query.includes('list=true') ? 'list' : (RIGHTS[key] ?? key);
  return error.retold({
    cause: error,
    remedy: `give the login a policy with ${wanted} on ${decodeURIComponent(path)}`,
  });
}

const RIGHTS: Readonly<Record<string, string>> = {
  GET: 'read',
  POST: 'create and update',
  PUT: 'update',
  DELETE: 'delete',
};

/** Of `POST /v1/sys/capabilities-self` with one path (openbao.org/api-docs/system/capabilities-self). */
const capabilitiesAnswer = z.looseObject({ capabilities: z.array(z.string()) });

/** Which of these rights the login lacks at a path; `root` stands for all. */
export async function lackingAt(path: string, rights: readonly string[], send: Send): Promise<readonly string[]> {
  const response = await send({
    operation: `look what may be done at ${path}`,
    method: 'POST',
    mutation: false,
    url: 'sys/capabilities-self',
    body: JSON.stringify({ paths: [path] }),
  });
  const { capabilities } = await answerOf(capabilitiesAnswer, response);
  return capabilities.includes('root') ? [] : rights.filter((right) => !capabilities.includes(right));
}

/** What a read is answered with; what is not there may be told without a body. */
export async function bodyOf(response: Answer): Promise<unknown> {
  return response.status === 404 ? response.json().catch(() => undefined) : response.json();
}

/** Every part of a path by itself. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
