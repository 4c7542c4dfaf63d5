import { open } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../kernel/errors.ts';
import type { SecretRef } from '../kernel/manifest/types.ts';
import type { Vault } from '../kernel/ports.ts';
import { Secret } from '../kernel/secret.ts';

/** Largest secret that a file may hold, in bytes (a service key with certificates fits). */
const MAX_SECRET = 64 * 1024;

export interface SecretSources {
  readonly env: (name: string) => string | undefined;
  readonly vault: Vault;
  /** Folder that `file:` references are relative to. */
  readonly folder: string;
}

/**
 * Resolves a reference to a secret. One line break at the end of a file is not part of the secret.
 * @throws ConfigError ERR_CONFIG_SECRET naming the reference and the remedy
 */
export async function resolveSecret(ref: SecretRef, sources: SecretSources): Promise<Secret> {
  const [scheme, name] = split(ref);
  if (scheme === 'env') {
    const value = sources.env(name);
    if (value !== undefined && value !== '') return new Secret(value);
    throw missing(ref, `set the environment variable ${name}`);
  }
  if (scheme === 'file')
    return new Secret((await readBounded(ref, path.resolve(sources.folder, name))).replace(/\r?\n$/, ''));
  const found = await sources.vault.open(name, 'current');
  if (found) return found.secret;
  throw missing(ref, `the vault has no current secret '${name}'`);
}

function split(ref: SecretRef): readonly [scheme: string, name: string] {
  const colon = ref.indexOf(':');
  return [ref.slice(0, colon), ref.slice(colon + 1)];
}

async function readBounded(ref: SecretRef, file: string): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    if (size > MAX_SECRET) throw missing(ref, `the file is larger than ${MAX_SECRET} bytes`);
    return await handle.readFile('utf8');
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw missing(ref, `make ${file} readable`, cause);
  }
}

function missing(ref: SecretRef, remedy: string, cause?: unknown): ConfigError {
  return new ConfigError('ERR_CONFIG_SECRET', `can't resolve the secret ${ref}`, { remedy, cause });
}
