import { seedId } from '../../../src/emulation/seed-id.ts';
import { backendOf, operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';

/** An offering as `services/offering` shows it; of one that only its plans tell of, no more than its id and name is known. */
interface OfferingRow {
  readonly id: string;
  readonly catalog_id?: string;
  readonly name: string;
  readonly description?: string;
  readonly bindable?: boolean;
  readonly instances_retrievable?: boolean;
  readonly bindings_retrievable?: boolean;
  readonly plan_updateable?: boolean;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

interface PlanRow {
  readonly id: string;
  readonly catalog_id?: string;
  readonly name: string;
  readonly description: string;
  readonly free: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly schemas?: Readonly<Record<string, unknown>>;
  readonly service_offering_id: string;
  /** In lists only. */
  readonly service_offering_name?: string;
}

/** Offerings and plans that answers show, by id. */
export interface RecordedCatalogue {
  readonly offerings: ReadonlyMap<string, OfferingRow>;
  readonly plans: ReadonlyMap<string, PlanRow>;
}

export function recordedCatalogue(recordings: readonly Recording[]): RecordedCatalogue {
  const offerings = new Map<string, OfferingRow>();
  const plans = new Map<string, PlanRow>();
  for (const recorded of recordings) {
    const operation = operationOf(recorded);
    if (!/^services\/(offering|plan)\?(get|list)$/.test(operation) || backendOf(recorded) !== 200) continue;
    const rows = [recorded.responseBody].flat();
    if (recorded.command === 'services/offering') for (const row of rows as OfferingRow[]) offerings.set(row.id, row);
    else for (const row of rows as PlanRow[]) plans.set(row.id, { ...plans.get(row.id), ...row });
  }
  return { offerings, plans };
}

/** The catalogue of a sequence: its own, and what others show of the plans that it names. */
export function catalogueSeed(cassette: readonly Recording[], known: RecordedCatalogue) {
  const own = recordedCatalogue(cassette);
  const plans = new Map(own.plans);
  const offerings = new Map(own.offerings);
  // Of what others have seen, only what this one makes instances of: their subaccounts may be offered more.
  for (const { id } of plansOfInstances(cassette)) {
    const plan = plans.has(id) ? undefined : known.plans.get(id);
    if (plan) plans.set(id, plan);
  }
  for (const { service_offering_id: id } of plans.values()) {
    const offering = offerings.has(id) ? undefined : known.offerings.get(id);
    if (offering) offerings.set(id, offering);
  }
  for (const { id, instance } of plansOfInstances(cassette)) {
    if (plans.has(id)) continue;
    const name = offeringByCredentials(cassette, instance) ?? `offering of ${id}`;
    const known = [...offerings.values()].find((one) => one.name === name);
    const offering = known ?? { id: seedId('offering', name), name };
    offerings.set(offering.id, offering);
    plans.set(id, { id, name: 'recorded', description: '', free: true, service_offering_id: offering.id });
  }
  for (const { service_offering_id: id, service_offering_name: name = id } of plans.values()) {
    if (!offerings.has(id)) offerings.set(id, { id, name });
  }
  const behaviour = behaviourOf(cassette);
  return [...offerings.values()].map((row) => {
    const below = [...plans.values()].filter((plan) => plan.service_offering_id === row.id);
    const retrievable = row.instances_retrievable ?? below.some(({ id }) => behaviour.retrieved.has(id));
    return {
      id: row.id,
      ...(row.catalog_id ? { catalogId: row.catalog_id } : {}),
      name: row.name,
      description: row.description ?? '',
      bindable: row.bindable ?? true,
      retrievable,
      bindingsRetrievable: row.bindings_retrievable ?? false,
      planUpdateable: row.plan_updateable ?? false,
      ...(row.tags ? { tags: row.tags } : {}),
      metadata: row.metadata ?? {},
      plans: below.map((plan) => ({
        id: plan.id,
        ...(plan.catalog_id ? { catalogId: plan.catalog_id } : {}),
        name: plan.name,
        description: plan.description,
        free: plan.free,
        asynchronous: behaviour.asynchronous.has(plan.id),
        ...(behaviour.shared.has(plan.id)
          ? { metadata: { ...plan.metadata, supportsInstanceSharing: true } }
          : plan.metadata
            ? { metadata: plan.metadata }
            : {}),
        ...(plan.schemas ? { schemas: plan.schemas } : {}),
        ...(behaviour.refused.has(plan.id) ? { refusal: behaviour.refused.get(plan.id) } : {}),
      })),
    };
  });
}

/** Plan of a service instance that a sequence finds without telling more of it. */
export function unnamedPlan(instance: string): string {
  return seedId('plan of', instance);
}

/** Every plan that an instance is of; one that is only known by its GUID has a plan all the same. */
function plansOfInstances(
  cassette: readonly Recording[],
): readonly { readonly id: string; readonly instance: string }[] {
  return cassette.filter(succeeded).flatMap((recorded) => {
    const { parameters, serviceInstanceID, plan } = paramsOf(recorded);
    const rows = [recorded.responseBody].flat() as readonly Readonly<Record<string, string | undefined>>[];
    if (recorded.command === 'services/binding') {
      const bound = [serviceInstanceID, ...rows.map((row) => row?.service_instance_id)];
      return bound.flatMap((instance) => (instance ? [{ id: unnamedPlan(instance), instance }] : []));
    }
    if (recorded.command !== 'services/instance' || parameters === 'true') return [];
    const shown = rows.flatMap((row) => {
      const { id: instance, service_plan_id: id } = row ?? {};
      return instance !== undefined && id !== undefined ? [{ id, instance }] : [];
    });
    return [...shown, ...(plan === undefined ? [] : [{ id: plan, instance: '' }])];
  });
}

/** What only the credentials of services that the emulator knows have. */
const SIGNS: Readonly<Record<string, string>> = {
  oauth_url: 'alert-notification',
  sm_url: 'service-manager',
  uri: 'destination',
  apiurl: 'xsuaa',
};

function offeringByCredentials(cassette: readonly Recording[], instance: string): string | undefined {
  for (const recorded of cassette) {
    if (recorded.command !== 'services/binding' || !succeeded(recorded)) continue;
    for (const row of [recorded.responseBody].flat() as { service_instance_id?: string; credentials?: object }[]) {
      const sign = Object.keys(SIGNS).find((key) => key in (row?.credentials ?? {}));
      if (sign !== undefined && row.service_instance_id === instance) return SIGNS[sign];
    }
  }
  return undefined;
}

/** What the brokers of a sequence's instances do, by plan. */
function behaviourOf(cassette: readonly Recording[]) {
  const planOf = new Map<string, string>();
  const retrieved = new Set<string>();
  const shared = new Set<string>();
  const asynchronous = new Set<string>();
  const refused = new Map<string, { readonly status: number; readonly description: string }>();
  const instances = cassette.filter((one) => one.command === 'services/instance');
  for (const recorded of instances) {
    const { plan, parameters } = paramsOf(recorded);
    const rows = [recorded.responseBody].flat() as readonly Readonly<Record<string, string | undefined>>[];
    for (const { id, name, service_plan_id: shown } of rows.filter((row) => typeof row === 'object' && row !== null)) {
      const made = shown ?? (recorded.action === 'create' ? plan : undefined);
      for (const key of [id, name]) if (key && made && parameters !== 'true') planOf.set(key, made);
    }
    if (recorded.action !== 'create' || plan === undefined) continue;
    if (backendOf(recorded) === 202) asynchronous.add(plan);
    const { broker_error: error } = (recorded.responseBody ?? {}) as {
      readonly broker_error?: { readonly StatusCode: number; readonly Description: string };
    };
    if (error) refused.set(plan, { status: error.StatusCode, description: error.Description });
  }
  for (const recorded of instances.filter(succeeded)) {
    const { id, name, parameters } = paramsOf(recorded);
    const plan = planOf.get(id ?? name ?? '');
    if (plan === undefined) continue;
    if (parameters === 'true') retrieved.add(plan);
    if (recorded.action === 'share') shared.add(plan);
  }
  return { retrieved, shared, asynchronous, refused };
}
