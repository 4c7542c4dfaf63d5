import { notFound } from './errors.ts';
import type { TransportNode, TransportRoute, TransportStore } from './store.ts';

/** Nodes and routes of a subscription. */
export function nodesOf(store: TransportStore, zone: string): readonly TransportNode[] {
  return store.nodes.by('zone', zone);
}

export function routesOf(store: TransportStore, zone: string): readonly TransportRoute[] {
  return store.routes.by('zone', zone);
}

/** @param id as it stands in a path */
export function nodeOf(store: TransportStore, zone: string, id: string): TransportNode {
  const node = store.nodes.get(id);
  if (node?.zone !== zone) throw notFound(`Node ID ${id} does not exist`);
  return node;
}

export function nodeByName(store: TransportStore, zone: string, name: string): TransportNode {
  const node = nodesOf(store, zone).find((one) => one.name === name);
  if (!node) throw notFound(`Node ${name} does not exist`);
  return node;
}

/** The nodes behind a node. */
export function followOnNodes(store: TransportStore, node: TransportNode): readonly TransportNode[] {
  return store.routes.by('source', String(node.id)).flatMap((route) => store.nodes.get(String(route.target)) ?? []);
}

/** What a seed says of a node; see {@link TransportNode}. */
export interface NodeSeed {
  readonly name: string;
  readonly description: string;
  readonly forwardMode: TransportNode['forwardMode'];
  readonly uploadAllowed: boolean;
  readonly destination?: string | undefined;
}

/** Plants nodes and routes. @throws TypeError for a route that cannot be */
export function plantLandscape(
  store: TransportStore,
  zone: string,
  seed: {
    readonly nodes: readonly NodeSeed[];
    readonly routes: readonly { readonly from: string; readonly to: string }[];
  },
): void {
  const nodes = new Map<string, number>();
  for (const { destination, ...node } of seed.nodes) {
    if (nodes.has(node.name)) throw new TypeError(`seed: two nodes '${node.name}'`);
    const id = store.nextId();
    nodes.set(node.name, id);
    store.nodes.set(String(id), { id, zone, ...node, ...(destination === undefined ? {} : { destination }) });
  }
  const named = (name: string): number => {
    const id = nodes.get(name);
    if (id === undefined) throw new TypeError(`seed: no node '${name}' for a route`);
    return id;
  };
  const targets = new Set<number>();
  for (const { from, to } of seed.routes) {
    const [source, target] = [named(from), named(to)];
    if (targets.has(target)) throw new TypeError(`seed: node '${to}' is the target of two routes`);
    targets.add(target);
    const id = store.nextId();
    store.routes.set(String(id), { id, zone, name: `${from}_${to}`, source, target });
  }
}
