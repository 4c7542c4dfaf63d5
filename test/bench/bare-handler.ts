import { Hono } from 'hono';
import { compare, load, median, quantile } from './load.ts';
import type { Figure } from './measure.ts';

export const CLIENTS = 50;
const ROUNDS = 5;
/** Requests of a round. */
const REQUESTS = 500;

export type Ask = () => Promise<Response>;

/** A handler that does nothing but give this answer. */
function bareHandler(body: unknown): Ask {
  const app = new Hono().all('/', (c) => c.json(Object(body)));
  return async () => app.fetch(new Request('https://bare.example/'));
}

/** Requests/s of a route as a ratio to a handler that gives the same answer and does nothing for it. */
export async function* against(name: string, ask: Ask): AsyncIterable<Figure> {
  const first = await ask();
  // An emulator that lacks the route says so; nothing is measured then.
  if (first.status === 501) return;
  if (first.status !== 200) throw new Error(`${name}: answered ${first.status}`);
  const bare = bareHandler(await first.json());
  const read = (one: Ask) => load(CLIENTS, REQUESTS, async () => (await one()).text());
  await read(ask);
  const { ratio, latencies } = await compare(
    ROUNDS,
    () => read(ask),
    () => read(bare),
  );
  yield { name, value: Number(ratio.toPrecision(2)), unit: '× bare handler' };
  const tail = Number((quantile(latencies, 0.99) / median(latencies)).toFixed(2));
  yield { name: `p99 of ${name}`, value: tail, unit: '× median' };
}
