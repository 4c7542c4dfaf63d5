import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import forge from 'node-forge';
import { paramsOf, type Recording } from './recorded.ts';

const REDACTED = 'redacted';
/** Outlives every recording, and what the emulators' clock is set to. */
const [FROM, UNTIL] = [new Date('2020-01-01'), new Date('2040-01-01')];

/** The request with something valid in place of the certificates that the recorder has removed. */
export async function standIn(recorded: Recording): Promise<Recording['requestBody']> {
  const { certificate: redacted, file } = paramsOf(recorded);
  if (redacted === REDACTED) return withParameter(recorded, { certificate: (await certificate()).pem });
  if (file === undefined) return recorded.requestBody;
  const upload = JSON.parse(file) as Readonly<Record<string, unknown>>;
  if (upload.value !== REDACTED) return recorded.requestBody;
  const { pem, keyStore } = await certificate();
  const value = /\.(?:p12|pfx)$/.test(String(upload.filename)) ? keyStore : btoa(pem);
  return withParameter(recorded, { file: JSON.stringify({ ...upload, value }) });
}

function withParameter({ requestBody }: Recording, more: Readonly<Record<string, string>>): Recording['requestBody'] {
  return { ...requestBody, paramValues: { ...requestBody.paramValues, ...more } };
}

interface StandIn {
  readonly pem: string;
  /** Base64 of PKCS#12 without a password, as the service could read the recorded ones. */
  readonly keyStore: string;
}

let made: Promise<StandIn> | undefined;

/** A certificate as good as any. */
function certificate(): Promise<StandIn> {
  made ??= generate();
  return made;
}

async function generate(): Promise<StandIn> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const signed = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=stand-in',
    notBefore: FROM,
    notAfter: UNTIL,
    keys,
    signingAlgorithm: algorithm,
  });
  const pem = signed.toString('pem');
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  const { pkcs12, pki, asn1 } = forge;
  const file = pkcs12.toPkcs12Asn1(pki.privateKeyFromPem(key), [pki.certificateFromPem(pem)], '');
  return { pem, keyStore: btoa(asn1.toDer(file).getBytes()) };
}
