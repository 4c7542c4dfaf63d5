import { catalogueSeed, type RecordedCatalogue, unnamedPlan } from './catalogue.ts';
import { backendOf, operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly labels: string;
  readonly created_by?: string;
  readonly updated_by?: string;
  readonly shared?: boolean;
  readonly service_instance_id?: string;
  readonly service_plan_id?: string;
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly description?: string;
  readonly broker_url?: string;
}

interface Found {
  readonly row: Row;
  readonly subaccount: string;
}

/** Offerings, brokers, service instances and bindings that a sequence found and did not make itself. */
export function recordedServices(
  cassette: readonly Recording[],
  known: RecordedCatalogue,
  placeOf: (subaccount: string) => Readonly<Record<string, unknown>>,
) {
  const made = madeBy(cassette);
  const found = {
    instance: new Map<string, Found>(),
    binding: new Map<string, Found>(),
    broker: new Map<string, Found>(),
  };
  const parameters = new Map<string, unknown>();
  for (const recorded of cassette) {
    const params = paramsOf(recorded);
    const { subaccount = '', name = '' } = params;
    const [, kind] = /^services\/(instance|binding|broker)\?(list|get)$/.exec(operationOf(recorded)) ?? [];
    if (kind === undefined || backendOf(recorded) !== 200) continue;
    if (params.parameters === 'true') parameters.set(params.id ?? name, recorded.responseBody);
    else {
      const rows = found[kind as keyof typeof found];
      for (const row of [recorded.responseBody].flat() as readonly Row[]) {
        // As it was found, with what later answers tell besides.
        if (!made.has(row.id)) rows.set(row.id, { row: { ...row, ...rows.get(row.id)?.row }, subaccount });
      }
    }
  }
  // A binding alone tells of its instance, too.
  const bare = (id: string): Row => ({ id, name: id, labels: '', service_plan_id: unnamedPlan(id) });
  for (const recorded of cassette) {
    const { serviceInstanceID: id, subaccount = '' } = paramsOf(recorded);
    if (operationOf(recorded) !== 'services/binding?create' || id === undefined || made.has(id)) continue;
    if (!found.instance.has(id)) found.instance.set(id, { row: bare(id), subaccount });
  }
  for (const { row, subaccount } of found.binding.values()) {
    const id = row.service_instance_id ?? '';
    if (!found.instance.has(id) && !made.has(id)) found.instance.set(id, { row: bare(id), subaccount });
  }
  const bindings = [...found.binding.values()].map(({ row }) => row);
  const offerings = catalogueSeed(cassette, known);
  return {
    offerings,
    brokers: [...found.broker.values()].map(({ row, subaccount }) => ({
      ...placeOf(subaccount),
      id: row.id,
      name: row.name,
      description: row.description ?? '',
      url: row.broker_url ?? 'https://broker.example.com',
    })),
    instances: [...found.instance.values()].map(({ row, subaccount }) => ({
      ...placeOf(subaccount),
      ...commonOf(row),
      ...namesOf(offerings, row.service_plan_id ?? ''),
      ...(row.shared === undefined ? {} : { shared: row.shared }),
      parameters: parameters.get(row.id) ?? parameters.get(row.name) ?? {},
      bindings: bindings
        .filter((one) => one.service_instance_id === row.id)
        .map((one) => ({ ...commonOf(one), ...(one.credentials ? { credentials: one.credentials } : {}) })),
    })),
  };
}

/** Ids of what a sequence makes. */
function madeBy(cassette: readonly Recording[]): ReadonlySet<string> {
  const creations = cassette.filter(
    (one) => /^services\/\w+\?(create|register)$/.test(operationOf(one)) && succeeded(one),
  );
  return new Set(creations.flatMap((one) => (one.responseBody as Partial<Row> | null)?.id ?? []));
}

function namesOf(offerings: ReturnType<typeof catalogueSeed>, planId: string) {
  for (const offering of offerings) {
    const plan = offering.plans.find(({ id }) => id === planId);
    if (plan) return { offering: offering.name, plan: plan.name };
  }
  // The catalogue has a plan of every instance, but for those of names that are taken.
  return { offering: 'destination', plan: 'lite' };
}

function commonOf({ id, name, labels, created_by: createdBy, updated_by: updatedBy }: Row) {
  const own = labels.split('; ').filter((label) => label !== '' && !label.startsWith('subaccount_id = '));
  return {
    id,
    name,
    labels: Object.fromEntries(own.map((label) => [label.split(' = ')[0], [label.split(' = ')[1] ?? '']])),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(updatedBy === undefined ? {} : { updatedBy }),
  };
}
