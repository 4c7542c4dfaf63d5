import { randomBytes, randomUUID } from 'node:crypto';
import type { Context } from '../kernel/context.ts';
import { type Effort, effortOf } from './effort.ts';
import type { Credentials, EmulatorContext, EmulatorDefinition } from './emulator.ts';
import { peerWith, tellPeer } from './peer.ts';
import { createRouter, fetchError, type Router } from './router.ts';
import { createState, type State } from './state.ts';
import { createWorld, type World } from './world.ts';

export interface CompositionOptions {
  readonly emulators: readonly EmulatorDefinition[];
  /** What the emulators work with; its `fetch` must reach the composed hosts and nothing else. */
  readonly context: Context;
  readonly state: State;
  readonly credentials: Credentials;
  readonly switches?: Readonly<Record<string, boolean>>;
  /** @default full */
  readonly effort?: Effort;
  /** How a computation lets other requests have their turn. @default they are not in turns */
  readonly aside?: EmulatorContext['aside'];
}

/** Emulators that know each other, behind one router. */
export interface Composition extends Router {
  readonly world: World;
  /** Plants a seed by the parts' keys; only into an empty state. */
  seed(parts: Readonly<Record<string, unknown>>): Promise<void>;
  /** Lets the emulators do what time brings about. */
  tick(): Promise<void>;
}

export function composeEmulators(options: CompositionOptions): Composition {
  const world = createWorld();
  const effort = options.effort ?? effortOf('full');
  const emulators = options.emulators.map((definition) => ({
    definition,
    emulator: definition.create({
      ...options.context,
      state: options.state,
      world,
      credentials: options.credentials,
      effort,
      switched: (name, fallback) => options.switches?.[name] ?? fallback,
      aside: options.aside ?? ((work) => work()),
    }),
  }));
  return {
    ...createRouter(emulators.flatMap(({ emulator }) => emulator.mounts)),
    world,
    async seed(parts) {
      for (const { definition, emulator } of emulators) {
        if (definition.seed) await emulator.seed(parts[definition.seed.key]);
      }
    },
    async tick() {
      for (const { emulator } of emulators) await emulator.tick?.();
    },
  };
}

export interface EmulatorsOptions {
  readonly emulators: readonly EmulatorDefinition[];
  /** Seed parts by key. */
  readonly seed: Readonly<Record<string, unknown>>;
  readonly state?: State;
  readonly switches?: Readonly<Record<string, boolean>>;
  /** Epoch milliseconds at the start; the clock moves only by `advance` and `sleep`. @default 2026-11-21T00:00:00Z */
  readonly startsAt?: number;
  /** What waiting takes. @default moves the clock by as much */
  readonly sleep?: Context['sleep'];
}

/** A few emulators behind one `fetch`, in memory, with a clock that moves by hand: for the tests of slices. */
export interface Emulators extends Context {
  readonly state: State;
  readonly world: World;
  readonly credentials: ReadonlyMap<string, string>;
  advance(ms: number): void;
  /** Lets the emulators do what time brings about. */
  tick(): Promise<void>;
}

export async function startEmulators(options: EmulatorsOptions): Promise<Emulators> {
  let clock = options.startsAt ?? Date.UTC(2026, 10, 21);
  const state = options.state ?? createState();
  const kept = new Map<string, string>();

  const advance = (ms: number): void => {
    clock += ms;
  };

  const context: Context = {
    now: () => clock,
    id: () => randomUUID(),
    random: (bytes) => randomBytes(bytes),
    sleep: options.sleep ?? (async (ms) => advance(ms)),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (init?.tls) tellPeer(request, peerWith(init.tls));
      const response = await composition.route(request);
      if (response) return response;
      const { host } = new URL(request.url);
      throw fetchError('ENOTFOUND', `getaddrinfo ENOTFOUND ${host}`);
    },
  };

  const composition = composeEmulators({
    emulators: options.emulators,
    context,
    state,
    effort: effortOf('least'),
    credentials: {
      password: (name) => {
        const value = kept.get(name) ?? generatePassword(context.random(18));
        kept.set(name, value);
        return value;
      },
      keep: (name, value) => {
        kept.set(name, value);
      },
    },
    ...(options.switches ? { switches: options.switches } : {}),
  });
  await composition.seed(options.seed);
  return { ...context, state, world: composition.world, credentials: kept, advance, tick: composition.tick };
}

/** A password that every SAP password policy takes: upper and lower case, digit and special character. */
export function generatePassword(entropy: Uint8Array): string {
  return `Pw1-${Buffer.from(entropy).toString('base64url')}`;
}
