import { randomBytes, randomUUID } from 'node:crypto';
import type { Context } from '../kernel/context.ts';
import type { EmulatorDefinition, HostMount } from './emulator.ts';
import { matchHost } from './mount.ts';
import { createState, type State } from './state.ts';
import { createWorld, type World } from './world.ts';

export interface EmulatorsOptions {
  readonly emulators: readonly EmulatorDefinition[];
  /** Seed parts by key. */
  readonly seed: Readonly<Record<string, unknown>>;
  readonly state?: State;
  readonly switches?: Readonly<Record<string, boolean>>;
  /** Epoch milliseconds at the start; the clock moves only by `advance` and `sleep`. @default 2026-11-21T00:00:00Z */
  readonly startsAt?: number;
}

/** A few emulators behind one `fetch`, in memory, with a clock that moves by hand: for the tests of slices. */
export interface Emulators extends Context {
  readonly state: State;
  readonly world: World;
  readonly credentials: ReadonlyMap<string, string>;
  advance(ms: number): void;
}

export async function startEmulators(options: EmulatorsOptions): Promise<Emulators> {
  let clock = options.startsAt ?? Date.UTC(2026, 10, 21);
  const state = options.state ?? createState();
  const world = createWorld();
  const kept = new Map<string, string>();
  const mounts: HostMount[] = [];

  const advance = (ms: number): void => {
    clock += ms;
  };

  const context: Context = {
    now: () => clock,
    id: () => randomUUID(),
    random: (bytes) => randomBytes(bytes),
    sleep: async (ms) => advance(ms),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { host } = new URL(request.url);
      for (const mount of mounts) {
        const params = matchHost(mount.pattern, host);
        if (!params || !mount.hosts().includes(host)) continue;
        const response = await mount.handle(request, params);
        if (response) return response;
      }
      if (mounts.some((mount) => mount.hosts().includes(host))) {
        return new Response(`not emulated: ${request.method} ${request.url}`, { status: 501 });
      }
      throw new TypeError('fetch failed', { cause: new Error(`getaddrinfo ENOTFOUND ${host}`) });
    },
  };

  const emulators = options.emulators.map((definition) => ({
    definition,
    emulator: definition.create({
      ...context,
      state,
      world,
      switched: (name, fallback) => options.switches?.[name] ?? fallback,
      credentials: {
        password: (name) => {
          const value = kept.get(name) ?? `Pw1-${randomBytes(12).toString('base64url')}`;
          kept.set(name, value);
          return value;
        },
        keep: (name, value) => {
          kept.set(name, value);
        },
      },
    }),
  }));
  for (const { emulator } of emulators) mounts.push(...emulator.mounts);
  for (const { definition, emulator } of emulators) {
    if (!definition.seed) continue;
    await emulator.seed(definition.seed.schema.parse(options.seed[definition.seed.key] ?? undefined));
  }
  return { ...context, state, world, credentials: kept, advance };
}
