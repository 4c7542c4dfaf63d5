import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import { type Answer, cisFailure, found } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { accountDate } from '../../protocols/btp-cli/emulator/dates.ts';
import { jobId } from './operations.ts';
import { invalid, isAnswer } from './parameters.ts';
import type { AccountsStore, KymaInstance } from './store.ts';

/** assumed: making a cluster takes about a quarter of an hour, deleting it less. */
const CREATING_MS = 15 * 60_000;
const DELETING_MS = 10 * 60_000;

/** Plans are the infrastructures that a cluster can run on (SAP Help, btp:e2e13bf); recorded is `aws`. */
const PLANS = ['aws', 'azure', 'gcp', 'sap-converged-cloud', 'free', 'trial'];

const STATES = { creating: 'CREATING', ready: 'OK', deleting: 'DELETING', gone: 'DELETING' } as const;
const MESSAGES = {
  creating: 'Creating environment instance.',
  ready: 'Environment instance created.',
  deleting: 'Deleting environment instance.',
  gone: 'Deleting environment instance.',
} as const;

const parametersOf = z.looseObject({
  name: z.string().min(1).optional(),
  region: z.string().optional(),
  administrators: z.array(z.string()).optional(),
});
type Parameters = z.infer<typeof parametersOf>;

/** Kyma environments of subaccounts: what the broker knows of a cluster, and who administers it. There is no cluster. */
export function createKymaSemantics(ctx: EmulatorContext, store: AccountsStore) {
  const takesTime = ctx.switched('accounts.operationsTakeTime', true);

  function stageOf({ operation, since }: KymaInstance): keyof typeof STATES {
    const elapsed = takesTime ? ctx.now() - since : Number.POSITIVE_INFINITY;
    if (operation === 'deprovision') return elapsed < DELETING_MS ? 'deleting' : 'gone';
    return operation === 'provision' && elapsed < CREATING_MS ? 'creating' : 'ready';
  }

  /** What is over by now is gone. */
  function current(zone: Zone): readonly KymaInstance[] {
    const all = store.kymaInstances.by('subaccount', zone.guid);
    for (const { id } of all.filter((instance) => stageOf(instance) === 'gone')) store.kymaInstances.delete(id);
    return store.kymaInstances.by('subaccount', zone.guid);
  }

  const named = (zone: Zone, id: string | undefined) => current(zone).find((instance) => instance.id === id);

  function view(zone: Zone, instance: KymaInstance): object {
    const { id, operation, createdAt, since, plan, parameters } = instance;
    const stage = stageOf(instance);
    const cluster = id.slice(0, 8).toLowerCase();
    return {
      id,
      name: instance.name,
      brokerId: seedId('environment-broker', 'kyma').toUpperCase(),
      globalAccountGUID: zone.globalAccount,
      subaccountGUID: zone.guid,
      tenantId: zone.guid,
      serviceId: seedId('environment-service', 'kyma'),
      planId: seedId('environment-plan', 'kyma', plan),
      operation,
      parameters: JSON.stringify(parameters),
      // assumed: the names of the labels and the form of the addresses.
      labels: JSON.stringify({
        Name: parameters.name,
        KubeconfigURL: `https://kyma-env-broker.cp.kyma.cloud.sap/kubeconfig/${id}`,
        ...(stage === 'creating' ? {} : { APIServerURL: `https://api.c-${cluster}.kyma.ondemand.com` }),
      }),
      customLabels: {},
      type: { provision: 'Provision', update: 'Update', deprovision: 'Deprovision' }[operation],
      status: stage === 'ready' ? 'Processed' : 'Processing',
      environmentType: 'kyma',
      platformId: seedId('kyma-cluster', id),
      createdDate: accountDate(createdAt),
      modifiedDate: accountDate(since),
      state: STATES[stage],
      stateMessage: MESSAGES[stage],
      serviceName: 'kymaruntime',
      planName: plan,
    };
  }

  return {
    named,
    view,
    list: (zone: Zone): readonly object[] => current(zone).map((instance) => view(zone, instance)),

    create({ params, zone, caller }: TenantCall): Answer {
      const parameters = readParameters(params.parameters);
      if (isAnswer(parameters)) return parameters;
      const { plan = '' } = params;
      if (!PLANS.includes(plan)) return invalid(`Plan ${plan} is not available`);
      // assumed: one for each subaccount, as `allowAdditionalEnvironmentInstance` of the offer says.
      if (current(zone).length > 0) return cisFailure('An environment instance exists already', 41001, 409);
      const { administrators = [] } = parameters;
      const instance: KymaInstance = {
        id: ctx.id().toUpperCase(),
        subaccount: zone.guid,
        name: params.displayName ?? parameters.name ?? zone.subdomain,
        plan,
        parameters: {
          ...parameters,
          name: parameters.name ?? zone.subdomain,
          // Who provisions it administers it, unless others are named: a robot that makes clusters owns them (btp:e2e13bf).
          administrators: administrators.length > 0 ? administrators : [caller.user],
        },
        operation: 'provision',
        since: ctx.now(),
        createdAt: ctx.now(),
      };
      store.kymaInstances.set(instance.id, instance);
      return found({ ...view(zone, instance), jobId: jobId(ctx.now()) });
    },

    /** Administrators that are sent replace all there were; an empty list leaves them as they are (btp:e2e13bf, df7f9d7). */
    update({ params }: TenantCall, instance: KymaInstance): Answer {
      const sent = readParameters(params.parameters);
      if (isAnswer(sent)) return sent;
      const before = instance.parameters.administrators;
      const administrators = sent.administrators?.length ? sent.administrators : before;
      const parameters = { ...instance.parameters, ...sent, name: instance.parameters.name, administrators };
      store.kymaInstances.set(instance.id, { ...instance, parameters, operation: 'update', since: ctx.now() });
      return found({ jobId: jobId(ctx.now()) });
    },

    delete({ zone }: TenantCall, instance: KymaInstance): Answer {
      const answer = found({ ...view(zone, instance), jobId: jobId(ctx.now()) });
      store.kymaInstances.set(instance.id, { ...instance, operation: 'deprovision', since: ctx.now() });
      return answer;
    },
  };
}

function readParameters(text: string | undefined): Parameters | Answer {
  try {
    return parametersOf.parse(JSON.parse(text === undefined || text === '' ? '{}' : text));
  } catch {
    return invalid('Invalid parameters');
  }
}

/** `available-environment?list`: Kyma stands beside Cloud Foundry, without a landscape of its own (recorded). */
export function availableKymaView() {
  const properties = { name: { type: 'string' }, administrators: { type: 'array', items: { type: 'string' } } };
  return {
    serviceName: 'kymaruntime',
    serviceDisplayName: 'Kyma Environment',
    serviceImageUrl: '',
    serviceDescription: 'Runs applications on Kubernetes',
    serviceLongDescription: 'Runs applications on Kubernetes',
    serviceDocumentationUrl: 'https://help.sap.com/docs/btp',
    serviceSupportUrl: 'https://help.sap.com/docs/btp',
    planName: 'aws',
    planUpdatable: true,
    description: 'AWS',
    environmentType: 'kyma',
    availabilityLevel: 'ACTIVE',
    createSchema: JSON.stringify({ parameters: { type: 'object', properties } }),
    updateSchema: JSON.stringify({ parameters: { type: 'object', properties } }),
    allowAdditionalEnvironmentInstance: false,
  };
}
