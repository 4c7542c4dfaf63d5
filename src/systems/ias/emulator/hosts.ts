import type { Context as HonoContext } from 'hono';
import type { HostEnv } from '../../../emulation/mount.ts';
import type { Services } from './services.ts';
import type { Tenant } from './store.ts';

export const SAP_ID_HOST = 'accounts.sap.com';

/** Host patterns of tenants (notes ias §1.1). */
export const TENANT_HOSTS = ['{tenant}.accounts.ondemand.com', '{tenant}.accounts.cloud.sap'] as const;

/** The tenant behind the host of a request; mounts serve only hosts of tenants. */
export function tenantOf({ store }: Services, c: HonoContext<HostEnv>): Tenant {
  const { host } = new URL(c.req.url);
  const [tenant] = store.tenants.by('host', host);
  if (!tenant) throw new TypeError(`no tenant at ${host}`);
  return tenant;
}
