import { backendOf, operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly labels: string;
  readonly created_by?: string;
  readonly updated_by?: string;
  readonly service_instance_id?: string;
  readonly service_plan_id?: string;
}

/** Service instances and bindings that a sequence found and did not make itself. */
export function recordedServices(
  cassette: readonly Recording[],
  placeOf: (subaccount: string) => Readonly<Record<string, unknown>>,
) {
  const made = new Set<string>();
  const instances = new Map<string, { readonly row: Row; readonly subaccount: string }>();
  const bindings = new Map<string, Row>();
  const parameters = new Map<string, unknown>();
  for (const recorded of cassette) {
    const [operation, params, body] = [operationOf(recorded), paramsOf(recorded), recorded.responseBody];
    const { subaccount = '', name = '' } = params;
    if (/\?create$/.test(operation) && succeeded(recorded)) made.add((body as Partial<Row> | null)?.id ?? '');
    if (backendOf(recorded) !== 200 || !/^services\/(instance|binding)\?(list|get)$/.test(operation)) continue;
    if (params.parameters === 'true') {
      parameters.set(params.id ?? name, body);
      continue;
    }
    const rows = (operation.endsWith('?list') ? body : [body]) as readonly Row[];
    for (const row of rows) {
      if (made.has(row.id)) continue;
      if (row.service_plan_id !== undefined) instances.set(row.id, { row, subaccount });
      else bindings.set(row.id, row);
    }
  }
  // A binding alone tells of its instance, too.
  for (const recorded of cassette) {
    const [operation, params] = [operationOf(recorded), paramsOf(recorded)];
    const id = params.serviceInstanceID;
    if (operation !== 'services/binding?create' || id === undefined || instances.has(id)) continue;
    instances.set(id, { row: { id, name: id, labels: '' }, subaccount: params.subaccount ?? '' });
  }
  for (const binding of bindings.values()) {
    const id = binding.service_instance_id ?? '';
    const subaccount = /subaccount_id = ([\w-]+)/.exec(binding.labels)?.[1] ?? '';
    if (!instances.has(id)) instances.set(id, { row: { id, name: id, labels: '' }, subaccount });
  }
  return {
    instances: [...instances.values()].map(({ row, subaccount }) => ({
      ...placeOf(subaccount),
      ...commonOf(row),
      // Plans are told by GUIDs only; of these names is what the recordings are about.
      ...(row.name === 'servtest'
        ? { offering: 'destination', plan: 'lite' }
        : { offering: 'alert-notification', plan: 'standard' }),
      parameters: parameters.get(row.id) ?? parameters.get(row.name) ?? {},
      bindings: [...bindings.values()].filter((one) => one.service_instance_id === row.id).map(commonOf),
    })),
  };
}

function commonOf({ id, name, labels, created_by: createdBy, updated_by: updatedBy }: Row) {
  const own = labels.split('; ').filter((label) => label !== '' && !label.startsWith('subaccount_id = '));
  return {
    id,
    name,
    labels: Object.fromEntries(own.map((label) => [label.split(' = ')[0], [label.split(' = ')[1]]])),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(updatedBy === undefined ? {} : { updatedBy }),
  };
}
