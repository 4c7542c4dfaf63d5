import { sameText } from '../../protocols/oauth/emulator/secrets.ts';
import type { AuthorizationScope } from '../wire.ts';
import { isCurrentSecret } from './secrets.ts';
import type { Services } from './services.ts';
import {
  applicationOfClient,
  keyIn,
  type StoredAdministrator,
  type StoredApplication,
  type StoredTechnicalUser,
  type Tenant,
} from './store.ts';

/** Who calls with a client id and secret. */
export type Client =
  | { readonly kind: 'application'; readonly application: StoredApplication }
  | { readonly kind: 'administrator'; readonly administrator: StoredAdministrator }
  | { readonly kind: 'technical-user'; readonly technicalUser: StoredTechnicalUser };

/** A client id is locked for an hour after 5 failures (ias 665b9e0), a technical user's only on demand (14b36c2). */
const FAILURES = 5;
const LOCK_MS = 3_600_000;

/**
 * Checks client credentials; undefined = refused.
 * @param raw the secret as it came, where `secret` was decoded: clients disagree on whether to encode it
 * @param scope what a secret of an application is used for
 */
export function authenticateClient(
  services: Services,
  tenant: Tenant,
  id: string,
  secret: string,
  raw: string = secret,
  scope?: AuthorizationScope,
): Client | undefined {
  const { ctx, store } = services;
  const key = keyIn(tenant.id, id);
  const client = clientById(services, tenant, id);
  if (!client) return undefined;
  const lock = store.clientLocks.get(key);
  if (lock?.lockedAt !== undefined) {
    if (ctx.now() < lock.lockedAt + LOCK_MS) return undefined;
    store.clientLocks.delete(key);
  }
  const right = (text: string) => isRight(services, client, text, scope);
  if (!right(secret) && !(raw !== secret && right(raw))) {
    if (!mayLock(client)) return undefined;
    const failedAttempts = (store.clientLocks.get(key)?.failedAttempts ?? 0) + 1;
    const locked = failedAttempts >= FAILURES ? { lockedAt: ctx.now() } : {};
    store.clientLocks.set(key, { failedAttempts, ...locked });
    return undefined;
  }
  if (lock) store.clientLocks.delete(key);
  return client;
}

function isRight({ ctx }: Services, client: Client, secret: string, scope?: AuthorizationScope): boolean {
  const now = ctx.now();
  switch (client.kind) {
    case 'application':
      return (
        sameText(secret, client.application.clientSecret) ||
        isCurrentSecret(client.application.secrets, secret, now, scope)
      );
    case 'administrator': {
      const { secretCredential, secrets } = client.administrator;
      if (secretCredential !== undefined && sameText(secret, ctx.credentials.password(secretCredential))) return true;
      return isCurrentSecret(secrets, secret, now);
    }
    case 'technical-user':
      return client.technicalUser.active && isCurrentSecret(client.technicalUser.secrets, secret, now);
  }
}

function mayLock(client: Client): boolean {
  if (client.kind === 'application') return true;
  if (client.kind === 'administrator') return client.administrator.allowLocking ?? true;
  return client.technicalUser.allowLocking ?? false;
}

export function clientById({ store }: Services, tenant: Tenant, id: string): Client | undefined {
  const application = applicationOfClient(store, tenant.id, id);
  if (application) return { kind: 'application', application };
  const administrator = store.administrators.get(keyIn(tenant.id, id));
  if (administrator) return { kind: 'administrator', administrator };
  const [technicalUser] = store.technicalUsers.by('client', keyIn(tenant.id, id));
  return technicalUser && { kind: 'technical-user', technicalUser };
}

export function clientIdOf(client: Client): string {
  if (client.kind === 'application') return client.application.clientId;
  return client.kind === 'administrator' ? client.administrator.clientId : client.technicalUser.clientId;
}

/** Ends the lock of a client id and forgets its failed attempts. */
export function unlockClient({ store }: Services, tenant: Tenant, clientId: string): void {
  store.clientLocks.delete(keyIn(tenant.id, clientId));
}

/** Until when a client id is locked; undefined = it is not. */
export function clientLockedUntil({ ctx, store }: Services, tenant: Tenant, clientId: string): number | undefined {
  const lockedAt = store.clientLocks.get(keyIn(tenant.id, clientId))?.lockedAt;
  return lockedAt !== undefined && ctx.now() < lockedAt + LOCK_MS ? lockedAt + LOCK_MS : undefined;
}
