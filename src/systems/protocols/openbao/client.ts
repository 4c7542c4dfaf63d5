import { z } from 'zod';
import { createBudget } from '../../../kernel/budget.ts';
import type { Context } from '../../../kernel/context.ts';
import type { SecretRef } from '../../../kernel/manifest/types.ts';
import { Secret } from '../../../kernel/secret.ts';
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
export type Send = (call: HttpCall) => Promise<Response>;

export interface OpenbaoContext extends Pick<Context, 'fetch' | 'now' | 'sleep'> {
  secret(ref: SecretRef): Promise<Secret>;
}

const loginAnswer = z.looseObject({ auth: z.looseObject({ client_token: z.string() }) });

/** Logs on and gives calls with the token (openbao.org/api-docs/auth/approle, openbao.org/api-docs/auth/jwt). */
export async function logOnTo(connection: OpenbaoConnection, ctx: OpenbaoContext): Promise<Send> {
  const { namespace, url } = connection;
  const http = createHttp({ system: 'openbao', ctx, budget: createBudget({ concurrency: 4 }, ctx) });
  const base = { 'x-vault-request': 'true', ...(namespace ? { 'x-vault-namespace': namespace } : {}) };
  const call = (headers: Readonly<Record<string, string>>) => (one: HttpCall) =>
    http({ ...one, url: new URL(`v1/${one.url}`, url), headers: { ...base, ...headers } });
  const token = await tokenOf(connection, call({}), ctx);
  return call({ 'x-vault-token': token.reveal() });
}

async function tokenOf(chosen: OpenbaoConnection, send: Send, ctx: OpenbaoContext): Promise<Secret> {
  if (chosen.token !== undefined) return ctx.secret(chosen.token);
  const [mount, body] = chosen.appRole
    ? [
        chosen.appRole.mount,
        { role_id: chosen.appRole.roleId, secret_id: (await ctx.secret(chosen.appRole.secretId)).reveal() },
      ]
    : [
        chosen.jwt?.mount ?? 'jwt',
        { role: chosen.jwt?.role, jwt: chosen.jwt && (await ctx.secret(chosen.jwt.token)).reveal() },
      ];
  const response = await send({
    operation: 'log on',
    method: 'POST',
    url: `auth/${encodedPath(mount)}/login`,
    body: JSON.stringify(body),
  });
  return new Secret(loginAnswer.parse(await response.json()).auth.client_token);
}

/** Every part of a path by itself. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
