import type { Address } from '../address.ts';
import { isNews, type LocumError } from '../errors.ts';
import type { Graph, ResourceTypes } from '../plan/graph.ts';
import { typeOf } from '../plan/graph.ts';
import type { Extra, Resource, SystemContext } from '../system.ts';

/** What one look at all scopes found. */
export interface Observed {
  readonly objects: ReadonlyMap<Address, unknown>;
  readonly extras: readonly Extra[];
  /** Why the scope of an address could not be read. */
  readonly failures: ReadonlyMap<Address, LocumError>;
}

/** Reads every scope of the graph once, in parallel; the clients' budgets keep the pace. */
export async function observe(graph: Graph, types: ResourceTypes, ctx: SystemContext): Promise<Observed> {
  return observeResources([...graph.resources.values()], types, ctx);
}

/** Reads the scopes of some resources. A scope that can't be read is a failure, not an exception. */
export async function observeResources(
  resources: readonly Resource[],
  types: ResourceTypes,
  ctx: SystemContext,
): Promise<Observed> {
  const scopes = new Map<string, Resource[]>();
  for (const resource of resources) {
    const key = `${resource.type}\n${resource.scope}`;
    const members = scopes.get(key) ?? [];
    members.push(resource);
    scopes.set(key, members);
  }
  const objects = new Map<Address, unknown>();
  const extras: Extra[] = [];
  const failures = new Map<Address, LocumError>();
  await Promise.all(
    [...scopes.values()].map(async (wanted) => {
      const first = wanted[0];
      if (!first) return;
      ctx.log('scope.observe', { type: first.type, scope: first.scope, resources: wanted.length });
      try {
        const seen = await typeOf(types, first).observe(first.scope, wanted, ctx);
        for (const [address, object] of seen.objects) objects.set(address, object);
        extras.push(...seen.extras);
      } catch (error) {
        if (!isNews(error)) throw error;
        for (const resource of wanted) failures.set(resource.address, error);
      }
    }),
  );
  return { objects, extras, failures };
}
