import { issueCertificate, openIssuer } from '../oidc/certificate-issuer.ts';
import { Refusal } from './refusal.ts';
import type { ConsoleVisit } from './visit.ts';

/** A certificate that the tenant made, with its key, as the administrator gets it. */
interface GeneratedCertificate {
  readonly certificatePem: string;
  /** PKCS #12, sealed with the administrator's password. */
  readonly p12: Uint8Array;
}

const SHORTEST_PASSWORD = 8;

/**
 * Makes a certificate and its key; the key is in the file alone and kept nowhere (notes: ias 665b9e0). That keys are RSA
 * and the file's password has 8 characters at least is assumed.
 */
export async function generateFor({
  services,
  fields,
}: Pick<ConsoleVisit, 'services' | 'fields'>): Promise<GeneratedCertificate> {
  const name = (fields.get('commonName') ?? '').trim();
  const password = fields.get('filePassword') ?? '';
  if (!/^[\w .@-]{1,64}$/.test(name))
    throw new Refusal('A common name has 1 to 64 letters, digits, spaces and . @ - _');
  if (password.length < SHORTEST_PASSWORD) {
    throw new Refusal(`The password of the file has ${SHORTEST_PASSWORD} characters at least.`);
  }
  // Loaded late: few need it, and all would wait for it.
  const { default: forge } = await import('node-forge');
  const issued = await issueCertificate(services, await openIssuer(services, 'RSA'), { subject: `CN=${name}` });
  const file = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(issued.keyPem),
    [forge.pki.certificateFromPem(issued.certificatePem)],
    password,
    { algorithm: 'aes256', friendlyName: name },
  );
  return {
    certificatePem: issued.certificatePem,
    p12: Buffer.from(forge.asn1.toDer(file).getBytes(), 'latin1'),
  };
}

/** The file for the browser to save. */
export function p12Response(p12: Uint8Array): Response {
  return new Response(new Uint8Array(p12), {
    headers: {
      'content-type': 'application/x-pkcs12',
      'content-disposition': 'attachment; filename="certificate.p12"',
      'cache-control': 'no-store',
    },
  });
}
