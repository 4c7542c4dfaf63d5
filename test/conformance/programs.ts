import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The whole environment beside PATH, HOME and the like, which are inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Written to standard input, which is closed then. @default nothing */
  readonly input?: string;
  /** Milliseconds after which the program is killed. @default 120000 */
  readonly timeout?: number;
}

/** What programs inherit: nothing that could lead them out of the landscape or to an account of whoever runs this. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'USER'];

/** Runs a program to its end. */
export async function run(program: string, words: readonly string[], options: RunOptions): Promise<Outcome> {
  const { child, told } = start(program, words, options);
  const deadline = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 120_000);
  const [code, signal] = await ended(child).finally(() => clearTimeout(deadline));
  if (code === null) throw new Error(`${path.basename(program)} ended by ${signal}`);
  return { code, ...told };
}

/** A program that serves until it is disposed of. */
export interface Server extends AsyncDisposable {
  /** What `ready` found under this name in its output. */
  readonly port: number;
}

/**
 * Starts a program that serves, and waits until its standard output says so.
 * @throws Error with what it complained of when it ends before
 */
export async function startServer(
  program: string,
  words: readonly string[],
  options: RunOptions & {
    /** With a group `port`. */
    readonly ready: RegExp;
  },
): Promise<Server> {
  const { child, told } = start(program, words, options);
  const end = ended(child);
  const port = new Promise<number>((resolve) => {
    child.stdout.on('data', () => {
      const found = options.ready.exec(told.stdout)?.groups?.port;
      if (found !== undefined) resolve(Number(found));
    });
  });
  const early = end.then(() => {
    throw new Error(`${path.basename(program)} ended: ${complaintOf(told.stderr)}`, { cause: told.stderr });
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 120_000);
  const listening = await Promise.race([port, early]).finally(() => clearTimeout(deadline));
  early.catch(() => undefined);
  return {
    port: listening,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await end;
    },
  };
}

function start(program: string, words: readonly string[], options: RunOptions) {
  const inherited = Object.fromEntries(
    INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = spawn(program, words, {
    env: { ...inherited, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const told = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told.stderr += text;
  });
  // A program that does not read its input may have gone already.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  return { child, told };
}

/** The line of an error that a program wrote, or its last one. */
export function complaintOf(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /Error\b/.test(line)) ?? lines.at(-1) ?? '';
}

/** Its exit code, or the signal that ended it. */
function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve([code, signal]));
  });
}

/** Where a program is: the file that the variable names, or the first on the PATH (and of `more` folders) of these names. */
export async function findProgram(
  names: readonly string[],
  options: { readonly variable?: string; readonly more?: readonly string[] } = {},
): Promise<string | undefined> {
  const named = options.variable === undefined ? undefined : process.env[options.variable];
  if (named !== undefined && named !== '') return named;
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...(options.more ?? [])];
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A folder that is gone with what it is used for. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'locum-conformance-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** A port of this machine that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}
