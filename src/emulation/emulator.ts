import type { ZodType } from 'zod';
import type { Context } from '../kernel/context.ts';
import type { Effort } from './effort.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

/** What an emulator works with. Its `fetch` reaches the other emulated hosts, and nothing else. */
export interface EmulatorContext extends Context {
  readonly state: State;
  /** What the emulated services know of each other, as SAP's do behind the scenes. */
  readonly world: World;
  /** Credentials that the seed asks for; see {@link Credentials}. */
  readonly credentials: Credentials;
  readonly effort: Effort;
  /** What the notes call assumed or contradictory, kept switchable; names are `slice.switch`, e.g. `ias.honourEnabled`. */
  switched(name: string, fallback: boolean): boolean;
  /**
   * Runs a computation that neither reads nor changes the state, such as the hash of a password. Other requests may be handled
   * meanwhile, unless this one has changed something already. So what was read before has to be read again after it, where
   * that matters; and what may happen only once (redeeming a code) is to be written before it.
   * @param kept how it is computed where no other request may be handled meanwhile; the threads of Node are busy with the hashes of
   * others for a long time, and all would wait for a short computation behind them. @default the same way
   */
  aside<T>(work: () => Promise<T>, kept?: () => T | Promise<T>): Promise<T>;
}

/**
 * Passwords and keys that exist from the beginning. Generated once per landscape (nothing secret stands in a seed
 * file), kept with the landscape's data, and handed to the user as environment variables by `locum env`.
 */
export interface Credentials {
  /** The credential with this name; generated at first use. Names are environment variables: `ACME_IAS_SECRET`. */
  password(name: string): string;
  /** Keeps a value that an emulator made (a service key) under this name. */
  keep(name: string, value: string): void;
}

/** A route of an emulated service, as its app registers it. */
export interface Route {
  /** Upper case; `ALL` = whatever the method. */
  readonly method: string;
  /** Path with `:name` for parameters; what stands in a query stands here, too, where the service tells calls apart by it. */
  readonly path: string;
}

/** Handles the requests to the hosts that match a pattern. */
export interface HostMount {
  /**
   * Host name whose labels may be `{name}`: one whole label or its beginning or end, e.g.
   * `{tenant}.accounts.ondemand.com`, `api.cf.{landscape}.hana.ondemand.com`.
   */
  readonly pattern: string;
  /** The hosts of this pattern that exist now; only these are served, others answer as unknown hosts do. */
  hosts(): readonly string[];
  /** Whether it serves this host now: asked for each request, where a list of all hosts would be long. */
  serves(host: string, params: Readonly<Record<string, string>>): boolean;
  /** What it answers; for documents and tools. */
  routes(): readonly Route[];
  /** Answers, or gives `undefined` when the route is not this mount's (another mount of the host may have it). */
  handle(request: Request, params: Readonly<Record<string, string>>): Promise<Response | undefined>;
}

/** A running emulator of one slice or protocol. */
export interface Emulator {
  readonly mounts: readonly HostMount[];
  /** Plants the seed's part that belongs to this emulator, as it was written. Called once, on an empty state. */
  seed(part: unknown): Promise<void>;
  /** Called when the landscape's clock was moved and every minute: nightly jobs and the like. */
  tick?(): Promise<void>;
}

export interface EmulatorDefinition {
  readonly id: string;
  /** Key and shape of this emulator's part of a landscape seed. */
  readonly seed?: { readonly key: string; readonly schema: ZodType };
  /** May provide ports to the world; must not use other ports before `seed` or the first request. */
  create(ctx: EmulatorContext): Emulator;
}
