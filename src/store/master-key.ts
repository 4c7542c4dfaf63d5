import { execFile } from 'node:child_process';
import { hkdfSync } from 'node:crypto';
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { platform } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Context } from '../kernel/context.ts';
import { ConfigError } from '../kernel/errors.ts';
import { fsyncPath } from './database/fsync-tree.ts';
import { seal, unseal } from './seal.ts';

/** Where the vault's master key comes from: 32 bytes, as base64 or hexadecimal text. */
export type MasterKeySource =
  /** A file that only its owner may read (mode 0600 or 0400). */
  | { readonly file: string }
  /** An environment variable; the environment is handed in. */
  | { readonly variable: string; readonly environment: Readonly<Record<string, string | undefined>> }
  /** A program with its arguments that prints the key; no shell is involved. */
  | { readonly command: readonly [string, ...string[]] };

/** Wraps the keys that seal the secrets. */
export interface MasterKey {
  /** Names the key without telling it. */
  readonly id: string;
  wrap(key: Uint8Array, bound: string, random: (bytes: number) => Uint8Array): Uint8Array;
  /** Throws when it was wrapped by another key or bound to something else. */
  unwrap(wrapped: Uint8Array, bound: string): Uint8Array;
}

const KEY_BYTES = 32;
const COMMAND_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 4_096;

/** @throws {ConfigError} `ERR_VAULT_KEY`, naming the source, never what was found there. */
export async function readMasterKey(source: MasterKeySource): Promise<MasterKey> {
  const text = (await readText(source)).trim();
  const bytes = decode(text);
  if (bytes?.length !== KEY_BYTES) {
    throw new ConfigError('ERR_VAULT_KEY', `${nameOf(source)} does not hold a master key`, {
      remedy: 'it must be 32 bytes as base64 or hexadecimal text, e.g. from: head -c 32 /dev/urandom | base64',
    });
  }
  // Two keys for two purposes: the name must tell nothing of the key that encrypts.
  const wrapping = derive(bytes, 'locum/vault/wrap/1');
  return {
    id: Buffer.from(derive(bytes, 'locum/vault/id/1')).toString('hex').slice(0, 32),
    wrap: (key, bound, random) => seal(wrapping, key, bound, random),
    unwrap: (wrapped, bound) => unseal(wrapping, wrapped, bound),
  };
}

/** Creates a durable file with a new key, unless there is a file already. */
export function createMasterKeyFile(file: string, ctx: Pick<Context, 'random' | 'id'>): void {
  if (existsSync(file)) return;
  const unfinished = `${file}.${ctx.id()}`;
  const text = Buffer.from(ctx.random(KEY_BYTES)).toString('base64');
  try {
    writeFileSync(unfinished, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    throw new ConfigError(
      'ERR_VAULT_KEY',
      `no master key can be written to ${file} (${(cause as NodeJS.ErrnoException).code})`,
      {
        remedy: 'name a file in a folder that is there and writable',
        cause,
      },
    );
  }
  try {
    linkSync(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished);
  }
  fsyncPath(path.dirname(path.resolve(file)));
}

/** The source as an error names it. */
export function nameOf(source: MasterKeySource): string {
  if ('file' in source) return `the file ${source.file}`;
  if ('variable' in source) return `the environment variable ${source.variable}`;
  return `the command ${source.command[0]}`;
}

async function readText(source: MasterKeySource): Promise<string> {
  if ('file' in source) return readKeyFile(source.file);
  if ('command' in source) return runCommand(source.command);
  const text = source.environment[source.variable];
  if (text) return text;
  throw new ConfigError('ERR_VAULT_KEY', `the environment variable ${source.variable} is not set`, {
    remedy: 'set it to the master key',
  });
}

async function readKeyFile(file: string): Promise<string> {
  await using handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError('ERR_VAULT_KEY', `the master key file ${file} can't be read (${cause.code})`, {
      remedy: 'restore it: without it the secrets of the vault are lost',
      cause,
    });
  });
  const { mode } = await handle.stat();
  // Windows has no such bits; there every file looks open to all.
  if (platform() !== 'win32' && (mode & 0o077) !== 0) {
    throw new ConfigError(
      'ERR_VAULT_KEY',
      `others than its owner may use the master key file ${file} (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
      { remedy: `chmod 600 ${file}, and rotate the master key if somebody may have read it` },
    );
  }
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_OUTPUT_BYTES), 0, MAX_OUTPUT_BYTES, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

async function runCommand([program, ...args]: readonly [string, ...string[]]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      timeout: COMMAND_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
      windowsHide: true,
    });
    return stdout;
  } catch (error) {
    // The error of execFile carries the program's output, which may be the key: it is not kept as the cause.
    const { code, killed } = error as { code?: number | string; killed?: boolean };
    const because = code ?? (killed ? `no end within ${COMMAND_TIMEOUT_MS} ms` : 'killed');
    throw new ConfigError('ERR_VAULT_KEY', `the master key command ${program} failed (${because})`, {
      remedy: 'it must print the master key and end with 0',
    });
  }
}

function decode(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[\w+/-]{43}=?$/.test(text)) return Buffer.from(text, 'base64');
  return undefined;
}

function derive(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', purpose, KEY_BYTES));
}

/** Reads a key file that may be absent, for the recovery of a rotation. */
export async function readMasterKeyIfThere(file: string): Promise<MasterKey | undefined> {
  return existsSync(file) ? readMasterKey({ file }) : undefined;
}
