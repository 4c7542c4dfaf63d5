import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { platform } from 'node:os';
import type { Context } from '../../kernel/context.ts';
import { ConfigError, type ErrorCode, RunError } from '../../kernel/errors.ts';
import { tryLockFile } from './lock-file.ts';
import { holderOfSocket, tryLockSocket } from './lock-socket.ts';

export interface ProcessLockOptions {
  /** Milliseconds to wait for the other process before giving up. @default 3000 */
  readonly waitMs?: number;
  /** Code of the error. @default 'ERR_STORE_LOCKED' */
  readonly code?: ErrorCode;
  /**
   * `socket`: the kernel's, gone with its process (Linux: abstract socket, Windows: named pipe).
   * `file`: a file with the holder's pid, for systems without either.
   * @default 'socket' on Linux and Windows, else 'file'
   */
  readonly by?: 'socket' | 'file';
}

const POLL_MS = 100;

/**
 * Lets one process at a time use a directory. Killing the holder releases it. Holds within one machine (and one network
 * namespace): containers that share a directory need a PostgreSQL server instead.
 *
 * @throws {RunError} when another process (or this one) has it and keeps it for `waitMs`: that passes. With a code of the
 *   caller's a ConfigError.
 */
export async function lockDirectory(
  directory: string,
  options: ProcessLockOptions,
  ctx: Pick<Context, 'now' | 'sleep'>,
): Promise<AsyncDisposable> {
  const by = options.by ?? (['linux', 'win32'].includes(platform()) ? 'socket' : 'file');
  const tryLock = by === 'socket' ? () => tryLockSocket(socketName(directory)) : () => tryLockFile(directory);
  const waitMs = options.waitMs ?? 3_000;
  const deadline = ctx.now() + waitMs;
  for (;;) {
    const tried = await tryLock();
    if ('release' in tried) return { [Symbol.asyncDispose]: tried.release };
    if (ctx.now() < deadline) {
      await ctx.sleep(Math.min(POLL_MS, deadline - ctx.now()));
      continue;
    }
    const heldBy = tried.heldBy ?? (by === 'socket' ? await holderOfSocket(socketName(directory)) : undefined);
    const holder = heldBy === undefined ? 'another process' : `process ${heldBy}`;
    const message = `${directory} is in use by ${holder} (waited ${waitMs} ms)`;
    const remedy = remedyFor(heldBy, tried.leftOver, options.code);
    if (options.code) throw new ConfigError(options.code, message, { remedy });
    throw new RunError('ERR_STORE_LOCKED', message, { remedy });
  }
}

function remedyFor(heldBy: number | undefined, leftOver: string | undefined, code?: ErrorCode): string {
  if (leftOver) return `if no Locum is running, delete ${leftOver}`;
  const which = heldBy === undefined ? 'it' : `process ${heldBy}`;
  if (code === 'ERR_LANDSCAPE_LOCKED') return `use the landscape that is up (\`locum env\`), or stop ${which}`;
  return `wait for ${which} to end or stop it; several processes at once need a PostgreSQL server (DATABASE_URL)`;
}

/** By device and inode, so that symlinks and bind mounts of one directory meet and equal paths of two do not. */
function socketName(directory: string): string {
  const { dev, ino } = statSync(directory, { bigint: true });
  const id = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 32);
  return platform() === 'win32' ? `\\\\?\\pipe\\locum-${id}` : `\0locum-${id}`;
}
