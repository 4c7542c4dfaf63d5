import { X509Certificate } from 'node:crypto';
import { peerOf } from '../../../emulation/peer.ts';
import type { Client } from './clients.ts';
import { fingerprintOf } from './oidc/certificates.ts';
import type { Services } from './services.ts';
import type { Tenant } from './store.ts';
import type { StoredCertificate } from './stored-credentials.ts';

/** SHA-256 of the connection's certificate, in hex, if it is one of the client's and valid. */
export function certificateUsed({ ctx }: Services, client: Client, request: Request): string | undefined {
  const presented = presentedFingerprint(request);
  const valid = certificatesOf(client).some(
    ({ fingerprint, notBefore, notAfter }) =>
      fingerprint === presented && ctx.now() >= notBefore && ctx.now() < notAfter,
  );
  return valid ? presented : undefined;
}

/** The system or technical user whose certificate the connection has: a certificate belongs to one client only (ias 665b9e0). */
export function clientByCertificate(services: Services, tenant: Tenant, request: Request): Client | undefined {
  if (presentedFingerprint(request) === undefined) return undefined;
  const { administrators, technicalUsers } = services.store;
  const clients: readonly Client[] = [
    ...administrators
      .by('tenant', tenant.id)
      .map((administrator) => ({ kind: 'administrator', administrator }) as const),
    ...technicalUsers
      .by('tenant', tenant.id)
      .map((technicalUser) => ({ kind: 'technical-user', technicalUser }) as const),
  ];
  return clients.find((client) => certificateUsed(services, client, request) !== undefined);
}

function presentedFingerprint(request: Request): string | undefined {
  const [pem] = peerOf(request).certificates;
  return pem === undefined ? undefined : fingerprintOf(new X509Certificate(pem));
}

function certificatesOf(client: Client): readonly StoredCertificate[] {
  switch (client.kind) {
    case 'application':
      return client.application.certificates ?? [];
    case 'administrator':
      return client.administrator.certificates ?? [];
    case 'technical-user':
      return client.technicalUser.active ? (client.technicalUser.certificates ?? []) : [];
  }
}
