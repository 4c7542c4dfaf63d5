import type { Kysely, Transaction } from 'kysely';
import type { Context } from '../kernel/context.ts';
import { ConfigError, InvariantError } from '../kernel/errors.ts';
import type { PayloadPlace, PayloadReference, Payloads } from '../kernel/ports.ts';
import type { Snapshot } from './backup/snapshot.ts';
import type { StoreTables } from './records/tables.ts';
import { appendTo, inTransaction } from './records/trail.ts';
import type { TrailFact } from './records/trail-chain.ts';
import { lockVault } from './vault-lock.ts';

/** Where the sealed text of a row is: in it, or where it says. */
export interface Sealed {
  readonly sealed: Uint8Array | null;
  readonly payload: PayloadReference | null;
}

interface Named {
  readonly name: string;
  readonly version: number;
}

const AREA_BYTES = 8;
const ID_BYTES = 8;

/**
 * Puts a sealed text outside, before the row that refers to it is written: a crash between leaves a payload that nothing
 * refers to. Each attempt has a path of its own.
 */
export async function putOutside(
  trx: Transaction<StoreTables>,
  payloads: Payloads,
  { name, version }: Named,
  sealed: Uint8Array,
  { random }: Pick<Context, 'random'>,
): Promise<{ readonly sealed: null; readonly payload: string }> {
  const segments = name.split('/').map(segmentOf);
  const id = `${version}-${hex(random(ID_BYTES))}`;
  const path = [await areaOf(trx, random), ...segments, id].join('/');
  return { sealed: null, payload: JSON.stringify(await payloads.put(path, sealed)) };
}

/** Paths know neither empty parts nor dots alone. */
function segmentOf(part: string): string {
  if (part === '') return '%';
  return /^\.+$/.test(part) ? part.replaceAll('.', '%2E') : encodeURIComponent(part);
}

/** A store has a folder of its own: what another store keeps at the same server is not its business. */
async function areaOf(trx: Transaction<StoreTables>, random: Context['random']): Promise<string> {
  const known = await knownArea(trx);
  if (known !== undefined) return known;
  const area = hex(random(AREA_BYTES));
  await trx.updateTable('vault_key').set({ payload_area: area }).execute();
  return area;
}

async function knownArea(db: Kysely<StoreTables>): Promise<string | undefined> {
  const row = await db.selectFrom('vault_key').select('payload_area').executeTakeFirst();
  return row?.payload_area ?? undefined;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** @throws {ConfigError} `ERR_CONFIG` when it lies outside and nobody said how to get there; else as `Payloads.get` */
export async function sealedOf(row: Named & Sealed, payloads: Payloads | undefined): Promise<Uint8Array> {
  if (row.sealed) return row.sealed;
  if (!row.payload) throw new InvariantError(`version ${row.version} of the secret ${row.name} lies nowhere`);
  if (payloads) return payloads.get(row.payload);
  const { mount, path } = row.payload.kv2;
  throw new ConfigError(
    'ERR_CONFIG',
    `version ${row.version} of the secret ${row.name} lies in OpenBao (${mount}/${path}), and Locum was not told how to get there`,
    { remedy: 'set LOCUM_VAULT_URL and its login: see docs/vault.md' },
  );
}

/** The snapshot with all sealed texts in it. What is gone or altered outside stays a reference, which does not open. */
export async function gathered(snapshot: Snapshot, payloads: Payloads | undefined): Promise<Snapshot> {
  const tables = await Promise.all(
    snapshot.tables.map(async ({ name, rows }) => {
      if (name === 'vault_key') return { name, rows: rows.map(withoutArea) };
      if (name !== 'vault_version') return { name, rows };
      const whole: string[] = [];
      for (const row of rows) whole.push(await gatheredRow(row, payloads));
      return { name, rows: whole };
    }),
  );
  return { ...snapshot, tables };
}

type TextRow = Readonly<Record<string, string | null>>;

/** Who restores it must not take the payloads of the store that it was made of for its own. */
function withoutArea(row: string): string {
  return JSON.stringify({ ...(JSON.parse(row) as TextRow), payload_area: null });
}

async function gatheredRow(text: string, payloads: Payloads | undefined): Promise<string> {
  const row = JSON.parse(text) as TextRow;
  if (!row.payload) return text;
  const payload = JSON.parse(row.payload) as PayloadReference;
  try {
    const named = { name: row.name ?? '', version: Number(row.version) };
    const sealed = await sealedOf({ ...named, sealed: null, payload }, payloads);
    return JSON.stringify({ ...row, sealed: `\\x${hex(sealed)}`, payload: null });
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'ERR_STORE_CORRUPT') return text;
    throw error;
  }
}

