import type { Context } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { ServiceAnswer } from '../../../../emulation/world.ts';
import { limitedText } from '../limits.ts';
import { OAuthError } from '../xsuaa/errors.ts';

export type Call = Context<HostEnv>;

const NO_STORE = { 'cache-control': 'no-store' };

/** Keys of errors by status; assumed: only the form of the bodies is documented (§5.1 of the notes). */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  403: 'access_denied',
  404: 'not_found',
  409: 'conflict',
};

const refusal = z.looseObject({ error: z.string() });

/** What a command would answer, as this API answers it. @param success status in place of 200 */
export function restAnswer(c: Call, answer: ServiceAnswer, success: 200 | 201 | 204 = 200): Response {
  if (answer.status >= 400) {
    const text = refusal.safeParse(answer.json).data?.error ?? answer.text ?? 'The request was refused.';
    return errorAnswer(c, answer.status, ERRORS[answer.status] ?? 'error', text);
  }
  if (success === 204) return c.body(null, 204, NO_STORE);
  return c.json(answer.json ?? {}, success, NO_STORE);
}

function errorAnswer(c: Call, status: number, error: string, text: string): Response {
  return c.json({ error, error_description: text, message: text }, status as 400, NO_STORE);
}

/** Turns refusals into answers. */
export function handling(respond: (c: Call) => Promise<Response>): (c: Call) => Promise<Response> {
  return async (c) => {
    try {
      return await respond(c);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const body = { ...error.body(), ...(error.extra.scope === undefined ? { message: error.message } : {}) };
      return c.json(body, error.status, { ...NO_STORE, ...error.headers() });
    }
  };
}

/** The JSON body of a request. @throws OAuthError 400 when it is none, or not of this shape */
export async function bodyOf<T>(c: Call, schema: z.ZodType<T>): Promise<T> {
  const text = await limitedText(c.req.raw);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badRequest(
    `The request body is invalid: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`,
  );
}

export function badRequest(text: string): OAuthError {
  return new OAuthError(400, 'bad_request', text);
}

export function notFound(text: string): OAuthError {
  return new OAuthError(404, 'not_found', text);
}

export function flag(value: string | undefined): boolean {
  return value === 'true';
}
