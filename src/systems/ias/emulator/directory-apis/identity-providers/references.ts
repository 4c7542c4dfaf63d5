import { createHash } from 'node:crypto';
import { seedId } from '../../../../../emulation/seed-id.ts';
import { LOCAL } from '../../oidc/conditional.ts';
import type { CorporateProvider } from '../../oidc/store.ts';
import type { Services } from '../../services.ts';
import type { Tenant } from '../../store.ts';

/** Those of a tenant. */
export function corporateProvidersOf({ oidc }: Services, tenant: Tenant): readonly CorporateProvider[] {
  return oidc.corporateProviders.by('tenant', tenant.id);
}

/**
 * How an application's document refers to an identity provider: by 24 hexadecimal digits of its own, although it is written with the
 * provider's id (recorded by SAP/terraform-provider-sap-cloud-identity-services). The tenant itself has such a number, too.
 * @param name of a corporate provider, or absent for the tenant itself
 */
export function providerReference(services: Services, tenant: Tenant, name: string = LOCAL): string {
  const provider = corporateProvidersOf(services, tenant).find((one) => one.name === name);
  return referenceOf(provider?.id ?? localId(tenant));
}

/** The name behind an id or such a reference; undefined = there is none. */
export function providerName(services: Services, tenant: Tenant, id: string): string | undefined {
  const means = (known: string) => id === known || id === referenceOf(known);
  if (means(localId(tenant))) return LOCAL;
  return corporateProvidersOf(services, tenant).find((one) => means(one.id))?.name;
}

function localId(tenant: Tenant): string {
  return seedId('ias', tenant.id, 'identity-provider', LOCAL);
}

function referenceOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 24);
}
