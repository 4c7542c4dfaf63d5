import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isKeyStore } from './key-store.ts';
import type { KeyStoreEntry } from './key-store-entry.ts';

export type Node = Readonly<Record<string, unknown>>;

/** What the cockpit and the command line tell of a file: each key, then each certificate of its chain (recorded). */
export function nodesOf(entries: readonly KeyStoreEntry[]): readonly Node[] {
  return entries.flatMap(({ alias = '1', certificates, privateKey, hasKey }) => [
    ...(hasKey ? [{ type: 'private_key', format: 'PKCS#8', algorithm: algorithmOf(privateKey), alias }] : []),
    ...certificates.map(certificateNode),
  ]);
}

function algorithmOf(privateKey: string | undefined): string {
  const type = privateKey === undefined ? undefined : createPrivateKey(privateKey).asymmetricKeyType;
  return type?.toUpperCase() ?? 'RSA';
}

function certificateNode(pem: string): Node {
  const parsed = new X509Certificate(pem);
  return {
    type: 'x509_certificate',
    subject: distinguishedName(parsed.subject),
    issuer: distinguishedName(parsed.issuer),
    common_name: /^CN=(.*)$/m.exec(parsed.subject)?.[1] ?? null,
    not_before: seconds(parsed.validFromDate),
    not_after: seconds(parsed.validToDate),
    certificate: pem,
  };
}

/** OpenAPI 1.0.0, `PublicKey`: a chain for each alias of a key store; of other files it is one without a name. */
export function publicKeysOf(name: string, entries: readonly KeyStoreEntry[]) {
  return entries
    .filter(({ certificates }) => certificates.length > 0)
    .map(({ alias, certificates: [leaf = '', ...issuers] }) => ({
      ...(isKeyStore(name) && alias !== undefined ? { Alias: alias } : {}),
      Content: [leaf, ...issuers].map((pem) => pem.trim()).join('\n'),
      SubjectDN: distinguishedName(new X509Certificate(leaf).subject),
    }));
}

/** The most specific part first, as recorded (`O=Internet Widgits Pty Ltd,ST=Some-State,C=AU`); Node has it the other way round. */
function distinguishedName(lines: string): string {
  return lines.split('\n').reverse().join(',');
}

function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