/** Payloads of this store that no version refers to: a crash, or a removal that failed, left them. */
export async function unreferenced(
  db: Kysely<StoreTables>,
  payloads: Payloads | undefined,
): Promise<readonly PayloadPlace[]> {
  const area = await knownArea(db);
  if (!payloads || area === undefined) return [];
  // Listed before the rows are read: what is written meanwhile has its row by then, or is still on its way.
  const listed = await payloads.list(area);
  const rows = await db.selectFrom('vault_version').select('payload').where('payload', 'is not', null).execute();
  const referred = new Set(rows.flatMap(({ payload }) => (payload ? [nameOf(payload.kv2)] : [])));
  return listed.filter((place) => !referred.has(nameOf(place)));
}

export type PayloadFact = Pick<TrailFact, 'at' | 'who' | 'why'>;

/** Removes what {@link unreferenced} tells, while nobody can write a new one. */
export async function prune(
  db: Kysely<StoreTables>,
  payloads: Payloads | undefined,
  fact: PayloadFact,
): Promise<readonly PayloadPlace[]> {
  return inTransaction(db, async (trx) => {
    await lockVault(trx);
    const found = await unreferenced(trx, payloads);
    for (const place of found) await payloads?.remove(place);
    if (found.length === 0) return found;
    const change = { action: 'prune', payloads: found.map(nameOf) };
    await appendTo(trx, { ...fact, subject: 'vault/payloads', change, result: 'done' });
    return found;
  });
}

/**
 * Moves every version out of the store or into it, one secret after the other, each in a transaction with its entry of
 * the trail. Interrupted, it is called again. Nothing is removed outside before the store has it.
 * @returns the number of versions
 */
export async function movePayloads(
  db: Kysely<StoreTables>,
  payloads: Payloads | undefined,
  to: 'store' | 'openbao',
  fact: PayloadFact,
  ctx: Pick<Context, 'random'>,
): Promise<number> {
  const names = await db
    .selectFrom('vault_version')
    .select('name')
    .distinct()
    .where(to === 'store' ? 'payload' : 'sealed', 'is not', null)
    .execute();
  if (names.length === 0) return 0;
  if (!payloads) {
    throw new ConfigError('ERR_CONFIG', 'Locum was not told where OpenBao is', {
      remedy: 'set LOCUM_VAULT_URL and its login: see docs/vault.md',
    });
  }
  await payloads.ready();
  let moved = 0;
  for (const { name } of names) {
    const left = await inTransaction(db, (trx) => moveSecret(trx, { name, to, payloads, fact, ctx }));
    moved += left.versions;
    for (const place of left.places) await payloads.remove(place);
  }
  return moved;
}

interface Move {
  readonly name: string;
  readonly to: 'store' | 'openbao';
  readonly payloads: Payloads;
  readonly fact: PayloadFact;
  readonly ctx: Pick<Context, 'random'>;
}

async function moveSecret(
  trx: Transaction<StoreTables>,
  { name, to, payloads, fact, ctx }: Move,
): Promise<{ readonly versions: number; readonly places: readonly PayloadPlace[] }> {
  await lockVault(trx);
  const rows = await trx
    .selectFrom('vault_version')
    .select(['name', 'version', 'sealed', 'payload'])
    .where('name', '=', name)
    .where(to === 'store' ? 'payload' : 'sealed', 'is not', null)
    .execute();
  for (const row of rows) {
    const sealed = await sealedOf(row, payloads);
    const placed = to === 'store' ? { sealed, payload: null } : await putOutside(trx, payloads, row, sealed, ctx);
    await trx
      .updateTable('vault_version')
      .set(placed)
      .where('name', '=', name)
      .where('version', '=', row.version)
      .execute();
  }
  if (rows.length > 0) {
    const change = { action: 'move', to, versions: rows.length };
    await appendTo(trx, { ...fact, subject: name, change, result: 'done' });
  }
  return { versions: rows.length, places: rows.flatMap(({ payload }) => (payload ? [payload.kv2] : [])) };
}

function nameOf({ mount, path }: PayloadPlace): string {
  return `${mount}/${path}`;
}
