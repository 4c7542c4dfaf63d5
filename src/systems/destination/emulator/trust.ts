import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { generateRsa, pemOf, RSA } from '../../protocols/cloud-pki/emulator/authority.ts';
import { Fault } from './errors.ts';
import type { Store, TrustRecord } from './store.ts';

/** Two years: `expirationTimestamp` minus `generatedOn` in the recordings. */
const LIFETIME_MS = 2 * 365 * 86_400_000;

type Impure = Pick<EmulatorContext, 'now' | 'aside'>;

/**
 * The trust of a subaccount. The active key pair is there whenever the service needs it or the command line asks for it (assumed: it
 * is made at first use), a passive one only after somebody made it for a rotation.
 */
export async function trustOf(ctx: Impure, store: Store, zone: string, passive: boolean): Promise<TrustRecord> {
  const known = store.trusts.get(trustKey(zone, !passive));
  if (known) return known;
  // Recording datasource_subaccount_destination_trust_not_found.
  if (passive) throw new Fault(404, 'There is no such key pair for this account');
  return makeTrust(ctx, store, zone, true);
}

/** Generates the key pair, or renews it. */
export async function makeTrust(ctx: Impure, store: Store, zone: string, active: boolean): Promise<TrustRecord> {
  const generatedAt = ctx.now();
  const expiresAt = generatedAt + LIFETIME_MS;
  const made = await ctx.aside(async () => {
    const keys = await generateRsa();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      keys,
      name: `CN=${zone}`,
      notBefore: new Date(generatedAt),
      notAfter: new Date(expiresAt),
      signingAlgorithm: RSA,
    });
    const publicKey = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey)).toString('base64');
    return {
      publicKey,
      certificate: Buffer.from(certificate.rawData).toString('base64'),
      privateKey: await pemOf(keys.privateKey),
    };
  });
  const trust = { zone, active, ...made, generatedAt, expiresAt };
  store.trusts.set(trustKey(zone, active), trust);
  return trust;
}

/** @throws Fault 404 while nobody has generated it (OpenAPI 1.0.0, `saml2Metadata/certificate`) */
export function existingTrust(store: Store, zone: string, active: boolean): TrustRecord {
  const known = store.trusts.get(trustKey(zone, active));
  if (!known) throw new Fault(404, `Keypair for subaccount - ${zone} does not exist`);
  return known;
}

/** How many were deleted. @throws Fault 404 when there is none */
export function removePassiveTrust(store: Store, zone: string): number {
  existingTrust(store, zone, false);
  return store.trusts.delete(trustKey(zone, false)) ? 1 : 0;
}

/** The passive key pair becomes the active one, and the other way round (OpenAPI 1.0.0, `rotateCertificate`). */
export function rotateTrust(
  store: Store,
  zone: string,
): { readonly active: TrustRecord; readonly passive: TrustRecord } {
  const next = store.trusts.get(trustKey(zone, false));
  if (!next) throw new Fault(404, `Passive Keypair for subaccount - ${zone} does not exist`);
  const before = existingTrust(store, zone, true);
  const [active, passive] = [
    { ...next, active: true },
    { ...before, active: false },
  ];
  store.trusts.set(trustKey(zone, true), active);
  store.trusts.set(trustKey(zone, false), passive);
  return { active, passive };
}

export function certificatePem(trust: TrustRecord): string {
  return new X509Certificate(Buffer.from(trust.certificate, 'base64')).toString();
}

/** SAML metadata with every certificate of the subaccount, as the example of OpenAPI 1.0.0 has it. */
export function idpMetadata(store: Store, zone: string): string {
  const passive = store.trusts.get(trustKey(zone, false));
  const trusts = [existingTrust(store, zone, true), ...(passive ? [passive] : [])];
  const keys = trusts
    .map(
      ({ certificate }) =>
        `<ns3:KeyDescriptor use="signing"><KeyInfo><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></ns3:KeyDescriptor>`,
    )
    .join('');
  const protocol = 'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"';
  return (
    '<ns3:EntityDescriptor xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns3="urn:oasis:names:tc:SAML:2.0:metadata">' +
    `<ns3:SPSSODescriptor AuthnRequestsSigned="true" ${protocol}>${keys}</ns3:SPSSODescriptor>` +
    `<ns3:IDPSSODescriptor WantAuthnRequestsSigned="true" ${protocol}>${keys}</ns3:IDPSSODescriptor>` +
    '</ns3:EntityDescriptor>'
  );
}

function trustKey(zone: string, active: boolean): string {
  return `${zone}/${active ? 'active' : 'passive'}`;
}
