import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, cisFailure, found, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { holdsRole } from '../../protocols/btp-cli/emulator/rights.ts';
import { DEFAULT_ORIGIN_KEY } from '../../protocols/btp-cli/wire.ts';
import { availableEnvironmentView, type EnvironmentStage, environmentView, seededEnvironment } from './environments.ts';
import { availableKymaView, createKymaSemantics } from './kyma-instances.ts';
import { jobId } from './operations.ts';
import { invalid, isAnswer } from './parameters.ts';
import type { AccountRights } from './rights.ts';
import type { AccountsStore, EnvironmentInstance } from './store.ts';

// What `get` answered when, in the two recordings of resource_subaccount_environment_instance (July 2026).
const CREATING_MS = 10_000;
const DELETING_MS = 18_000;

/** UAA's name of the default identity provider. */
const UAA_DEFAULT_ORIGIN = 'sap.ids';

const parametersOf = z.looseObject({
  instance_name: z.string().min(1).optional(),
  users: z.array(z.looseObject({ id: z.string().optional(), email: z.string().optional() })).optional(),
});
type Parameters = z.infer<typeof parametersOf>;

/** Environments of subaccounts: Cloud Foundry, each with its org, and Kyma. */
export function createEnvironmentSemantics(ctx: EmulatorContext, store: AccountsStore, rights: AccountRights) {
  const takesTime = ctx.switched('accounts.operationsTakeTime', true);
  const kyma = createKymaSemantics(ctx, store);

  function reads({ caller, zone }: TenantCall): boolean {
    const subaccount = store.subaccounts.get(zone.guid);
    return subaccount !== undefined && rights.readsSubaccount(caller, subaccount);
  }

  function writes({ caller, zone }: TenantCall): boolean {
    return holdsRole(ctx, caller, zone.guid, ['Subaccount_Admin', 'Subaccount_Service_Administrator']);
  }

  function stageOf({ operation, since }: EnvironmentInstance): EnvironmentStage | 'gone' {
    const elapsed = takesTime ? ctx.now() - since : Number.POSITIVE_INFINITY;
    if (operation === 'deprovision') return elapsed < DELETING_MS ? 'deleting' : 'gone';
    return operation === 'provision' && elapsed < CREATING_MS ? 'creating' : 'ready';
  }

  /** The environment of a subaccount: one that was made by a command, or the one of an org that was there before. */
  function current({ zone }: TenantCall) {
    const made = store.environments.get(zone.guid);
    if (made) {
      const stage = stageOf(made);
      if (stage !== 'gone') return { instance: made, stage };
      store.environments.delete(zone.guid);
    }
    const org = ctx.world.use('cloudFoundry').org(zone.guid);
    if (!org) return undefined;
    const createdAt = store.subaccounts.get(zone.guid)?.createdAt ?? 0;
    return { instance: seededEnvironment(zone, org, createdAt), stage: 'ready' as const };
  }

  function named(call: TenantCall) {
    const environment = current(call);
    if (environment?.instance.id === call.params.environmentID) return environment;
    return undefined;
  }

  function managers({ caller }: TenantCall, { users = [] }: Parameters) {
    // assumed: users in the parameters are those of the default identity provider, as no origin is given.
    const given = users.flatMap(({ id, email }) => email ?? id ?? []);
    const named = given.map((userName) => ({ userName, originKey: UAA_DEFAULT_ORIGIN }));
    const originKey = caller.originKey === DEFAULT_ORIGIN_KEY ? UAA_DEFAULT_ORIGIN : caller.originKey;
    return [{ userName: caller.user, originKey }, ...named];
  }

  return {
    list(call: TenantCall): Answer {
      if (!reads(call)) return notAuthorized();
      const environment = current(call);
      const views = environment ? [environmentView(call.zone, environment.instance, environment.stage)] : [];
      return found({ environmentInstances: [...views, ...kyma.list(call.zone)] });
    },

    get(call: TenantCall): Answer {
      if (!reads(call)) return notAuthorized();
      const cluster = kyma.named(call.zone, call.params.environmentID);
      if (cluster) return found(kyma.view(call.zone, cluster));
      const environment = named(call);
      return environment ? found(environmentView(call.zone, environment.instance, environment.stage)) : notFound();
    },

    create(call: TenantCall): Answer {
      if (!writes(call)) return notAuthorized();
      const { params, zone } = call;
      if (params.environmentType === 'kyma') return kyma.create(call);
      if (params.environmentType !== 'cloudfoundry') {
        return { status: 501, json: { error: `not emulated: environment ${params.environmentType}` } };
      }
      const parameters = readParameters(params.parameters);
      if (isAnswer(parameters)) return parameters;
      const { landscapes, createOrg } = ctx.world.use('cloudFoundry');
      if (!createOrg) return { status: 501, json: { error: 'not emulated: making orgs' } };
      const landscape = landscapes().find(
        ({ name, region }) => `cf-${name}` === params.landscapeLabel && region === zone.region,
      );
      if (!landscape) return invalid(`Landscape ${params.landscapeLabel} is not available`);
      // assumed, as all conflicts: one Cloud Foundry environment for each subaccount (`allowAdditionalEnvironmentInstance`).
      if (current(call)) return cisFailure('An environment instance exists already', 41001, 409);
      const name = parameters.instance_name ?? params.displayName ?? zone.subdomain;
      const org = createOrg({
        subaccount: zone.guid,
        landscape: landscape.name,
        name,
        managers: managers(call, parameters),
      });
      if (!org) return cisFailure(`Org ${name} exists already`, 41002, 409);
      const instance: EnvironmentInstance = {
        id: ctx.id().toUpperCase(),
        subaccount: zone.guid,
        name: params.displayName ?? name,
        org: { guid: org.guid, name, landscape: landscape.name },
        parameters,
        operation: 'provision',
        since: ctx.now(),
        createdAt: ctx.now(),
      };
      store.environments.set(zone.guid, instance);
      return found({ ...environmentView(zone, instance, 'requested'), jobId: jobId(ctx.now()) });
    },

    /** Takes its time at SAP too, but nothing of it shows: the next `get` has the new parameters (recording …update). */
    update(call: TenantCall): Answer {
      if (!writes(call)) return notAuthorized();
      const cluster = kyma.named(call.zone, call.params.environmentID);
      if (cluster) return kyma.update(call, cluster);
      const environment = named(call);
      if (!environment) return notFound();
      const parameters = readParameters(call.params.parameters);
      if (isAnswer(parameters)) return parameters;
      store.environments.set(call.zone.guid, {
        ...environment.instance,
        parameters: { ...parameters, instance_name: environment.instance.org.name },
        operation: 'update',
        since: ctx.now(),
      });
      return found({ jobId: jobId(ctx.now()) });
    },

    delete(call: TenantCall): Answer {
      if (!writes(call)) return notAuthorized();
      const cluster = kyma.named(call.zone, call.params.environmentID);
      if (cluster) return kyma.delete(call, cluster);
      const environment = named(call);
      if (!environment) return notFound();
      const { removeOrg } = ctx.world.use('cloudFoundry');
      if (!removeOrg) return { status: 501, json: { error: 'not emulated: removing orgs' } };
      removeOrg(call.zone.guid);
      store.environments.set(call.zone.guid, { ...environment.instance, operation: 'deprovision', since: ctx.now() });
      // Still as it was before (both recordings).
      return found({ ...environmentView(call.zone, environment.instance, environment.stage), jobId: jobId(ctx.now()) });
    },

    listAvailable(call: TenantCall): Answer {
      if (!reads(call)) return notAuthorized();
      const landscapes = ctx.world.use('cloudFoundry').landscapes();
      const here = landscapes.filter(({ region }) => region === call.zone.region);
      const views = here.map(({ name }) => availableEnvironmentView(name));
      return found({ availableEnvironments: [...views, availableKymaView()] });
    },
  };
}

function notFound(): Answer {
  return cisFailure('Environment instance not found', 41000, 404);
}

function readParameters(text: string | undefined): Parameters | Answer {
  try {
    return parametersOf.parse(JSON.parse(text === undefined || text === '' ? '{}' : text));
  } catch {
    return invalid('Invalid parameters');
  }
}
