import { readFile } from 'node:fs/promises';
import { kill } from 'node:process';
import { Agent, ProxyAgent, fetch as undiciFetch } from 'undici';
import { z } from 'zod';
import type { Context, Tls } from '../../kernel/context.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { type RunFile, readRunFile } from './run-file.ts';

/** A landscape that another process holds open and listens with. */
export interface RunningLandscape extends AsyncDisposable {
  readonly pid: number;
  /** Forward proxy, e.g. `http://127.0.0.1:24400`. */
  readonly proxy: string;
  /** Admin surface. */
  readonly admin: string;
  readonly caFile: string;
  /** Reaches the landscape under production URLs, through its proxy, and nothing else. */
  readonly fetch: Context['fetch'];
  /** Epoch milliseconds of the landscape's clock, as far ahead of ours as it was when the landscape was found. */
  now(): number;
  /** Variables for clients, with the credentials. */
  environment(): Promise<Readonly<Record<string, string>>>;
  /** Starts the landscape anew from its seed. */
  reset(): Promise<void>;
}

/** Milliseconds that the admin surface has to answer. */
const PATIENCE = 5_000;

/** Finds the landscape that listens for a directory; undefined when there is none (a stale run file is no landscape). */
export async function findLandscape(directory: string): Promise<RunningLandscape | undefined> {
  const run = await readRunFile(directory);
  if (!run || !isAlive(run.pid) || !(await answersAs(run))) return undefined;
  const clock = z.object({ now: z.number() }).parse(await (await callAdmin(run, 'GET', '/clock')).json());
  const ahead = clock.now - Date.now();
  const ca = await readFile(run.caFile, 'utf8');
  const agent = new ProxyAgent({ uri: run.proxy, requestTls: { ca } });
  /** Those that show a client certificate. */
  const agents = new Map<Tls, ProxyAgent>();
  const agentFor = (tls: Tls | undefined): ProxyAgent => {
    if (tls?.cert === undefined || tls.key === undefined) return agent;
    const shown = { ca, cert: tls.cert, key: tls.key.reveal() };
    const known = agents.get(tls) ?? new ProxyAgent({ uri: run.proxy, requestTls: shown });
    agents.set(tls, known);
    return known;
  };

  return {
    pid: run.pid,
    proxy: run.proxy,
    admin: run.admin,
    caFile: run.caFile,
    async fetch(input, init) {
      const request = new Request(input, init);
      const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined;
      const response = await undiciFetch(request.url, {
        method: request.method,
        headers: [...request.headers],
        redirect: request.redirect,
        signal: request.signal,
        dispatcher: agentFor(init?.tls),
        ...(body ? { body } : {}),
      });
      // undici's class and the global one are two; whoever gets this may ask for `instanceof Response`.
      return new Response(nullBody(response.status) ? null : await response.arrayBuffer(), {
        status: response.status,
        statusText: response.statusText,
        headers: [...response.headers],
      });
    },
    now: () => Date.now() + ahead,
    async environment() {
      const response = await callAdmin(run, 'GET', '/environment');
      return z.record(z.string(), z.string()).parse(await response.json());
    },
    async reset() {
      await callAdmin(run, 'POST', '/reset');
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([agent, ...agents.values()].map((one) => one.destroy()));
    },
  };
}

async function callAdmin(run: RunFile, method: string, path: string) {
  const response = await undiciFetch(`${run.admin}${path}`, {
    // Past any proxy that the environment names: it is our own loopback address.
    dispatcher: new Agent({ keepAliveTimeout: 1 }),
    method,
    headers: { authorization: `Bearer ${run.token}` },
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.ok) return response;
  throw new ConfigError('ERR_CONFIG', `the landscape of process ${run.pid} answered ${response.status} to ${path}`);
}

async function answersAs(run: RunFile): Promise<boolean> {
  try {
    const answer = await (await callAdmin(run, 'GET', '/instance')).json();
    return z.object({ instance: z.literal(run.instance) }).safeParse(answer).success;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function nullBody(status: number): boolean {
  return [204, 205, 304].includes(status);
}
