import { createHash, createPrivateKey, timingSafeEqual, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { badRequest } from '../errors.ts';
import { type KeyStoreEntry, LockedKeyStore } from './key-store-entry.ts';

// Java's key store format (OpenJDK, sun.security.provider.JavaKeyStore and KeyProtector). The npm packages for it either cannot
// write or stand on node-rsa, which nobody keeps.
const MAGIC = 0xfeedfeed;
const VERSION = 2;
const PRIVATE_KEY_ENTRY = 1;
const TRUSTED_CERTIFICATE_ENTRY = 2;
const WHITENER = 'Mighty Aphrodite';
const KEY_PROTECTOR_OID = '1.3.6.1.4.1.42.2.17.1.1';
const DIGEST = 20;

export function isJks(content: Buffer): boolean {
  return content.length >= 12 && content.readUInt32BE(0) === MAGIC;
}

/** @throws LockedKeyStore when the password is not the store's, Fault 400 when it is no key store */
export function openJks(content: Buffer, password: string): readonly KeyStoreEntry[] {
  const body = content.subarray(0, -DIGEST);
  if (body.length < 12) throw badRequest('Invalid certificate content');
  if (!timingSafeEqual(content.subarray(-DIGEST), storeDigest(body, password))) throw new LockedKeyStore();
  try {
    return read(body, password);
  } catch (error) {
    if (error instanceof LockedKeyStore) throw error;
    throw badRequest('Invalid certificate content');
  }
}

function read(body: Buffer, password: string): readonly KeyStoreEntry[] {
  let at = 8;
  const bytes = (length: number): Buffer => {
    const from = at;
    at += length;
    if (at > body.length) throw new RangeError('beyond the end');
    return body.subarray(from, at);
  };
  const number = () => bytes(4).readUInt32BE();
  const text = () => bytes(bytes(2).readUInt16BE()).toString('utf8');
  const certificate = (): string => {
    text();
    return new X509Certificate(bytes(number())).toString();
  };
  if (body.readUInt32BE(4) !== VERSION) throw new RangeError('another version');
  const count = number();
  const entries: KeyStoreEntry[] = [];
  while (entries.length < count) {
    const kind = number();
    const alias = text();
    bytes(8);
    if (kind === TRUSTED_CERTIFICATE_ENTRY) {
      entries.push({ alias, certificates: [certificate()], hasKey: false });
      continue;
    }
    if (kind !== PRIVATE_KEY_ENTRY) throw new RangeError('another kind of entry');
    const key = unprotect(bytes(number()), password);
    const length = number();
    const certificates: string[] = [];
    while (certificates.length < length) certificates.push(certificate());
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    entries.push({
      alias,
      certificates,
      hasKey: true,
      privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    });
  }
  return entries;
}

/** A key store with one key. `salt` has 20 bytes. */
export function writeJks(
  alias: string,
  entry: { readonly privateKey: string; readonly certificates: readonly string[] },
  password: string,
  { now, salt }: { readonly now: number; readonly salt: Uint8Array },
): Buffer {
  const key = protect(
    createPrivateKey(entry.privateKey).export({ type: 'pkcs8', format: 'der' }),
    password,
    Buffer.from(salt),
  );
  const body = Buffer.concat([
    uint32(MAGIC),
    uint32(VERSION),
    uint32(1),
    uint32(PRIVATE_KEY_ENTRY),
    // Java names are lower case.
    utf(alias.toLowerCase()),
    uint64(now),
    sized(key),
    uint32(entry.certificates.length),
    ...entry.certificates.flatMap((pem) => [utf('X.509'), sized(new X509Certificate(pem).raw)]),
  ]);
  return Buffer.concat([body, storeDigest(body, password)]);
}

function storeDigest(body: Buffer, password: string): Buffer {
  return createHash('sha1').update(utf16(password)).update(WHITENER).update(body).digest();
}

/** The key is XORed with digests that each follow from the one before; its own digest at the end tells a wrong password. */
function scrambled(key: Buffer, password: string, salt: Buffer): Buffer {
  const out = Buffer.alloc(key.length);
  let digest = salt;
  for (let at = 0; at < key.length; at++) {
    if (at % DIGEST === 0) digest = createHash('sha1').update(utf16(password)).update(digest).digest();
    out[at] = (key[at] ?? 0) ^ (digest[at % DIGEST] ?? 0);
  }
  return out;
}

function keyDigest(key: Buffer, password: string): Buffer {
  return createHash('sha1').update(utf16(password)).update(key).digest();
}

function protect(key: Buffer, password: string, salt: Buffer): Buffer {
  const { asn1 } = forge;
  const node = (type: forge.asn1.Type, value: string | forge.asn1.Asn1[]) =>
    asn1.create(asn1.Class.UNIVERSAL, type, Array.isArray(value), value);
  const sealed = Buffer.concat([salt, scrambled(key, password, salt), keyDigest(key, password)]);
  const der = asn1.toDer(
    node(asn1.Type.SEQUENCE, [
      node(asn1.Type.SEQUENCE, [
        node(asn1.Type.OID, asn1.oidToDer(KEY_PROTECTOR_OID).getBytes()),
        node(asn1.Type.NULL, ''),
      ]),
      node(asn1.Type.OCTETSTRING, sealed.toString('latin1')),
    ]),
  );
  return Buffer.from(der.getBytes(), 'latin1');
}

function unprotect(info: Buffer, password: string): Buffer {
  const tree = forge.asn1.fromDer(info.toString('latin1'));
  const octets = Array.isArray(tree.value) ? tree.value[1]?.value : undefined;
  if (typeof octets !== 'string') throw new RangeError('no sealed key');
  const sealed = Buffer.from(octets, 'latin1');
  const key = scrambled(sealed.subarray(DIGEST, -DIGEST), password, sealed.subarray(0, DIGEST));
  if (!keyDigest(key, password).equals(sealed.subarray(-DIGEST))) throw new LockedKeyStore();
  return key;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

function uint64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer;
}

function utf(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Big-endian, as Java has its characters. */
function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}
