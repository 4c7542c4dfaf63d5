import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, found } from '../../protocols/btp-cli/emulator/answers.ts';
import type { CommandObject, TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { guarded } from '../../protocols/btp-cli/emulator/rights.ts';
import type { createBindingSemantics } from './bindings.ts';
import { OFFERINGS, PLANS } from './catalogue.ts';
import { badRequest, notFound } from './errors.ts';
import { filterOf } from './filter.ts';
import type { createInstanceSemantics } from './instances.ts';
import { offeringView, planView } from './views.ts';

type Handlers = Readonly<Record<string, (call: TenantCall) => Answer>>;

const WRITERS = ['Subaccount_Service_Administrator'];
const READERS = [...WRITERS, 'Subaccount_Service_Auditor', 'Service_Instances_Viewer', 'Service_Credentials_Viewer'];

/** `services/*`: Service Manager behind the command-line server. */
export function servicesCommands(
  ctx: Pick<EmulatorContext, 'world'>,
  instances: ReturnType<typeof createInstanceSemantics>,
  bindings: ReturnType<typeof createBindingSemantics>,
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
    'services/offering': object({
      list({ params }) {
        const fields = filterOf(params.fieldsFilter);
        if (!fields) return badRequest('invalid query');
        const rows = OFFERINGS.filter((one) => fields((key) => valuesOf({ ...one, catalog_name: one.name }, key)));
        return found(rows.map(offeringView));
      },
      get({ params }) {
        const offering = OFFERINGS.find(({ id, name }) =>
          params.id === undefined ? name === params.name : id === params.id,
        );
        return offering ? found(offeringView(offering)) : notFound('service_offerings');
      },
    }),
    'services/plan': object({
      list({ params }) {
        const fields = filterOf(params.fieldsFilter);
        if (!fields) return badRequest('invalid query');
        const rows = PLANS.filter((one) =>
          fields((key) => valuesOf({ ...one, service_offering_id: one.offering.id, catalog_name: one.name }, key)),
        );
        return found(rows.map((plan) => planView(plan, true)));
      },
      get({ params }) {
        const { id, name, offeringName } = params;
        const plan = PLANS.find((one) =>
          id === undefined ? one.name === name && one.offering.name === offeringName : one.id === id,
        );
        return plan ? found(planView(plan)) : notFound('service_plans');
      },
    }),
  };
}

function valuesOf(row: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const value = row[key];
  return typeof value === 'string' || typeof value === 'boolean' ? [String(value)] : [];
}
