import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { badRequest, certificateNotFound, duplicate } from '../errors.ts';
import { forgetLabels } from '../labels.ts';
import { type CertificateRecord, type Level, recordKey, type Store } from '../store.ts';
import { versionOf } from '../versions.ts';
import { attributes } from './attributes.ts';
import { generate, renewalMargin } from './generate.ts';
import { isCertificateName, openKeyStore } from './key-store.ts';
import { type KeyStoreEntry, LockedKeyStore } from './key-store-entry.ts';
import { nodesOf, publicKeysOf } from './nodes.ts';

type Impure = Pick<EmulatorContext, 'now' | 'aside' | 'random' | 'world' | 'state'>;

/** `Type` of what says none (btp-connectivity:83a3f3b, example). */
const TYPE = 'CERTIFICATE';

/** Larger than any chain with its key. */
const MOST_BYTES = 256 * 1024;

const common = { Name: z.string(), Type: z.string().nullish() };
/** OpenAPI 1.0.0, `Certificate`: uploaded; `Attributes`: to be generated. */
const sent = z.union([
  z.looseObject({ ...common, Content: z.base64().min(1) }),
  z.looseObject({ ...common, Attributes: attributes }),
]);

export async function createCertificate(
  store: Store,
  ctx: Impure,
  level: Level,
  body: unknown,
): Promise<CertificateRecord> {
  const given = readCertificate(body);
  if (store.certificates.get(recordKey(level, given.Name))) throw duplicate();
  return put(store, ctx, level, given);
}

export async function replaceCertificate(
  store: Store,
  ctx: Impure,
  level: Level,
  body: unknown,
): Promise<CertificateRecord> {
  const given = readCertificate(body);
  return put(store, ctx, level, given, certificate(store, level, given.Name));
}

export function certificate(store: Store, level: Level, name: string): CertificateRecord {
  const found = store.certificates.get(recordKey(level, name));
  if (!found) throw certificateNotFound(name);
  return found;
}

/** Whether there was one. */
export function removeCertificate(store: Store, level: Level, name: string): boolean {
  forgetLabels(store, 'certificates', level, name);
  return store.certificates.delete(recordKey(level, name));
}

export function certificateRow({ name, type, content }: CertificateRecord) {
  return { Name: name, Type: type, Content: content };
}

/** The public part; that of a password-protected key store only when the service made it and so knows (OpenAPI 1.0.0). */
export function publicKeys({ name, content, attributes: made }: CertificateRecord) {
  try {
    return publicKeysOf(name, openKeyStore(name, Buffer.from(content, 'base64'), made?.Password ?? ''));
  } catch (error) {
    if (!(error instanceof LockedKeyStore)) throw error;
    throw badRequest('The keystore is password-protected and public keys cannot be retrieved');
  }
}

/** Renews what was generated with `AutomaticRenew`, in time before it ends; the key is new, the subject is not. */
export async function renewCertificates(store: Store, ctx: Impure): Promise<void> {
  for (const record of [...store.certificates.values()]) {
    const { attributes: made, nodes, name, type, content: _old, ...rest } = record;
    if (!made?.AutomaticRenew) continue;
    const ends = Date.parse(String(nodes.find((node) => node.type === 'x509_certificate')?.not_after));
    const validity = made.Validity ?? { TimeUnit: 'YEARS', Value: 1 };
    if (ctx.now() < ends - renewalMargin(validity)) continue;
    const level = { zone: rest.zone, ...(rest.instance === undefined ? {} : { instance: rest.instance }) };
    await put(store, ctx, level, { Name: name, Type: type, Attributes: made }, record);
  }
}

type Sent = z.infer<typeof sent>;

function readCertificate(body: unknown): Sent {
  const given = sent.safeParse(body);
  if (!given.success) throw badRequest('Bad Request');
  const { Name: name } = given.data;
  if (!isCertificateName(name) || name.includes('/')) throw badRequest('Invalid certificate name');
  return given.data;
}

async function put(
  store: Store,
  ctx: Impure,
  level: Level,
  given: Sent,
  before?: CertificateRecord,
): Promise<CertificateRecord> {
  const { Name: name } = given;
  const wanted = 'Attributes' in given ? attributes.parse(given.Attributes) : undefined;
  const { content, creation } = wanted
    ? await generate(ctx, level, name, wanted)
    : { content: Buffer.from(String(given.Content), 'base64'), creation: { generation_method: 'import' } };
  // Somebody may have been faster while the keys were made.
  if (!before && store.certificates.get(recordKey(level, name))) throw duplicate();
  const text = content.toString('base64');
  const record: CertificateRecord = {
    ...level,
    name,
    type: given.Type ?? TYPE,
    content: text,
    nodes: nodesOf(visible(name, content, wanted?.Password ?? '')),
    creation,
    ...(wanted ? { attributes: wanted } : {}),
    ...versionOf(ctx, level, text, before),
  };
  store.certificates.set(recordKey(level, name), record);
  return record;
}

/** What the service sees in a file; of one whose password it does not know, nothing (assumed). */
function visible(name: string, content: Buffer, password: string): readonly KeyStoreEntry[] {
  if (content.length > MOST_BYTES) throw badRequest('Invalid certificate content');
  try {
    return openKeyStore(name, content, password);
  } catch (error) {
    if (error instanceof LockedKeyStore) return [];
    throw error;
  }
}
