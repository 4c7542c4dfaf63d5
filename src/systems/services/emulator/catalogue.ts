import { seedId } from '../../../emulation/seed-id.ts';

/** Which credentials a binding holds. */
export type CredentialKind = 'destination' | 'xsuaa' | 'service-manager' | 'alert-notification';

export interface Offering {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Whether parameters can be read back (`instances_retrievable`). */
  readonly retrievable: boolean;
  readonly credentials: CredentialKind;
}

export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly free: boolean;
  readonly shareable: boolean;
  readonly offering: Offering;
}

// Which of them give their parameters back is recorded (destination not, alert-notification does); plans are those of SAP's
// documentation on the services that technical users have to do with.
export const OFFERINGS: readonly Offering[] = [
  offering('destination', 'Finds destinations and keeps their credentials', false, 'destination'),
  offering('xsuaa', 'Authorization and trust management', false, 'xsuaa'),
  offering('service-manager', 'Manages service instances', false, 'service-manager'),
  offering('alert-notification', 'Tells about events', true, 'alert-notification'),
];

export const PLANS: readonly Plan[] = [
  plan('destination', 'lite', true),
  plan('xsuaa', 'application', true),
  plan('xsuaa', 'apiaccess', true),
  plan('xsuaa', 'broker', true),
  plan('service-manager', 'subaccount-admin', true),
  plan('service-manager', 'subaccount-audit', true),
  plan('alert-notification', 'standard', false),
];

export function planById(id: string): Plan | undefined {
  return PLANS.find((plan) => plan.id === id);
}

export function planByName(offeringName: string, name: string): Plan | undefined {
  return PLANS.find((plan) => plan.offering.name === offeringName && plan.name === name);
}

function offering(name: string, description: string, retrievable: boolean, credentials: CredentialKind): Offering {
  return { id: seedId('service-offering', name), name, description, retrievable, credentials };
}

function plan(offeringName: string, name: string, free: boolean): Plan {
  const offering = OFFERINGS.find((one) => one.name === offeringName);
  if (!offering) throw new TypeError(`no service offering '${offeringName}'`);
  const id = seedId('service-plan', offeringName, name);
  return { id, name, description: `${offeringName} ${name}`, free, shareable: false, offering };
}
