import { createPrivateKey, X509Certificate } from 'node:crypto';
import { badRequest } from '../errors.ts';
import { isJks, openJks } from './jks.ts';
import type { KeyStoreEntry } from './key-store-entry.ts';
import { openPkcs12 } from './pkcs12.ts';

/** File names of certificates and key stores that the service takes (btp-connectivity:df1bb55, 007e405). */
const CERTIFICATE_FILE = /\.(?:pem|crt|cer)$/i;
const KEY_STORE_FILE = /\.(?:jks|p12|pfx)$/i;

export function isKeyStore(name: string): boolean {
  return KEY_STORE_FILE.test(name);
}

export function isCertificateName(name: string): boolean {
  return CERTIFICATE_FILE.test(name) || isKeyStore(name);
}

/**
 * Reads a certificate file or key store.
 * @throws LockedKeyStore when it needs another password, Fault 400 when it is none
 */
export function openKeyStore(name: string, content: Buffer, password: string): readonly KeyStoreEntry[] {
  if (!isKeyStore(name)) return [openPem(content, password)];
  // As Java: what a file is decides, not what it is called; keytool writes PKCS#12 into .jks files.
  return isJks(content) ? openJks(content, password) : openPkcs12(content, password);
}

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

function openPem(content: Buffer, password: string): KeyStoreEntry {
  const certificates: string[] = [];
  const keys: string[] = [];
  for (const [block, kind = ''] of content.toString('latin1').matchAll(PEM_BLOCK)) {
    if (kind === 'CERTIFICATE') certificates.push(normalized(block));
    if (kind.endsWith('PRIVATE KEY')) keys.push(block);
  }
  if (certificates.length === 0 && keys.length === 0) certificates.push(normalized(content));
  const [key] = keys;
  if (key === undefined) return { certificates, hasKey: false };
  try {
    const opened = createPrivateKey({ key, passphrase: password });
    return { certificates, hasKey: true, privateKey: String(opened.export({ type: 'pkcs8', format: 'pem' })) };
  } catch {
    // Whoever lists the file needs no key, so a wrong password matters only to who uses it.
    return { certificates, hasKey: true };
  }
}

/** One certificate, PEM or DER, as PEM. */
function normalized(certificate: string | Buffer): string {
  try {
    return new X509Certificate(certificate).toString();
  } catch {
    throw badRequest('Invalid certificate content');
  }
}
