import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, found } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import type { Catalogue } from './catalogue.ts';
import { parametersFit, registerApplication } from './credentials.ts';
import { badRequest, brokerRefused, conflict, notFound, notShareable, notSupported, underWay } from './errors.ts';
import { filterOf } from './filter.ts';
import { jsonOf, labelsOf } from './parameters.ts';
import type { ServiceInstance, ServicesStore } from './store.ts';
import { contextOf, instanceView } from './views.ts';

const labelChanges = z.array(
  z.looseObject({ op: z.enum(['add', 'remove']), key: z.string(), values: z.array(z.string()).default([]) }),
);
const parameterMap = z.record(z.string(), z.unknown());

/** assumed: how long a broker takes that does not answer at once; recorded are seconds and minutes. */
const ASYNCHRONOUS_MS = 10_000;

/** Service instances of subaccounts, as Service Manager keeps them (recordings of services/instance; terraform-provider-btp). */
export function createInstanceSemantics(ctx: EmulatorContext, store: ServicesStore, catalogue: Catalogue) {
  const takesTime = ctx.switched('accounts.operationsTakeTime', true);

  /** Whether the broker is still at it. */
  const inProgress = ({ plan, updatedAt }: ServiceInstance) =>
    takesTime && catalogue.plan(plan)?.asynchronous === true && ctx.now() < updatedAt + ASYNCHRONOUS_MS;

  const view = (zone: TenantCall['zone'], instance: ServiceInstance) =>
    instanceView(zone, instance, { inProgress: inProgress(instance) });

  function named({ zone, params }: TenantCall): ServiceInstance | undefined {
    const all = store.instances.by('subaccount', zone.guid);
    if (params.id !== undefined) return all.find((instance) => instance.id === params.id);
    return all.find((instance) => instance.name === params.name);
  }

  function setShared(call: TenantCall, shared: boolean): Answer {
    const instance = named(call);
    if (!instance) return notFound('service_instances');
    if (catalogue.plan(instance.plan)?.metadata?.supportsInstanceSharing !== true) return notShareable(instance.plan);
    const changed: ServiceInstance = {
      ...instance,
      shared,
      updatedAt: ctx.now(),
      updatedBy: call.caller.user,
      lastOperation: { id: ctx.id(), type: 'update', correlationId: ctx.id() },
    };
    store.instances.set(changed.id, changed);
    return found(view(call.zone, changed));
  }

  return {
    list({ zone, params }: TenantCall): Answer {
      const [fields, labels] = [filterOf(params.fieldsFilter), filterOf(params.labelsFilter)];
      if (!fields || !labels) return badRequest('invalid query');
      const rows = store.instances
        .by('subaccount', zone.guid)
        .filter((instance) => fields((key) => fieldOf(instance, key)))
        .filter((instance) => labels((key) => (key === 'subaccount_id' ? [zone.guid] : (instance.labels[key] ?? []))));
      return found(rows.map((instance) => instanceView(zone, instance, { listed: true })));
    },

    get(call: TenantCall): Answer {
      const instance = named(call);
      if (!instance) return notFound('service_instances');
      if (call.params.parameters !== 'true') return found(view(call.zone, instance));
      return catalogue.plan(instance.plan)?.offering.retrievable ? found(instance.parameters) : notSupported();
    },

    create({ zone, params, caller }: TenantCall): Answer {
      const { name = '' } = params;
      const plan = catalogue.plan(params.plan ?? '');
      if (!plan) return notFound('service_plans');
      if (name === '') return badRequest('missing name');
      if (store.instances.by('subaccount', zone.guid).some((instance) => instance.name === name))
        return conflict(`found conflicting service_instances with name ${name}`);
      const parameters = parameterMap.safeParse(jsonOf(params.parameters) ?? {});
      if (!parameters.success || !parametersFit(plan, parameters.data)) return badRequest('invalid parameters');
      const labels = labelsOf(params.labels);
      if (!labels) return badRequest('invalid labels');
      const instance: ServiceInstance = {
        id: ctx.id(),
        subaccount: zone.guid,
        name,
        plan: plan.id,
        parameters: parameters.data,
        labels,
        createdAt: ctx.now(),
        updatedAt: ctx.now(),
        createdBy: caller.user,
        lastOperation: { id: ctx.id(), type: 'create', correlationId: ctx.id() },
      };
      if (plan.refusal) return brokerRefused(plan, plan.refusal, instance.id, contextOf(zone, instance, instance));
      store.instances.set(instance.id, instance);
      registerApplication(ctx, plan, instance);
      if (plan.asynchronous) return underWay(zone, instance.id, 'create');
      return { status: 201, json: instanceView(zone, instance, { created: true }) };
    },

    /** Always asynchronous: the answer says only where to look (notes §2.18). */
    update(call: TenantCall): Answer {
      const { zone, params, caller } = call;
      const instance = named({ ...call, params: { id: params.id ?? '' } });
      if (!instance) return notFound('service_instances');
      if (params.plan !== undefined && !catalogue.plan(params.plan)) return notFound('service_plans');
      const parameters = parameterMap.safeParse(jsonOf(params.parameters) ?? instance.parameters);
      const changes = labelChanges.safeParse(jsonOf(params.labels) ?? []);
      if (!parameters.success) return badRequest('invalid parameters');
      if (!changes.success) return badRequest('invalid labels');
      const changed: ServiceInstance = {
        ...instance,
        name: params.newName ?? instance.name,
        plan: params.plan ?? instance.plan,
        parameters: parameters.data,
        labels: relabelled(instance.labels, changes.data),
        updatedAt: ctx.now(),
        updatedBy: caller.user,
        lastOperation: { id: ctx.id(), type: 'update', correlationId: ctx.id() },
      };
      store.instances.set(changed.id, changed);
      return underWay(zone, changed.id, 'update');
    },

    delete(call: TenantCall): Answer {
      const instance = named(call);
      if (!instance) return notFound('service_instances');
      if (store.bindings.by('instance', instance.id).length > 0)
        return conflict(`could not delete instance ${instance.id} as it has bindings`);
      store.instances.delete(instance.id);
      return found({});
    },

    share: (call: TenantCall) => setShared(call, true),
    unshare: (call: TenantCall) => setShared(call, false),
  };
}

/** Fields that are the same for all instances here are always so; unknown ones have no value. */
function fieldOf(instance: ServiceInstance, key: string): readonly string[] {
  const fields: Readonly<Record<string, string>> = {
    id: instance.id,
    name: instance.name,
    service_plan_id: instance.plan,
    platform_id: 'service-manager',
    usable: 'true',
    ready: 'true',
  };
  const value = fields[key];
  return value === undefined ? [] : [value];
}

function relabelled(labels: ServiceInstance['labels'], changes: z.infer<typeof labelChanges>) {
  const after = new Map(Object.entries(labels));
  for (const { op, key, values } of changes) {
    const before = after.get(key) ?? [];
    // A removal without values removes the label.
    const left = values.length === 0 ? [] : before.filter((value) => !values.includes(value));
    const next = op === 'add' ? [...new Set([...before, ...values])] : left;
    if (next.length > 0) after.set(key, next);
    else after.delete(key);
  }
  return Object.fromEntries(after);
}
