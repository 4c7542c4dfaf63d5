import { backendOf, operationOf, paramsOf, type Recording } from './recorded.ts';

interface Content {
  readonly content: Readonly<Record<string, string>>;
}
interface Configuration {
  readonly destinationConfiguration: Readonly<Record<string, string | null>>;
}

const HIDDEN = '<redacted>';

interface Certificate {
  readonly name: string;
  readonly nodes: readonly unknown[];
  readonly creation: unknown;
}

/** What destinations, fragments, certificates and trusts a sequence found and did not make itself. */
export function recordedDestinations(
  cassette: readonly Recording[],
  placeOf: (subaccount: string) => Readonly<Record<string, unknown>>,
) {
  const made = new Set<string>();
  const destinations = new Map<string, unknown>();
  const fragments = new Map<string, unknown>();
  const certificates = new Map<string, unknown>();
  const passive = new Map<string, unknown>();
  for (const recorded of cassette) {
    const params = paramsOf(recorded);
    const body = recorded.responseBody;
    const [command = '', action = ''] = operationOf(recorded).split('?');
    const { subaccount = '', serviceInstance } = params;
    const place = { ...placeOf(subaccount), ...(serviceInstance === undefined ? {} : { serviceInstance }) };
    const keyOf = (name: string | undefined) => `${command} ${subaccount} ${serviceInstance} ${name}`;
    if (action === 'create') {
      const text = params.destinationConfiguration ?? params.content ?? params.file ?? '{}';
      const { Name, FragmentName, filename } = JSON.parse(text) as Readonly<Record<string, string>>;
      made.add(keyOf(Name ?? FragmentName ?? filename));
    }
    if (!command.startsWith('connectivity/') || backendOf(recorded) !== 200 || !/^(list|get)$/.test(action)) continue;
    const rows = (action === 'list' ? body : [body]) as readonly unknown[];
    for (const row of rows) {
      if (command === 'connectivity/destination') {
        const names = row as { readonly Name?: string };
        const shown = (row as Partial<Configuration>).destinationConfiguration ?? { Name: names.Name, Type: 'HTTP' };
        // Until 2026 what is secret was shown as null.
        const properties = Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, value ?? HIDDEN]));
        const key = keyOf(properties.Name);
        if (!made.has(key) && !destinations.has(key)) destinations.set(key, { ...place, properties });
      }
      if (command === 'connectivity/destination-fragment') {
        const properties = (row as Content).content;
        const key = keyOf(properties.FragmentName);
        if (!made.has(key)) fragments.set(key, { ...place, properties });
      }
      if (command === 'connectivity/destination-certificate') {
        const { name, nodes, creation } = row as Certificate;
        if (!made.has(keyOf(name))) certificates.set(keyOf(name), { ...place, name, nodes, creation });
      }
      if (command === 'connectivity/destination-trust' && params.passive === 'true') {
        passive.set(subaccount, placeOf(subaccount));
      }
    }
  }
  return {
    destinations: [...destinations.values()],
    fragments: [...fragments.values()],
    certificates: [...certificates.values()],
    passiveTrusts: [...passive.values()],
  };
}
