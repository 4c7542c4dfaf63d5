import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Context } from '../kernel/context.ts';
import { ConfigError, InvariantError } from '../kernel/errors.ts';
import { canonicalJson } from '../kernel/json.ts';
import type { OpenedSecret, Payloads, SecretVersion, Vault } from '../kernel/ports.ts';
import { Secret } from '../kernel/secret.ts';
import { changed, promotion, proposed, retirement, retirementOfAll, type StateChange } from '../kernel/vault/states.ts';
import type { MasterKey } from './master-key.ts';
import { putOutside, sealedOf } from './payloads.ts';
import type { StoreTables, VaultVersionTable } from './records/tables.ts';
import { type Admission, everybody, inTransaction } from './records/trail.ts';
import { seal, unseal } from './seal.ts';
import { lockVault } from './vault-lock.ts';

/** The master key that the process has now. */
export interface Keyring {
  current: MasterKey;
}

const DATA_KEY_BYTES = 32;

/**
 * Secrets in the database: each version sealed with a data key of its own, that one with the master key. Both are bound
 * to name, version and time, so that a row moved to another place does not open. With `payloads` the sealed text of a
 * new version goes there, and the row refers to it.
 */
export function createVault(
  db: Kysely<StoreTables>,
  keyring: Keyring,
  ctx: Pick<Context, 'random'>,
  admit: Admission = everybody,
  payloads?: Payloads,
): Vault {
  const changeStates = (
    name: string,
    at: number,
    decide: (history: readonly SecretVersion[]) => readonly StateChange[],
  ): Promise<void> =>
    inTransaction(
      db,
      async (trx) => {
        await lockVault(trx);
        const versions = await history(trx, name);
        for (const change of decide(versions)) {
          const before = versions.find(({ version }) => version === change.version);
          if (!before) continue;
          const { state, states } = changed(before, change, at);
          await trx
            .updateTable('vault_version')
            .set({ state, states: JSON.stringify(states) })
            .where('name', '=', name)
            .where('version', '=', change.version)
            .execute();
        }
      },
      admit,
    );
  const opened = async (row: Row | undefined): Promise<OpenedSecret | undefined> =>
    row && { version: versionOf(row), secret: await openRow(db, row, keyring, payloads) };

  return {
    propose: (name, secret, at) =>
      inTransaction(
        db,
        async (trx) => {
          if (name === '') throw new InvariantError('a secret needs a name');
          assertCurrent(await lockVault(trx), keyring);
          const fresh = proposed(name, ((await history(trx, name)).at(-1)?.version ?? 0) + 1, at);
          const { version, state, states } = fresh;
          const row = { name, version, created_at: at };
          const dataKey = ctx.random(DATA_KEY_BYTES);
          const sealed = seal(dataKey, Buffer.from(secret.reveal()), boundSecret(row), ctx.random);
          // In the transaction: who lost its lease writes nothing outside either. It must not ask the database meanwhile.
          const placed = payloads ? await putOutside(trx, payloads, row, sealed, ctx) : { sealed, payload: null };
          await trx
            .insertInto('vault_version')
            .values({
              ...row,
              state,
              states: JSON.stringify(states),
              wrapped_key: keyring.current.wrap(dataKey, boundKey(row), ctx.random),
              ...placed,
            })
            .execute();
          dataKey.fill(0);
          return fresh;
        },
        admit,
      ),

    promote: (name, version, at) => changeStates(name, at, (versions) => promotion(versions, version, name)),

    retire: (name, version, at) => changeStates(name, at, (versions) => retirement(versions, version, name)),

    retireAll: (name, at) => changeStates(name, at, retirementOfAll),

    async open(name, state) {
      const newest = db
        .selectFrom('vault_version')
        .selectAll()
        .where('name', '=', name)
        .where('state', '=', state)
        .orderBy('version', 'desc')
        .limit(1);
      return opened(await newest.executeTakeFirst());
    },

    async openVersion(name, version) {
      const one = db.selectFrom('vault_version').selectAll().where('name', '=', name).where('version', '=', version);
      return opened(await one.executeTakeFirst());
    },

    history: (name) => history(db, name),

    async names() {
      const rows = await db.selectFrom('vault_version').select('name').distinct().execute();
      return rows.map(({ name }) => name).sort();
    },

    ready: async () => payloads?.ready(),
    loginEnd: async () => payloads?.loginEnd(),
  };
}

