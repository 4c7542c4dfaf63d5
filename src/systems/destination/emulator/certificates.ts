import { X509Certificate } from 'node:crypto';
import { badRequest, duplicate, Fault, notEmulated } from './errors.ts';
import { type CertificateRecord, type Level, recordKey, type Store } from './store.ts';

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

/** Uploads a certificate: only PEM is read, the key stores of other formats would need their passwords and formats. */
export function uploadCertificate(store: Store, level: Level, name: string, base64: string): void {
  if (!/^[\w.-]+\.(pem|crt|cer|der|p12|pfx|jks)$/i.test(name)) throw badRequest('Invalid certificate name');
  const key = recordKey(level, name);
  if (store.certificates.get(key)) throw duplicate();
  const nodes = nodesOf(Buffer.from(base64, 'base64').toString('utf8'));
  if (nodes.length === 0) {
    if (/\.(p12|pfx|jks|der)$/i.test(name)) throw notEmulated('key stores other than PEM');
    throw badRequest('Invalid certificate content');
  }
  store.certificates.set(key, { ...level, name, nodes, creation: { generation_method: 'import' } });
}

export function certificate(store: Store, level: Level, name: string): CertificateRecord {
  const found = store.certificates.get(recordKey(level, name));
  // assumed: by analogy with fragments; a missing certificate was never recorded.
  if (!found) throw new Fault(404, `The certificate with the specified name '${name}' was not found`);
  return found;
}

export function removeCertificate(store: Store, level: Level, name: string): number {
  return store.certificates.delete(recordKey(level, name)) ? 1 : 0;
}

function nodesOf(pem: string): readonly Readonly<Record<string, unknown>>[] {
  return [...pem.matchAll(PEM_BLOCK)].flatMap(([block, kind]) => {
    if (kind === 'CERTIFICATE') return [certificateNode(block)];
    return kind?.endsWith('PRIVATE KEY')
      ? [{ type: 'private_key', format: 'PKCS#8', algorithm: 'RSA', alias: '1' }]
      : [];
  });
}

function certificateNode(pem: string): Readonly<Record<string, unknown>> {
  const parsed = parse(pem);
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

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw badRequest('Invalid certificate content');
  }
}

/** The most specific part first, as recorded (`O=Internet Widgits Pty Ltd,ST=Some-State,C=AU`); Node has it the other way round. */
function distinguishedName(lines: string): string {
  return lines.split('\n').reverse().join(',');
}

function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
