import { createBudget } from '../../../kernel/budget.ts';
import type { Tls } from '../../../kernel/context.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import type { Answer } from '../../protocols/http/answer.ts';
import { createHttp, type HttpCall, type HttpOptions } from '../../protocols/http/client.ts';

/** A call relative to the base address of a connection; answers with the response. */
export type Send = (call: HttpCall) => Promise<Answer>;

export interface Service {
  /** Name in errors. */
  readonly system: string;
  /** Base address, with a slash at its end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: Tls;
  readonly limited?: HttpOptions['limited'];
}

/** Calls to one service, JSON both ways unless the call says otherwise. */
export function serviceAt({ system, url, headers, tls, limited }: Service, ctx: SystemContext): Send {
  const budget = createBudget({ concurrency: 4 }, ctx);
  const http = createHttp({ system, ctx, budget, ...(tls ? { tls } : {}), ...(limited ? { limited } : {}) });
  return (call) =>
    http({
      ...call,
      url: new URL(String(call.url), url),
      headers: {
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
        ...call.headers,
      },
    });
}

/** A login that ends. */
interface Login {
  readonly send: Send;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** Milliseconds before its end in which nothing is begun with a login any more. */
const MARGIN = 60_000;

/** Calls with a login that is had again before it ends: a rotation may wait for hours. */
export async function renewing(logOn: () => Promise<Login>, ctx: SystemContext): Promise<Send> {
  let current = await logOn();
  let next: Promise<Login> | undefined;
  return async (call) => {
    if (current.until - MARGIN <= ctx.now()) {
      next ??= logOn().finally(() => {
        next = undefined;
      });
      current = await next;
    }
    return current.send(call);
  };
}

/** Every part of a path by itself. */
export function pathOf(...segments: readonly string[]): string {
  return segments.map(encodeURIComponent).join('/');
}
