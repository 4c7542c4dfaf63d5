import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Collection } from '../../../../emulation/state.ts';

type Impure = Pick<EmulatorContext, 'now' | 'aside' | 'state'>;

/** A certificate authority of SAP Cloud PKI. */
interface AuthorityRecord {
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: string;
}

/** The keys of real ones have 4096 bits, which take seconds to find. */
export const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

const YEAR = 365 * 86_400_000;
const ROOT_YEARS = 20;
const CLIENT_CA_YEARS = 10;

/** Names in the order of the certificate, as recorded of a generated one. */
const ROOT: x509.JsonName = [{ C: ['DE'] }, { L: ['Walldorf'] }, { O: ['SAP SE'] }, { CN: ['SAP Cloud Root CA'] }];
const clientCaOf = (region: string): x509.JsonName => [
  { C: ['DE'] },
  { L: [region.toUpperCase()] },
  { O: ['SAP SE'] },
  { OU: ['SAP Cloud Platform Clients'] },
  { CN: ['SAP Cloud Platform Client CA'] },
];

export interface Issued {
  /** PEM: the certificate, the region's authority, the root. */
  readonly certificates: readonly string[];
}

export interface Wanted {
  readonly region: string;
  readonly subject: x509.JsonName;
  readonly publicKey: x509.PublicKeyType;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Issues a client certificate as SAP Cloud PKI does, for the Destination service and for bindings to XSUAA: one authority a
 * region, below one root.
 */
export async function issue(ctx: Impure, wanted: Wanted): Promise<Issued> {
  const root = await authority(ctx, 'root', ROOT, ROOT_YEARS);
  const ca = await authority(ctx, wanted.region, clientCaOf(wanted.region), CLIENT_CA_YEARS, root);
  const leaf = await ctx.aside(async () =>
    x509.X509CertificateGenerator.create({
      subject: wanted.subject,
      issuer: new x509.X509Certificate(ca.certificate).subject,
      notBefore: wanted.notBefore,
      notAfter: wanted.notAfter,
      publicKey: wanted.publicKey,
      signingKey: await signingKey(ca),
      signingAlgorithm: RSA,
      extensions: [
        new x509.BasicConstraintsExtension(false),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      ],
    }),
  );
  return { certificates: [leaf.toString('pem'), ca.certificate, root.certificate] };
}

async function authority(
  ctx: Impure,
  key: string,
  subject: x509.JsonName,
  years: number,
  above?: AuthorityRecord,
): Promise<AuthorityRecord> {
  const authorities: Collection<AuthorityRecord> = ctx.state.collection('cloud-pki/authorities');
  const known = authorities.get(key);
  if (known) return known;
  const made = await ctx.aside(async () => {
    const keys = await generateRsa();
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: above ? new x509.X509Certificate(above.certificate).subject : subject,
      notBefore: new Date(ctx.now()),
      notAfter: new Date(ctx.now() + years * YEAR),
      publicKey: keys.publicKey,
      signingKey: above ? await signingKey(above) : keys.privateKey,
      signingAlgorithm: RSA,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return { certificate: certificate.toString('pem'), privateKey: await pemOf(keys.privateKey) };
  });
  // Whoever made one meanwhile was first.
  const first = authorities.get(key) ?? made;
  authorities.set(key, first);
  return first;
}

export const VALIDITY_UNITS = ['DAYS', 'MONTHS', 'YEARS'] as const;

/** When a certificate ends; undefined where that is later than X.509 can say. */
export function endOfValidity(from: Date, unit: (typeof VALIDITY_UNITS)[number], value: number): Date | undefined {
  const end = new Date(from);
  if (unit === 'DAYS') end.setUTCDate(end.getUTCDate() + value);
  if (unit === 'MONTHS') end.setUTCMonth(end.getUTCMonth() + value);
  if (unit === 'YEARS') end.setUTCFullYear(end.getUTCFullYear() + value);
  return end.getUTCFullYear() < 10_000 ? end : undefined;
}

export function generateRsa(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
}

/** PKCS#8 as PEM. */
export async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function signingKey({ privateKey }: AuthorityRecord): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(privateKey);
  if (!der) throw new TypeError('no key');
  return webcrypto.subtle.importKey('pkcs8', der, RSA, false, ['sign']);
}
