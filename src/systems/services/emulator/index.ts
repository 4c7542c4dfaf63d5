import { z } from 'zod';
import type { EmulatorContext, EmulatorDefinition } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import { mountCommands } from '../../protocols/btp-cli/emulator/commands.ts';
import { createBindingSemantics } from './bindings.ts';
import { planByName } from './catalogue.ts';
import { makeCredentials, registerApplication } from './credentials.ts';
import { createInstanceSemantics } from './instances.ts';
import { servicesCommands } from './routes.ts';
import { createServicesStore, type ServiceInstance, type ServicesStore } from './store.ts';

const labels = z.record(z.string(), z.array(z.string())).default({});

const people = {
  /** User name. @default not known, as of things that are older than the field */
  createdBy: z.string().optional(),
  updatedBy: z.string().optional(),
};

/** What a landscape has of service instances from the beginning; the credentials of bindings are generated. */
export const servicesSeed = z
  .strictObject({
    instances: z
      .array(
        z.strictObject({
          /** Subdomain of the global account. */
          globalAccount: z.string(),
          /** Display name of the subaccount. */
          subaccount: z.string(),
          /** Made of the names when absent. */
          id: z.string().optional(),
          name: z.string(),
          offering: z.string(),
          plan: z.string(),
          parameters: z.record(z.string(), z.unknown()).default({}),
          labels,
          ...people,
          bindings: z
            .array(z.strictObject({ id: z.string().optional(), name: z.string(), labels, ...people }))
            .default([]),
        }),
      )
      .default([]),
  })
  .prefault({});

/** Service Manager at the command-line server: offerings, plans, instances and bindings of subaccounts. */
export const servicesEmulator: EmulatorDefinition = {
  id: 'services',
  seed: { key: 'services', schema: servicesSeed },
  create(ctx) {
    const store = createServicesStore(ctx);
    const commands = servicesCommands(ctx, createInstanceSemantics(ctx, store), createBindingSemantics(ctx, store));
    return {
      mounts: [mountCommands(ctx, commands)],
      async seed(part) {
        for (const entry of servicesSeed.parse(part).instances) plant(ctx, store, entry);
      },
    };
  },
};

type SeededInstance = z.infer<typeof servicesSeed>['instances'][number];

function plant(ctx: EmulatorContext, store: ServicesStore, entry: SeededInstance): void {
  const zone = ctx.world.use('accounts').subaccountByName(entry.globalAccount, entry.subaccount);
  if (!zone) throw new TypeError(`seed: no subaccount '${entry.subaccount}' in ${entry.globalAccount}`);
  const plan = planByName(entry.offering, entry.plan);
  if (!plan) throw new TypeError(`seed: no service plan '${entry.plan}' of '${entry.offering}'`);
  const common = (id: string, { createdBy, updatedBy }: Pick<SeededInstance, 'createdBy' | 'updatedBy'>) => ({
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(updatedBy === undefined ? {} : { updatedBy }),
    subaccount: zone.guid,
    createdAt: ctx.now(),
    updatedAt: ctx.now(),
    lastOperation: { id: seedId(id, 'operation'), type: 'create' as const, correlationId: seedId(id, 'correlation') },
  });
  const id = entry.id ?? seedId('service-instance', zone.guid, entry.name);
  const { name, parameters } = entry;
  const instance: ServiceInstance = { ...common(id, entry), id, name, plan: plan.id, parameters, labels: entry.labels };
  store.instances.set(id, instance);
  registerApplication(ctx, plan, instance);
  for (const binding of entry.bindings) {
    const bindingId = binding.id ?? seedId('service-binding', id, binding.name);
    const credentials = makeCredentials(ctx, zone, plan, instance);
    store.bindings.set(bindingId, {
      ...common(bindingId, binding),
      id: bindingId,
      instance: id,
      name: binding.name,
      labels: binding.labels,
      credentials,
    });
  }
}
