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

export interface ServicesStore {
  readonly instances: Collection<ServiceInstance>;
  readonly bindings: Collection<ServiceBinding>;
}

export function createServicesStore(ctx: Pick<EmulatorContext, 'state'>): ServicesStore {
  return {
    instances: ctx.state.collection('services/instances', { subaccount: (instance) => instance.subaccount }),
    bindings: ctx.state.collection('services/bindings', {
      subaccount: (binding) => binding.subaccount,
      instance: (binding) => binding.instance,
    }),
  };
}
