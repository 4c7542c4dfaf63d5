import { setImmediate } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import {
  AbortedTransactionError,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PGliteDialect,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';

/**
 * kysely's dialect for PGlite with a driver of ours: kysely's own waits for ever when BEGIN fails, and neither lets
 * timers and sockets run between statements (PGlite works synchronously, its promises never leave the microtask queue).
 */
export class YieldingPGliteDialect extends PGliteDialect {
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    super({ pglite });
    this.#pglite = pglite;
  }

  override createDriver(): Driver {
    return createDriver(this.#pglite);
  }
}

/** There is one connection; kysely hands it out to one caller at a time (`supportsMultipleConnections` is false). */
function createDriver(pglite: PGlite): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      await setImmediate();
      const { rows, affectedRows } = await pglite.query<R>(sql, [...parameters]);
      return { rows, ...(affectedRows === undefined ? {} : { numAffectedRows: BigInt(affectedRows) }) };
    },
    // biome-ignore lint/correctness/useYield: PGlite has no cursors
    async *streamQuery() {
      throw new TypeError('the embedded database can not stream');
    },
  };
  return {
    init: () => pglite.waitReady,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    async beginTransaction(_connection, settings) {
      await setImmediate();
      await pglite.exec(begin(settings));
    },
    async commitTransaction() {
      const [done] = await pglite.exec('commit');
      // A failed statement whose error was swallowed turns COMMIT into ROLLBACK.
      if ((done as { command?: string } | undefined)?.command === 'ROLLBACK') throw new AbortedTransactionError();
    },
    async rollbackTransaction() {
      await pglite.exec('rollback');
    },
    // Who opened PGlite closes it, after the last user of this dialect.
    destroy: async () => undefined,
  };
}

function begin({ isolationLevel, accessMode }: TransactionSettings): string {
  return ['begin', isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean).join(' ');
}
