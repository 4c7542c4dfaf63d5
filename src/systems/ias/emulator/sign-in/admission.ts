import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import { type Logon, originOf } from '../oidc/conditions.ts';
import { demandedAction } from '../oidc/risk.ts';
import { settingsOf } from '../oidc/settings.ts';
import type { Authentication } from '../oidc/store.ts';
import type { LogonMethod } from '../rows/application-settings.ts';
import type { Services } from '../services.ts';
import { keyIn, type Session, type StoredApplication, type StoredUser, type Tenant } from '../store.ts';
import { isActive } from '../user-status.ts';

/** Somebody who signed in. */
export type SignedIn = Session & { readonly authentication: Authentication; readonly sid: string };

/** Whether who signed in may enter an application, and what is missing. */
export type Admission =
  | { readonly kind: 'admitted'; readonly user: StoredUser | undefined }
  | { readonly kind: 'denied' }
  /** A code of the authenticator app. */
  | { readonly kind: 'code'; readonly user: StoredUser }
  /** An authenticator app. */
  | { readonly kind: 'enrolment'; readonly user: StoredUser }
  | { readonly kind: 'unverified'; readonly user: StoredUser }
  /** The user has gone or is not active any more. */
  | { readonly kind: 'nobody' };

export function isSignedIn(session: Session | undefined): session is SignedIn {
  return session?.authentication !== undefined && session.sid !== undefined;
}

/** Rules count for every application that is entered, also with a session from elsewhere (ias bc52fbf, 18d02ab). */
export function admit(
  services: Services,
  tenant: Tenant,
  application: StoredApplication,
  { authentication }: SignedIn,
  request: Request,
): Admission {
  const { subject, amr } = authentication;
  if (!isActive(services, tenant, subject)) return { kind: 'nobody' };
  const user = subject.kind === 'user' ? services.store.users.get(keyIn(tenant.id, subject.id)) : undefined;
  if (user && settingsOf(tenant, application).emailVerification && !isVerified(user)) {
    return { kind: 'unverified', user };
  }
  const logon: Logon = {
    ...originOf(request),
    email: subject.kind === 'corporate' ? String(subject.claims.email ?? subject.claims.sub) : undefined,
  };
  const action = demandedAction(services, tenant, application, { user, method: methodOf(amr), logon });
  if (action === 'deny') return { kind: 'denied' };
  // A certificate is as good as two factors (assumed, as for passcodes).
  if (action === 'allow' || amr.includes('otp') || amr.includes('x509')) return { kind: 'admitted', user };
  // Codes are of users of the tenant.
  if (!user) return { kind: 'denied' };
  return { kind: user.totp ? 'code' : 'enrolment', user };
}

function methodOf(amr: readonly string[]): LogonMethod {
  if (amr.includes('x509')) return 'certificate';
  return amr.includes('ext') ? 'identity-provider' : 'password';
}

function isVerified({ resource }: StoredUser): boolean {
  const extension = resource[IAS_SCHEMA.sap];
  return isObject(extension) && extension.mailVerified === true;
}
