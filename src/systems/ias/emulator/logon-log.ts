import { recordAction } from './audit-log.ts';
import type { LogonEntry } from './rows/log-entries.ts';
import type { Services } from './services.ts';
import { keyIn, type Store, type Tenant } from './store.ts';

/** The audit log of a tenant keeps 90 days (notes §4.6); that the landscape keeps the newest 5000 entries only is its own affair. */
const RETENTION_MS = 90 * 86_400_000;
const MOST = 5000;
const MAX_TEXT = 256;

export function recordLogon(
  { ctx, store }: Services,
  tenant: Tenant,
  attempt: Omit<LogonEntry, 'tenant' | 'id' | 'time'>,
): void {
  const identifier = attempt.identifier.slice(0, MAX_TEXT);
  const entry: LogonEntry = { tenant: tenant.id, id: ctx.id(), time: ctx.now(), ...attempt, identifier };
  store.logons.set(keyIn(tenant.id, entry.id), entry);
  const { application, address, cause } = attempt;
  recordAction({ ctx }, tenant, {
    caller: identifier,
    action: attempt.method === undefined ? 'passwordCheck' : 'login',
    objectType: 'user',
    objectId: identifier,
    state: cause === undefined ? 'successful' : 'failed',
    ...(cause === undefined ? {} : { cause }),
    attributes: {
      ...(application === undefined ? {} : { spName: application }),
      ...(address === undefined ? {} : { clientIp: address }),
    },
  });
  const oldest = store.logons.size > MOST ? store.logons.keys().next().value : undefined;
  if (oldest !== undefined) store.logons.delete(oldest);
}

/** Newest first. */
export function logonsOf(store: Store, tenant: Tenant): readonly LogonEntry[] {
  return store.logons.by('tenant', tenant.id).toReversed();
}

export function forgetOldLogons({ ctx, store }: Services): void {
  for (const { tenant, id, time } of [...store.logons.values()]) {
    // In order of time.
    if (time + RETENTION_MS > ctx.now()) return;
    store.logons.delete(keyIn(tenant, id));
  }
}
