import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import { type Catalogue, offeringId, planId } from './catalogue.ts';
import { makeCredentials, registerApplication } from './credentials.ts';
import type { ServiceInstance, ServicesStore } from './store.ts';

const labels = z.record(z.string(), z.array(z.string())).default({});
const record = z.record(z.string(), z.unknown());

const people = {
  /** User name. @default not known, as of things that are older than the field */
  createdBy: z.string().optional(),
  updatedBy: z.string().optional(),
};

const where = {
  /** Subdomain of the global account. */
  globalAccount: z.string(),
  /** Display name of the subaccount. */
  subaccount: z.string(),
  /** Made of the names when absent. */
  id: z.string().optional(),
};

const ids = {
  /** Made of the names when absent. */
  id: z.string().optional(),
  /** What its broker calls it. @default the id */
  catalogId: z.string().optional(),
};

const plan = z.strictObject({
  ...ids,
  name: z.string(),
  description: z.string().optional(),
  free: z.boolean().default(true),
  /** Whether the broker takes its time to make an instance. */
  asynchronous: z.boolean().default(false),
  metadata: record.optional(),
  schemas: record.optional(),
  /** What its broker refuses every new instance with. */
  refusal: z.strictObject({ status: z.int(), description: z.string() }).optional(),
});

/** `services` of a landscape seed; credentials of bindings are generated where it has none. */
export const servicesSeed = z
  .strictObject({
    /** Service offerings besides destination, xsuaa, service-manager and alert-notification, or in place of these. */
    offerings: z
      .array(
        z.strictObject({
          ...ids,
          name: z.string(),
          description: z.string().default(''),
          bindable: z.boolean().default(true),
          retrievable: z.boolean().default(false),
          bindingsRetrievable: z.boolean().default(false),
          planUpdateable: z.boolean().default(false),
          tags: z.array(z.string()).optional(),
          metadata: record.default({}),
          plans: z.array(plan).default([]),
        }),
      )
      .default([]),
    brokers: z
      .array(
        z.strictObject({ ...where, name: z.string(), description: z.string().default(''), url: z.string(), ...people }),
      )
      .default([]),
    instances: z
      .array(
        z.strictObject({
          ...where,
          name: z.string(),
          offering: z.string(),
          plan: z.string(),
          parameters: record.default({}),
          /** Absent = it was never shared. */
          shared: z.boolean().optional(),
          labels,
          ...people,
          bindings: z
            .array(
              z.strictObject({
                id: z.string().optional(),
                name: z.string(),
                labels,
                /** @default those of an OAuth client that is made for it */
                credentials: record.optional(),
                ...people,
              }),
            )
            .default([]),
        }),
      )
      .default([]),
  })
  .prefault({});

export type ServicesSeed = z.infer<typeof servicesSeed>;
type SeededInstance = ServicesSeed['instances'][number];

export async function plantServices(
  ctx: EmulatorContext,
  store: ServicesStore,
  catalogue: Catalogue,
  { offerings, brokers, instances }: ServicesSeed,
): Promise<void> {
  for (const { plans, tags, catalogId, ...entry } of offerings) {
    const id = entry.id ?? offeringId(entry.name);
    const own = { ...(tags === undefined ? {} : { tags }), ...(catalogId === undefined ? {} : { catalogId }) };
    store.offerings.set(id, { ...entry, ...own, id });
    for (const row of plans) {
      const { metadata, schemas, refusal, catalogId, description = `${entry.name} ${row.name}`, ...rest } = row;
      const key = row.id ?? planId(entry.name, row.name);
      const more = {
        ...(catalogId === undefined ? {} : { catalogId }),
        ...(metadata === undefined ? {} : { metadata }),
        ...(schemas === undefined ? {} : { schemas }),
        ...(refusal === undefined ? {} : { refusal }),
      };
      store.plans.set(key, { ...rest, ...more, id: key, offering: id, description });
    }
  }
  for (const { name, description, url, ...entry } of brokers) {
    const zone = zoneOf(ctx, entry);
    const id = entry.id ?? seedId('service-broker', zone.guid, name);
    const row = {
      ...commonOf(ctx, zone.guid, id, entry),
      id,
      name,
      description,
      url,
      labels: {},
      credentialRevision: 0,
    };
    store.brokers.set(id, row);
  }
  for (const entry of instances) await plantInstance(ctx, store, catalogue, entry);
}

async function plantInstance(
  ctx: EmulatorContext,
  store: ServicesStore,
  catalogue: Catalogue,
  entry: SeededInstance,
): Promise<void> {
  const zone = zoneOf(ctx, entry);
  const plan = catalogue.planByName(entry.offering, entry.plan);
  if (!plan) throw new TypeError(`seed: no service plan '${entry.plan}' of '${entry.offering}'`);
  const id = entry.id ?? seedId('service-instance', zone.guid, entry.name);
  const { name, parameters, shared } = entry;
  const instance: ServiceInstance = {
    ...commonOf(ctx, zone.guid, id, entry),
    id,
    name,
    plan: plan.id,
    parameters,
    labels: entry.labels,
    ...(shared === undefined ? {} : { shared }),
  };
  store.instances.set(id, instance);
  registerApplication(ctx, plan, instance);
  for (const binding of entry.bindings) {
    const bindingId = binding.id ?? seedId('service-binding', id, binding.name);
    const credentials = binding.credentials ?? (await makeCredentials(ctx, zone, plan, instance, undefined));
    store.bindings.set(bindingId, {
      ...commonOf(ctx, zone.guid, bindingId, binding),
      id: bindingId,
      instance: id,
      name: binding.name,
      labels: binding.labels,
      credentials,
    });
  }
}

function zoneOf(ctx: EmulatorContext, { globalAccount, subaccount }: { globalAccount: string; subaccount: string }) {
  const zone = ctx.world.use('accounts').subaccountByName(globalAccount, subaccount);
  if (!zone) throw new TypeError(`seed: no subaccount '${subaccount}' in ${globalAccount}`);
  return zone;
}

function commonOf(
  ctx: EmulatorContext,
  subaccount: string,
  id: string,
  { createdBy, updatedBy }: Pick<SeededInstance, 'createdBy' | 'updatedBy'>,
) {
  return {
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(updatedBy === undefined ? {} : { updatedBy }),
    subaccount,
    createdAt: ctx.now(),
    updatedAt: ctx.now(),
    lastOperation: { id: seedId(id, 'operation'), type: 'create' as const, correlationId: seedId(id, 'correlation') },
  };
}
