import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';
import { digestOf } from './store.ts';

/** Read from SAP/terraform-provider-btp: `{"passcode":"…","expires_in":300}`; the help portal does not know the endpoint. */
export const PASSCODE_SECONDS = 300;

/** A one-time password for whom a client certificate has named. */
export function createPasscode({ ctx, oidc }: Services, tenant: Tenant, user: StoredUser): string {
  const passcode = Buffer.from(ctx.random(12)).toString('base64url');
  const expiresAt = ctx.now() + PASSCODE_SECONDS * 1000;
  oidc.passcodes.set(digestOf(passcode), { tenant: tenant.id, user: user.id, expiresAt });
  return passcode;
}

/** Whether a password is an unused passcode of the user; it is used then. */
export function takePasscode({ ctx, oidc }: Services, tenant: Tenant, user: StoredUser, password: string): boolean {
  if (oidc.passcodes.by('user', keyIn(tenant.id, user.id)).length === 0) return false;
  const passcode = oidc.passcodes.get(digestOf(password));
  if (!passcode || passcode.tenant !== tenant.id || passcode.user !== user.id) return false;
  oidc.passcodes.delete(digestOf(password));
  return ctx.now() < passcode.expiresAt;
}
