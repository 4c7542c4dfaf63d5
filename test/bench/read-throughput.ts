import { Hono } from 'hono';
import { IAS, openIdentityLandscape, UAA } from './identity-landscape.ts';
import { compare, load, median, quantile } from './load.ts';
import type { Bench, Figure } from './measure.ts';

const CLIENTS = 50;
const ROUNDS = 5;
/** Requests of a round. */
const REQUESTS = 500;

type Ask = () => Promise<Response>;

/** A handler that does nothing but give this answer. */
function bareHandler(body: unknown): Ask {
  const app = new Hono().all('/', (c) => c.json(Object(body)));
  return async () => app.fetch(new Request('https://bare.example/'));
}

async function* against(name: string, ask: Ask): AsyncIterable<Figure> {
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

export const readThroughput: Bench = {
  name: 'read-throughput',
  about: `keys and introspection with ${CLIENTS} clients at once, against a Hono handler that gives the same answer`,
  async *run(): AsyncIterable<Figure> {
    await using open = await openIdentityLandscape({ users: 1 });
    const { fetch } = open.landscape;
    const post = (url: string, authorization: string, form: Readonly<Record<string, string>>) => () =>
      fetch(url, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) });
    const password = { grant_type: 'password', username: open.emailOf(0), password: open.password };
    const tokenOf = async (ask: Ask): Promise<string> => {
      const { access_token } = Object(await (await ask()).json());
      return String(access_token);
    };
    const basicCf = `Basic ${Buffer.from('cf:').toString('base64')}`;
    const login = { ...password, login_hint: '{"origin":"acme-platform"}' };
    const iasToken = await tokenOf(post(`${IAS}/oauth2/token`, open.application, password));
    const uaaToken = await tokenOf(post(`${UAA}/oauth/token`, basicCf, login));

    yield* against('JWKS requests/s at IAS', () => fetch(`${IAS}/oauth2/certs`));
    yield* against('JWKS requests/s at UAA', () => fetch(`${UAA}/token_keys`));
    yield* against('JWKS requests/s at XSUAA', () => fetch(`${open.serviceKey.url}/token_keys`));
    yield* against('introspections/s at IAS', post(`${IAS}/oauth2/introspect`, open.application, { token: iasToken }));
    yield* against('introspections/s at UAA', post(`${UAA}/introspect`, open.inspector, { token: uaaToken }));
  },
};
