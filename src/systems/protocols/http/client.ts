import type { Budget } from '../../../kernel/budget.ts';
import type { Context, Tls } from '../../../kernel/context.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import { Answer } from './answer.ts';
import { errorCodeOf, remedyOf } from './refusal.ts';

export interface HttpOptions {
  /** Name of the service in errors, e.g. `ias`. */
  readonly system: string;
  readonly ctx: Pick<Context, 'fetch' | 'now' | 'sleep'>;
  readonly budget: Budget;
  /** Authority or client certificate of this service. @default the system's */
  readonly tls?: Tls;
  /** Milliseconds before a request is abandoned. @default 30000 */
  readonly timeoutMs?: number;
  /** Longest Retry-After in seconds that is waited out; beyond it the call fails as rate limited. @default 120 */
  readonly patience?: number;
  /** The vendor's error code of a refused answer; never its prose. */
  readonly serviceCodeOf?: (response: Response) => Promise<string | undefined>;
  /** Seconds that a refusal asks to wait where the service limits its callers in a way of its own; undefined where it refuses for another reason. */
  readonly limited?: (response: Response, now: number) => number | undefined;
  /** Header in which the service gives its correlation id. */
  readonly correlationHeader?: string;
}

export interface HttpCall {
  /** What is done, in words, e.g. `create user`. */
  readonly operation: string;
  readonly url: string | URL;
  /** @default 'GET' */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  /** Statuses that are answers rather than errors. @default [200] */
  readonly expect?: readonly number[];
  /** Whether sending it twice could do something twice. @default true unless GET or HEAD */
  readonly mutation?: boolean;
}

const READ_ATTEMPTS = 4;
const RATE_LIMIT_ATTEMPTS = 7;

/**
 * Calls a service within its budget. Reads are repeated after lost answers and 5xx; a mutation never is: it throws
 * with `outcome: 'unknown'`, and whoever sent it looks before it sends again. 429 was not executed and is waited out.
 */
export function createHttp(options: HttpOptions): (call: HttpCall) => Promise<Answer> {
  const { ctx, budget, system } = options;
  const patience = options.patience ?? 120;

  async function once(call: HttpCall, mutation: boolean): Promise<Response> {
    try {
      return await budget.run(() =>
        ctx.fetch(call.url, {
          method: call.method ?? 'GET',
          redirect: 'manual',
          ...(call.headers ? { headers: call.headers } : {}),
          ...(call.body === undefined ? {} : { body: call.body }),
          ...(options.tls ? { tls: options.tls } : {}),
          signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
        }),
      );
    } catch (cause) {
      const unsent = neverConnected(cause);
      const unknown = mutation && !unsent;
      throw new RemoteError(unknown ? 'ERR_REMOTE_OUTCOME_UNKNOWN' : 'ERR_REMOTE_UNREACHABLE', {
        system,
        operation: call.operation,
        outcome: unknown ? 'unknown' : 'refused',
        retryable: true,
        remedy: unknown
          ? 'run `locum apply` again: it looks before it sends'
          : `check that ${new URL(call.url).host} is reachable (proxy, DNS, tenant name)`,
        cause,
      });
    }
  }

  async function refused(call: HttpCall, response: Response, mutation: boolean): Promise<RemoteError> {
    const serviceCode = await options.serviceCodeOf?.(response.clone()).catch(() => undefined);
    const correlationId = options.correlationHeader && response.headers.get(options.correlationHeader);
    const limited = options.limited?.(response, ctx.now());
    const retryAfter = limited ?? retryAfterSeconds(response, ctx.now());
    discard(response);
    return new RemoteError(limited === undefined ? errorCodeOf(response.status) : 'ERR_REMOTE_RATE_LIMITED', {
      system,
      operation: call.operation,
      status: response.status,
      retryable: limited !== undefined || response.status === 429 || response.status >= 500,
      outcome: mutation && response.status >= 500 && response.status !== 501 ? 'unknown' : 'refused',
      ...(serviceCode ? { serviceCode } : {}),
      ...(correlationId ? { correlationId } : {}),
      remedy: retryAfter === undefined ? remedyOf(response.status, system) : `try again in ${retryAfter} s`,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }

  /** Seconds to wait before the next attempt; undefined when it is not our pace that is refused. */
  function limitOf(response: Response, attempt: number): number | undefined {
    const limited = options.limited?.(response, ctx.now());
    if (limited !== undefined || response.status !== 429) return limited;
    return retryAfterSeconds(response, ctx.now()) ?? 2 ** (attempt - 1);
  }

  return async (call) => {
    const mutation = call.mutation ?? !['GET', 'HEAD'].includes(call.method ?? 'GET');
    for (let attempt = 1; ; attempt++) {
      let response: Response;
      try {
        response = await once(call, mutation);
      } catch (error) {
        if (mutation || attempt >= READ_ATTEMPTS) throw error;
        await ctx.sleep(250 * 2 ** attempt);
        continue;
      }
      if ((call.expect ?? [200]).includes(response.status)) {
        const { operation, url } = call;
        return new Answer(response, { system, operation, host: new URL(url).host, mutation });
      }
      const wait = limitOf(response, attempt);
      if (wait !== undefined && wait <= patience && attempt < RATE_LIMIT_ATTEMPTS) {
        discard(response);
        budget.pauseUntil(ctx.now() + wait * 1000);
        continue;
      }
      if (!mutation && response.status >= 500 && response.status !== 501 && attempt < READ_ATTEMPTS) {
        discard(response);
        await ctx.sleep(250 * 2 ** attempt);
        continue;
      }
      throw await refused(call, response, mutation);
    }
  };
}

/** Frees the connection. Not awaited: cancelling one half of a cloned body waits for the other half. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}

/** Retry-After in seconds, from either of its forms; undefined when absent or unreadable. */
function retryAfterSeconds(response: Response, now: number): number | undefined {
  const header = response.headers.get('retry-after');
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

const UNSENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
]);

/** Whether no byte of the request can have reached the service. */
function neverConnected(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string') {
      if (UNSENT.has(current.code) || current.code.startsWith('ERR_TLS') || /CERT|SELF_SIGNED/.test(current.code))
        return true;
    }
  }
  return false;
}
