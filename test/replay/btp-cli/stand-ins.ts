import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { paramsOf, type Recording } from './recorded.ts';

const REDACTED = 'redacted';
/** Outlives every recording, and what the emulators' clock is set to. */
const [FROM, UNTIL] = [new Date('2020-01-01'), new Date('2040-01-01')];

/** The request with something valid in place of the certificates that the recorder has removed. */
export async function standIn(recorded: Recording): Promise<Recording['requestBody']> {
  const { certificate, file } = paramsOf(recorded);
  if (certificate === REDACTED) return withParameter(recorded, { certificate: await pem() });
  if (file === undefined) return recorded.requestBody;
  const upload = JSON.parse(file) as Readonly<Record<string, unknown>>;
  if (upload.value !== REDACTED) return recorded.requestBody;
  return withParameter(recorded, { file: JSON.stringify({ ...upload, value: btoa(await pem()) }) });
}

function withParameter({ requestBody }: Recording, more: Readonly<Record<string, string>>): Recording['requestBody'] {
  return { ...requestBody, paramValues: { ...requestBody.paramValues, ...more } };
}

let made: Promise<string> | undefined;

/** A certificate as good as any. */
function pem(): Promise<string> {
  made ??= generate();
  return made;
}

async function generate(): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=stand-in',
    notBefore: FROM,
    notAfter: UNTIL,
    keys,
    signingAlgorithm: algorithm,
  });
  return certificate.toString('pem');
}
