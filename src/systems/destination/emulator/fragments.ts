import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { badRequest, duplicate, fragmentNotFound } from './errors.ts';
import { forgetLabels } from './labels.ts';
import { type FragmentRecord, type Level, type Properties, recordKey, type Store } from './store.ts';
import { versionOf } from './versions.ts';

type Clock = Pick<EmulatorContext, 'now'>;

/** A fragment as a client sends it; `Name` and `Type` belong to destinations (OpenAPI 1.0.0 and docs on fragments). */
function readFragment(body: unknown): Properties {
  const properties = z.record(z.string(), z.string()).safeParse(body);
  if (!properties.success || !properties.data.FragmentName) throw badRequest('Bad Request');
  if ('Name' in properties.data || 'Type' in properties.data)
    throw badRequest('A fragment must not contain the properties Name and Type');
  return properties.data;
}

export function createFragment(store: Store, clock: Clock, level: Level, body: unknown): void {
  const properties = readFragment(body);
  if (store.fragments.get(recordKey(level, properties.FragmentName ?? ''))) throw duplicate();
  put(store, clock, level, properties);
}

export function replaceFragment(store: Store, clock: Clock, level: Level, body: unknown): void {
  const properties = readFragment(body);
  put(store, clock, level, properties, fragment(store, level, properties.FragmentName ?? ''));
}

export function fragment(store: Store, level: Level, name: string): FragmentRecord {
  const found = store.fragments.get(recordKey(level, name));
  if (!found) throw fragmentNotFound(name);
  return found;
}

/** How many were deleted: the OpenAPI file knows no 404 here. */
export function removeFragment(store: Store, level: Level, name: string): number {
  forgetLabels(store, 'fragments', level, name);
  return store.fragments.delete(recordKey(level, name)) ? 1 : 0;
}

function put(store: Store, clock: Clock, level: Level, properties: Properties, before?: FragmentRecord): void {
  const name = properties.FragmentName ?? '';
  const record = { ...level, name, properties, ...versionOf(clock, level, properties, before) };
  store.fragments.set(recordKey(level, name), record);
}
