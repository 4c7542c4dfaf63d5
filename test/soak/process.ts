import { createHash } from 'node:crypto';
import type { Context } from '../../src/kernel/context.ts';
import { LocumError } from '../../src/kernel/errors.ts';
import type { Store } from '../../src/kernel/ports.ts';
import { readRotation } from '../../src/kernel/rotate/record.ts';
import { type StoreCall, storeOfEffects } from '../fixtures/effects.ts';
import { type Moment, type Strike, strikesRecords } from './fault.ts';
import type { Tally } from './tally.ts';
import type { Timeline } from './timeline.ts';
import type { Watch } from './watch.ts';
import type { World } from './world.ts';

/** What a process dies of. */
class Death extends Error {}

/** Whether an error is one of the faults that were struck, and not a bug of Locum's. */
export function isFault(error: unknown): boolean {
  // The lease could not be given back after what the call had to tell.
  if (error instanceof SuppressedError) return isFault(error.error) && isNewsOrFault(error.suppressed);
  return error instanceof Death;
}

function isNewsOrFault(error: unknown): boolean {
  return isFault(error) || (error instanceof LocumError && error.code !== 'ERR_INVARIANT');
}

/** One process of Locum: what goes wrong in it, and what it sees. */
export interface Process {
  /** Resolves when it was stopped. */
  readonly stopped: Promise<void>;
  resume(): void;
  readonly context: Context;
  readonly store: Store;
}

export interface ProcessInput {
  readonly number: number;
  readonly strikes: readonly Strike[];
  readonly late: number;
  readonly skew: number;
  readonly world: World;
  readonly timeline: Timeline;
  readonly store: Store;
  readonly watch: Watch;
  readonly tally: Tally;
}

/** Durable records; what is only read is no effect. A lease that is asked for is where a stopped process goes on. */
const RECORDS = new Set([
  ...['begin', 'intend', 'complete', 'end', 'append', 'propose', 'promote', 'retire', 'save', 'lift'],
  ...['acquire', 'renew', 'confirm', 'release'],
]);

export function createProcess(input: ProcessInput): Process {
  const { number, world, timeline, watch, tally } = input;
  let dead = false;
  let down = false;
  let drawn = 0;
  let moment: Moment = 'none';
  /** How often the lease was asked for since: before each change. */
  let asked = 0;
  const counts = input.strikes.map(() => 0);
  const stopped = Promise.withResolvers<void>();
  const resumed = Promise.withResolvers<void>();
  const by = { process: number, late: false };

  /** What strikes this effect. */
  function struck(record: boolean) {
    for (const [index, { in: where, nth, fault }] of input.strikes.entries()) {
      if (where !== moment || (record && !strikesRecords(fault))) continue;
      counts[index] = (counts[index] ?? 0) + 1;
      if (counts[index] !== nth) continue;
      tally.struck(moment, fault);
      return fault;
    }
  }

  async function stop(): Promise<void> {
    timeline.after(input.late, resumed.resolve);
    stopped.resolve();
    await resumed.promise;
  }

  function die(): never {
    dead = true;
    throw new Death('the process is dead');
  }

  /** The phase of the rotation, as the store is told and tells it. */
  function notice({ port, method, args }: StoreCall, value: unknown): void {
    if (port !== 'rotations' || (method !== 'save' && method !== 'open')) return;
    const [last] = (method === 'save' ? args : (value as typeof args)).slice(-1) as Parameters<typeof readRotation>;
    moment = last === undefined || last.endedAt !== undefined ? 'none' : readRotation(last).record.phase;
  }

  async function record<T>(effect: () => Promise<T>, call: StoreCall): Promise<T> {
    if (dead) throw new Death('the process is dead');
    const write = RECORDS.has(call.method);
    if (write) await timeline.tick();
    const fault = write ? struck(true) : undefined;
    if (fault === 'crash before') die();
    if (fault === 'cut') throw new Death('the connection to the database broke');
    if (fault === 'pause') await stop();
    // Asked at the moment of the effect: a little later another may have the lease.
    const held = watch.holds(number);
    const value = await effect();
    if (call.method === 'acquire') watch.tookOver(number, value as Parameters<Watch['tookOver']>[1]);
    else if (write) watch.wrote(call, held);
    if (call.method === 'confirm' || call.method === 'renew') asked++;
    notice(call, value);
    if (write) await watch.look();
    if (fault === 'crash after') die();
    if (fault === 'drop') throw new Death('the connection to the database broke');
    return value;
  }

  async function reach(request: Request, late = false): Promise<Response> {
    const before = world.changes.length;
    const response = await world.answer(request, late ? { ...by, late } : by);
    await watch.changed(world.changes.slice(before));
    return response;
  }

  async function send(request: Request): Promise<Response> {
    if (dead) throw new Death('the process is dead');
    if (request.method !== 'GET') watch.sends(request, asked-- > 0);
    await timeline.tick();
    const fault = struck(false);
    if (fault === 'outage') down = true;
    if (down) return new Response('', { status: 503 });
    switch (fault) {
      case 'crash before':
        return die();
      case 'crash after':
        await reach(request);
        return die();
      case 'cut':
        throw new TypeError('the connection broke');
      case 'drop':
        await reach(request);
        throw new TypeError('the connection broke');
      case 'arrive late':
        timeline.after(input.late, () => reach(request, true));
        throw new TypeError('no answer in time');
      case 'delay':
        timeline.now += 200_000;
        return reach(request);
      case 'duplicate':
        await reach(request.clone());
        // The proxy's, not ours: what it makes of a second secret no record tells.
        return world.answer(request, 'somebody');
      case 'refuse 429':
        return new Response('', { status: 429 });
      case 'break before':
        return new Response('', { status: 503 });
      case 'break after':
        await reach(request);
        return new Response('', { status: 503 });
      case 'pause':
        await stop();
        return reach(request, true);
    }
    return reach(request);
  }

  // A run is played again by its seed: nothing in it is random.
  const draw = () => createHash('sha256').update(`${number}/${++drawn}`).digest();
  return {
    stopped: stopped.promise,
    resume: resumed.resolve,
    context: {
      now: () => timeline.now + input.skew,
      id: () => draw().toString('hex').slice(0, 32),
      random: (bytes) => new Uint8Array(draw().subarray(0, bytes)),
      sleep: async (ms) => {
        if (dead) throw new Death('the process is dead');
        timeline.now += ms;
      },
      fetch: (url, init) => send(new Request(url, init)),
    },
    store: storeOfEffects(input.store, record),
  };
}
