import { isObject } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../wire.ts';
import type { Subject } from './oidc/store.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredUser, type Tenant } from './store.ts';

/** Whether somebody may still have tokens. */
export function isActive({ store }: Services, tenant: Tenant, subject: Subject): boolean {
  if (subject.kind === 'corporate') return true;
  const user = store.users.get(keyIn(tenant.id, subject.id));
  return user !== undefined && statusOf(user) !== 'inactive';
}

export function statusOf(user: StoredUser): string {
  return String(extensionOf(user).status);
}

/** The SAP user extension. */
export function extensionOf(user: StoredUser) {
  const extension = user.resource[IAS_SCHEMA.sap];
  return isObject(extension) ? extension : {};
}

/** `validFrom` and `validTo` of the SAP user extension. */
export function isValid(user: StoredUser, now: number): boolean {
  const { validFrom, validTo } = extensionOf(user);
  if (typeof validFrom === 'string' && Date.parse(validFrom) > now) return false;
  return typeof validTo !== 'string' || Date.parse(validTo) >= now;
}

/** The first logon makes a new user active (assumed). */
export function activated(user: StoredUser): StoredUser {
  const extension = extensionOf(user);
  if (extension.status !== 'new') return user;
  return {
    ...user,
    resource: { ...user.resource, active: true, [IAS_SCHEMA.sap]: { ...extension, status: 'active' } },
  };
}
