import { createPrivateKey, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { badRequest } from '../errors.ts';
import { type KeyStoreEntry, LockedKeyStore } from './key-store-entry.ts';

const { asn1, pkcs12, pki } = forge;

/** More rounds than any tool writes; a file with more is there to keep its reader busy. */
const MOST_ROUNDS = 1_000_000;

/** @throws LockedKeyStore when the password is not the store's, Fault 400 when it is no key store */
export function openPkcs12(content: Buffer, password: string): readonly KeyStoreEntry[] {
  const file = parse(content);
  let opened: forge.pkcs12.Pkcs12Pfx;
  try {
    opened = pkcs12.pkcs12FromAsn1(file, false, password);
  } catch {
    // Its reader tells a wrong password and a broken file by prose only.
    throw new LockedKeyStore();
  }
  try {
    return entriesOf(opened);
  } catch {
    throw badRequest('Invalid certificate content');
  }
}

function parse(content: Buffer): forge.asn1.Asn1 {
  try {
    const file = asn1.fromDer(content.toString('latin1'));
    const { value: parts } = file;
    // PFX is a version, an AuthenticatedSafe and a MAC (RFC 7292, section 4).
    if (!Array.isArray(parts) || parts.length < 2 || parts[0]?.type !== asn1.Type.INTEGER)
      throw new TypeError('no PFX');
    if (mostRounds(file) > MOST_ROUNDS) throw new TypeError('too many rounds');
    return file;
  } catch {
    throw badRequest('Invalid certificate content');
  }
}

/** The largest whole number in a file, which only its rounds of key derivation and its serial numbers are. */
function mostRounds(node: forge.asn1.Asn1): number {
  const { value } = node;
  if (Array.isArray(value)) return Math.max(0, ...value.map(mostRounds));
  if (node.type !== asn1.Type.INTEGER || typeof value !== 'string' || value.length > 6) return 0;
  return asn1.derToInteger(value);
}

function entriesOf(opened: forge.pkcs12.Pkcs12Pfx): readonly KeyStoreEntry[] {
  const bags = opened.safeContents.flatMap(({ safeBags }) => safeBags);
  const certificates = bags.flatMap((bag) => (bag.type === pki.oids.certBag ? [{ bag, pem: pemOf(bag) }] : []));
  const keys = bags.filter(({ type }) => type === pki.oids.keyBag || type === pki.oids.pkcs8ShroudedKeyBag);
  const own = keys.map((key, index): KeyStoreEntry => {
    const privateKey = keyOf(key);
    const leaf = certificates.find(({ bag, pem }) => sameKey(bag, key) || fits(pem, privateKey)) ?? certificates[0];
    return {
      // Java counts the ones without a name from 1.
      alias: nameOf(key) ?? String(index + 1),
      certificates:
        leaf === undefined
          ? []
          : chainFrom(
              leaf.pem,
              certificates.map(({ pem }) => pem),
            ),
      privateKey,
      hasKey: true,
    };
  });
  const taken = new Set(own.flatMap((entry) => entry.certificates));
  const trusted = certificates
    .filter(({ pem }) => !taken.has(pem))
    .map(({ bag, pem }, index): KeyStoreEntry => {
      const alias = nameOf(bag) ?? String(own.length + index + 1);
      return { alias, certificates: [pem], hasKey: false };
    });
  return [...own, ...trusted];
}

function pemOf({ cert, asn1: der }: forge.pkcs12.Bag): string {
  // Keys that the library does not know leave the certificate as it was encoded.
  const tree = cert ? pki.certificateToAsn1(cert) : der;
  if (!tree) throw new TypeError('no certificate');
  return new X509Certificate(Buffer.from(asn1.toDer(tree).getBytes(), 'latin1')).toString();
}

function keyOf({ key, asn1: der }: forge.pkcs12.Bag): string {
  const tree = key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(key)) : der;
  if (!tree) throw new TypeError('no key');
  const opened = createPrivateKey({
    key: Buffer.from(asn1.toDer(tree).getBytes(), 'latin1'),
    format: 'der',
    type: 'pkcs8',
  });
  return String(opened.export({ type: 'pkcs8', format: 'pem' }));
}

function nameOf({ attributes }: forge.pkcs12.Bag): string | undefined {
  const [name] = (attributes as { readonly friendlyName?: readonly unknown[] } | undefined)?.friendlyName ?? [];
  return typeof name === 'string' ? name : undefined;
}

function sameKey(a: forge.pkcs12.Bag, b: forge.pkcs12.Bag): boolean {
  const id = ({ attributes }: forge.pkcs12.Bag) =>
    (attributes as { readonly localKeyId?: readonly unknown[] } | undefined)?.localKeyId?.[0];
  return id(a) !== undefined && id(a) === id(b);
}

function fits(certificate: string, privateKey: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
}

function chainFrom(leaf: string, all: readonly string[]): readonly string[] {
  const chain = [leaf];
  for (;;) {
    const last = new X509Certificate(chain.at(-1) ?? leaf);
    const issuer = all.find((pem) => !chain.includes(pem) && last.checkIssued(new X509Certificate(pem)));
    if (issuer === undefined) return chain;
    chain.push(issuer);
  }
}

/** A key store with one RSA key. */
export function writePkcs12(
  alias: string,
  entry: { readonly privateKey: string; readonly certificates: readonly string[] },
  password: string,
): Buffer {
  const key = pki.privateKeyFromPem(entry.privateKey);
  const file = pkcs12.toPkcs12Asn1(
    key,
    entry.certificates.map((pem) => pki.certificateFromPem(pem)),
    password,
    {
      algorithm: 'aes256',
      friendlyName: alias,
    },
  );
  return Buffer.from(asn1.toDer(file).getBytes(), 'latin1');
}
