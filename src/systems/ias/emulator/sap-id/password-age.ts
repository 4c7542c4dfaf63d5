import type { Services } from '../services.ts';
import type { StoredPassword, Tenant } from '../store.ts';

/** Reported by users of the SAP ID service; no document of SAP's says it, hence the switch. */
const MAX_AGE_MS = 90 * 24 * 3_600_000;

/** Whether a password of the SAP ID service must be changed because of its age. */
export function isOutlived({ ctx }: Services, tenant: Tenant, password: StoredPassword): boolean {
  if (tenant.kind !== 'sap-id' || !ctx.switched('ias.sapIdPasswordAge', true)) return false;
  return ctx.now() > password.setAt + MAX_AGE_MS;
}
