import { conflict, notFound } from './errors.ts';
import type { DeployStore, Mta } from './store.ts';

/** Deployed MTAs of a space; asking for one that is not there is an error (multiapps-controller, MtasApiServiceImpl). */
export function mtasOf(
  store: DeployStore,
  space: string,
  /** `namespace: ''` = those without one. */
  filter: { readonly namespace?: string; readonly name?: string },
): readonly Mta[] {
  const { namespace, name } = filter;
  const found = store.mtas
    .by('space', space)
    .filter((mta) => namespace === undefined || (mta.namespace ?? '') === namespace)
    .filter((mta) => name === undefined || mta.id === name);
  if (found.length > 0) return found;
  if (namespace !== undefined && name !== undefined) {
    throw notFound(`MTA with name "${name}" and namespace "${namespace}" does not exist`);
  }
  if (name !== undefined) throw notFound(`MTAs with name "${name}" do not exist`);
  if (namespace) throw notFound(`MTAs with namespace "${namespace}" do not exist`);
  return [];
}

export function mtaByName(store: DeployStore, space: string, id: string): Mta {
  const [found, another] = store.mtas.by('space', space).filter((mta) => mta.id === id);
  if (!found) throw notFound(`MTA with id "${id}" does not exist`);
  if (another) throw conflict(`There are multiple MTAs with name "${id}" found. Specify namespace`);
  return found;
}
