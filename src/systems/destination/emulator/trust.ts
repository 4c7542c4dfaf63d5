import { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { Fault } from './errors.ts';
import type { Store, TrustRecord } from './store.ts';

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  // The recorded keys have 4096 bits, which take seconds to find.
  modulusLength: 2048,
};

/** Two years: `expirationTimestamp` minus `generatedOn` in the recordings. */
const LIFETIME_MS = 2 * 365 * 86_400_000;

type Impure = Pick<EmulatorContext, 'now' | 'aside'>;

/**
 * The trust of a subaccount. The active key pair is there whenever it is asked for (assumed: the service makes it with the
 * subaccount), a passive one only after somebody made it for a rotation.
 */
export async function trustOf(ctx: Impure, store: Store, zone: string, passive: boolean): Promise<TrustRecord> {
  const known = store.trusts.get(trustKey(zone, !passive));
  if (known) return known;
  // Recording datasource_subaccount_destination_trust_not_found.
  if (passive) throw new Fault(404, 'There is no such key pair for this account');
  return makeTrust(ctx, store, zone, true);
}

export async function makeTrust(ctx: Impure, store: Store, zone: string, active: boolean): Promise<TrustRecord> {
  const generatedAt = ctx.now();
  const expiresAt = generatedAt + LIFETIME_MS;
  const made = await ctx.aside(async () => {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      keys,
      name: `CN=${zone}`,
      notBefore: new Date(generatedAt),
      notAfter: new Date(expiresAt),
      signingAlgorithm: ALGORITHM,
    });
    const publicKey = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey)).toString('base64');
    return { publicKey, certificate: Buffer.from(certificate.rawData).toString('base64') };
  });
  const key = trustKey(zone, active);
  const trust = store.trusts.get(key) ?? { zone, active, ...made, generatedAt, expiresAt };
  store.trusts.set(key, trust);
  return trust;
}

function trustKey(zone: string, active: boolean): string {
  return `${zone}/${active ? 'active' : 'passive'}`;
}
