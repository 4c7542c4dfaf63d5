import { seedId } from '../../../emulation/seed-id.ts';
import { STANDARD } from './policies.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredApplication, type Tenant } from './store.ts';

/** What an application is registered with. */
export interface Registration {
  readonly name: string;
  /** URI of its password policy. @default the standard one, as BTP applications have (ias 12b3395) */
  readonly policy?: string;
  /** Added to those that it has. @default none */
  readonly redirectUris?: readonly string[];
  /** @default a new one */
  readonly clientSecret?: string;
  /** Whether a service of SAP's registers it. @default false */
  readonly managedBySap?: boolean;
}

/** Registers an application of a tenant, or finds the one of that name. */
export function registerApplication(services: Services, tenant: Tenant, registration: Registration): StoredApplication {
  const { ctx, store } = services;
  const { name, policy = STANDARD.uri, redirectUris = [], clientSecret, managedBySap = false } = registration;
  const id = seedId('ias', tenant.id, 'application', name);
  const key = keyIn(tenant.id, id);
  const known = store.applications.get(key);
  const application: StoredApplication = known ?? {
    tenant: tenant.id,
    id,
    name,
    // The client id of an application is its own UUID (recorded trusts: relyingPartyId).
    clientId: id,
    clientSecret: clientSecret ?? Buffer.from(ctx.random(32)).toString('base64url'),
    policy,
    createdAt: ctx.now(),
    changedAt: ctx.now(),
  };
  const before = application.settings?.redirectUris ?? [];
  // An account of hundreds of subaccounts brings as many addresses, each time.
  const had = new Set(before);
  const added = redirectUris.filter((uri) => !had.has(uri));
  if (known && added.length === 0 && (known.managedBySap ?? false) === (managedBySap || known.managedBySap === true)) {
    return known;
  }
  const registered: StoredApplication = {
    ...application,
    ...(managedBySap ? { managedBySap } : {}),
    ...(added.length > 0 ? { settings: { ...application.settings, redirectUris: [...before, ...added] } } : {}),
  };
  store.applications.set(key, registered);
  return registered;
}

/** Applications directly below another one. */
export function applicationsBelow(
  { store }: Services,
  { tenant, id }: StoredApplication,
): readonly StoredApplication[] {
  return store.applications.by('tenant', tenant).filter((one) => one.parent === id);
}

/** Applications that every tenant has; whoever logs on to them takes the enterprise policy along (ias 12b3395). */
export const CONSOLE_APPLICATION = 'Administration Console';
export const PROFILE_APPLICATION = 'User Profile';
