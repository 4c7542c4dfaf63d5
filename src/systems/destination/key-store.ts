import { X509Certificate } from 'node:crypto';
import type { Secret } from '../../kernel/secret.ts';

/** The certificates of a file of the Destination service, or why nobody can tell of them. */
export type Opened = { readonly certificates: readonly X509Certificate[] } | { readonly closed: string };

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** Of JKS and JCEKS, and the kinds of their entries (OpenJDK, sun.security.provider.JavaKeyStore, com.sun.crypto.provider.JceKeyStore). */
const JAVA = new Set([0xfeedfeed, 0xcececece]);
const PRIVATE_KEY_ENTRY = 1;
const TRUSTED_CERTIFICATE_ENTRY = 2;

/** More rounds than any tool writes; a file with more would keep its reader busy. */
const MOST_ROUNDS = 1_000_000;

/**
 * Reads what a file says openly, or with one of these passwords: PEM, DER, JKS and PKCS #12. Of JKS the password closes the
 * keys only, the certificates lie open; of PKCS #12 it closes both.
 */
export async function certificatesIn(content: Buffer, passwords: readonly Secret[]): Promise<Opened> {
  const pems = content.toString('latin1').match(PEM);
  if (pems) return { certificates: pems.flatMap((pem) => certificate(pem)) };
  if (content.length > 12 && JAVA.has(content.readUInt32BE(0))) return openJava(content);
  const [alone] = certificate(content);
  return alone ? { certificates: [alone] } : openPkcs12(content, passwords);
}

function certificate(text: string | Buffer): readonly X509Certificate[] {
  try {
    return [new X509Certificate(text)];
  } catch {
    // Not a certificate, whatever it says of itself: its reader will tell.
    return [];
  }
}

function openJava(content: Buffer): Opened {
  let at = 4;
  const bytes = (length: number): Buffer => {
    at += length;
    if (at > content.length) throw new RangeError('beyond the end');
    return content.subarray(at - length, at);
  };
  const number = () => bytes(4).readUInt32BE();
  const text = () => bytes(bytes(2).readUInt16BE());
  try {
    const version = number();
    const one = () => {
      // Version 1 does not name the type.
      if (version > 1) text();
      return new X509Certificate(bytes(number()));
    };
    const certificates: X509Certificate[] = [];
    for (let left = number(); left > 0; left--) {
      const kind = number();
      text();
      bytes(8);
      if (kind !== PRIVATE_KEY_ENTRY && kind !== TRUSTED_CERTIFICATE_ENTRY) {
        // A secret key (JCEKS) is a Java object without a length: what follows it can't be found.
        return certificates.length > 0 ? { certificates } : { closed: 'it begins with a secret key of Java' };
      }
      if (kind === PRIVATE_KEY_ENTRY) bytes(number());
      for (let more = kind === PRIVATE_KEY_ENTRY ? number() : 1; more > 0; more--) certificates.push(one());
    }
    return { certificates };
  } catch {
    return { closed: 'it is no key store of Java, though it begins like one' };
  }
}

async function openPkcs12(content: Buffer, passwords: readonly Secret[]): Promise<Opened> {
  // Loaded late: few subaccounts have such files.
  const { default: forge } = await import('node-forge');
  const { asn1, pkcs12, pki } = forge;
  let file: import('node-forge').asn1.Asn1;
  try {
    file = asn1.fromDer(content.toString('latin1'));
    // PFX is a version, an AuthenticatedSafe and a MAC (RFC 7292, section 4).
    if (!Array.isArray(file.value) || file.value.length < 2) throw new TypeError('no PFX');
  } catch {
    return { closed: 'it is neither certificate nor key store' };
  }
  if (mostOf(file) > MOST_ROUNDS) return { closed: 'opening it would take too long' };
  for (const password of ['', ...passwords.map((secret) => secret.reveal())]) {
    try {
      const bags = pkcs12.pkcs12FromAsn1(file, false, password).safeContents.flatMap(({ safeBags }) => safeBags);
      const certificates = bags
        .filter(({ type }) => type === pki.oids.certBag)
        .flatMap(({ cert, asn1: der }) => {
          // Keys that the library does not know leave the certificate as it was encoded.
          const tree = cert ? pki.certificateToAsn1(cert) : der;
          return tree ? certificate(Buffer.from(asn1.toDer(tree).getBytes(), 'latin1')) : [];
        });
      if (certificates.length > 0) return { certificates };
    } catch {
      // The library tells a wrong password and a broken file by prose only: the next password may be the one.
    }
  }
  return { closed: 'no destination of the subaccount that names it has a password that opens it' };

  /** The largest whole number in it, which only its rounds and the serial numbers are. */
  function mostOf({ value, type }: import('node-forge').asn1.Asn1): number {
    if (Array.isArray(value)) return Math.max(0, ...value.map(mostOf));
    return type === asn1.Type.INTEGER && typeof value === 'string' && value.length <= 6 ? asn1.derToInteger(value) : 0;
  }
}
