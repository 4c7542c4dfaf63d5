import { Hono } from 'hono';
import { compare, load, median, quantile } from './load.ts';
import type { Figure } from './measure.ts';

/** Clients at once. */
export const CLIENTS = 50;
const ROUNDS = 5;

export type Ask = () => Promise<Response>;

export interface AgainstOptions {
  /** Requests of a round. @default 500 */
  readonly requests?: number;
  /** @default 200 */
  readonly status?: number;
  /** What the requests carry, for the bare handler to read as well. @default nothing */
  readonly body?: string;
}

/** A handler that does nothing but read the body and give this answer. */
function bareHandler(answer: unknown, body: string | undefined): Ask {
  const app = new Hono()
    .get('/', (c) => c.json(Object(answer)))
    .post('/', async (c) => {
      await c.req.json();
      return c.json(Object(answer));
    });
  const init = body === undefined ? {} : { method: 'POST', body };
  return async () => app.fetch(new Request('https://bare.example/', init));
}

/** How many requests are answered in the time in which a bare handler of the same framework gives the same answer once. */
export async function* against(name: string, ask: Ask, options: AgainstOptions = {}): AsyncIterable<Figure> {
  const { requests = 500, status = 200, body } = options;
  const first = await ask();
  // An emulator that lacks the route says so; nothing is measured then.
  if (first.status === 501) return;
  if (first.status !== status) throw new Error(`${name}: answered ${first.status}`);
  const bare = bareHandler(await first.json(), body);
  const run = (one: Ask) => load(CLIENTS, requests, async () => (await one()).text());
  await run(ask);
  const { ratio, cpuRatio, latencies } = await compare(
    ROUNDS,
    () => run(ask),
    () => run(bare),
  );
  yield { name, value: Number(ratio.toPrecision(2)), unit: '× bare handler' };
  yield { name: `${name}, by CPU time`, value: Number(cpuRatio.toPrecision(2)), unit: '× bare handler' };
  const tail = Number((quantile(latencies, 0.99) / median(latencies)).toFixed(2));
  yield { name: `p99 of ${name}`, value: tail, unit: '× median' };
}
