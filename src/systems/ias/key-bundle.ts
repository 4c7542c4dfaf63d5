import { createPrivateKey, X509Certificate } from 'node:crypto';
import { ConfigError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';

/** A private key with its certificate, the chain above it, or the request for one: PEM, one after the other. */
export interface KeyBundle {
  readonly key: Secret | undefined;
  /** Certificates as PEM, the client's first; empty where there is none yet. */
  readonly chain: string;
  /** What is shown to a person: certificate or request. */
  readonly text: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----[A-Za-z0-9+/=\s]{1,20000}-----END \1-----/g;

/** RSA, as the console generates it; that IAS takes other keys is not documented. */
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

const DAY = 86_400_000;

export function readBundle(secret: Secret): KeyBundle {
  const blocks = [...secret.reveal().matchAll(BLOCK)].map(([pem, kind = '']) => ({ pem, kind }));
  const key = blocks.find(({ kind }) => kind.endsWith('PRIVATE KEY'))?.pem;
  const certificates = blocks.filter(({ kind }) => kind === 'CERTIFICATE').map(({ pem }) => pem);
  const request = blocks.find(({ kind }) => kind === 'CERTIFICATE REQUEST')?.pem;
  return {
    key: key === undefined ? undefined : new Secret(key),
    chain: certificates.length === 0 ? '' : `${certificates.join('\n')}\n`,
    text: `${certificates[0] ?? request ?? ''}\n`,
  };
}

/** The client's certificate; undefined when there is none that can be read. */
export function certificateOf(secret: Secret): X509Certificate | undefined {
  const { chain } = readBundle(secret);
  try {
    return chain === '' ? undefined : new X509Certificate(chain);
  } catch {
    return undefined;
  }
}

/** A new key, with a request for its certificate or one that it signs itself. */
export async function makeKeyWith(
  issuance: 'request' | 'self-signed',
  { commonName, days }: { readonly commonName: string; readonly days: number },
  ctx: SystemContext,
): Promise<Secret> {
  // Loaded late: few rotations make a key, and all would wait for it.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const name = `CN=${commonName}`;
  const extensions = [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
  ];
  const signed =
    issuance === 'request'
      ? await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: RSA, extensions })
      : await x509.X509CertificateGenerator.createSelfSigned({
          serialNumber: Buffer.from([0x40, ...ctx.random(15)]).toString('hex'),
          name,
          // Clocks differ.
          notBefore: new Date(ctx.now() - DAY),
          notAfter: new Date(ctx.now() + days * DAY),
          keys,
          signingAlgorithm: RSA,
          extensions,
        });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return new Secret(`${key}\n${signed.toString('pem')}\n`);
}

/**
 * Key and certificate, as the vault keeps them: what was brought belongs to the key that was prepared, or brings its own.
 * @throws ConfigError when it does not
 */
export function bundleOf(prepared: Secret | undefined, brought: Secret | undefined): Secret {
  if (!brought) return prepared ?? refuse('nothing was given');
  const given = readBundle(brought);
  const key = prepared ? readBundle(prepared).key : given.key;
  if (given.chain === '') return refuse('there is no certificate in PEM format in what was given');
  if (!key) return refuse('there is no private key in PEM format in what was given');
  if (!fits(given.chain, key)) return refuse('the certificate does not belong to the key');
  return new Secret(`${key.reveal()}\n${given.chain}`);
}

function fits(chain: string, key: Secret): boolean {
  try {
    return new X509Certificate(chain).checkPrivateKey(createPrivateKey(key.reveal()));
  } catch {
    return false;
  }
}

function refuse(because: string): never {
  throw new ConfigError('ERR_CONFIG_SECRET', because, {
    remedy: 'give the certificate as PEM, with its chain; where the console generated it, with its key',
  });
}
