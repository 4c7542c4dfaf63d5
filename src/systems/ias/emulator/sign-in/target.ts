import { seedId } from '../../../../emulation/seed-id.ts';
import { CONSOLE_APPLICATION, PROFILE_APPLICATION } from '../applications.ts';
import { PROFILE_PATH } from '../pages.ts';
import { ENTERPRISE } from '../policies.ts';
import type { Services } from '../services.ts';
import { applicationOfClient, keyIn, type StoredApplication, type Tenant } from '../store.ts';

export const AUTHORIZE_PATH = '/oauth2/authorize';
const CONSOLE_PATH = '/admin';

/** Where a browser goes on after its sign-in: a path on this host, and no way to another one. */
export function localTarget(text: string | null | undefined): string {
  return text && /^\/(?![/\\])[^\\\s]*$/.test(text) ? text : PROFILE_PATH;
}

/** The application that is signed in to: its rules and its password policy count. */
export function applicationOfTarget(services: Services, tenant: Tenant, target: string): StoredApplication {
  const url = new URL(target, `https://${tenant.host}`);
  if (url.pathname === AUTHORIZE_PATH) {
    const clientId = url.searchParams.get('client_id') ?? '';
    const application = applicationOfClient(services.store, tenant.id, clientId);
    if (application) return application;
  }
  const console = url.pathname === CONSOLE_PATH || url.pathname.startsWith(`${CONSOLE_PATH}/`);
  return systemApplication(services, tenant, console ? CONSOLE_APPLICATION : PROFILE_APPLICATION);
}

/** An application that every tenant has; only one that was configured is kept. */
function systemApplication({ store }: Services, tenant: Tenant, name: string): StoredApplication {
  const id = seedId('ias', tenant.id, 'application', name);
  return (
    store.applications.get(keyIn(tenant.id, id)) ?? {
      tenant: tenant.id,
      id,
      name,
      clientId: id,
      clientSecret: '',
      policy: ENTERPRISE.uri,
      createdAt: 0,
      changedAt: 0,
    }
  );
}

/** `login_hint` of the request that is behind a target. */
export function hintOfTarget(target: string): string | undefined {
  return new URL(target, 'https://localhost').searchParams.get('login_hint') ?? undefined;
}