/**
 * Wraps every data key with another master key; the secrets themselves are not touched. Gives the number of versions.
 * Runs in the caller's transaction: until it commits, the old key is the one.
 */
export async function rewrap(
  trx: Transaction<StoreTables>,
  keyring: Keyring,
  next: MasterKey,
  ctx: Pick<Context, 'random'>,
): Promise<number> {
  assertCurrent(await lockVault(trx), keyring);
  const rows = await trx.selectFrom('vault_version').selectAll().execute();
  for (const row of rows) {
    const dataKey = unwrap(row, keyring.current);
    await trx
      .updateTable('vault_version')
      .set({ wrapped_key: next.wrap(dataKey, boundKey(row), ctx.random) })
      .where('name', '=', row.name)
      .where('version', '=', row.version)
      .execute();
    dataKey.fill(0);
  }
  await trx.updateTable('vault_key').set({ id: next.id }).execute();
  return rows.length;
}

/** Another process may have rotated the master key since this one has read it. */
function assertCurrent(id: string | undefined, keyring: Keyring): void {
  if (id === keyring.current.id) return;
  throw new ConfigError('ERR_VAULT_KEY', 'the master key of the vault was rotated by another process', {
    remedy: 'give this process the new master key and start it again',
  });
}

async function history(db: Kysely<StoreTables>, name: string): Promise<readonly SecretVersion[]> {
  const rows = await db
    .selectFrom('vault_version')
    .select(['name', 'version', 'state', 'states', 'created_at'])
    .where('name', '=', name)
    .orderBy('version')
    .execute();
  return rows.map(versionOf);
}

type Row = Selectable<VaultVersionTable>;
type Identity = Pick<Row, 'name' | 'version' | 'created_at'>;

function versionOf({
  name,
  version,
  state,
  states,
  created_at,
}: Identity & Pick<Row, 'state' | 'states'>): SecretVersion {
  return { name, version, state, createdAt: created_at, states };
}

async function openRow(
  db: Kysely<StoreTables>,
  row: Row,
  keyring: Keyring,
  payloads: Payloads | undefined,
): Promise<Secret> {
  const sealed = await sealedOf(row, payloads);
  try {
    return unsealRow({ ...row, sealed }, keyring.current);
  } catch (error) {
    const key = await db.selectFrom('vault_key').select('id').executeTakeFirst();
    assertCurrent(key?.id, keyring);
    throw error;
  }
}

/** @throws {ConfigError} `ERR_STORE_CORRUPT` when the key is another one, or anything of the row was changed */
export function unsealRow(
  row: Identity & Pick<Row, 'wrapped_key'> & { readonly sealed: Uint8Array },
  key: MasterKey,
): Secret {
  const dataKey = unwrap(row, key);
  try {
    return new Secret(Buffer.from(unseal(dataKey, row.sealed, boundSecret(row))).toString('utf8'));
  } catch (cause) {
    throw altered(row, cause);
  } finally {
    dataKey.fill(0);
  }
}

function unwrap(row: Identity & Pick<Row, 'wrapped_key'>, key: MasterKey): Uint8Array {
  try {
    return key.unwrap(row.wrapped_key, boundKey(row));
  } catch (cause) {
    throw altered(row, cause);
  }
}

function altered({ name, version }: Identity, cause: unknown): ConfigError {
  return new ConfigError('ERR_STORE_CORRUPT', `version ${version} of the secret ${name} was altered in the database`, {
    remedy: 'restore the database from a backup, or rotate the secret',
    cause,
  });
}

// The states are not bound: they change. Everything that never changes is.
function boundKey({ name, version, created_at }: Identity): string {
  return canonicalJson(['locum/vault/key/1', name, version, created_at]);
}

function boundSecret({ name, version, created_at }: Identity): string {
  return canonicalJson(['locum/vault/secret/1', name, version, created_at]);
}
