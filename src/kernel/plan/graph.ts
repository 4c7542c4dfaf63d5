import type { Address } from '../address.ts';
import { InvariantError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { Inventory } from '../inventory.ts';
import { canonicalJson } from '../json.ts';
import type { Manifest } from '../manifest/types.ts';
import type { Resource, ResourceType, SystemDefinition } from '../system.ts';

/** Everything that a manifest declares, as addressed resources in an order in which they can be made. */
export interface Graph {
  readonly resources: ReadonlyMap<Address, Resource>;
  readonly findings: readonly Finding[];
}

/** Expands the sections of all slices. Pure. */
export function expandGraph(systems: readonly SystemDefinition[], manifest: Manifest, inventory: Inventory): Graph {
  const declared = new Map<Address, Resource>();
  const findings: Finding[] = [];
  for (const system of systems) {
    const expansion = system.section.expand(manifest, inventory);
    findings.push(...expansion.findings);
    for (const resource of expansion.resources) {
      const known = declared.get(resource.address);
      if (known && canonicalJson(known.props) !== canonicalJson(resource.props)) {
        findings.push({
          code: 'MANIFEST_CONTRADICTION',
          severity: 'error',
          subject: resource.address,
          because: 'the manifest declares it twice, with different properties',
          remedy: 'keep one of the two declarations',
        });
      }
      if (!known) declared.set(resource.address, resource);
    }
  }
  return { resources: inOrder(declared), findings };
}

/** Sorts so that what is needed comes first; otherwise as declared. */
function inOrder(declared: ReadonlyMap<Address, Resource>): ReadonlyMap<Address, Resource> {
  const ordered = new Map<Address, Resource>();
  const entered = new Set<Address>();
  function enter(resource: Resource): void {
    if (ordered.has(resource.address)) return;
    if (entered.has(resource.address)) throw new InvariantError(`${resource.address} needs itself`);
    entered.add(resource.address);
    for (const needed of resource.needs) {
      const found = declared.get(needed);
      if (found) enter(found);
    }
    ordered.set(resource.address, resource);
  }
  for (const resource of declared.values()) enter(resource);
  return ordered;
}

export type ResourceTypes = ReadonlyMap<string, ResourceType>;

/** The resource types of all slices by their name. */
export function resourceTypes(systems: readonly SystemDefinition[]): ResourceTypes {
  return new Map(systems.flatMap((system) => system.resources).map((type) => [type.type, type]));
}

export function typeOf(types: ResourceTypes, resource: Pick<Resource, 'type' | 'address'>): ResourceType {
  const type = types.get(resource.type);
  if (!type) throw new InvariantError(`no slice knows the type of ${resource.address}`);
  return type;
}
