import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Answer } from '../../protocols/btp-cli/emulator/answers.ts';
import type { CommandObject, TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { guarded } from '../../protocols/btp-cli/emulator/rights.ts';
import type { createBindingSemantics } from './bindings.ts';
import type { createBrokerSemantics, createPlatformSemantics } from './brokers.ts';
import type { createInstanceSemantics } from './instances.ts';
import type { createOfferingSemantics } from './offerings.ts';

type Handlers = Readonly<Record<string, (call: TenantCall) => Answer | Promise<Answer>>>;

const WRITERS = ['Subaccount_Service_Administrator'];
const READERS = [...WRITERS, 'Subaccount_Service_Auditor', 'Service_Instances_Viewer', 'Service_Credentials_Viewer'];

interface Semantics {
  readonly instances: ReturnType<typeof createInstanceSemantics>;
  readonly bindings: ReturnType<typeof createBindingSemantics>;
  readonly offerings: ReturnType<typeof createOfferingSemantics>;
  readonly brokers: ReturnType<typeof createBrokerSemantics>;
  readonly platforms: ReturnType<typeof createPlatformSemantics>;
}

/** `services/*`: Service Manager behind the command-line server. */
export function servicesCommands(
  ctx: Pick<EmulatorContext, 'world'>,
  { instances, bindings, offerings, brokers, platforms }: Semantics,
): Readonly<Record<string, CommandObject>> {
  const allowed = (templates: readonly string[], handlers: Handlers) =>
    Object.fromEntries(Object.entries(handlers).map(([action, handler]) => [action, guarded(ctx, templates, handler)]));
  const object = (reading: Handlers, writing: Handlers = {}): CommandObject => ({
    tenantScoped: true,
    mediaType: 'application/json',
    actions: { ...allowed(READERS, reading), ...allowed(WRITERS, writing) },
  });
  return {
    'services/instance': object(
      { list: instances.list, get: instances.get },
      {
        create: instances.create,
        update: instances.update,
        delete: instances.delete,
        share: instances.share,
        unshare: instances.unshare,
      },
    ),
    'services/binding': object(
      { list: bindings.list, get: bindings.get },
      { create: bindings.create, delete: bindings.delete },
    ),
    'services/offering': object({ list: offerings.listOfferings, get: offerings.getOffering }),
    'services/plan': object({ list: offerings.listPlans, get: offerings.getPlan }),
    'services/broker': object(
      { list: brokers.list, get: brokers.get },
      { register: brokers.register, update: brokers.update, unregister: brokers.unregister },
    ),
    'services/platform': object(
      { list: platforms.list, get: platforms.get },
      { register: platforms.register, update: platforms.update, unregister: platforms.unregister },
    ),
  };
}
