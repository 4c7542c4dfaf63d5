import { hostname } from 'node:os';
import { pid } from 'node:process';
import type { ClientConfig, Pool } from 'pg';
import { ConfigError } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import { INT8, parseInt8 } from './int8.ts';

/** A connection of its own, for locks that live as long as it does. */
export interface Session {
  query(sql: string, parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Runs when the connection ends without {@link Session.end}, e.g. because the server was restarted. */
  onLost(run: () => void): void;
  end(): Promise<void>;
}

/** Connections that a process keeps to the server. */
const POOL_SIZE = 5;

/** Oldest server whose dialect we use. */
const FLOOR = 150_000;

/**
 * Connects to a PostgreSQL server and checks that it can keep what it acknowledges.
 *
 * @throws {ConfigError} `ERR_CONFIG_CONNECTION`, without the URL: it holds a password.
 */
export async function connectPool(url: Secret): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ ...(await clientConfig(url)), max: POOL_SIZE });
  // An idle connection that the server closes is replaced at the next use; without a listener it ends the process.
  pool.on('error', () => undefined);
  try {
    const { rows } = await pool.query(
      `select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync`,
    );
    checkServer(rows[0]);
    return pool;
  } catch (cause) {
    await pool.end();
    throw cause instanceof ConfigError ? cause : unreachable(cause);
  }
}

/** Opens a connection outside the pool. */
export async function connectSession(url: Secret): Promise<Session> {
  const { default: pg } = await import('pg');
  const client = new pg.Client(await clientConfig(url));
  const listeners: (() => void)[] = [];
  let ended = false;
  // Without a listener for errors a cut connection ends the process; `end` follows every `error`.
  client.on('error', () => undefined);
  client.on('end', () => {
    if (!ended) for (const run of listeners) run();
  });
  try {
    await client.connect();
    await client.query(`set idle_session_timeout = 0`);
  } catch (cause) {
    throw unreachable(cause);
  }
  return {
    query: async (sql, parameters) => (await client.query(sql, [...parameters])).rows,
    onLost: (run) => {
      listeners.push(run);
    },
    end: async () => {
      ended = true;
      await client.end();
    },
  };
}

async function clientConfig(url: Secret): Promise<ClientConfig> {
  const { default: pg } = await import('pg');
  return {
    connectionString: url.reveal(),
    application_name: `locum ${hostname()}:${pid}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // For these connections only: the global parsers belong to everybody in the process.
    types: { getTypeParser: (id, format) => (id === INT8 ? parseInt8 : pg.types.getTypeParser(id, format)) },
  };
}

function checkServer(settings: { version: number; fsync: string } | undefined): void {
  if (settings === undefined || settings.version < FLOOR) {
    throw new ConfigError('ERR_CONFIG_CONNECTION', `the PostgreSQL server is too old (${settings?.version})`, {
      remedy: 'use PostgreSQL 15 or newer',
    });
  }
  if (settings.fsync !== 'on') {
    throw new ConfigError('ERR_CONFIG_CONNECTION', 'the PostgreSQL server runs with fsync=off', {
      remedy: 'set fsync=on: a power cut would lose the record of what was done at SAP',
    });
  }
}

function unreachable(cause: unknown): ConfigError {
  const { code } = cause as { code?: string };
  return new ConfigError('ERR_CONFIG_CONNECTION', `no connection to the PostgreSQL server (${code ?? 'no answer'})`, {
    remedy: 'check DATABASE_URL: host, port, database, user, password',
    cause,
  });
}
