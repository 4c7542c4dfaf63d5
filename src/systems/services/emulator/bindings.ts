import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, found } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { holdsRole } from '../../protocols/btp-cli/emulator/rights.ts';
import type { Catalogue } from './catalogue.ts';
import { makeCredentials, revokeCredentials } from './credentials.ts';
import { badRequest, conflict, notFound } from './errors.ts';
import { filterOf } from './filter.ts';
import { jsonOf, labelsOf } from './parameters.ts';
import type { ServiceBinding, ServicesStore } from './store.ts';
import { bindingView } from './views.ts';

/** Service bindings with their credentials. */
export function createBindingSemantics(ctx: EmulatorContext, store: ServicesStore, catalogue: Catalogue) {
  function named({ zone, params }: TenantCall): ServiceBinding | undefined {
    const all = store.bindings.by('subaccount', zone.guid);
    if (params.id !== undefined) return all.find((binding) => binding.id === params.id);
    return all.find((binding) => binding.name === params.name);
  }

  /** assumed: who only views services sees the binding without its credentials, as the role's name says. */
  function showsCredentials({ caller, zone }: TenantCall): boolean {
    return holdsRole(ctx, caller, zone.guid, ['Subaccount_Service_Administrator', 'Service_Credentials_Viewer']);
  }

  function view(call: TenantCall, binding: ServiceBinding, form: 'created' | 'read' | 'listed'): readonly object[] {
    const instance = store.instances.get(binding.instance);
    return instance ? [bindingView(call.zone, binding, instance, form, showsCredentials(call))] : [];
  }

  return {
    list(call: TenantCall): Answer {
      const [fields, labels] = [filterOf(call.params.fieldsFilter), filterOf(call.params.labelsFilter)];
      if (!fields || !labels) return badRequest('invalid query');
      const rows = store.bindings
        .by('subaccount', call.zone.guid)
        .filter((binding) => fields((key) => fieldOf(binding, key)))
        .filter((binding) => labels((key) => binding.labels[key] ?? []));
      return found(rows.flatMap((binding) => view(call, binding, 'listed')));
    },

    get(call: TenantCall): Answer {
      const binding = named(call);
      const [row] = binding ? view(call, binding, 'read') : [];
      return row ? found(row) : notFound('service_bindings');
    },

    async create(call: TenantCall): Promise<Answer> {
      const { zone, params, caller } = call;
      const { name = '' } = params;
      const instance = store.instances.get(params.serviceInstanceID ?? '');
      const plan = catalogue.plan(instance?.plan ?? '');
      if (instance?.subaccount !== zone.guid || !plan) return notFound('service_instances');
      if (name === '') return badRequest('missing name');
      const taken = () => store.bindings.by('instance', instance.id).some((binding) => binding.name === name);
      if (taken()) return conflict(`found conflicting service_bindings with name ${name}`);
      const labels = labelsOf(params.labels);
      if (!labels) return badRequest('invalid labels');
      const credentials = await makeCredentials(ctx, zone, plan, instance, jsonOf(params.parameters));
      // Somebody may have been faster while a certificate was made.
      if (taken()) return conflict(`found conflicting service_bindings with name ${name}`);
      const binding: ServiceBinding = {
        id: ctx.id(),
        subaccount: zone.guid,
        instance: instance.id,
        name,
        labels,
        credentials,
        createdAt: ctx.now(),
        updatedAt: ctx.now(),
        createdBy: caller.user,
        lastOperation: { id: ctx.id(), type: 'create', correlationId: ctx.id() },
      };
      store.bindings.set(binding.id, binding);
      const [json] = view(call, binding, 'created');
      return { status: 201, json };
    },

    delete(call: TenantCall): Answer {
      const binding = named(call);
      if (!binding) return notFound('service_bindings');
      revokeCredentials(ctx, binding);
      store.bindings.delete(binding.id);
      return found({});
    },
  };
}

function fieldOf(binding: ServiceBinding, key: string): readonly string[] {
  const fields: Readonly<Record<string, string>> = {
    id: binding.id,
    name: binding.name,
    service_instance_id: binding.instance,
    ready: 'true',
  };
  const value = fields[key];
  return value === undefined ? [] : [value];
}
