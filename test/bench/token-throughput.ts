import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { verify } from '@node-rs/argon2';
import { IAS, type IdentityLandscape, openIdentityLandscape, UAA } from './identity-landscape.ts';
import { compare, type Load, load, median, quantile } from './load.ts';
import type { Bench, Figure } from './measure.ts';

const CLIENTS = 50;
const ROUNDS = 5;

/** Logons of a round: each with another user. */
const LOGONS = 100;

/** Grants of a round that take a signature and no hash. */
const SIGNATURES = 1500;

/** For how long a verified password is known, and more. */
const FORGOTTEN_MS = 120_000;

const signed = promisify(sign);

/** What the machine does in bare hashes and signatures, with as many at once as there are clients. */
function bareWork(hash: string, password: string) {
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const claims = Buffer.alloc(1000, 'claims');
  // A key object is locked while it signs, so that one of them would use one core.
  const idle: KeyObject[] = [];
  return async (work: { readonly hashes: number; readonly signatures: number }): Promise<void> => {
    for (let done = 0; done < work.hashes; done++) {
      if (!(await verify(hash, password))) throw new Error('the hash is not that of the password');
    }
    const key = idle.pop() ?? createPrivateKey(pem);
    for (let done = 0; done < work.signatures; done++) await signed('sha256', claims, key);
    idle.push(key);
  };
}

type Grant = (user: number) => Promise<string>;

/** JWTs in an answer: each has taken a signature. */
function jwtsIn(answer: string): number {
  return answer.match(/"eyJ[\w-]+\.[\w-]+\.[\w-]+"/g)?.length ?? 0;
}

function grants({ landscape, ...open }: IdentityLandscape) {
  const post = async (url: string, authorization: string, form: Readonly<Record<string, string>>) => {
    const headers = { authorization };
    const response = await landscape.fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) });
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    return response.text();
  };
  const { url, clientid, clientsecret } = open.serviceKey;
  const xsuaa = `Basic ${Buffer.from(`${clientid}:${encodeURIComponent(clientsecret)}`).toString('base64')}`;
  const password = (user: number) => ({
    grant_type: 'password',
    username: open.emailOf(user),
    password: open.password,
  });
  return {
    ias: (user: number) => post(`${IAS}/oauth2/token`, open.application, password(user)),
    uaa: (user: number) => {
      const form = { ...password(user), login_hint: '{"origin":"acme-platform"}' };
      return post(`${UAA}/oauth/token`, `Basic ${Buffer.from('cf:').toString('base64')}`, form);
    },
    client: () => post(`${url}/oauth/token`, xsuaa, { grant_type: 'client_credentials' }),
  };
}

const rounded = (value: number) => Number(value.toFixed(2));

export const tokenThroughput: Bench = {
  name: 'token-throughput',
  about: `grants with ${CLIENTS} clients at once, against bare argon2id hashes and RS256 signatures on the same machine`,
  async *run(): AsyncIterable<Figure> {
    await using open = await openIdentityLandscape({ users: LOGONS });
    const bare = bareWork(open.hash, open.password);
    const grant = grants(open);
    const forget = () => open.landscape.clock.advance(FORGOTTEN_MS);

    async function* passwordGrants(name: string, ask: Grant, atProvider: number): AsyncIterable<Figure> {
      const signatures = jwtsIn(await ask(0)) + atProvider;
      const against = `of 1 hash and ${signatures} signatures`;
      const cold = async (): Promise<Load> => {
        await forget();
        return load(CLIENTS, LOGONS, ask);
      };
      const once = () => load(CLIENTS, LOGONS, () => bare({ hashes: 1, signatures }));
      const first = await compare(ROUNDS, cold, once);
      yield { name: `${name}, each user once`, value: rounded(first.ratio), unit: '× bare', atLeast: 0.8, against };
      yield { name: `${name}, by CPU time`, value: rounded(first.cpuRatio), unit: '× bare' };
      yield tail(name, first.latencies);
      await load(CLIENTS, LOGONS, ask);
      const warm = await compare(ROUNDS, () => load(CLIENTS, LOGONS, ask), once);
      yield { name: `${name}, the same users again`, value: rounded(warm.ratio), unit: '× bare' };
    }

    yield* passwordGrants('password grants/s at IAS', grant.ias, 0);
    // UAA has the ID token of IAS signed before its own.
    yield* passwordGrants('password grants/s at UAA, proxied to IAS', grant.uaa, 1);

    const signatures = jwtsIn(await grant.client());
    await load(CLIENTS, SIGNATURES, grant.client);
    const clients = await compare(
      ROUNDS,
      () => load(CLIENTS, SIGNATURES, grant.client),
      () => load(CLIENTS, SIGNATURES, () => bare({ hashes: 0, signatures })),
    );
    const against = `of ${signatures} signature`;
    const name = 'client-credential grants/s at XSUAA';
    yield { name, value: rounded(clients.ratio), unit: '× bare', atLeast: 0.8, against };
    yield { name: `${name}, by CPU time`, value: rounded(clients.cpuRatio), unit: '× bare' };
    yield tail(name, clients.latencies);
  },
};

function tail(name: string, latencies: readonly number[]): Figure {
  const value = rounded(quantile(latencies, 0.99) / median(latencies));
  return { name: `p99 of ${name}`, value, unit: '× median' };
}
