import { X509Certificate } from 'node:crypto';
import type { Services } from '../services.ts';
import type { StoredCertificate } from '../stored-credentials.ts';

/** What is kept of a client's certificate, in PEM or DER. @throws when it is none */
export function storedCertificate({ ctx }: Services, encoded: string | Buffer): StoredCertificate {
  const certificate = new X509Certificate(encoded);
  return {
    id: ctx.id(),
    subject: certificate.subject.replaceAll('\n', ', '),
    issuer: certificate.issuer.replaceAll('\n', ', '),
    serialNumber: certificate.serialNumber,
    fingerprint: fingerprintOf(certificate),
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
  };
}

/** SHA-256 of the DER, in hex; Node writes `AB:CD:…`. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}
