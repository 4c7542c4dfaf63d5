import { applicationsBelow } from '../applications.ts';
import { recordChange, shownCredentials } from '../change-log.ts';
import { policyOf } from '../policies.ts';
import type { GrantType, TokenPolicy } from '../rows/application-settings.ts';
import type { Actor } from '../rows/log-entries.ts';
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
  const { id, name } = before;
  const change = { before: shown(tenant, before), after: shown(tenant, after) };
  recordChange(services, tenant, actor, { type: 'application', id, name, ...change });
}

/**
 * Deletes an application. That SAP's own and those with others below stay is assumed.
 * @throws Refusal when it has to stay
 */
export function dropApplication(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  application: StoredApplication,
): void {
  const { id, name, managedBySap = false } = application;
  if (managedBySap) throw new Refusal('The application is managed by SAP.');
  const below = applicationsBelow(services, application);
  if (below.length > 0) {
    throw new Refusal(`Delete the applications below it first: ${below.map((one) => one.name).join(', ')}.`);
  }
  services.store.applications.delete(keyIn(tenant.id, id));
  recordChange(services, tenant, actor, { type: 'application', id, name, before: shown(tenant, application) });
}

function shown(tenant: Tenant, application: StoredApplication) {
  return {
    passwordPolicy: policyOf(tenant, application.policy).name,
    tokenPolicy: { ...application.settings?.tokenPolicy },
    grantTypes: [...(application.settings?.grantTypes ?? [])],
    ...shownCredentials(application),
  };
}

export function withSettings(
  application: StoredApplication,
  settings: { readonly tokenPolicy?: TokenPolicy; readonly grantTypes?: readonly GrantType[] },
): StoredApplication {
  return { ...application, settings: { ...application.settings, ...settings } };
}
