import { z } from 'zod';
import { seedId } from '../../../emulation/seed-id.ts';
import { PERMISSIONS } from './administrator-permissions.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredAdministrator, type Tenant } from './store.ts';

const credential = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'name of a credential, e.g. ACME_ADMIN_PASSWORD');

const system = z.strictObject({
  name: z.string(),
  clientId: credential,
  clientSecret: credential,
  permissions: z.array(z.enum(PERMISSIONS)).default(['Manage Users', 'Read Users']),
});

const human = z.strictObject({
  /** Login name of a user of the tenant. */
  user: z.string(),
  permissions: z.array(z.enum(PERMISSIONS)).default([...PERMISSIONS]),
});

/** Systems and persons that may administer a tenant. */
export const seededAdministrator = z.union([system, human]);

/** After the users: persons are such. @param users SCIM ids by login name */
export function plantAdministrators(
  { ctx, store }: Services,
  tenant: Tenant,
  administrators: readonly z.infer<typeof seededAdministrator>[],
  users: ReadonlyMap<string, string>,
): void {
  const keep = (administrator: StoredAdministrator) =>
    store.administrators.set(keyIn(tenant.id, administrator.clientId), administrator);
  // Every tenant has it: it establishes trust (ias 86ee374). Its permissions and that it has no secret to use are assumed.
  keep({
    tenant: tenant.id,
    name: 'SAP BTP',
    clientId: seedId('ias', tenant.id, 'administrator', 'SAP BTP'),
    permissions: ['Manage Applications', 'Manage Tenant Configuration'],
  });
  for (const administrator of administrators) {
    if ('user' in administrator) {
      const user = users.get(administrator.user);
      if (user === undefined) throw new TypeError(`tenant ${tenant.id} has no user '${administrator.user}'`);
      const { permissions } = administrator;
      store.humanAdministrators.set(keyIn(tenant.id, user), { tenant: tenant.id, user, permissions });
      continue;
    }
    const { name, clientId, clientSecret, permissions } = administrator;
    const id = seedId('ias', tenant.id, 'administrator', name);
    ctx.credentials.keep(clientId, id);
    ctx.credentials.password(clientSecret);
    keep({ tenant: tenant.id, name, clientId: id, secretCredential: clientSecret, permissions });
  }
}
