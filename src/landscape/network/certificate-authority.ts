import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { createMemo } from '../../kernel/context.ts';

const DAY = 86_400_000;
/** Validity of the authority. */
const CA_DAYS = 3650;
/** Validity of a host's certificate: the longest that picky clients take (398 days), less one. */
const LEAF_DAYS = 397;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** The authority that vouches for the emulated hosts, and for nothing but this landscape. */
export interface CertificateAuthority {
  readonly certificatePem: string;
  /** File with the certificate, for clients. */
  readonly certificateFile: string;
  /** TLS context with a certificate for this host, made at first use. */
  contextFor(host: string): Promise<SecureContext>;
}

export interface CertificateAuthorityOptions {
  /** Holds `ca.key` (mode 0600; the key and its certificate, so that they can't part) and `ca.crt`; made when missing. */
  readonly directory: string;
  /** The clients' time, epoch milliseconds: the real one, whatever the landscape's clock says. @default Date.now */
  readonly now?: () => number;
}

/** Opens the authority of a directory; makes one when there is none or its certificate is about to end. */
export async function openCertificateAuthority(options: CertificateAuthorityOptions): Promise<CertificateAuthority> {
  const now = options.now ?? Date.now;
  const certificateFile = path.join(options.directory, 'ca.crt');
  const keyFile = path.join(options.directory, 'ca.key');
  const ca = (await read(keyFile, now())) ?? (await make(keyFile, now()));
  await publish(ca.certificate, certificateFile);
  const memo = createMemo();

  async function contextFor(host: string): Promise<SecureContext> {
    const keys = await memo('keys', () => generateKeys());
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: 'O=Locum local landscape',
      issuer: ca.certificate.subject,
      notBefore: new Date(now() - DAY),
      notAfter: new Date(Math.min(now() + LEAF_DAYS * DAY, ca.certificate.notAfter.getTime())),
      signingAlgorithm: ALGORITHM,
      signingKey: ca.key,
      publicKey: keys.publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        // Critical, because the subject names no host.
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }], true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(ca.certificate.publicKey),
      ],
    });
    return createSecureContext({
      cert: leaf.toString('pem'),
      key: await pemOf(keys.privateKey),
      // Without one, OpenSSL refuses to resume sessions in which a client certificate was asked for.
      sessionIdContext: 'locum',
    });
  }

  return {
    certificatePem: ca.certificate.toString('pem'),
    certificateFile,
    contextFor: (host) => memo(`host:${host}`, () => contextFor(host)),
  };
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

/** The kept authority; undefined when there is none, none that is whole, or none that lasts long enough. */
async function read(keyFile: string, now: number): Promise<Authority | undefined> {
  const text = await readFile(keyFile, 'utf8').catch(() => '');
  try {
    const [pkcs8, der] = x509.PemConverter.decode(text);
    if (!pkcs8 || !der) return undefined;
    const certificate = new x509.X509Certificate(der);
    if (certificate.notAfter.getTime() < now + LEAF_DAYS * DAY) return undefined;
    await chmod(keyFile, 0o600);
    return { certificate, key: await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']) };
  } catch {
    return undefined;
  }
}

async function make(keyFile: string, now: number): Promise<Authority> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    // Numbered, so that a client that trusts an older one is not confused by two authorities of one name.
    name: `CN=Locum local landscape CA ${serialNumber().slice(0, 8)}`,
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + CA_DAYS * DAY),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await mkdir(path.dirname(keyFile), { recursive: true, mode: 0o700 });
  await writeWhole(keyFile, `${await pemOf(keys.privateKey)}${certificate.toString('pem')}\n`, 0o600);
  return { certificate, key: keys.privateKey };
}

async function publish(certificate: x509.X509Certificate, file: string): Promise<void> {
  const pem = `${certificate.toString('pem')}\n`;
  if ((await readFile(file, 'utf8').catch(() => undefined)) !== pem) await writeWhole(file, pem, 0o644);
}

/** Replaces the file in one step, so that a kill or power cut leaves the old one or the new one. */
async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, text, { mode, flush: true });
  await rename(`${file}.new`, file);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** 127 random bits, so that it is positive and not empty. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
