import { type Peer, tellPeer } from '../../emulation/peer.ts';
import type { Context } from '../../kernel/context.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { createMovableTime, type LandscapeClock, type TimeSource } from '../clock.ts';
import { createCommitQueue } from '../state/commit-queue.ts';
import { type Estate, type EstateOptions, restoreEstate } from '../state/estate.ts';
import type { Persistence } from '../state/persistence.ts';
import type { Seed } from '../state/seed.ts';
import { asFetchResult, type Exchange, withBodyRead } from './exchange.ts';
import { answerOf, malform, type Strike, strike, strikeConnection } from './faults.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';
import { createTurns } from './turns.ts';

/** How often emulators get a chance to do what time brings about, in milliseconds of the landscape's clock. */
const TICK = 60_000;

/**
 * Methods that change what is there. Such a request writes back what it has read, so that whatever others changed while it was
 * away from its turn would be lost; it keeps its turn.
 */
const CHANGING = new Set(['PUT', 'PATCH', 'DELETE']);

/** The way of requests and changes through the landscape. */
export interface Traffic {
  /** Handles a request from outside; what it changed is durable when this resolves. */
  exchange(request: Request, peer?: Peer): Promise<Exchange>;
  /** Whether a connection to this host may be opened: the host exists, and no fault rule refuses it. */
  connect(host: string): Promise<boolean>;
  /** Changes the estate from outside; durable when this resolves. */
  change<T>(work: (estate: Estate) => Promise<T> | T): Promise<T>;
  /** Starts anew from a seed. On a bad seed everything stays as it was. */
  reset(seed: Seed): Promise<void>;
  estate(): Estate;
  readonly clock: LandscapeClock;
  readonly log: RequestLog;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface TrafficOptions extends Omit<EstateOptions, 'context' | 'aside'> {
  readonly context: Omit<Context, 'fetch' | 'sleep'> & TimeSource;
  readonly persistence: Persistence;
  /** Told of every request that could not be handled; its client learns no more than that. */
  onFailure(error: unknown): void;
}

export async function openTraffic(options: TrafficOptions): Promise<Traffic> {
  const { context, persistence } = options;
  const time = createMovableTime(context, () => estate.clockOffset());
  const log = createRequestLog();
  const queue = createCommitQueue(persistence);
  // One request at a time: then every durable state is one between two requests, and a kill finds no half-done one. A request
  // that has changed nothing yet lets others go first while it computes a hash.
  const turns = createTurns(() => !estate.changed());
  let lastTick = Number.NEGATIVE_INFINITY;

  let estate = await restoreEstate(
    {
      emulators: options.emulators,
      ...(options.switches ? { switches: options.switches } : {}),
      ...(options.effort ? { effort: options.effort } : {}),
      context: {
        ...context,
        now: time.now,
        // A service that lets its caller wait does not let the others wait.
        sleep: (ms) => turns.aside(() => time.sleep(ms)),
        // From one emulated service to another, within the turn of the request that caused it.
        fetch: async (input, init) => {
          const request = new Request(input, init);
          return asFetchResult(await logged(request, true, passOn), request.url);
        },
      },
      aside: turns.aside,
    },
    persistence.load(),
  );
  // What is seen from outside the turns: while a reset plants a new estate, the old one.
  let shown = estate;

  async function turn<T>(work: () => Promise<T>, take: typeof turns.take = turns.take): Promise<T> {
    const { outcome, durable } = await take(async () => {
      const [outcome] = await Promise.allSettled([work()]);
      return { outcome, durable: queue.commit(estate.drain()) };
    });
    await durable;
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  async function tickIfDue(): Promise<void> {
    if (Math.abs(time.now() - lastTick) < TICK) return;
    lastTick = time.now();
    await estate.tick();
    // By itself, so that the request that it came before begins with nothing changed. Whoever answers waits for it.
    void queue.commit(estate.drain());
  }

  function strikeOf(request: Request): Strike | undefined {
    const url = new URL(request.url);
    return strike(estate.faults, { host: url.host, path: url.pathname, method: request.method });
  }

  async function logged(
    request: Request,
    internal: boolean,
    pass: (request: Request, struck: (by: Strike) => void) => Promise<Exchange>,
  ): Promise<Exchange> {
    const started = context.now();
    const entry = { time: time.now(), method: request.method, url: request.url, internal };
    let faults: readonly string[] = [];
    const end = () => ({ ...entry, faults, durationMs: context.now() - started });
    try {
      const exchange = await pass(request, (by) => {
        faults = by.ids;
      });
      if (exchange.kind !== 'answered') log.add({ ...end(), outcome: exchange.kind });
      else log.add({ ...end(), outcome: 'answered', status: exchange.response.status });
      return exchange;
    } catch (error) {
      log.add({ ...end(), outcome: 'failed' });
      // What one service could not reach is that service's business.
      if (!internal) options.onFailure(error);
      throw error;
    }
  }

  async function serve(request: Request, effect: Strike['effect']): Promise<Exchange> {
    if (effect?.kind === 'refuse') return { kind: 'refused' };
    if (effect && 'when' in effect && effect.when === 'before') return struckBy(effect);
    const response = await estate.route(request);
    if (!response) return { kind: 'unknown host' };
    if (effect?.kind === 'malformed') return { kind: 'answered', response: await malform(response, effect.body) };
    return effect ? struckBy(effect) : { kind: 'answered', response };
  }

  function struckBy(effect: Extract<Strike['effect'], { when: unknown }>): Exchange {
    return effect.kind === 'drop' ? { kind: 'dropped' } : { kind: 'answered', response: answerOf(effect) };
  }

  async function passOn(request: Request, struck: (by: Strike) => void): Promise<Exchange> {
    const blow = strikeOf(request);
    if (blow) {
      struck(blow);
      await time.sleep(blow.delayMs);
    }
    return serve(request, blow?.effect);
  }

  async function passIn(request: Request, struck: (by: Strike) => void): Promise<Exchange> {
    const ready = await withBodyRead(request);
    const blow = estate.faults.size > 0 ? await turn(async () => strikeOf(ready)) : undefined;
    if (blow) {
      struck(blow);
      await time.sleep(blow.delayMs);
    }
    return turn(
      async () => {
        await tickIfDue();
        return serve(ready, blow?.effect);
      },
      CHANGING.has(ready.method) ? turns.take : turns.takeLeaving,
    );
  }

  async function connect(host: string): Promise<boolean> {
    if (!shown.hosts().includes(host)) return false;
    if (shown.faults.size === 0) return true;
    const blow = await turn(async () => strikeConnection(estate.faults, host));
    if (!blow) return true;
    const entry = { time: time.now(), method: 'CONNECT', url: `https://${host}/`, internal: false, durationMs: 0 };
    log.add({ ...entry, faults: blow.ids, outcome: 'refused' });
    return false;
  }

  async function move(by: (now: number) => number): Promise<void> {
    await turn(async () => {
      const to = time.now() + by(time.now());
      if (Number.isNaN(new Date(to).getTime())) {
        throw new ConfigError('ERR_CONFIG', 'no such time', { remedy: 'give milliseconds that end in a date' });
      }
      estate.setClockOffset(estate.clockOffset() + to - time.now());
      lastTick = time.now();
      await estate.tick();
    });
    time.wake();
  }

  return {
    exchange: (request, peer) => {
      tellPeer(request, peer);
      return logged(request, false, passIn);
    },
    connect,
    change: (work) => turn(async () => work(estate)),
    reset: async (seed) => {
      const durable = await turns.take(async () => {
        estate = shown.cleared();
        try {
          await estate.plant(seed);
        } catch (error) {
          estate = shown;
          throw error;
        }
        shown = estate;
        lastTick = Number.NEGATIVE_INFINITY;
        return { written: queue.commit(estate.drain(), { replacing: true }) };
      });
      await durable.written;
    },
    estate: () => shown,
    clock: {
      now: time.now,
      advance: (ms) => move(() => ms),
      set: (now) => move((was) => now - was),
    },
    log,
    async close() {
      time.close();
      await turns.idle();
      await turn(async () => undefined).catch(() => undefined);
    },
  };
}
