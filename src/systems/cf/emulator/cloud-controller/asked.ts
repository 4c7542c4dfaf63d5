import type { Context } from 'hono';
import type { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { parseBody } from '../../../protocols/cf-v3/emulator/bodies.ts';
import { ApiError } from '../../../protocols/cf-v3/emulator/errors.ts';
import { type Landscapes, urlOf } from '../landscapes.ts';
import type { Uaa } from '../uaa/services.ts';
import type { Acting, Parts, Shape } from './acting.ts';
import { proceed } from './apps/deployment-progress.ts';
import { authenticate, isStranger, strangerIn } from './caller.ts';
import { createRateLimiter } from './rate-limit.ts';
import type { CfJob } from './rows/platform.ts';
import { visibilityOf } from './visibility.ts';

export type Call = Context<HostEnv>;

/** A request of an authenticated caller. */
export interface Asked extends Acting {
  readonly c: Call;
  readonly query: URLSearchParams;
  /** The GUID in the path, or another part of it. */
  param(name?: string): string;
  /**
   * @param first what the Cloud Controller decides before it looks at the body
   * @throws ApiError when it does not fit.
   */
  body<T extends z.ZodType>(schema: T, first?: () => unknown): Promise<z.infer<T>>;
}

export type Answer = (asked: Asked) => Response | Promise<Response>;

export interface RouteOptions {
  /** Whether callers without a good token are answered, too: as somebody without any role. @default false */
  readonly open?: boolean;
}

/** Makes handlers of the steps that every call takes: authenticate, count, answer, or say why not. */
export type RouteOf = (answer: Answer, options?: RouteOptions) => (c: Call) => Promise<Response>;

export function createRouteOf(parts: Parts, landscapes: Landscapes, uaaOf: (landscape: string) => Uaa): RouteOf {
  const { ctx, store } = parts;
  const limiter = createRateLimiter();
  return (answer, { open = false } = {}) =>
    async (c) => {
      const landscape = c.env.landscape ?? '';
      const trace = traceHeaders(c, ctx);
      let counted: Readonly<Record<string, string>> = {};
      let user = '';
      try {
        const known = authenticate(c.req.raw, landscape, uaaOf(landscape).tokens, store, ctx.now());
        const caller = open ? await known.catch(() => strangerIn(landscape)) : await known;
        user = `${landscape}/${caller.guid}`;
        // Administrators are not limited, and their answers have no such headers (recorded).
        if (!caller.admin && !isStranger(caller))
          counted = limiter.count(user, landscapes.get(landscape)?.rateLimit ?? 20_000, ctx.now());
        proceed(store, ctx.now());
        const response = await answer({
          ...parts,
          c,
          caller,
          see: visibilityOf(store, caller),
          api: urlOf('api', landscape),
          query: lastOfEach(new URL(c.req.url).searchParams),
          param: (name = 'guid') => c.req.param(name) ?? '',
          body: async (schema, first) => parseBody(await c.req.text(), schema, first),
        });
        for (const [name, value] of Object.entries({ ...trace, ...counted })) response.headers.set(name, value);
        return response;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const limited = error.status === 429;
        return new Response(JSON.stringify(error.body()), {
          status: error.status,
          headers: {
            ...trace,
            ...counted,
            'content-type': limited ? 'text/plain' : 'application/json; charset=utf-8',
            ...(limited ? { 'retry-after': String(limiter.retryAfter(user, ctx.now())) } : {}),
          },
        });
      }
    };
}

/** As Rack reads a query: of parameters that are there twice the last one counts. */
function lastOfEach(params: URLSearchParams): URLSearchParams {
  return new URLSearchParams(Object.fromEntries(params));
}

export function json(body: Shape | readonly unknown[], status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json; charset=utf-8' } });
}

/** 202 with an empty HTML body and the job's address, as recorded. */
export function accepted(job: CfJob): Response {
  return new Response('', {
    status: 202,
    headers: { 'content-type': 'text/html', location: `${urlOf('api', job.landscape)}/v3/jobs/${job.guid}` },
  });
}

export function noContent(): Response {
  return new Response(null, { status: 204 });
}

/** Headers of gorouter and Cloud Controller on every answer, as recorded. */
export function traceHeaders(c: Call, ctx: Pick<EmulatorContext, 'id'>): Record<string, string> {
  const edge = ctx.id();
  const given = c.req.header('x-vcap-request-id') ?? c.req.header('x-request-id');
  const trace = edge.replaceAll('-', '');
  return {
    'x-vcap-request-id': `${given?.replace(/[^\w-]/g, '').slice(0, 255) || edge}::${ctx.id()}`,
    'x-b3-traceid': trace,
    'x-b3-spanid': trace.slice(16),
    'x-runtime': '0.010000',
    'x-download-options': 'noopen',
    'x-permitted-cross-domain-policies': 'none',
  };
}
