import type { Services } from './services.ts';
import type { AuditLogHome, Tenant } from './store.ts';

/** An action as IAS writes it to the audit log: names are those of SAP Help (ias ac5537b). */
export interface TenantAction {
  readonly caller: string;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  readonly state: 'successful' | 'failed';
  readonly cause?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * Writes to the audit log of the subaccount that the tenant is configured with (ias a3e793c), where it is. SAP Help prints the sentence and names
 * the key-value pairs; which of both comes through the retrieval API, in which envelope and category, and what additional attributes are
 * called, is assumed. `ias.auditKeyValues`: pairs instead of the sentence.
 */
export function recordAction({ ctx }: Pick<Services, 'ctx'>, tenant: Tenant, did: TenantAction): void {
  const { caller, action, objectType, objectId, state, cause, attributes = {} } = did;
  const zone = tenant.auditLog && zoneOf(ctx, tenant.auditLog);
  if (zone === undefined) return;
  const because = cause === undefined ? '' : ` which is caused by cause ${cause}`;
  const told = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
  const message = `Caller ${caller} did action ${action} related to objectType ${objectType} with unique identifier ${objectId}. The result of this action is state ${state}${because} and the message is ${told.join(', ')}`;
  const pairs = { caller, action, objectType, objectId, state, ...(cause === undefined ? {} : { cause }) };
  ctx.world.find('audit')?.record({
    zone,
    category: 'audit.security-events',
    user: caller,
    data: ctx.switched('ias.auditKeyValues', false) ? { ...pairs, additionalAttributes: attributes } : { message },
  });
}

function zoneOf({ world }: Services['ctx'], home: AuditLogHome): string | undefined {
  if ('tenantId' in home) return home.tenantId;
  return world.find('accounts')?.subaccountByName(home.globalAccount, home.subaccount)?.guid;
}
