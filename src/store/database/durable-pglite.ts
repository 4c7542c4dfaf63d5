import { fsyncSync } from 'node:fs';
import { PGlite, type postgresMod } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { ConfigError, InvariantError } from '../../kernel/errors.ts';
import { createDataDirectory } from './data-directory.ts';
import { INT8, parseInt8 } from './int8.ts';

type Backend = postgresMod.PostgresMod;

export interface DurablePGliteOptions {
  /** Makes a file of the database durable; throwing is what a failing disk does. @default fsyncSync */
  readonly fsync?: (file: number) => void;
  /** Arguments of the `postgres` program. @default those that make it reach the disk */
  readonly startParameters?: readonly string[];
}

/** An embedded PostgreSQL whose commits are on the disk when they return. */
export interface DurablePGlite extends AsyncDisposable {
  readonly pglite: PGlite;
  /** How many fsync calls have reached the operating system since it was opened. */
  fsyncs(): number;
  /** Writes a checkpoint and closes; idempotent. */
  close(): Promise<void>;
}

/**
 * What PGlite starts PostgreSQL with, but without `-F`. `wal_sync_method` must be `fsync`: Emscripten's fdatasync is a
 * stub that returns 0, only fsync reaches the file system's hook. The small buffers halve the memory.
 */
const START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'full_page_writes=on', '-c', 'synchronous_commit=on'],
  ...['-c', 'shared_buffers=16MB'],
];

/**
 * Opens (or creates) a data directory that no other process has open: PGlite itself takes no lock.
 *
 * @throws {InvariantError} when a commit does not reach the disk, which is what PGlite does as it comes.
 * @throws {ConfigError} `ERR_STORE_CORRUPT` when the directory holds no database that can be opened.
 */
export async function openDurablePGlite(
  dataDirectory: string,
  options: DurablePGliteOptions = {},
): Promise<DurablePGlite> {
  await createDataDirectory(dataDirectory);
  const files = new DurableNodeFS(dataDirectory, options.fsync ?? fsyncSync);
  const notes: string[] = [];
  const pglite = await start(files, dataDirectory, options.startParameters ?? START_PARAMETERS, notes);
  stopOnCrash(pglite.Module, dataDirectory, notes);
  const close = async (): Promise<void> => {
    if (!pglite.closed) await pglite.close();
  };
  try {
    await proveDurable(pglite, files);
  } catch (error) {
    await close();
    throw error;
  }
  return { pglite, fsyncs: () => files.count, close, [Symbol.asyncDispose]: close };
}

/** A NodeFS with the `fsync` operation that Emscripten's lacks. */
class DurableNodeFS extends NodeFS {
  count = 0;
  readonly #fsync: (file: number) => void;

  constructor(directory: string, fsync: (file: number) => void) {
    super(directory);
    this.#fsync = fsync;
  }

  override async init(pg: PGlite, options: Partial<Backend>): Promise<{ emscriptenOpts: Partial<Backend> }> {
    const { emscriptenOpts } = await super.init(pg, options);
    const addFsync = (backend: Backend): void => {
      // Each module has its own NODEFS object, so that nothing outside this database changes.
      const { stream_ops } = backend.NODEFS as unknown as { stream_ops: { fsync?: (stream: OpenFile) => number } };
      stream_ops.fsync = ({ nfd }) => {
        if (nfd === undefined) return 0;
        try {
          this.#fsync(nfd);
        } catch {
          return EIO;
        }
        this.count++;
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } };
  }
}

/** An open file of Emscripten; `nfd` is Node's descriptor of it. */
interface OpenFile {
  readonly nfd?: number;
}

/** WASI's number of the error, not Linux's. */
const EIO = 29;

async function start(
  files: NodeFS,
  dataDirectory: string,
  startParameters: readonly string[],
  notes: string[],
): Promise<PGlite> {
  try {
    return await PGlite.create({
      fs: files,
      startParams: [...startParameters],
      parsers: { [INT8]: parseInt8 },
      onStderr: (line) => {
        if (/\b(PANIC|FATAL):/.test(line)) notes.push(line.slice(line.search(/\b(PANIC|FATAL):/)));
        return true;
      },
    });
  } catch (cause) {
    const because = notes.at(-1) ?? 'PostgreSQL did not start';
    throw new ConfigError('ERR_STORE_CORRUPT', `the database in ${dataDirectory} can't be opened: ${because}`, {
      remedy: 'restore the directory from a backup, or move it away to start afresh',
      cause,
    });
  }
}

/** Fails unless a commit causes an fsync: this file reaches into PGlite, and a new version of it may not be reached. */
async function proveDurable(pglite: PGlite, files: DurableNodeFS): Promise<void> {
  const before = files.count;
  await pglite.query(`select pg_logical_emit_message(true, 'locum', 'opened')`);
  if (files.count > before) return;
  throw new InvariantError('a commit of the embedded database caused no fsync: PGlite was changed');
}

/** What PostgreSQL's own error handling throws (siglongjmp into its main loop), by `POSTGRES_MAIN_LONGJMP` of PGlite. */
const LONGJMP = 100;

/**
 * PostgreSQL ends itself when the disk fails (PANIC). PGlite swallows the end and calls the dead backend for ever,
 * blocking the process; so the first end is made to reach the caller and the backend is never called again.
 */
function stopOnCrash(backend: Backend, dataDirectory: string, notes: readonly string[]): void {
  const step = backend._PostgresMainLoopOnce;
  backend._PostgresMainLoopOnce = () => {
    try {
      step();
    } catch (cause) {
      if ((cause as { status?: unknown } | undefined)?.status === LONGJMP) throw cause;
      const crash = new BackendCrash(dataDirectory, notes.at(-1), cause);
      backend._PostgresMainLoopOnce = () => {
        throw crash;
      };
      backend._PostgresSendReadyForQueryIfNecessary = () => undefined;
      backend._pgl_pq_flush = () => undefined;
      backend._pgl_run_atexit_funcs = () => undefined;
      throw crash;
    }
  };
}

class BackendCrash extends ConfigError {
  constructor(dataDirectory: string, note: string | undefined, cause: unknown) {
    super('ERR_CONFIG', `the database in ${dataDirectory} stopped: ${note ?? 'PostgreSQL ended'}`, {
      remedy: 'check the disk (space, health) and start again: what was acknowledged is kept',
      cause,
    });
  }

  /** PGlite asks each exception for its status and goes on unless it is one it knows; asking this one rethrows it. */
  get status(): never {
    throw this;
  }
}
