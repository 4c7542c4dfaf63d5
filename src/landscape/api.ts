import type { EffortLevel } from '../emulation/effort.ts';
import type { EmulatorDefinition } from '../emulation/emulator.ts';
import type { Context } from '../kernel/context.ts';
import type { LandscapeClock } from './clock.ts';
import type { Fault, FaultRuleInput } from './requests/faults.ts';
import type { RequestLog } from './requests/request-log.ts';
import type { TrafficOptions } from './requests/traffic.ts';
import type { Persistence } from './state/persistence.ts';
import type { Seed } from './state/seed.ts';

/** What a landscape is made of; nothing of it is needed. */
export interface LandscapeOptions {
  /** Folder that keeps the state, the CA and the run file. @default none: everything is gone with the process */
  readonly directory?: string;
  /** What stands there at the beginning, or a file with it (YAML); planted only into an empty state. */
  readonly seed?: Seed | string | URL;
  /** Choices where the services' behaviour is not certain, by `slice.switch`. */
  readonly switches?: Readonly<Record<string, boolean>>;
  /** @default the emulators of all slices */
  readonly emulators?: readonly EmulatorDefinition[];
  /** Time and randomness. @default the real ones */
  readonly context?: Partial<TrafficOptions['context']>;
  /** Where the state is kept. @default a database in `directory`, or memory without one */
  readonly persistence?: Persistence;
  /**
   * `least` makes tests fast: passwords are hashed weakly, and the landscapes of a process share their signing keys. What is answered is
   * the same.
   * @default full
   */
  readonly effort?: EffortLevel;
  /** Told of every request that the landscape could not handle, e.g. because its disk is full. @default nobody is */
  readonly onFailure?: (error: unknown) => void;
}

/** Rules that make requests fail, kept over restarts and gone with a reset. */
export interface Faults {
  list(): readonly Fault[];
  add(rule: FaultRuleInput): Promise<Fault>;
  /** Whether there was such a rule. */
  remove(id: string): Promise<boolean>;
  clear(): Promise<void>;
}

/** An emulated SAP landscape. */
export interface Landscape extends AsyncDisposable {
  /** Reaches the emulated services under their production URLs, in process, and nothing else. */
  readonly fetch: Context['fetch'];
  /** Opens the proxy, one port per service and the admin surface, all on loopback. Idempotent. */
  listen(options?: ListenOptions): Promise<Addresses>;
  /** Undefined while it does not listen. */
  addresses(): Addresses | undefined;
  /** Production hosts that exist now, with their plain local origin if it listens. */
  hosts(): Promise<readonly { readonly host: string; readonly origin?: string }[]>;
  /** Passwords and keys that the seed asked for, by name. */
  credentials(): Readonly<Record<string, string>>;
  /** Variables for clients: proxy and CA if it listens, and the credentials. */
  environment(): Readonly<Record<string, string>>;
  readonly clock: LandscapeClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** What was planted. */
  seed(): Seed | undefined;
  /** Whether the seed that was handed in is another than the planted one: a reset would plant it. */
  readonly seedDiffers: boolean;
  /** Starts anew, from the seed that was handed in or planted before. Credentials, ports and CA stay. */
  reset(seed?: Seed): Promise<void>;
}

/** Ports of a landscape on sockets. */
export interface ListenOptions {
  /** Port of the proxy. @default the one it had before, or the first free one from `portsFrom` on */
  readonly proxyPort?: number;
  /** First port for what has none yet; 0 = whatever the operating system gives. @default 24400 */
  readonly portsFrom?: number;
}

/** Where a landscape on sockets is reached. */
export interface Addresses {
  /** Forward proxy, e.g. `http://127.0.0.1:24400`. */
  readonly proxy: string;
  /** Admin surface. */
  readonly admin: string;
  /** File with the certificate of the local authority. */
  readonly caFile: string;
  /** Production host to its plain local origin, e.g. `http://localhost:24402`. */
  readonly origins: Readonly<Record<string, string>>;
}
