import { X509Certificate } from 'node:crypto';
import { peerOf } from '../../../../emulation/peer.ts';
import type { TrustedCertificate } from '../rows/tenant-settings.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';
import type { StoredCertificate } from '../stored-credentials.ts';
import { namesOf, userIdOf } from '../user-names.ts';
import { fingerprintOf } from './certificates.ts';

/** Longest chain that is followed. */
const LONGEST_CHAIN = 10;

/** The user whom the client certificate of a connection names; undefined = none, or none that the tenant trusts. */
export async function userByCertificate(
  services: Services,
  tenant: Tenant,
  request: Request,
): Promise<StoredUser | undefined> {
  const [leaf, ...issuers] = peerOf(request).certificates.map((pem) => new X509Certificate(pem));
  if (!leaf || isForApis(services, tenant, leaf)) return undefined;
  for (const trusted of tenant.trustedCertificates ?? []) {
    if (!isIssuedUnder(new X509Certificate(trusted.root), leaf, issuers, services.ctx.now())) continue;
    const named = await nameIn(leaf, trusted);
    const user = named && findUser(services, tenant, named);
    if (user) return user;
  }
  return undefined;
}

/** Walks from the leaf to the root; every certificate must be valid now. */
function isIssuedUnder(
  root: X509Certificate,
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  now: number,
): boolean {
  let current = leaf;
  for (let depth = 0; depth < LONGEST_CHAIN; depth++) {
    if (now < Date.parse(current.validFrom) || now > Date.parse(current.validTo)) return false;
    if (current.checkIssued(root)) return current.verify(root.publicKey) && now <= Date.parse(root.validTo);
    const issuer = others.find((one) => one.ca && one !== current && current.checkIssued(one));
    if (!issuer || !current.verify(issuer.publicKey)) return false;
    current = issuer;
  }
  return false;
}

interface Named {
  readonly attribute: 'loginName' | 'uid' | 'mail';
  readonly value: string;
}

const VARIABLE = /^\$\{(loginName|uid|mail)(?::([^}]*))?\}$/;

async function nameIn(leaf: X509Certificate, { source, pattern }: TrustedCertificate): Promise<Named | undefined> {
  if (source === 'distinguished-name') return nameInSubject(leaf.subject, pattern);
  const [, attribute, only] = VARIABLE.exec(pattern) ?? [];
  if (attribute === undefined || only !== undefined) return undefined;
  const value = await alternativeName(leaf, source === 'san-email' ? 'email' : 'upn');
  return value === undefined ? undefined : { attribute: attribute as Named['attribute'], value };
}

async function alternativeName(leaf: X509Certificate, type: 'email' | 'upn'): Promise<string | undefined> {
  // Loaded late: few tenants look there, and it takes longer than everything else.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const extension = new x509.X509Certificate(leaf.raw).getExtension(x509.SubjectAlternativeNameExtension);
  return extension?.names.items.find((name) => name.type === type)?.value;
}

/** The pattern must match the whole subject; in which order a certificate has the parts does not matter (assumed). */
function nameInSubject(subject: string, pattern: string): Named | undefined {
  const parts = subject.split('\n');
  const wanted = pattern.split(/(?<!\\),/).map((part) => part.trim());
  const variable = wanted.find((part) => part.startsWith(`CN=\${`));
  const [, attribute, only] = VARIABLE.exec(variable?.slice(3) ?? '') ?? [];
  const commonName = parts.find((part) => part.startsWith('CN='))?.slice(3);
  if (attribute === undefined || commonName === undefined) return undefined;
  const rest = wanted.filter((part) => part !== variable);
  if (rest.length !== parts.length - 1 || !rest.every((part) => parts.includes(part))) return undefined;
  // A pattern for a single user; that the certificate has the address as its common name is assumed.
  if (only !== undefined && only.toLowerCase() !== commonName.toLowerCase()) return undefined;
  return { attribute: attribute as Named['attribute'], value: commonName };
}

/** These identifiers count whatever the tenant allows for passwords (ias 3adf1ff). */
function findUser({ store }: Services, tenant: Tenant, { attribute, value }: Named): StoredUser | undefined {
  const wanted = value.toLowerCase();
  return store.users.by('identifier', keyIn(tenant.id, wanted)).find((user) => {
    const { userName, emails } = namesOf(user.resource);
    const own = attribute === 'mail' ? emails : [attribute === 'uid' ? userIdOf(user.resource) : userName];
    return own.some((one) => one.toLowerCase() === wanted);
  });
}

/** "Certificates for API Authentication cannot be used for user authentication" (ias 52c7dcb). */
function isForApis({ store }: Services, tenant: Tenant, leaf: X509Certificate): boolean {
  const fingerprint = fingerprintOf(leaf);
  const clients: readonly { readonly certificates?: readonly StoredCertificate[] }[] = [
    ...store.applications.by('tenant', tenant.id),
    ...store.administrators.by('tenant', tenant.id),
    ...store.technicalUsers.by('tenant', tenant.id),
  ];
  return clients.some(({ certificates = [] }) => certificates.some((one) => one.fingerprint === fingerprint));
}
