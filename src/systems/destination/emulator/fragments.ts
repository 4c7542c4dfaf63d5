import { z } from 'zod';
import { badRequest, duplicate, fragmentNotFound } from './errors.ts';
import { type FragmentRecord, type Level, type Properties, recordKey, type Store } from './store.ts';

/** A fragment as a client sends it; `Name` and `Type` belong to destinations (OpenAPI 1.0.0 and docs on fragments). */
export function readFragment(body: unknown): Properties {
  const properties = z.record(z.string(), z.string()).safeParse(body);
  if (!properties.success || !properties.data.FragmentName) throw badRequest('Bad Request');
  if ('Name' in properties.data || 'Type' in properties.data)
    throw badRequest('A fragment must not contain the properties Name and Type');
  return properties.data;
}

export function createFragment(store: Store, level: Level, properties: Properties): void {
  const key = recordKey(level, properties.FragmentName ?? '');
  if (store.fragments.get(key)) throw duplicate();
  store.fragments.set(key, { ...level, name: properties.FragmentName ?? '', properties });
}

export function replaceFragment(store: Store, level: Level, properties: Properties): void {
  const old = fragment(store, level, properties.FragmentName ?? '');
  store.fragments.set(recordKey(level, old.name), { ...old, properties });
}

export function fragment(store: Store, level: Level, name: string): FragmentRecord {
  const found = store.fragments.get(recordKey(level, name));
  if (!found) throw fragmentNotFound(name);
  return found;
}

/** The OpenAPI file knows no 404 here, so a missing one counts as none deleted. */
export function removeFragment(store: Store, level: Level, name: string): number {
  return store.fragments.delete(recordKey(level, name)) ? 1 : 0;
}

/**
 * Merges fragments of the destination's own level over it, in order; the fragment wins. `X-fragment-optional` counts for a
 * single fragment only (docs on find with fragments).
 */
export function mergeFragments(
  store: Store,
  level: Level,
  properties: Properties,
  names: readonly string[],
  optional: boolean,
): Properties {
  const merged: Record<string, string> = { ...properties };
  for (const name of names) {
    const found = store.fragments.get(recordKey(level, name));
    if (found) Object.assign(merged, found.properties);
    else if (!optional || names.length > 1) throw fragmentNotFound(name);
  }
  return merged;
}
