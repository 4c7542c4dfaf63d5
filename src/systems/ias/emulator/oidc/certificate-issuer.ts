import type { Services } from '../services.ts';

/** Stands in for the SAP Cloud Root CA, which every tenant trusts (ias 52c7dcb); each landscape has its own. */
export interface Issuer {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Of its key, and of those that it certifies. @default EC */
  readonly kind?: KeyKind;
}

/**
 * SAP's root has an RSA key. Ours has an EC key, which is made in no time, but for what goes into files of PKCS #12: their
 * writer spells a certificate anew, and only one with an RSA signature stays what it was.
 */
type KeyKind = 'EC' | 'RSA';

/** Whom a certificate is for. */
interface Names {
  /** Such as `CN=robot,O=Acme`. */
  readonly subject: string;
  readonly email?: string | undefined;
  /** User principal name. */
  readonly otherName?: string | undefined;
}

const ROOTS = {
  EC: { id: 'sap-cloud-root-ca', name: 'CN=SAP Cloud Root CA (local landscape),O=Locum' },
  RSA: { id: 'sap-cloud-root-ca-rsa', name: 'CN=SAP Cloud Root CA RSA (local landscape),O=Locum' },
} as const;
const DAY = 86_400_000;
const ROOT_DAYS = 3650;
const LEAF_DAYS = 365;
const ALGORITHMS = {
  EC: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RSA: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
} as const;

/** The authorities that have signed something. */
export function knownIssuers({ ctx }: Pick<Services, 'ctx'>): readonly Issuer[] {
  return [...ctx.state.collection<Issuer>('ias/certificate-issuers').values()];
}

export async function openIssuer({ ctx }: Services, kind: KeyKind = 'EC'): Promise<Issuer> {
  const { id, name } = ROOTS[kind];
  const issuers = ctx.state.collection<Issuer>('ias/certificate-issuers');
  const known = issuers.get(id);
  if (known) return known;
  const x509 = await loadX509();
  const keys = await generateKeys(ALGORITHMS[kind]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(ctx),
    name,
    ...validity(ctx.now(), ROOT_DAYS),
    signingAlgorithm: ALGORITHMS[kind],
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const issuer = { certificatePem: certificate.toString('pem'), keyPem: await pemOf(keys.privateKey), kind };
  issuers.set(id, issuer);
  return issuer;
}

export async function issueCertificate(
  { ctx }: Pick<Services, 'ctx'>,
  issuer: Issuer,
  { subject, email, otherName }: Names,
): Promise<Issuer> {
  const x509 = await loadX509();
  const algorithm = ALGORITHMS[issuer.kind ?? 'EC'];
  const keys = await generateKeys(algorithm);
  const [pkcs8] = x509.PemConverter.decode(issuer.keyPem);
  const names = [
    ...(email === undefined ? [] : [new x509.GeneralName('email', email)]),
    ...(otherName === undefined ? [] : [new x509.GeneralName('upn', otherName)]),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(ctx),
    subject,
    issuer: new x509.X509Certificate(issuer.certificatePem).subject,
    ...validity(ctx.now(), LEAF_DAYS),
    signingAlgorithm: algorithm,
    signingKey: await crypto.subtle.importKey('pkcs8', pkcs8 ?? new ArrayBuffer(0), algorithm, false, ['sign']),
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return { certificatePem: certificate.toString('pem'), keyPem: await pemOf(keys.privateKey) };
}

/** Loaded late: it takes longer than everything else, and few landscapes have certificates of users. */
async function loadX509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

function validity(now: number, days: number) {
  return { notBefore: new Date(now - DAY), notAfter: new Date(now + days * DAY) };
}

function generateKeys(algorithm: (typeof ALGORITHMS)[KeyKind]) {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function pemOf(key: Parameters<typeof crypto.subtle.exportKey>[1]): Promise<string> {
  const { PemConverter } = await loadX509();
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** Random bits, so that it is positive and not empty. */
function serialNumber(ctx: Services['ctx']): string {
  return `40${Buffer.from(ctx.random(15)).toString('hex')}`;
}
