import { recordChange, shownCredentials } from '../change-log.ts';
import type { GrantType, TokenPolicy } from '../oidc/settings.ts';
import type { Actor } from '../permissions.ts';
import { policyOf } from '../policies.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredApplication, type Tenant } from '../store.ts';
import { Refusal } from './refusal.ts';

export function applicationsOf({ store }: Services, tenant: Tenant): readonly StoredApplication[] {
  return store.applications.by('tenant', tenant.id);
}

/** @throws Refusal when there is none */
export function applicationById({ store }: Services, tenant: Tenant, id: string): StoredApplication {
  const application = store.applications.get(keyIn(tenant.id, id));
  if (!application) throw new Refusal('There is no such application.');
  return application;
}

/** Keeps a changed application; from now on its users take its password policy along (ias 04a6e45). */
export function changeApplication(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  before: StoredApplication,
  after: StoredApplication,
): void {
  services.store.applications.set(keyIn(tenant.id, before.id), after);
  const shown = (one: StoredApplication) => ({
    passwordPolicy: policyOf(tenant, one.policy).name,
    tokenPolicy: { ...one.settings?.tokenPolicy },
    grantTypes: [...(one.settings?.grantTypes ?? [])],
    ...shownCredentials(one),
  });
  recordChange(services, tenant, actor, {
    type: 'application',
    id: before.id,
    name: before.name,
    before: shown(before),
    after: shown(after),
  });
}

export function withSettings(
  application: StoredApplication,
  settings: { readonly tokenPolicy?: TokenPolicy; readonly grantTypes?: readonly GrantType[] },
): StoredApplication {
  return { ...application, settings: { ...application.settings, ...settings } };
}
