import { composeEmulators, generatePassword } from '../../emulation/compose.ts';
import type { Effort } from '../../emulation/effort.ts';
import type { EmulatorContext, EmulatorDefinition } from '../../emulation/emulator.ts';
import type { Router } from '../../emulation/router.ts';
import { type Collection, createState, type State, type StateChange } from '../../emulation/state.ts';
import type { Context } from '../../kernel/context.ts';
import type { Fault } from '../requests/faults.ts';
import type { StoredDocument } from './persistence.ts';
import { checkSeed, type Seed } from './seed.ts';

/** What outlives a reset, so that addresses and credentials that were handed out stay good. */
const LASTING = ['landscape/credentials', 'landscape/ports'];

/** The state of a landscape and the emulators that live on it. */
export interface Estate extends Router {
  /** Values of the credentials, by name. */
  readonly credentials: Collection<string>;
  /** Ports by name: a production host, `proxy`, `admin`. */
  readonly ports: Collection<number>;
  readonly faults: Collection<Fault>;
  /** Milliseconds that the landscape's clock is ahead of the real time. */
  clockOffset(): number;
  setClockOffset(ms: number): void;
  /** What was planted; undefined while the state is empty. */
  seed(): Seed | undefined;
  /** Checks the seed and plants it; throws a ConfigError. */
  plant(seed: Seed): Promise<void>;
  /** Lets the emulators do what time brought about. */
  tick(): Promise<void>;
  /** Whether there are changes since the last call of `drain`. */
  changed(): boolean;
  /** Changes since the last call. */
  drain(): readonly StateChange[];
  /** A new estate with nothing but what outlives a reset. */
  cleared(): Estate;
}

export interface EstateOptions {
  readonly emulators: readonly EmulatorDefinition[];
  readonly context: Context;
  readonly aside: EmulatorContext['aside'];
  readonly switches?: Readonly<Record<string, boolean>>;
  readonly effort?: Effort;
}

/** The estate that was kept as these documents. */
export async function restoreEstate(options: EstateOptions, documents: AsyncIterable<StoredDocument>): Promise<Estate> {
  const state = createState();
  for await (const { collection, key, value, position } of documents) state.restore(collection, key, value, position);
  return settle(options, state);
}

function settle(options: EstateOptions, state: State): Estate {
  const credentials = state.collection<string>('landscape/credentials');
  const clock = state.collection<number>('landscape/clock');
  const seeds = state.collection<Seed>('landscape/seed');
  const composition = composeEmulators({
    ...options,
    state,
    credentials: {
      password(name) {
        const value = credentials.get(name) ?? generatePassword(options.context.random(18));
        if (!credentials.get(name)) credentials.set(name, value);
        return value;
      },
      keep: (name, value) => credentials.set(name, value),
    },
  });
  return {
    route: composition.route,
    hosts: composition.hosts,
    tick: composition.tick,
    changed: state.changed,
    drain: state.drain,
    credentials,
    ports: state.collection('landscape/ports'),
    faults: state.collection('landscape/faults'),
    clockOffset: () => clock.get('offset') ?? 0,
    setClockOffset: (ms) => clock.set('offset', ms),
    seed: () => seeds.get('planted'),
    async plant(seed) {
      checkSeed(seed, options.emulators);
      await composition.seed(seed);
      seeds.set('planted', seed);
    },
    cleared() {
      const next = createState();
      for (const name of LASTING) {
        const from = state.collection(name);
        for (const key of from.keys()) next.collection(name).set(key, from.get(key));
      }
      return settle(options, next);
    },
  };
}
