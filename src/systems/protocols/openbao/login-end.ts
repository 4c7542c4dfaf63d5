import { z } from 'zod';
import type { End } from '../../../kernel/due/due.ts';
import { isNews } from '../../../kernel/errors.ts';
import type { LoginEnd } from '../../../kernel/ports.ts';
import { answerOf } from '../http/answer.ts';
import { encodedPath, type OpenbaoConnection, type OpenbaoContext, type Session } from './client.ts';

/** What we read of `GET /v1/auth/token/lookup-self` (openbao.org/api-docs/auth/token); null: it never ends. */
const token = z.looseObject({ data: z.looseObject({ expire_time: z.string().nullable() }) });

/** Of `POST /v1/auth/:mount/role/:name/secret-id/lookup` (openbao.org/api-docs/auth/approle); year 1: it never ends. */
const secretId = z.looseObject({
  data: z.looseObject({ expiration_time: z.string(), secret_id_num_uses: z.number() }),
});

/**
 * When that ends which a connection logs on with, as far as the server tells it: a token's lease, or a secret ID. Undefined where
 * it is new each time: a JWT.
 */
export async function loginEnd(
  connection: OpenbaoConnection,
  session: Session,
  ctx: OpenbaoContext,
): Promise<LoginEnd | undefined> {
  if (connection.jwt) return undefined;
  const isToken = connection.token !== undefined;
  const title = isToken ? 'token' : 'secret ID';
  const remedy = isToken
    ? 'give it a new token, or let it log on by AppRole or JWT'
    : 'make a new secret ID for the role';
  try {
    return { title, remedy, end: isToken ? await tokenEnd(session) : await secretIdEnd(connection, session, ctx) };
  } catch (error) {
    if (!isNews(error)) throw error;
    return { title, remedy: error.remedy ?? remedy, end: { kind: 'unknown', because: error.message } };
  }
}

async function tokenEnd({ send }: Session): Promise<End> {
  const response = await send({ operation: 'look up token', url: 'auth/token/lookup-self' });
  return endAt((await answerOf(token, response)).data.expire_time, 'its lease ends then');
}

async function secretIdEnd(
  { appRole }: OpenbaoConnection,
  { send, roleName }: Session,
  ctx: OpenbaoContext,
): Promise<End> {
  const name = await roleName();
  if (!appRole || name === undefined) return { kind: 'unknown', because: 'the login tells no role' };
  const response = await send({
    operation: 'look up secret ID',
    method: 'POST',
    mutation: false,
    url: `auth/${encodedPath(appRole.mount)}/role/${encodeURIComponent(name)}/secret-id/lookup`,
    body: JSON.stringify({ secret_id: (await ctx.secret(appRole.secretId)).reveal() }),
    expect: [200, 204],
  });
  // It was the last use of it.
  if (response.status === 204) return { kind: 'unknown', because: 'the secret ID is used up' };
  const { data } = await answerOf(secretId, response);
  const end = endAt(data.expiration_time, 'the server ends it then');
  const uses = data.secret_id_num_uses;
  return end.kind === 'never' && uses > 0 ? { kind: 'never', because: `it is good for ${uses} more logins` } : end;
}

/** Null, or the first year that there is: never. */
function endAt(time: string | null, because: string): End {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) || at < 0 ? { kind: 'never' } : { kind: 'at', at, because };
}
