import type { Services } from './services.ts';
import { keyIn, type Permission, type StoredAdministrator, type StoredApplication, type Tenant } from './store.ts';

/** Who calls with a client id and secret. */
export type Client =
  | { readonly kind: 'application'; readonly application: StoredApplication }
  | { readonly kind: 'administrator'; readonly administrator: StoredAdministrator };

/** A client id is locked for an hour after 5 failures (ias 665b9e0). */
const FAILURES = 5;
const LOCK_MS = 3_600_000;

/** Checks client credentials; undefined = refused. */
export function authenticateClient(services: Services, tenant: Tenant, id: string, secret: string): Client | undefined {
  const { ctx, store } = services;
  const key = keyIn(tenant.id, id);
  const client = clientById(services, tenant, id);
  if (!client) return undefined;
  const lock = store.clientLocks.get(key);
  if (lock?.lockedAt !== undefined) {
    if (ctx.now() < lock.lockedAt + LOCK_MS) return undefined;
    store.clientLocks.delete(key);
  }
  const right =
    client.kind === 'application'
      ? client.application.clientSecret
      : ctx.credentials.password(client.administrator.secretCredential);
  if (secret !== right) {
    const failedAttempts = (store.clientLocks.get(key)?.failedAttempts ?? 0) + 1;
    const locked = failedAttempts >= FAILURES ? { lockedAt: ctx.now() } : {};
    store.clientLocks.set(key, { failedAttempts, ...locked });
    return undefined;
  }
  if (lock) store.clientLocks.delete(key);
  return client;
}

export function clientById({ store }: Services, tenant: Tenant, id: string): Client | undefined {
  const application = store.applications.get(keyIn(tenant.id, id));
  if (application) return { kind: 'application', application };
  const administrator = store.administrators.get(keyIn(tenant.id, id));
  return administrator && { kind: 'administrator', administrator };
}

/** Whether an administrator has one of these permissions. */
export function hasPermission(administrator: StoredAdministrator, ...anyOf: readonly Permission[]): boolean {
  return anyOf.some((permission) => administrator.permissions.includes(permission));
}
