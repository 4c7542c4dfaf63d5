import { seedId } from '../../../emulation/seed-id.ts';
import type { Offering, PlanRow, ServicesStore } from './store.ts';

/** Which credentials a binding holds; those of a service that is not emulated further are `oauth2`. */
export type CredentialKind = 'destination' | 'xsuaa' | 'service-manager' | 'alert-notification' | 'oauth2';

export interface Plan extends Omit<PlanRow, 'offering'> {
  readonly offering: Offering;
}

/** The offerings and plans of a landscape: those that are always there, and those that its seed adds or replaces. */
export interface Catalogue {
  offerings(): readonly Offering[];
  plans(): readonly Plan[];
  plan(id: string): Plan | undefined;
  planByName(offering: string, name: string): Plan | undefined;
}

export function createCatalogue(store: ServicesStore): Catalogue {
  const catalogue: Catalogue = {
    offerings() {
      const seeded = [...store.offerings.values()];
      return [...OFFERINGS.filter(({ name }) => !seeded.some((one) => one.name === name)), ...seeded];
    },
    plans() {
      const offerings = new Map(catalogue.offerings().map((one) => [one.id, one]));
      return [...PLANS, ...store.plans.values()].flatMap((row) => {
        const offering = offerings.get(row.offering);
        return offering ? [{ ...row, offering }] : [];
      });
    },
    plan: (id) => catalogue.plans().find((plan) => plan.id === id),
    planByName: (offering, name) =>
      catalogue.plans().find((plan) => plan.offering.name === offering && plan.name === name),
  };
  return catalogue;
}

/** Kind of the credentials of an offering, by its name. */
export function credentialKind({ name }: Offering): CredentialKind {
  return KINDS.find((kind) => kind === name) ?? 'oauth2';
}

const KINDS = ['destination', 'xsuaa', 'service-manager', 'alert-notification'] as const;

// Which of them give their parameters back is recorded (destination not, alert-notification does); plans are those of SAP's
// documentation on the services that technical users have to do with.
const OFFERINGS: readonly Offering[] = [
  offering('destination', 'Finds destinations and keeps their credentials', false),
  offering('xsuaa', 'Authorization and trust management', false),
  offering('service-manager', 'Manages service instances', false),
  offering('alert-notification', 'Tells about events', true),
];

// Which plans let instances be shared is recorded of destination lite (…service_instance.with_sharing_conf_changed).
const PLANS: readonly PlanRow[] = [
  plan('destination', 'lite', { metadata: { supportsInstanceSharing: true } }),
  plan('xsuaa', 'application'),
  plan('xsuaa', 'apiaccess'),
  plan('xsuaa', 'broker'),
  plan('service-manager', 'subaccount-admin'),
  plan('service-manager', 'subaccount-audit'),
  plan('alert-notification', 'standard', { free: false }),
];

export function offeringId(name: string): string {
  return seedId('service-offering', name);
}

export function planId(offeringName: string, name: string): string {
  return seedId('service-plan', offeringName, name);
}

function offering(name: string, description: string, retrievable: boolean): Offering {
  return {
    id: offeringId(name),
    name,
    description,
    bindable: true,
    retrievable,
    bindingsRetrievable: false,
    planUpdateable: false,
    metadata: {},
  };
}

function plan(offeringName: string, name: string, more: Partial<PlanRow> = {}): PlanRow {
  return {
    id: planId(offeringName, name),
    offering: offeringId(offeringName),
    name,
    description: `${offeringName} ${name}`,
    free: true,
    asynchronous: false,
    ...more,
  };
}
