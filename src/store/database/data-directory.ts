import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { ConfigError } from '../../kernel/errors.ts';
import { fsyncPath, fsyncTree } from './fsync-tree.ts';

/** Major version of the PostgreSQL inside the pinned PGlite. */
const MAJOR = '18';

/** What initdb made the first time, packed: it takes seconds, and one process often creates two databases. */
let template: Promise<Blob> | undefined;

/**
 * Makes sure that a whole, durable data directory of PostgreSQL is at `directory`. It is made beside its place and moved
 * there when it is on the disk, so that a crash or power cut while creating never leaves half of one.
 *
 * @throws {ConfigError} `ERR_STORE_CORRUPT` when what is there belongs to another version or is something else.
 */
export async function createDataDirectory(directory: string): Promise<void> {
  if (existsSync(directory)) {
    checkVersion(directory);
    return;
  }
  const parent = path.dirname(directory);
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const packed = await template?.catch(() => undefined);
  const pglite = await PGlite.create({ dataDir: unfinished, ...(packed ? { loadDataDir: packed } : {}) });
  try {
    await pglite.exec('checkpoint');
    template ??= pglite.dumpDataDir('none').then(pack);
    await template;
  } finally {
    await pglite.close();
  }
  fsyncTree(unfinished);
  renameSync(unfinished, directory);
  fsyncPath(parent);
}

async function pack(dump: Blob): Promise<Blob> {
  const packed = await promisify(gzip)(await dump.bytes(), { level: 1 });
  return new Blob([packed], { type: 'application/gzip' });
}

function checkVersion(directory: string): void {
  const file = path.join(directory, 'PG_VERSION');
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (found === MAJOR) return;
  throw new ConfigError(
    'ERR_STORE_CORRUPT',
    found
      ? `${directory} was written by PostgreSQL ${found}, this Locum embeds ${MAJOR}`
      : `${directory} is not a data directory of PostgreSQL`,
    { remedy: 'use the Locum that wrote it, or move the directory away to start afresh' },
  );
}
