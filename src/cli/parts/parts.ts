import type { Engine, EngineEvent } from '../../engine/engine.ts';
import type { Secret } from '../../kernel/secret.ts';

import type { Landscape, RunningLandscape, Seed } from '../../landscape/index.ts';
import type { OpenStore, Restoration, RestoreReport } from '../../store/index.ts';
import type { GlobalOptions } from '../global-options.ts';

import type { Io } from '../io.ts';

export interface EngineRequest {
  readonly io: Io;
  readonly globals: GlobalOptions;
  readonly onEvent?: (event: EngineEvent) => void;
  /** The command looks at the manifest alone: no store is opened and nothing is contacted. @default false */
  readonly offline?: boolean;
  /** Milliseconds to wait for another process that has the store. @default 3000 */
  readonly storeWaitMs?: number;
}

export interface OpenEngine extends AsyncDisposable {
  readonly engine: Engine;
}

/** A program that runs in our place, on our terminal. */
export interface Child {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The parts of a landscape that commands use; {@link Landscape} fulfils it. */
export type OpenLandscape = Pick<
  Landscape,
  'fetch' | 'clock' | 'credentials' | 'environment' | 'listen' | 'seedDiffers' | typeof Symbol.asyncDispose
>;

/** The parts of a landscape of another process that commands use. */
export type FoundLandscape = Pick<
  RunningLandscape,
  'pid' | 'proxy' | 'admin' | 'caFile' | 'fetch' | 'now' | 'environment' | typeof Symbol.asyncDispose
>;

/** What an engine works on instead of the real world. */
export interface World {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  now(): number;
  /** Credentials of the landscape, as environment variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** What commands use of a store. */
export type CliStore = Pick<
  OpenStore,
  'trail' | 'vault' | 'rotateMasterKey' | 'verify' | 'move' | 'backup' | typeof Symbol.asyncDispose
>;

/** Asks on the terminal. */
export interface Ask {
  confirm(question: string): Promise<boolean>;
  /** Without echo; undefined when cancelled. */
  secret(question: string): Promise<Secret | undefined>;
}

/** What commands work with, handed in: tests bring fixtures, `main.ts` the real ones. */
export interface Parts {
  readonly ask: Ask;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs a program to its end, signals passed on. @returns its exit code */
  runChild(child: Child, io: Io): Promise<number>;
  openEngine(request: EngineRequest, world?: World): Promise<OpenEngine>;
  openStore(io: Io, globals: GlobalOptions): Promise<CliStore>;
  /** Brings the store back from a backup; see `restoreStore`. */
  restoreStore(io: Io, globals: GlobalOptions, restoration: Restoration): Promise<RestoreReport>;
  /** Proves a backup with the master key of the store. */
  verifyBackup(io: Io, globals: GlobalOptions, backup: Uint8Array): Promise<RestoreReport>;
  /** @param seed what an empty landscape starts with, or the file that says so. @default examples/acme */
  openLandscape(directory: string, seed?: string | Seed): Promise<OpenLandscape>;
  /** The landscape that another process has up in this directory. */
  findLandscape(directory: string): Promise<FoundLandscape | undefined>;
}
