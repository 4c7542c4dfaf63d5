import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import { tooNew } from '../passwords.ts';
import { policyOf } from '../policies.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';
import { mailUser } from './user-mails.ts';

/** Why no mail is sent (notes: password service). */
export type ForgottenRefusal = 'PASSWORD_TOO_NEW' | 'USER_INACTIVE' | 'PASSWORD_DISABLED';

/**
 * Somebody forgot a password: whoever the identifier means gets a mail. Any identifier counts here, whatever the logon
 * accepts (ias 3adf1ff). Tells nothing about unknown ones.
 */
export function sendResetMails(services: Services, tenant: Tenant, identifier: string): ForgottenRefusal | undefined {
  // At the SAP ID service several accounts may share an address: each gets its own mail (assumed).
  const users = services.store.users.by('identifier', keyIn(tenant.id, identifier.trim().toLowerCase()));
  const refusals = users.map((user) => sendResetMail(services, tenant, user));
  return refusals.length > 0 && refusals.every((refusal) => refusal !== undefined) ? refusals[0] : undefined;
}

export function sendResetMail(services: Services, tenant: Tenant, user: StoredUser): ForgottenRefusal | undefined {
  const extension = user.resource[IAS_SCHEMA.sap];
  const status = isObject(extension) ? extension.status : undefined;
  if (status === 'inactive') return 'USER_INACTIVE';
  const verified = isObject(extension) && extension.mailVerified === true;
  const { password } = user;
  if (password?.status === 'disabled') return 'PASSWORD_DISABLED';
  if (password && tooNew(policyOf(tenant, password.policy), password, services.ctx.now())) return 'PASSWORD_TOO_NEW';
  // Who could not log on yet gets the activation mail once more (assumed).
  const usable = password?.hash !== undefined && verified;
  mailUser(services, tenant, user, status === 'new' && !usable ? 'activation' : 'reset');
  return undefined;
}
