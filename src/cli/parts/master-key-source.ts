import path from 'node:path';
import type { MasterKeySource } from '../../store/index.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Where the vault's master key comes from: LOCUM_MASTER_KEY (the key), LOCUM_MASTER_KEY_FILE or
 * LOCUM_MASTER_KEY_COMMAND (a program and its arguments, separated by spaces). Undefined: the store's own file.
 */
export function masterKeySource({ env, cwd }: Pick<Io, 'env' | 'cwd'>): MasterKeySource | undefined {
  if (env.LOCUM_MASTER_KEY) return { variable: 'LOCUM_MASTER_KEY', environment: env };
  if (env.LOCUM_MASTER_KEY_FILE) return { file: path.resolve(cwd, env.LOCUM_MASTER_KEY_FILE) };
  if (env.LOCUM_MASTER_KEY_COMMAND) return { command: wordsOf(env.LOCUM_MASTER_KEY_COMMAND) };
  return undefined;
}

/** A master key's source as it is typed: `file:PATH`, `env:NAME` or `command:LINE`. */
export function parseMasterKeySource(text: string, { env, cwd }: Pick<Io, 'env' | 'cwd'>): MasterKeySource {
  const [, scheme, rest = ''] = /^(file|env|command):(.+)$/.exec(text) ?? [];
  if (scheme === 'file') return { file: path.resolve(cwd, rest) };
  if (scheme === 'env') return { variable: rest, environment: env };
  if (scheme === 'command') return { command: wordsOf(rest) };
  throw new UsageError(`'${text}' is no source of a master key`, 'file:PATH, env:NAME or command:LINE');
}

function wordsOf(line: string): readonly [string, ...string[]] {
  const [program = '', ...args] = line.trim().split(/\s+/);
  return [program, ...args];
}
