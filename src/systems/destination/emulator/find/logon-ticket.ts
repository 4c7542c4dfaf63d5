import forge from 'node-forge';
import type { Properties } from '../store.ts';
import { failed } from './token-call.ts';

/** Fields of an SAP logon ticket, as they stand in tickets that people showed in public; those of the recipient are assumed. */
const FIELD = {
  user: 1,
  client: 2,
  system: 3,
  createdAt: 4,
  hours: 5,
  recipientClient: 15,
  recipientSystem: 16,
} as const;
const SIGNATURE = 255;

/** assumed: how long a ticket may be used. */
const HOURS = 1;

/**
 * The ticket of `SAPAssertionSSO`, base64: fields in UTF-16, then a detached PKCS#7 signature. The type is deprecated and no longer
 * documented; its properties are those of SAP Cloud SDK for Java's tests. @throws TokenFailure when its key does not sign
 */
export function logonTicket(properties: Properties, user: string, now: number): string {
  const { IssuerSID = '', IssuerClient = '', RecipientSID = '', RecipientClient = '' } = properties;
  const stamp = new Date(now).toISOString().replace(/\D/g, '').slice(0, 12);
  const hours = Buffer.alloc(4);
  hours.writeUInt32BE(HOURS);
  const content = Buffer.concat([
    // Version, and the code page of UTF-16, little-endian.
    Buffer.from('\u00024103', 'latin1'),
    field(FIELD.user, text(user.padEnd(12))),
    field(FIELD.client, text(IssuerClient)),
    field(FIELD.system, text(IssuerSID.padEnd(8))),
    field(FIELD.createdAt, text(stamp)),
    field(FIELD.hours, hours),
    field(FIELD.recipientClient, text(RecipientClient)),
    field(FIELD.recipientSystem, text(RecipientSID.padEnd(8))),
  ]);
  return Buffer.concat([content, field(SIGNATURE, signature(content, properties))]).toString('base64');
}

function field(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head.writeUInt8(id);
  head.writeUInt16BE(value.length, 1);
  return Buffer.concat([head, value]);
}

function text(value: string): Buffer {
  return Buffer.from(value, 'utf16le');
}

/** By the destination's own key: base64 of PKCS#8 and of X.509. Real ones are DSA; here RSA. */
function signature(content: Buffer, { SigningKey: key = '', Certificate: certificate = '' }: Properties): Buffer {
  try {
    const signed = forge.pkcs7.createSignedData();
    const shown = forge.pki.certificateFromPem(pem('CERTIFICATE', certificate));
    signed.content = forge.util.createBuffer(content.toString('binary'));
    signed.addCertificate(shown);
    signed.addSigner({
      key: forge.pki.privateKeyFromPem(pem('PRIVATE KEY', key)),
      certificate: shown,
      digestAlgorithm: forge.pki.oids.sha256 ?? '',
    });
    signed.sign({ detached: true });
    return Buffer.from(forge.asn1.toDer(signed.toAsn1()).getBytes(), 'binary');
  } catch {
    // assumed: the words.
    throw failed('the assertion ticket could not be signed');
  }
}

function pem(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64.replace(/\s/g, '')}\n-----END ${label}-----\n`;
}
