import { X509Certificate } from 'node:crypto';
import { knownIssuers } from '../oidc/certificate-issuer.ts';
import { storedCertificate } from '../oidc/certificates.ts';
import { createSecret, endOf, MAX_SECRETS, type SecretLifetime } from '../secrets.ts';
import type { Services } from '../services.ts';
import type { Tenant } from '../store.ts';
import type { ClientCredentials, StoredCertificate } from '../stored-credentials.ts';
import { Refusal } from './refusal.ts';

/** Certificates of an application, system or technical user (notes: ias 665b9e0). */
const MAX_CERTIFICATES = 80;

/** The client with one secret more, and the text of the secret, to be shown once. */
export function withSecret<T extends ClientCredentials>(
  services: Services,
  client: T,
  description: string,
  lifetime: SecretLifetime,
  most: number = MAX_SECRETS,
): { readonly client: T; readonly text: string } {
  const { secrets = [] } = client;
  if (secrets.length >= most) throw new Refusal(`There are ${most} secrets already. Remove one first.`);
  const { secret, text } = createSecret(services, description, endOf(services, lifetime));
  return { client: { ...client, secrets: [...secrets, secret] }, text };
}

export function withoutSecret<T extends ClientCredentials>(client: T, id: string): T {
  return { ...client, secrets: (client.secrets ?? []).filter((secret) => secret.id !== id) };
}

/**
 * The client with one certificate more, uploaded as PEM or as its Base64.
 * @throws Refusal when it is none, has expired, or belongs to another client: it would not tell who calls
 */
export function withCertificate<T extends ClientCredentials>(
  services: Services,
  tenant: Tenant,
  client: T,
  upload: string,
): T {
  const { certificates = [] } = client;
  if (certificates.length >= MAX_CERTIFICATES) {
    throw new Refusal(`There are ${MAX_CERTIFICATES} certificates already. Remove one first.`);
  }
  const certificate = readCertificate(services, upload);
  if (certificate.notAfter <= services.ctx.now()) throw new Refusal('The certificate has expired.');
  const taken = credentialsIn(services, tenant).some((other) =>
    (other.certificates ?? []).some((known) => known.fingerprint === certificate.fingerprint),
  );
  if (taken) throw new Refusal('The certificate is attached to a client already.');
  // The documentation lists the authorities that are trusted (ias c408083), not what the upload of another's certificate is answered: assumed.
  if (services.ctx.switched('ias.trustedAuthoritiesOnly', false) && !isOfTrustedAuthority(services, upload)) {
    throw new Refusal('The certificate is not signed by a trusted certificate authority.');
  }
  return { ...client, certificates: [...certificates, certificate] };
}

export function withoutCertificate<T extends ClientCredentials>(client: T, id: string): T {
  return { ...client, certificates: (client.certificates ?? []).filter((certificate) => certificate.id !== id) };
}

function readCertificate(services: Services, upload: string): StoredCertificate {
  try {
    return storedCertificate(services, encoded(upload).raw);
  } catch {
    throw new Refusal('This is no X.509 certificate in PEM format.');
  }
}

/** Of those that IAS trusts the landscape has a stand-in for the SAP Cloud Root CA alone. */
function isOfTrustedAuthority(services: Services, upload: string): boolean {
  const certificate = encoded(upload);
  return knownIssuers(services).some(({ certificatePem }) =>
    certificate.checkIssued(new X509Certificate(certificatePem)),
  );
}

function encoded(upload: string): X509Certificate {
  return new X509Certificate(
    upload.includes('-----BEGIN') ? upload : Buffer.from(upload.replaceAll(/\s/g, ''), 'base64'),
  );
}

function credentialsIn({ store }: Services, tenant: Tenant): readonly ClientCredentials[] {
  return [
    ...store.administrators.by('tenant', tenant.id),
    ...store.technicalUsers.by('tenant', tenant.id),
    ...store.applications.by('tenant', tenant.id),
  ];
}
