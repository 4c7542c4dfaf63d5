import { createHash } from 'node:crypto';
import { RunError } from '../../kernel/errors.ts';
import type { RunLock } from '../../kernel/ports.ts';
import type { Session } from '../database/postgres-server.ts';

/** A run lock that also knows which locks this process had and lost. */
export interface GuardedRunLock {
  readonly lock: RunLock;
  /** Throws when the lock on the manifest was lost while it was held. */
  guard(manifest: string): void;
}

/** For a database that one process has to itself: the process lock keeps the others out. */
export function createLocalRunLock(): GuardedRunLock {
  const held = new Set<string>();
  return {
    guard: () => undefined,
    lock: {
      async acquire(manifest) {
        if (held.has(manifest)) throw locked(manifest, 'this process');
        held.add(manifest);
        let released = false;
        return {
          async [Symbol.asyncDispose]() {
            if (!released) held.delete(manifest);
            released = true;
          },
        };
      },
    },
  };
}

/**
 * For a server: an advisory lock of a session of its own, gone with the process that has it. When the connection is cut
 * the server frees the lock and another process may run, so from then on the guard refuses.
 */
export function createServerRunLock(connect: () => Promise<Session>, schema: string): GuardedRunLock {
  const lost = new Set<string>();
  return {
    guard(manifest) {
      if (!lost.has(manifest)) return;
      throw new RunError('ERR_RUN_INTERRUPTED', `the connection that held the lock on '${manifest}' was cut`, {
        remedy: 'run again: what was under way is looked up first',
      });
    },
    lock: {
      async acquire(manifest) {
        const session = await connect();
        try {
          const key = runLockKey(schema, manifest);
          const [row] = await session.query('select pg_try_advisory_lock($1::int8) as taken', [key]);
          if (row?.taken !== true) throw locked(manifest, await holderOf(session, key));
        } catch (error) {
          await session.end();
          throw error;
        }
        lost.delete(manifest);
        session.onLost(() => lost.add(manifest));
        let released: Promise<void> | undefined;
        return {
          [Symbol.asyncDispose]() {
            lost.delete(manifest);
            // The server frees the lock when the session ends.
            released ??= session.end();
            return released;
          },
        };
      },
    },
  };
}

async function holderOf(session: Session, key: string): Promise<string> {
  const [row] = await session.query(
    `select application_name as holder from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and granted and objsubid = 1
       and ((classid::int8 << 32) | objid::int8) = $1::int8 and pg_locks.database = (select oid from pg_database where datname = current_database())`,
    [key],
  );
  return typeof row?.holder === 'string' && row.holder !== '' ? row.holder : 'another process';
}

function locked(manifest: string, holder: string): RunError {
  return new RunError('ERR_RUN_LOCKED', `a run of '${manifest}' is going on in ${holder}`, {
    remedy: 'wait for it to end',
  });
}

/** Advisory locks have 64-bit keys, in one space per database. */
export function runLockKey(schema: string, manifest: string): string {
  return createHash('sha256').update(`locum/run/${schema}/${manifest}`).digest().readBigInt64BE().toString();
}
