import { seedId } from '../../../emulation/seed-id.ts';
import { STANDARD } from './policies.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredApplication, type Tenant } from './store.ts';

/** Registers an application of a tenant, or finds the one of that name. */
export function registerApplication(
  { ctx, store }: Services,
  tenant: Tenant,
  name: string,
  // BTP applications default to the standard policy (ias 12b3395).
  policy: string = STANDARD.uri,
): StoredApplication {
  const id = seedId('ias', tenant.id, 'application', name);
  // The client id of an application is its own UUID (recorded trusts: relyingPartyId).
  const known = store.applications.get(keyIn(tenant.id, id));
  if (known) return known;
  const application: StoredApplication = {
    tenant: tenant.id,
    id,
    name,
    clientId: id,
    clientSecret: Buffer.from(ctx.random(32)).toString('base64url'),
    policy,
  };
  store.applications.set(keyIn(tenant.id, id), application);
  return application;
}
