import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { effortOf } from '../emulation/effort.ts';
import { peerWith } from '../emulation/peer.ts';
import type { Context } from '../kernel/context.ts';
import { ConfigError } from '../kernel/errors.ts';
import { canonicalJson } from '../kernel/json.ts';
import { lockDirectory } from '../store/database/process-lock.ts';
import { emulators as allEmulators } from '../systems/emulators.ts';
import type { Faults, Landscape, LandscapeOptions } from './api.ts';
import { environmentOf } from './network/environment.ts';
import { type Fronts, openFronts } from './network/fronts.ts';
import { asFetchResult, requestOf } from './requests/exchange.ts';
import { type Fault, faultRule } from './requests/faults.ts';
import { followRedirects } from './requests/redirects.ts';
import { openTraffic } from './requests/traffic.ts';
import { createMemoryPersistence, type Persistence } from './state/persistence.ts';
import { readSeedFile, type Seed } from './state/seed.ts';

/**
 * Opens a landscape. Throws a ConfigError: `ERR_LANDSCAPE_LOCKED` when another process has the directory open,
 * `ERR_CONFIG` for a bad seed.
 */
export async function createLandscape(options: LandscapeOptions = {}): Promise<Landscape> {
  await using opening = new AsyncDisposableStack();
  const { directory } = options;
  const emulators = options.emulators ?? allEmulators;
  const context = { ...realContext, ...options.context };
  const handedIn = options.seed === undefined ? undefined : await readSeed(options.seed);

  if (directory !== undefined) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    opening.use(await lockDirectory(directory, { code: 'ERR_LANDSCAPE_LOCKED', waitMs: LOCK_PATIENCE }, realContext));
  }
  const persistence = opening.use(options.persistence ?? (await openPersistence(directory)));
  const traffic = await openTraffic({
    emulators,
    context,
    persistence,
    onFailure: options.onFailure ?? (() => undefined),
    ...(options.switches ? { switches: options.switches } : {}),
    effort: effortOf(options.effort ?? 'full'),
  });
  opening.defer(() => traffic.close());
  if (handedIn && traffic.estate().seed() === undefined) await traffic.change((estate) => estate.plant(handedIn));

  let fronts: Promise<Fronts> | undefined;
  let listening: Fronts | undefined;
  let closed = false;
  const opened = opening.move();

  const landscape: Landscape = {
    async fetch(input, init) {
      if (closed) throw new ConfigError('ERR_CONFIG', 'the landscape is closed');
      const peer = peerWith(init?.tls);
      return followRedirects(requestOf(input, init), async (request) => {
        // The service does not notice that a client has gone; only the client stops waiting.
        const exchange = await orAborted(traffic.exchange(request, peer), request.signal);
        return asFetchResult(exchange, request.url);
      });
    },
    async listen(listenOptions = {}) {
      fronts ??= openFronts(landscape, traffic, {
        ...listenOptions,
        ...(directory === undefined ? {} : { directory }),
      });
      fronts.catch(() => {
        fronts = undefined;
      });
      listening = await fronts;
      return listening.addresses();
    },
    addresses: () => listening?.addresses(),
    async hosts() {
      await listening?.refresh();
      const origins = listening?.addresses().origins ?? {};
      return traffic
        .estate()
        .hosts()
        .map((host) => ({ host, ...(origins[host] ? { origin: origins[host] } : {}) }));
    },
    credentials: () => credentialsOf(traffic),
    environment: () => ({ ...(listening ? environmentOf(listening.addresses()) : {}), ...credentialsOf(traffic) }),
    clock: traffic.clock,
    faults: faultsOf(traffic, context),
    requests: traffic.log,
    seed: () => traffic.estate().seed(),
    get seedDiffers() {
      const planted = traffic.estate().seed();
      // Bringing a large seed into canonical form takes a while, and it is seldom another one.
      if (handedIn === undefined || planted === handedIn || JSON.stringify(planted) === JSON.stringify(handedIn))
        return false;
      return canonicalJson(planted) !== canonicalJson(handedIn);
    },
    async reset(seed) {
      await traffic.reset(seed ?? handedIn ?? traffic.estate().seed() ?? {});
      await listening?.refresh();
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await (await fronts?.catch(() => undefined))?.[Symbol.asyncDispose]();
      await opened.disposeAsync();
    },
  };
  return landscape;
}

/** Milliseconds to wait for a landscape that is just closing. */
const LOCK_PATIENCE = 500;

const realContext = {
  now: () => Date.now(),
  id: () => randomUUID(),
  random: (bytes: number) => randomBytes(bytes),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}),
};

async function readSeed(seed: Seed | string | URL): Promise<Seed> {
  return typeof seed === 'string' || seed instanceof URL ? readSeedFile(seed) : seed;
}

async function openPersistence(directory: string | undefined): Promise<Persistence> {
  if (directory === undefined) return createMemoryPersistence();
  const { openDatabasePersistence } = await import('./state/database-persistence.ts');
  return openDatabasePersistence(path.join(directory, 'database'));
}

type Traffic = Awaited<ReturnType<typeof openTraffic>>;

function credentialsOf(traffic: Traffic): Readonly<Record<string, string>> {
  const { credentials } = traffic.estate();
  return Object.fromEntries([...credentials.keys()].map((name) => [name, credentials.get(name) ?? '']));
}

function faultsOf(traffic: Traffic, context: Pick<Context, 'id'>): Faults {
  return {
    list: () => [...traffic.estate().faults.values()],
    add(input) {
      const fault: Fault = { id: context.id(), rule: faultRule.parse(input), seen: 0, struck: 0 };
      return traffic.change((estate) => {
        estate.faults.set(fault.id, fault);
        return fault;
      });
    },
    remove: (id) => traffic.change((estate) => estate.faults.delete(id)),
    clear: () =>
      traffic.change((estate) => {
        for (const id of [...estate.faults.keys()]) estate.faults.delete(id);
      }),
  };
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}
