import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { StateChange } from '../../emulation/state.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { fsyncPath } from '../../store/database/fsync-tree.ts';
import type { Persistence } from './persistence.ts';

/** A commit reaches the disk before it returns, also on macOS; one process has the file (the landscape's own lock sees to that). */
const DURABLE = `pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full; pragma fullfsync = on;`;

const TABLE = `create table if not exists documents (
  collection text not null,
  key text not null,
  position integer not null,
  value text not null,
  primary key (collection, key)
) strict`;

const UPSERT = `insert into documents (collection, key, position, value) values (?, ?, ?, ?)
  on conflict (collection, key) do update set position = excluded.position, value = excluded.value`;

/**
 * Keeps the landscape's state in a file of SQLite, which Node brings (docs/adr/0009).
 *
 * @throws {ConfigError} `ERR_STORE_CORRUPT` it can't be opened.
 */
export async function openDatabasePersistence(directory: string): Promise<Persistence> {
  const file = path.join(directory, 'documents.sqlite');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = intact(file, () => {
    const opened = new DatabaseSync(file);
    opened.exec(DURABLE);
    opened.exec(TABLE);
    return opened;
  });
  for (const name of [directory, path.dirname(directory)]) fsyncPath(name);
  const upsert = database.prepare(UPSERT);
  const remove = database.prepare('delete from documents where collection = ? and key = ?');

  function change({ collection, key, value, position }: StateChange): void {
    if (value === undefined) remove.run(collection, key);
    else upsert.run(collection, key, position, JSON.stringify(value));
  }

  return {
    async *load() {
      const rows = intact(file, () => database.prepare('select * from documents order by position').iterate());
      const next = () => intact(file, () => rows.next());
      for (let row = next(); !row.done; row = next()) {
        const { collection, key, position, value } = row.value;
        yield {
          collection: String(collection),
          key: String(key),
          position: Number(position),
          value: JSON.parse(String(value)) as unknown,
        };
      }
    },
    async write(changes, options = {}) {
      // SQLite works synchronously: without a pause no other request could join the next write.
      await setImmediate();
      database.exec('begin immediate');
      try {
        if (options.replacing) database.exec('delete from documents');
        for (const one of changes) change(one);
        database.exec('commit');
      } catch (error) {
        if (database.isTransaction) database.exec('rollback');
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      if (database.isOpen) database.close();
    },
  };
}

function intact<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new ConfigError('ERR_STORE_CORRUPT', `the landscape in ${file} can't be opened`, {
      remedy: 'restore the directory from a backup, or move it away to start afresh',
      cause,
    });
  }
}
