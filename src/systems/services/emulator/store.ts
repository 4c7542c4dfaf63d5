import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';

export type Labels = Readonly<Record<string, readonly string[]>>;

interface Resource {
  readonly id: string;
  /** GUID of the subaccount. */
  readonly subaccount: string;
  readonly name: string;
  readonly labels: Labels;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** User name; absent for what is older than this field (recordings). */
  readonly createdBy?: string;
  readonly updatedBy?: string;
  readonly lastOperation: { readonly id: string; readonly type: 'create' | 'update'; readonly correlationId: string };
}

export interface ServiceInstance extends Resource {
  readonly plan: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly shared?: boolean;
}

export interface ServiceBinding extends Resource {
  readonly instance: string;
  readonly credentials: Readonly<Record<string, unknown>>;
}

/** A service broker that a subaccount has registered. */
export interface ServiceBroker extends Resource {
  readonly description: string;
  readonly url: string;
  /** How often its credentials were set anew. */
  readonly credentialRevision: number;
}

/** A platform of the subaccount's own, such as a Kubernetes cluster, that may use its services. */
export interface ServicePlatform extends Resource {
  readonly type: string;
  readonly description: string;
}

export interface ServicesStore {
  /** By id; what the seed adds to the offerings that are always there. */
  readonly offerings: Collection<Offering>;
  readonly plans: Collection<PlanRow>;
  readonly brokers: Collection<ServiceBroker>;
  readonly platforms: Collection<ServicePlatform>;
  readonly instances: Collection<ServiceInstance>;
  readonly bindings: Collection<ServiceBinding>;
}

export function createServicesStore(ctx: Pick<EmulatorContext, 'state'>): ServicesStore {
  return {
    offerings: ctx.state.collection('services/offerings'),
    plans: ctx.state.collection('services/plans'),
    brokers: ctx.state.collection('services/brokers', { subaccount: (broker) => broker.subaccount }),
    platforms: ctx.state.collection('services/platforms', { subaccount: (platform) => platform.subaccount }),
    instances: ctx.state.collection('services/instances', { subaccount: (instance) => instance.subaccount }),
    bindings: ctx.state.collection('services/bindings', {
      subaccount: (binding) => binding.subaccount,
      instance: (binding) => binding.instance,
    }),
  };
}

export interface Offering {
  readonly id: string;
  /** What its broker calls it. @default the same */
  readonly catalogId?: string;
  readonly name: string;
  readonly description: string;
  readonly bindable: boolean;
  /** Whether parameters can be read back (`instances_retrievable`). */
  readonly retrievable: boolean;
  readonly bindingsRetrievable: boolean;
  readonly planUpdateable: boolean;
  readonly tags?: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A service plan as it is kept, with the id of its offering. */
export interface PlanRow {
  readonly id: string;
  /** What its broker calls it. @default the same */
  readonly catalogId?: string;
  /** Of the offering. */
  readonly offering: string;
  readonly name: string;
  readonly description: string;
  readonly free: boolean;
  /** Whether the broker takes its time to make an instance (`accepts_incomplete`). */
  readonly asynchronous: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly schemas?: Readonly<Record<string, unknown>>;
  /** What the broker says to whoever wants an instance; absent = it makes one. */
  readonly refusal?: BrokerRefusal;
}

export interface BrokerRefusal {
  readonly status: number;
  readonly description: string;
}
