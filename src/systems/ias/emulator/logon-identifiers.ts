import type { Services } from './services.ts';
import { keyIn, type StoredUser, type Tenant } from './store.ts';
import { userIdOf } from './user-names.ts';

/** The user whom an identifier means; undefined = none, or more than one. */
export function userByIdentifier(services: Services, tenant: Tenant, identifier: string): StoredUser | undefined {
  const found = candidates(services, tenant, identifier);
  // Several accounts with one e-mail: only the user id tells them apart (btp e241b30, 7a37d66).
  return found.length === 1 ? found[0] : undefined;
}

/** Logon identifiers: login name and e-mail (default of a new tenant, ias 3adf1ff); at SAP ID user id and e-mail. */
function candidates({ store }: Services, tenant: Tenant, identifier: string): readonly StoredUser[] {
  const wanted = identifier.toLowerCase();
  const found = store.users.by('identifier', keyIn(tenant.id, wanted));
  if (tenant.kind === 'sap-id') {
    const byId = found.filter((user) => userIdOf(user.resource).toLowerCase() === wanted);
    return byId.length > 0 ? byId : found;
  }
  return found.filter((user) => userIdOf(user.resource).toLowerCase() !== wanted);
}
