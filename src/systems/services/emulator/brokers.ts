import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, found } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { badRequest, conflict, notFound } from './errors.ts';
import { filterOf } from './filter.ts';
import type { ServiceBroker, ServicePlatform, ServicesStore } from './store.ts';
import { brokerView, platformView } from './views.ts';

type Kept = ServiceBroker | ServicePlatform;

/** Service brokers that a subaccount registers (recordings of services/broker). assumed: nobody is asked for a catalogue, so no offerings come with them. */
export function createBrokerSemantics(ctx: EmulatorContext, store: ServicesStore) {
  const { list, named, taken } = lookUps(store.brokers, 'service_brokers');

  /** The service appends the subaccount to names (recordings of services/broker). */
  const nameIn = ({ zone }: TenantCall, name: string) => `${name}-${zone.guid}`;

  return {
    list: (call: TenantCall) => list(call, (broker) => brokerView(call.zone, broker, { listed: true })),

    get(call: TenantCall): Answer {
      const broker = named(call);
      return broker ? found(brokerView(call.zone, broker, {})) : notFound('service_brokers');
    },

    register(call: TenantCall): Answer {
      const { zone, params, caller } = call;
      if (!params.name) return badRequest('missing name');
      if (!isAddress(params.url)) return badRequest('missing or invalid broker url');
      if (!hasCredentials(params)) return badRequest('missing broker credentials');
      const name = nameIn(call, params.name);
      if (taken(call, name)) return conflict(`found conflicting service_brokers with name ${name}`);
      const broker: ServiceBroker = {
        ...made(ctx, call, name),
        description: params.description ?? '',
        url: params.url,
        credentialRevision: 0,
        createdBy: caller.user,
      };
      store.brokers.set(broker.id, broker);
      return { status: 201, json: brokerView(zone, broker, { created: true }) };
    },

    update(call: TenantCall): Answer {
      const { zone, params, caller } = call;
      const broker = named(call);
      if (!broker) return notFound('service_brokers');
      if (params.url !== undefined && !isAddress(params.url)) return badRequest('missing or invalid broker url');
      const name = params.newName === undefined ? broker.name : nameIn(call, params.newName);
      if (name !== broker.name && taken(call, name))
        return conflict(`found conflicting service_brokers with name ${name}`);
      const changed: ServiceBroker = {
        ...broker,
        name,
        description: params.description ?? broker.description,
        url: params.url ?? broker.url,
        // assumed: what the label counts; it stays 0 where no credentials are sent (recording …with_mtls).
        credentialRevision: broker.credentialRevision + (sentCredentials(params) ? 1 : 0),
        updatedAt: ctx.now(),
        updatedBy: caller.user,
        lastOperation: { id: ctx.id(), type: 'update', correlationId: ctx.id() },
      };
      store.brokers.set(changed.id, changed);
      return found(brokerView(zone, changed, {}));
    },

    unregister(call: TenantCall): Answer {
      const broker = named(call);
      if (!broker) return notFound('service_brokers');
      store.brokers.delete(broker.id);
      return found({});
    },
  };
}

/** Platforms of a subaccount's own, as SAP's help has them (btp CLI, `services/platform`); never recorded; the fields are assumed. */
export function createPlatformSemantics(ctx: EmulatorContext, store: ServicesStore) {
  const { list, named, taken } = lookUps(store.platforms, 'platforms');

  return {
    list: (call: TenantCall) => list(call, (platform) => platformView(call.zone, platform, { listed: true })),

    get(call: TenantCall): Answer {
      const platform = named(call);
      return platform ? found(platformView(call.zone, platform, {})) : notFound('platforms');
    },

    register(call: TenantCall): Answer {
      const { params, zone } = call;
      if (!params.name) return badRequest('missing name');
      if (!params.type) return badRequest('missing platform type');
      if (taken(call, params.name)) return conflict(`found conflicting platforms with name ${params.name}`);
      const platform: ServicePlatform = {
        ...made(ctx, call, params.name),
        type: params.type,
        description: params.description ?? '',
      };
      store.platforms.set(platform.id, platform);
      // Once, and never again.
      const basic = { username: ctx.id(), password: Buffer.from(ctx.random(32)).toString('base64url') };
      return { status: 201, json: { ...platformView(zone, platform, {}), credentials: { basic } } };
    },

    update(call: TenantCall): Answer {
      const { params } = call;
      const platform = named(call);
      if (!platform) return notFound('platforms');
      const name = params.newName ?? platform.name;
      if (name !== platform.name && taken(call, name)) return conflict(`found conflicting platforms with name ${name}`);
      const changed: ServicePlatform = {
        ...platform,
        name,
        description: params.description ?? platform.description,
        updatedAt: ctx.now(),
        lastOperation: { id: ctx.id(), type: 'update', correlationId: ctx.id() },
      };
      store.platforms.set(changed.id, changed);
      return found(platformView(call.zone, changed, {}));
    },

    unregister(call: TenantCall): Answer {
      const platform = named(call);
      if (!platform) return notFound('platforms');
      store.platforms.delete(platform.id);
      return found({});
    },
  };
}

function lookUps<T extends Kept>(kept: { by(index: 'subaccount', value: string): readonly T[] }, type: string) {
  const all = ({ zone }: TenantCall) => kept.by('subaccount', zone.guid);
  return {
    named(call: TenantCall): T | undefined {
      const { id, name } = call.params;
      return all(call).find((one) => (id === undefined ? one.name === name : one.id === id));
    },
    taken: (call: TenantCall, name: string) => all(call).some((one) => one.name === name),
    list(call: TenantCall, view: (one: T) => object): Answer {
      const [fields, labels] = [filterOf(call.params.fieldsFilter), filterOf(call.params.labelsFilter)];
      if (!fields || !labels) return badRequest(`invalid query of ${type}`);
      const rows = all(call).filter(
        (one) =>
          fields((key) => (key === 'id' || key === 'name' ? [one[key]] : [])) && labels((key) => one.labels[key] ?? []),
      );
      return found(rows.map(view));
    },
  };
}

function made(ctx: EmulatorContext, { zone }: TenantCall, name: string) {
  return {
    id: ctx.id(),
    subaccount: zone.guid,
    name,
    labels: {},
    createdAt: ctx.now(),
    updatedAt: ctx.now(),
    lastOperation: { id: ctx.id(), type: 'create' as const, correlationId: ctx.id() },
  };
}

type Params = TenantCall['params'];

function isAddress(url: string | undefined): url is string {
  return url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** By password, by certificate, or by a certificate that the service makes itself (`mtls`). */
function hasCredentials(params: Params): boolean {
  return params.mtls === 'true' || sentCredentials(params);
}

function sentCredentials({ user, password, cert, key }: Params): boolean {
  return (user !== undefined && password !== undefined) || (cert !== undefined && key !== undefined);
}
