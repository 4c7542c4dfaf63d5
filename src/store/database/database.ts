import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { CompiledQuery, type DatabaseConnection, Kysely, PostgresDialect } from 'kysely';
import type { Context } from '../../kernel/context.ts';
import { ConfigError } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import { fsyncPath } from './fsync-tree.ts';
import { type Migrations, migrate } from './migrate.ts';
import type { Session } from './postgres-server.ts';
import { lockDirectory } from './process-lock.ts';

/** Folder of the embedded database below its directory, and of one that a restore is making. */
export const DATA = 'pg';
export const RESTORING = 'restoring';

/** Where a database is: below a directory (embedded PGlite), or on a PostgreSQL server. */
export type Place = { readonly directory: string } | { readonly url: Secret };

export interface DatabaseOptions {
  /** Steps of the schema; names sort in the order in which they were written. */
  readonly migrations: Migrations;
  /** Name of the schema that all tables are in. @default 'locum' */
  readonly schema?: string;
  /** Milliseconds to wait for another process that has the directory open. @default 3000 */
  readonly waitMs?: number;
  /** Whether the caller has the directory's lock already. @default false */
  readonly locked?: boolean;
}

/** An open database with its schema up to date. A transaction that has returned is on the disk. */
export interface Database<T> extends AsyncDisposable {
  /**
   * Inside a transaction use only the transaction's handle: the embedded database has one connection, and a statement
   * beside the transaction waits for its end for ever.
   */
  readonly kysely: Kysely<T>;
  readonly kind: 'embedded' | 'server';
  /** Opens a connection of its own; absent when embedded, where there is only one. */
  readonly session: (() => Promise<Session>) | undefined;
  /** Waits for open transactions; idempotent. */
  close(): Promise<void>;
}

/**
 * Opens a database and creates what is missing. Closing it, or the end of the process however it comes, lets the next
 * process in.
 *
 * @throws {ConfigError} `ERR_STORE_LOCKED` another process has the directory open · `ERR_STORE_CORRUPT` it can't be
 *   opened · `ERR_CONFIG_CONNECTION` the server can't be used.
 */
export function openDatabase<T>(
  place: Place,
  options: DatabaseOptions,
  ctx: Pick<Context, 'now' | 'sleep'>,
): Promise<Database<T>> {
  return 'directory' in place ? openEmbedded(place.directory, options, ctx) : openServer(place.url, options);
}

async function openEmbedded<T>(
  directory: string,
  options: DatabaseOptions,
  ctx: Pick<Context, 'now' | 'sleep'>,
): Promise<Database<T>> {
  createDirectory(directory);
  refuseHalfRestored(directory);
  // PGlite is loaded only here: commands that need no database start without it.
  const [{ openDurablePGlite }, { YieldingPGliteDialect }] = await Promise.all([
    import('./durable-pglite.ts'),
    import('./pglite-dialect.ts'),
  ]);
  await using opening = new AsyncDisposableStack();
  const { waitMs, locked = false } = options;
  if (!locked) opening.use(await lockDirectory(directory, waitMs === undefined ? {} : { waitMs }, ctx));
  const { pglite } = opening.use(await openDurablePGlite(path.join(directory, DATA)));
  const schema = options.schema ?? 'locum';
  await pglite.query(`select set_config('search_path', $1, false)`, [schema]);
  const kysely = opening.adopt(new Kysely<T>({ dialect: new YieldingPGliteDialect(pglite) }), async (opened) => {
    // The connection is free when the transaction before has ended.
    await opened.connection().execute(async () => undefined);
    await opened.destroy();
  });
  await migrate(kysely, schema, options.migrations);
  return opened('embedded', kysely, undefined, opening.move());
}

async function openServer<T>(url: Secret, options: DatabaseOptions): Promise<Database<T>> {
  const { connectPool, connectSession } = await import('./postgres-server.ts');
  await using opening = new AsyncDisposableStack();
  const schema = options.schema ?? 'locum';
  const pool = await connectPool(url);
  const kysely = opening.adopt(
    new Kysely<T>({
      dialect: new PostgresDialect({ pool, onCreateConnection: (connection) => prepare(connection, schema) }),
    }),
    (opened) => opened.destroy(),
  );
  await migrate(kysely, schema, options.migrations);
  return opened('server', kysely, () => connectSession(url), opening.move());
}

/** Every session looks into our schema only, and waits for the disk even where the server's default is not to. */
async function prepare(connection: DatabaseConnection, schema: string): Promise<void> {
  const text = `select set_config('search_path', $1, false),
    case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', false) end`;
  await connection.executeQuery(CompiledQuery.raw(text, [schema]));
}

function opened<T>(
  kind: Database<T>['kind'],
  kysely: Kysely<T>,
  session: Database<T>['session'],
  resources: AsyncDisposableStack,
): Database<T> {
  const close = () => resources.disposeAsync();
  return { kysely, kind, session, close, [Symbol.asyncDispose]: close };
}

/** A new, empty store in the place of one that is being restored would hide that its secrets are missing. */
function refuseHalfRestored(directory: string): void {
  if (existsSync(path.join(directory, DATA)) || !existsSync(path.join(directory, RESTORING))) return;
  throw new ConfigError('ERR_STORE_CORRUPT', `a restore into ${directory} was interrupted`, {
    remedy: 'call it again: locum vault restore FILE',
  });
}

/** Makes the directory, private to its user, and each new name on the way to it durable. */
export function createDirectory(directory: string): void {
  const absolute = path.resolve(directory);
  const first = mkdirSync(absolute, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = absolute; made.length >= first.length; made = path.dirname(made)) {
    fsyncPath(path.dirname(made));
  }
}
