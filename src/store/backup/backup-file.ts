import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { canonicalJson } from '../../kernel/json.ts';
import type { MasterKey } from '../master-key.ts';
import { seal, unseal } from '../seal.ts';
import type { Snapshot } from './snapshot.ts';

const FORMAT = 'locum-backup/1';
const DATA_KEY_BYTES = 32;

/** The first line of the file, readable for everybody; the rest is sealed, and bound to it. */
const headSchema = z.strictObject({
  format: z.literal(FORMAT),
  id: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** Names the master key that opens it, without telling it. */
  masterKey: z.string(),
  /** Rows by table. */
  rows: z.record(z.string(), z.number()),
  /** The key of the rest, sealed with the master key; base64. */
  wrappedKey: z.string(),
  /** Of the rest; hexadecimal. */
  sha256: z.string(),
});
export type BackupHead = z.infer<typeof headSchema>;

const snapshotSchema = z.strictObject({
  migrations: z.array(z.string()),
  tables: z.array(z.strictObject({ name: z.string(), rows: z.array(z.string()) })),
});

/** A file with the snapshot in it: a head as one line of JSON, then the packed snapshot, sealed with the master key. */
export function packBackup(
  snapshot: Snapshot,
  key: MasterKey,
  { id, at }: { readonly id: string; readonly at: number },
  random: Context['random'],
): Uint8Array {
  const about = {
    format: FORMAT,
    id,
    at: new Date(at).toISOString(),
    masterKey: key.id,
    rows: Object.fromEntries(snapshot.tables.map(({ name, rows }) => [name, rows.length])),
  } as const;
  const dataKey = random(DATA_KEY_BYTES);
  const body = seal(dataKey, gzipSync(JSON.stringify(snapshot)), bound(about), random);
  const head: BackupHead = {
    ...about,
    wrappedKey: Buffer.from(key.wrap(dataKey, bound(about), random)).toString('base64'),
    sha256: sha256(body),
  };
  dataKey.fill(0);
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

/** @throws {ConfigError} `ERR_STORE_CORRUPT` when it is no backup, or was damaged or altered; `ERR_VAULT_KEY` for another key */
export function unpackBackup(
  file: Uint8Array,
  key: MasterKey,
): { readonly head: BackupHead; readonly snapshot: Snapshot } {
  const { head, body } = split(file);
  if (sha256(body) !== head.sha256) throw corrupt('the backup is damaged: its content does not fit its checksum');
  if (key.id !== head.masterKey) {
    throw new ConfigError(
      'ERR_VAULT_KEY',
      `the backup was sealed with another master key (${head.masterKey.slice(0, 8)}…)`,
      {
        remedy: `give the master key that was in use on ${head.at}`,
      },
    );
  }
  const { wrappedKey, sha256: _, ...about } = head;
  try {
    const dataKey = key.unwrap(Buffer.from(wrappedKey, 'base64'), bound(about));
    const text = gunzipSync(unseal(dataKey, body, bound(about))).toString('utf8');
    dataKey.fill(0);
    return { head, snapshot: snapshotSchema.parse(JSON.parse(text)) };
  } catch (cause) {
    throw corrupt('the backup was altered', cause);
  }
}

function split(file: Uint8Array): { readonly head: BackupHead; readonly body: Uint8Array } {
  const end = file.indexOf(0x0a);
  try {
    const line = Buffer.from(file.subarray(0, Math.max(end, 0))).toString('utf8');
    return { head: headSchema.parse(JSON.parse(line)), body: file.subarray(end + 1) };
  } catch (cause) {
    throw corrupt('the file is no backup of a store of Locum', cause);
  }
}

function bound(about: Omit<BackupHead, 'wrappedKey' | 'sha256'>): string {
  return canonicalJson(['locum/backup/1', about]);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function corrupt(message: string, cause?: unknown): ConfigError {
  return new ConfigError('ERR_STORE_CORRUPT', message, { remedy: 'take another backup', cause });
}
