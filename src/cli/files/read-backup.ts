import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../../kernel/errors.ts';
import type { Io } from '../io.ts';

export async function readBackup(file: string, { cwd }: Pick<Io, 'cwd'>): Promise<Uint8Array> {
  const place = path.resolve(cwd, file);
  return readFile(place).catch((cause: unknown) => {
    throw new ConfigError('ERR_CONFIG', `can't read the backup ${place}`, {
      remedy: 'name a file that is there',
      cause,
    });
  });
}
