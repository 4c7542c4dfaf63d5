import { IAS_SCHEMA } from '../../wire.ts';
import { recordUserChange } from '../change-log.ts';
import { renewed } from '../passwords.ts';
import type { Link } from '../rows/mail.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';
import { userIdOf } from '../user-names.ts';
import { patchUser } from '../users.ts';
import { spendLinks } from './links.ts';

/** Whether the recipient has to choose a password: always for a reset, for an activation unless there is one. */
export function needsPassword({ purpose }: Link, user: StoredUser): boolean {
  return purpose === 'reset' || user.password?.hash === undefined;
}

/**
 * Does what the recipient of a link asked for: who follows it has the mailbox, so that the address is verified, too.
 * @throws ScimError 400 when the policy refuses the password
 */
export async function redeemLink(
  services: Services,
  tenant: Tenant,
  { link, user }: { readonly link: Link; readonly user: StoredUser },
  newPassword: string,
): Promise<void> {
  const { store } = services;
  // A password that is refused leaves the link as it is.
  const password = needsPassword(link, user)
    ? await renewed(services, tenant, user.password, newPassword, 'enabled')
    : user.password;
  const active = await patchUser(services, tenant, user, [
    { op: 'replace', path: `${IAS_SCHEMA.sap}:mailVerified`, value: true },
    ...(link.purpose === 'activation' ? [{ op: 'replace', path: 'active', value: true } as const] : []),
  ]);
  const after: StoredUser = password ? { ...active, password } : active;
  store.users.set(keyIn(tenant.id, user.id), after);
  spendLinks(services, tenant, user);
  recordUserChange(services, tenant, { kind: 'user', id: user.id, name: userIdOf(user.resource) }, user, after);
}
